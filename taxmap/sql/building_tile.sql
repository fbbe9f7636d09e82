-- Outlines of buildings that meet one tile, as an MVT: what anyone can see from the street.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach
),

feature AS (
    SELECT
        building.floors,
        ST_AsMVTGeom(ST_Transform(building.footprint, 3857), tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN taxmap_building AS building ON building.footprint && tile.reach
        AND building.valid_during @> %(today)s::date
)

SELECT ST_AsMVT(feature, 'buildings', 4096, 'geometry')
FROM feature
WHERE geometry IS NOT NULL
