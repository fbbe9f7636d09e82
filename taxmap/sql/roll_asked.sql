-- The taxable units of an authority, or the ones asked for, whose plot was in force on 1 January.
-- ``holder`` is the title that tells who owes; less than zero, the party that owns buildings on
-- somebody else's land.
SELECT unit.id AS unit_id,
       parcel.parcel_id,
       parcel.tax_parcel_code || coalesce('/' || flat.number, '') AS code,
       CASE WHEN unit.condominium_unit_id IS NOT NULL THEN flat.ba_unit_id
            WHEN unit.owner_id IS NOT NULL THEN -unit.owner_id
            ELSE parcel.ba_unit_id END AS holder,
       CASE WHEN unit.condominium_unit_id IS NOT NULL THEN 'condominium_unit'
            WHEN unit.owner_id IS NOT NULL THEN 'building'
            ELSE 'land' END AS kind,
       unit.condominium_unit_id,
       flat.floor_area_m2 AS flat_m2,
       coalesce(
           parcel.legal_area_m2,
           round(ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric, 4)
       ) AS area_m2
FROM taxmap_valuationunit AS unit
JOIN parcels_parcelstate AS parcel ON parcel.parcel_id = unit.parcel_id
LEFT JOIN taxmap_condominiumunit AS flat ON flat.id = unit.condominium_unit_id
WHERE unit.is_taxable
  AND (unit.local_authority_id = %(authority)s OR unit.id = ANY(%(units)s::bigint[]))
  AND parcel.valid_during @> %(on)s::date
  AND upper_inf(parcel.recorded_during)
