-- The box around an indexed column in EPSG:4326, from the index or the statistics.
SELECT ST_XMin(extent.box), ST_YMin(extent.box), ST_XMax(extent.box), ST_YMax(extent.box)
FROM ST_EstimatedExtent(current_schema(), %(table)s, %(geometry)s) AS extent (box)
