-- What parcel_tile.sql draws, at a moment of the past: the states in force on one day as the
-- register had them at one instant. A state is either the parcel's own row or one of its history;
-- at any moment a parcel has one state at most. No more is told of the past than of today.
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

-- What was ever here, before it is asked when: the index of the time lines would read the whole
-- country's states of a day.
here AS MATERIALIZED (
    SELECT former.*, tile.bounds, tile.pixel_m2
    FROM tile
    INNER JOIN parcels_parcelversion AS former ON former.geometry && tile.reach
),

state AS MATERIALIZED (
    SELECT
        parcel.land_use,
        parcel.land_number,
        parcel.geometry_3857,
        tile.bounds
    FROM tile
    INNER JOIN parcels_parcel AS parcel ON parcel.geometry && tile.reach
    WHERE parcel.valid_during @> %(on)s::date
        AND parcel.recorded_during @> coalesce(%(known)s::timestamptz, 'infinity')
        AND parcel.calculated_area_m2 >= tile.pixel_m2
    UNION ALL
    SELECT
        land_use,
        land_number,
        ST_Transform(geometry, 3857),
        bounds
    FROM here
    WHERE valid_during @> %(on)s::date
        AND recorded_during @> coalesce(%(known)s::timestamptz, 'infinity')
        AND (%(z)s >= 16 OR ST_Area(ST_Transform(geometry, zone_srid)) >= pixel_m2)
),

drawn AS MATERIALIZED (
    SELECT
        land_use,
        land_number,
        ST_AsMVTGeom(geometry_3857, bounds, 4096, 64) AS geometry
    FROM state
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
