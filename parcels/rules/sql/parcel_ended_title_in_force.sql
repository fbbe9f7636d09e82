-- There were parcels on this title; on the day none is in force.
SELECT t.id AS title, last.id AS parcel, last.label_point AS place
FROM checked_title AS t
JOIN LATERAL (SELECT p.id, p.label_point FROM parcels_parcel AS p
              WHERE p.ba_unit_id = t.id ORDER BY p.id DESC LIMIT 1) AS last ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
  AND NOT EXISTS (SELECT FROM checked_parcel AS c WHERE c.ba_unit_id = t.id)
ORDER BY t.id;
