-- Tax blocks that meet one tile, as an MVT; the code is written with its zone's, as in 01A.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach
),

feature AS (
    SELECT
        zone.code || block.code AS code,
        ST_AsMVTGeom(ST_Transform(block.geometry, 3857), tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN taxmap_taxblock AS block ON block.geometry && tile.reach
    INNER JOIN taxmap_taxzone AS zone ON zone.id = block.zone_id
)

SELECT ST_AsMVT(feature, 'blocks', 4096, 'geometry')
FROM feature
WHERE geometry IS NOT NULL
