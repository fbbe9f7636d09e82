-- On which days parcels around a tile began, changed or ended in law, as the register knows it now,
-- and how many did. What only concerns people never counts (parcels.services.lineage.PRIVATE).
WITH tile AS MATERIALIZED (
    SELECT ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326) AS reach
),

state AS (
    SELECT
        parcel.id AS parcel_id,
        parcel.valid_during,
        coalesce(parcel.changed_by_id, parcel.created_by_id) AS began_by,
        parcel.retired_by_id AS ended_by
    FROM tile
    INNER JOIN parcels_parcel AS parcel ON parcel.geometry && tile.reach
    UNION ALL
    SELECT
        former.parcel_id,
        former.valid_during,
        coalesce(former.changed_by_id, former.created_by_id) AS began_by,
        NULL AS ended_by
    FROM tile
    INNER JOIN parcels_parcelversion AS former ON former.geometry && tile.reach
    WHERE upper_inf(former.recorded_during)
),

change AS (
    SELECT parcel_id, lower(valid_during) AS day, began_by AS act FROM state
    UNION
    SELECT parcel_id, upper(valid_during) AS day, ended_by AS act FROM state
    WHERE ended_by IS NOT NULL
)

SELECT change.day, count(DISTINCT change.parcel_id)
FROM change
INNER JOIN parcels_transaction AS act ON change.act = act.id
WHERE change.day <= %(until)s AND act.kind <> all(%(private)s)
GROUP BY change.day
ORDER BY change.day DESC
LIMIT %(most)s
