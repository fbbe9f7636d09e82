-- A tax code that is not zone, block, lot and up to three divisions (cadastre.identifiers).
SELECT p.id AS parcel, p.label_point AS place,
       jsonb_build_object('code', p.tax_parcel_code) AS evidence
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND p.tax_parcel_code <> '' AND p.local_authority_id IS NOT NULL
  AND p.tax_parcel_code !~ '^[0-9]{2}[A-Z][0-9]{3}(/[0-9]{3}(/[0-9]{2}(/[0-9])?)?)?$'
ORDER BY p.id;
