SELECT p.id AS parcel, p.label_point AS place,
       ST_NumGeometries(p.geometry) AS measure
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND ST_NumGeometries(p.geometry) > 1
ORDER BY p.id;
