-- Parcels that have a land number which an older parcel on the same map sheet has, too.
SELECT n.id AS parcel, n.first AS other, n.label_point AS place, n.copies AS measure,
       jsonb_build_object('number', n.land_number, 'sheet', s.name) AS evidence
FROM (
    SELECT p.id, p.office_id, p.map_sheet_id, p.land_number, p.label_point,
           min(p.id) OVER same AS first, count(*) OVER same AS copies,
           bool_or(p.office_id = %(office)s) OVER same AS ours
    FROM checked_parcel AS p
    WHERE p.land_number <> '' AND p.map_sheet_id IS NOT NULL
      -- For the index; the pairs themselves are compared below.
      AND (%(only)s::bigint[] IS NULL OR p.map_sheet_id = ANY (ARRAY(
          SELECT o.map_sheet_id FROM checked_parcel AS o WHERE o.id = ANY (%(only)s::bigint[]))))
      AND (%(only)s::bigint[] IS NULL OR p.land_number = ANY (ARRAY(
          SELECT o.land_number FROM checked_parcel AS o WHERE o.id = ANY (%(only)s::bigint[]))))
      AND (%(only)s::bigint[] IS NULL OR (p.map_sheet_id, p.land_number) IN (
          SELECT o.map_sheet_id, o.land_number FROM checked_parcel AS o
          WHERE o.id = ANY (%(only)s::bigint[])))
    WINDOW same AS (PARTITION BY p.map_sheet_id, p.land_number)
) AS n
JOIN parcels_mapsheet AS s ON s.id = n.map_sheet_id
WHERE n.id > n.first AND n.ours
ORDER BY n.id;
