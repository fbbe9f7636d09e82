-- What serving a layer of imagery needs to know of it.
SELECT
    ST_XMin(bounds), ST_YMin(bounds), ST_XMax(bounds), ST_YMax(bounds),
    name, title_th, title_en, attribution, file_name, min_zoom, max_zoom, is_public
FROM tiles_rasterlayer
WHERE name = %s
