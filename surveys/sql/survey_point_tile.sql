-- Survey points of the viewer's own offices that meet one tile, as an MVT.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach
),

feature AS (
    SELECT
        point.name,
        job.number AS job,
        point.method,
        point.fix,
        point.horizontal_accuracy_m::double precision AS horizontal_accuracy_m,
        ST_AsMVTGeom(ST_Transform(point.geometry, 3857), tile.bounds, 4096, 64) AS geometry
    FROM tile
    INNER JOIN surveys_surveypoint AS point ON point.geometry && tile.reach
    INNER JOIN surveys_surveyjob AS job ON job.id = point.job_id
    WHERE job.office_id = ANY(%(offices)s::bigint[])
)

SELECT ST_AsMVT(feature, 'survey_points', 4096, 'geometry')
FROM feature
WHERE geometry IS NOT NULL
