-- A titled parcel, neither road nor water, without the area that its document says.
SELECT p.id AS parcel, p.label_point AS place
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND p.legal_area_m2 IS NULL
  AND (p.ba_unit_id IS NOT NULL OR p.is_new)
  AND p.land_use NOT IN ('road', 'water')
ORDER BY p.id;
