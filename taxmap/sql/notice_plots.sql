-- The small maps of letters as SVG paths in millimetres from the upper left corner of each frame:
-- one row for each plot that is the addressee's own, one for all ways, one for all other plots.
WITH frame AS (
    SELECT *
    FROM unnest(
        %(frames)s::int[], %(srids)s::int[], %(wests)s::float8[], %(souths)s::float8[],
        %(easts)s::float8[], %(norths)s::float8[], %(per_metre)s::float8[]
    ) AS each (number, srid, west, south, east, north, per_metre)
),
own AS (
    SELECT * FROM unnest(%(own_frames)s::int[], %(own_parcels)s::bigint[]) AS each (number, parcel_id)
),
drawn AS (
    SELECT frame.number,
           own.parcel_id,
           parcel.land_use IN ('road', 'water') AS is_way,
           ST_AsSVG(
               ST_TransScale(
                   ST_ClipByBox2D(
                       ST_Transform(parcel.geometry, frame.srid),
                       ST_MakeBox2D(
                           ST_MakePoint(frame.west, frame.south),
                           ST_MakePoint(frame.east, frame.north)
                       )
                   ),
                   -frame.west, -frame.north, frame.per_metre, frame.per_metre
               ), 1, 2
           ) AS path
    FROM frame
    JOIN parcels_parcel AS parcel
        ON parcel.geometry && ST_Transform(
            ST_MakeEnvelope(frame.west, frame.south, frame.east, frame.north, frame.srid), 4326
        )
    LEFT JOIN own ON own.number = frame.number AND own.parcel_id = parcel.id
    -- A plot that has ended meanwhile is drawn for whom it was assessed, and for nobody else.
    WHERE parcel.valid_during @> %(on)s::date OR own.parcel_id IS NOT NULL
)
SELECT number, parcel_id, is_way, string_agg(path, ' ') AS path
FROM drawn
WHERE path <> ''
GROUP BY number, parcel_id, is_way
