-- A titled parcel without land number or map sheet; roads and water often have none.
SELECT p.id AS parcel, p.label_point AS place
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND p.ba_unit_id IS NOT NULL
  AND (p.land_number = '' OR p.map_sheet_id IS NULL)
  AND p.land_use NOT IN ('road', 'water')
ORDER BY p.id;
