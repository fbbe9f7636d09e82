-- Map sheets that meet one tile, as an MVT.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach
),

feature AS (
    SELECT
        sheet.name,
        sheet.scale,
        ST_AsMVTGeom(ST_Transform(sheet.extent, 3857), tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN parcels_mapsheet AS sheet ON sheet.extent && tile.reach
)

SELECT ST_AsMVT(feature, 'mapsheets', 4096, 'geometry')
FROM feature
WHERE geometry IS NOT NULL
