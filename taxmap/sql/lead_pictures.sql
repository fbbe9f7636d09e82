-- What a small map of each lead shows: the parcel, what lies around it, buildings, the outline.
-- Shapes are in the parcel's metric zone, metres from the middle of the picture; x east, y north.
SELECT
    lead.id,
    framed.half_m,
    drawn.kind,
    ST_AsGeoJSON(
        ST_Translate(
            ST_ClipByBox2D(ST_Transform(drawn.shape, parcel.zone_srid), framed.box),
            -ST_X(framed.middle), -ST_Y(framed.middle)
        ), 2
    ) AS shape
FROM taxmap_lead AS lead
INNER JOIN parcels_parcel AS parcel ON parcel.id = lead.parcel_id
CROSS JOIN LATERAL (
    SELECT
        ST_Centroid(ST_Envelope(placed.shape)) AS middle,
        placed.half AS half_m,
        ST_Expand(ST_Centroid(ST_Envelope(placed.shape)), placed.half)::box2d AS box,
        ST_Transform(ST_SetSRID(
            ST_Expand(ST_Centroid(ST_Envelope(placed.shape)), placed.half)::geometry,
            parcel.zone_srid
        ), 4326) AS reach
    FROM (
        SELECT
            metric.shape,
            greatest(
                ST_XMax(metric.shape) - ST_XMin(metric.shape),
                ST_YMax(metric.shape) - ST_YMin(metric.shape)
            ) * 0.5 + 25 AS half
        FROM (SELECT ST_Transform(parcel.geometry, parcel.zone_srid) AS shape) AS metric
    ) AS placed
) AS framed
CROSS JOIN LATERAL (
    SELECT 1 AS rank, 'near' AS kind, near.geometry AS shape
    FROM parcels_parcel AS near
    WHERE near.geometry && framed.reach AND near.id <> parcel.id
        AND near.valid_during @> %(today)s::date
    UNION ALL
    SELECT 2, 'plot', parcel.geometry
    UNION ALL
    SELECT 3, 'building', building.footprint
    FROM taxmap_building AS building
    WHERE building.footprint && framed.reach AND upper_inf(building.valid_during)
    UNION ALL
    SELECT 4, 'seen', outline.geometry
    FROM taxmap_buildingoutline AS outline WHERE outline.id = lead.outline_id
) AS drawn
WHERE lead.id = ANY(%(leads)s)
ORDER BY lead.id, drawn.rank
