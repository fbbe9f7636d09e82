-- Titles of one type whose number an older title of the same district has, too.
SELECT n.id AS title, one.id AS parcel, two.id AS other, one.label_point AS place,
       n.copies AS measure,
       jsonb_build_object('number', n.deed_number, 'district', n.district_id) AS evidence
FROM (
    SELECT t.id, t.deed_number, t.district_id, min(t.id) OVER same AS first,
           count(*) OVER same AS copies, bool_or(t.office_id = %(office)s) OVER same AS ours
    FROM checked_title AS t
    WHERE t.deed_number <> '' AND t.district_id IS NOT NULL
      AND (%(titles)s::bigint[] IS NULL OR (t.deed_number, t.district_id) IN (
          SELECT o.deed_number, o.district_id FROM checked_title AS o
          WHERE o.id = ANY (%(titles)s::bigint[])))
    WINDOW same AS (PARTITION BY t.district_id, t.title_type, t.deed_number)
) AS n
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM checked_parcel AS p
                   WHERE p.ba_unit_id = n.id ORDER BY p.id LIMIT 1) AS one ON true
LEFT JOIN LATERAL (SELECT p.id FROM checked_parcel AS p
                   WHERE p.ba_unit_id = n.first ORDER BY p.id LIMIT 1) AS two ON true
WHERE n.id > n.first AND n.ours
ORDER BY n.id;
