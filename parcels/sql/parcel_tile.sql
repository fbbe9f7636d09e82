-- Parcels in force today that meet one tile, as an MVT. No owner, no code, no id: who taps a parcel
-- asks /api/parcels/at.
--
-- From zoom 16 each parcel is a feature with its land number. Below, where nobody could read one,
-- parcels are gathered into one feature a land use, and those smaller than a pixel of a 256-pixel
-- tile are left out. Parcels do not overlap, so a gathered tile never holds more than 65,536.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach,
        -- square metres on the ground under one pixel, at the middle of the tile
        CASE WHEN %(z)s < 16 THEN (
            40075016.68557849 / 256 / 2 ^ %(z)s
            * cos(radians(ST_Y(ST_Transform(
                ST_Centroid(ST_TileEnvelope(%(z)s, %(x)s, %(y)s)), 4326
            ))))
        ) ^ 2 ELSE 0 END AS pixel_m2
),

drawn AS MATERIALIZED (
    SELECT
        parcel.land_use,
        parcel.land_number,
        ST_AsMVTGeom(parcel.geometry_3857, tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN parcels_parcel AS parcel ON parcel.geometry && tile.reach
    WHERE parcel.valid_during @> %(today)s::date
        AND parcel.calculated_area_m2 >= tile.pixel_m2
),

feature AS (
    SELECT land_use, land_number, geometry
    FROM drawn
    WHERE %(z)s >= 16 AND geometry IS NOT NULL
    UNION ALL
    SELECT land_use, NULL, ST_CollectionExtract(ST_Collect(geometry), 3)
    FROM drawn
    WHERE %(z)s < 16 AND geometry IS NOT NULL
    GROUP BY land_use
)

SELECT ST_AsMVT(feature, 'parcels', 4096, 'geometry') FROM feature
