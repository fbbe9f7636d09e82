-- The corners of parcels in the order of their rings, each in metres of the parcel's own zone, with
-- what is known of its place: the mark at it with the covariance of its last position, and the
-- scale of the sheet. A mark is at a corner if their stored places are the same to 2 mm.
SELECT
    parcel.id,
    vertex.path[1] AS part,
    vertex.path[2] AS ring,
    round(ST_X(ST_Transform(vertex.geom, parcel.zone_srid))::numeric, 3)::float8 AS easting,
    round(ST_Y(ST_Transform(vertex.geom, parcel.zone_srid))::numeric, 3)::float8 AS northing,
    ST_X(vertex.geom) AS lon,
    ST_Y(vertex.geom) AS lat,
    sheet.scale,
    mark.id AS mark,
    mark.number,
    mark.point_name,
    mark.covariance,
    mark.accuracy_m
FROM parcels_parcel AS parcel
LEFT JOIN parcels_mapsheet AS sheet ON sheet.id = parcel.map_sheet_id
CROSS JOIN LATERAL ST_DumpPoints(parcel.geometry) AS vertex
LEFT JOIN LATERAL (
    SELECT
        here.id,
        here.number,
        point.name AS point_name,
        last.covariance,
        point.horizontal_accuracy_m::float8 AS accuracy_m
    FROM surveys_boundarymark AS here
    LEFT JOIN surveys_surveypoint AS point ON point.id = here.survey_point_id
    LEFT JOIN LATERAL (
        SELECT result.covariance
        FROM surveys_markposition AS position
        INNER JOIN surveys_pointresult AS result ON result.id = position.result_id
        WHERE position.mark_id = here.id
        ORDER BY position.recorded_at DESC, position.id DESC
        LIMIT 1
    ) AS last ON TRUE
    WHERE ST_DWithin(here.geometry, vertex.geom, 0.00000002)
    ORDER BY here.survey_point_id IS NULL, here.id
    LIMIT 1
) AS mark ON TRUE
WHERE parcel.id = ANY(%(parcels)s)
ORDER BY parcel.id, vertex.path
