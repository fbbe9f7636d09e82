-- The middle of the parcel lies off the sheet it is said to be drawn on. A parcel across the edge
-- of a sheet is on the one where its middle is.
SELECT p.id AS parcel, p.label_point AS place, away.m AS measure,
       jsonb_build_object('sheet', s.name) AS evidence
FROM checked_parcel AS p
JOIN parcels_mapsheet AS s ON s.id = p.map_sheet_id
CROSS JOIN LATERAL (
    SELECT ST_Distance(ST_Transform(p.label_point, p.zone_srid),
                       ST_Transform(s.extent, p.zone_srid)) AS m
) AS away
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND s.extent IS NOT NULL
  AND NOT ST_Intersects(p.label_point, s.extent)
  AND away.m > %(tolerance_m)s
ORDER BY p.id;
