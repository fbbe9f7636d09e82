SELECT t.id AS title, one.id AS parcel, one.label_point AS place
FROM checked_title AS t
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM checked_parcel AS p
                   WHERE p.ba_unit_id = t.id ORDER BY p.id LIMIT 1) AS one ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
  AND NOT EXISTS (SELECT FROM parcels_right AS r
                  WHERE r.ba_unit_id = t.id AND r.valid_during @> %(on)s::date)
ORDER BY t.id;
