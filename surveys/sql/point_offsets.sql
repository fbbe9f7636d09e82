-- Every point of a job with the nearest parcel corner in force within reach, measured in the
-- parcel's own zone: how far east and north of that corner the point was observed, in mm.
-- Without a corner in reach the last columns are null.
SELECT
    point.id,
    corner.public_id,
    corner.land_number,
    corner.east_mm,
    corner.north_mm,
    corner.offset_mm
FROM surveys_surveypoint AS point
LEFT JOIN LATERAL (
    SELECT
        parcel.public_id,
        parcel.land_number,
        (ST_X(observed.geometry) - ST_X(vertex.geom)) * 1000 AS east_mm,
        (ST_Y(observed.geometry) - ST_Y(vertex.geom)) * 1000 AS north_mm,
        ST_Distance(observed.geometry, vertex.geom) * 1000 AS offset_mm
    FROM parcels_parcel AS parcel
    CROSS JOIN LATERAL ST_Transform(point.geometry, parcel.zone_srid) AS observed (geometry)
    CROSS JOIN LATERAL ST_DumpPoints(ST_Transform(parcel.geometry, parcel.zone_srid)) AS vertex
    WHERE
        parcel.geometry && ST_Expand(point.geometry, %(reach_degrees)s)
        AND parcel.valid_during @> %(on)s::date
    ORDER BY offset_mm, parcel.id
    LIMIT 1
) AS corner ON corner.offset_mm <= %(reach_mm)s
WHERE point.job_id = %(job)s
ORDER BY point.name
