-- A parcel without a title that is neither road, water nor public ground.
SELECT p.id AS parcel, p.label_point AS place
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND p.ba_unit_id IS NULL AND NOT p.is_new
  AND p.land_use NOT IN ('road', 'water', 'public')
ORDER BY p.id;
