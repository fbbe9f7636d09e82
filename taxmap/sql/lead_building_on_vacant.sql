-- Vacant land on which a building is recorded.
SELECT unit.parcel_id, unit.id AS unit_id, NULL::bigint AS outline_id,
       jsonb_build_object('buildings', count(*), 'floor_area_m2', sum(building.floor_area_m2)) AS facts
FROM taxmap_valuationunit AS unit
INNER JOIN taxmap_unituse AS part
    ON part.unit_id = unit.id AND part.use = 'vacant' AND part.share_percent >= 50
    AND part.valid_during @> %(on)s::date
INNER JOIN taxmap_building AS building
    ON building.unit_id = unit.id AND building.valid_during @> %(on)s::date
WHERE unit.local_authority_id = %(authority)s AND unit.is_taxable
GROUP BY unit.parcel_id, unit.id
