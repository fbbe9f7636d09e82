-- A title that is not in force on the day, with rights, mortgages, restrictions or responsibilities
-- that are.
SELECT t.id AS title, one.id AS parcel, one.label_point AS place, e.entries AS measure
FROM parcels_baunit AS t
JOIN (
    SELECT ba_unit_id, count(*) AS entries
    FROM (SELECT ba_unit_id, valid_during FROM parcels_right
          UNION ALL SELECT ba_unit_id, valid_during FROM parcels_mortgage
          UNION ALL SELECT ba_unit_id, valid_during FROM parcels_restriction
          UNION ALL SELECT ba_unit_id, valid_during FROM parcels_responsibility) AS each
    WHERE valid_during @> %(on)s::date
      AND (%(titles)s::bigint[] IS NULL OR ba_unit_id = ANY (%(titles)s::bigint[]))
    GROUP BY ba_unit_id
) AS e ON e.ba_unit_id = t.id
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM parcels_parcel AS p
                   WHERE p.ba_unit_id = t.id ORDER BY p.id LIMIT 1) AS one ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
  AND NOT t.valid_during @> %(on)s::date
ORDER BY t.id;
