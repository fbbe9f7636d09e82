-- Parcels whose tax code an older parcel of the same local authority has, too.
SELECT n.id AS parcel, n.first AS other, n.label_point AS place, n.copies AS measure,
       jsonb_build_object('code', n.tax_parcel_code) AS evidence
FROM (
    SELECT p.id, p.tax_parcel_code, p.label_point,
           min(p.id) OVER same AS first, count(*) OVER same AS copies,
           bool_or(p.office_id = %(office)s) OVER same AS ours
    FROM checked_parcel AS p
    WHERE p.tax_parcel_code <> '' AND p.local_authority_id IS NOT NULL
      -- For the index; the pairs themselves are compared below.
      AND (%(only)s::bigint[] IS NULL OR p.tax_parcel_code = ANY (ARRAY(
          SELECT o.tax_parcel_code FROM checked_parcel AS o WHERE o.id = ANY (%(only)s::bigint[]))))
      AND (%(only)s::bigint[] IS NULL OR (p.local_authority_id, p.tax_parcel_code) IN (
          SELECT o.local_authority_id, o.tax_parcel_code FROM checked_parcel AS o
          WHERE o.id = ANY (%(only)s::bigint[])))
    WINDOW same AS (PARTITION BY p.local_authority_id, p.tax_parcel_code)
) AS n
WHERE n.id > n.first AND n.ours
ORDER BY n.id;
