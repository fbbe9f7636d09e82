-- Parcels in force (as the register knows it now) on a day that share ground with a shape, in the
-- zone of each: areas in square metres. States that ended later are in the history.
WITH shape AS (
    SELECT ST_GeomFromEWKB(%(ewkb)s) AS geometry
), state AS (
    SELECT parcel.id, parcel.geometry, parcel.zone_srid
    FROM parcels_parcel AS parcel, shape
    WHERE parcel.office_id = %(office)s
      AND parcel.valid_during @> %(day)s::date
      AND parcel.geometry && shape.geometry
    UNION ALL
    SELECT version.parcel_id, version.geometry, version.zone_srid
    FROM parcels_parcelversion AS version, shape
    WHERE version.office_id = %(office)s
      AND version.valid_during @> %(day)s::date
      AND upper_inf(version.recorded_during)
      AND version.geometry && shape.geometry
), measured AS (
    SELECT
        state.id,
        ST_Area(ST_Intersection(here.ground, there.ground, 0.001)) AS common_m2,
        ST_Area(here.ground) AS parcel_m2,
        ST_Area(there.ground) AS shape_m2
    FROM state, shape,
    LATERAL (SELECT ST_Transform(state.geometry, state.zone_srid) AS ground) AS here,
    LATERAL (SELECT ST_Transform(shape.geometry, state.zone_srid) AS ground) AS there
)
SELECT id, common_m2, parcel_m2, shape_m2
FROM measured
WHERE common_m2 > 0.01
ORDER BY common_m2 DESC, id
LIMIT 50
