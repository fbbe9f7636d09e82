-- Which geometries of a batch the database itself calls invalid: its GEOS may be another than ours.
-- Takes EWKB as bytea[]; returns positions in the array, from 1.
SELECT given.position
FROM unnest(%(ewkb)s::bytea[]) WITH ORDINALITY AS given (ewkb, position)
WHERE NOT ST_IsValid(given.ewkb::geometry)
ORDER BY given.position
