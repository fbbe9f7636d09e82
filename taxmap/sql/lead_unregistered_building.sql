-- Outlines seen from above, mostly inside one parcel, that no recorded footprint covers.
SELECT parcel.id AS parcel_id, unit.id AS unit_id, outline.id AS outline_id,
       jsonb_build_object(
           'area_m2', round(measured.m2::numeric, 1), 'source', outline.source,
           'seen_on', outline.seen_on
       ) AS facts
FROM taxmap_buildingoutline AS outline
INNER JOIN parcels_parcel AS parcel
    ON parcel.geometry && outline.geometry AND parcel.valid_during @> %(today)s::date
    AND ST_Intersects(parcel.geometry, ST_PointOnSurface(outline.geometry))
INNER JOIN taxmap_valuationunit AS unit
    ON unit.parcel_id = parcel.id AND unit.owner_id IS NULL AND unit.condominium_unit_id IS NULL
CROSS JOIN LATERAL (
    SELECT ST_Area(ST_Transform(outline.geometry, parcel.zone_srid)) AS m2
) AS measured
WHERE outline.local_authority_id = %(authority)s
    AND unit.local_authority_id = %(authority)s
    AND unit.is_taxable
    AND measured.m2 >= 15
    AND ST_Area(ST_Intersection(outline.geometry, parcel.geometry))
    >= 0.75 * ST_Area(outline.geometry)
    AND NOT EXISTS (
        SELECT FROM taxmap_building AS building
        WHERE building.footprint && outline.geometry
            AND upper_inf(building.valid_during)
            AND ST_Area(ST_Intersection(building.footprint, outline.geometry))
            >= 0.1 * ST_Area(outline.geometry)
    )
