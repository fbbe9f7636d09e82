-- Tax zones that meet one tile, as an MVT.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach
),

feature AS (
    SELECT
        zone.code,
        ST_AsMVTGeom(ST_Transform(zone.geometry, 3857), tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN taxmap_taxzone AS zone ON zone.geometry && tile.reach
)

SELECT ST_AsMVT(feature, 'zones', 4096, 'geometry')
FROM feature
WHERE geometry IS NOT NULL
