-- Parcels whose document and shape tell different areas.
SELECT parcel.id AS parcel_id, unit.id AS unit_id, NULL::bigint AS outline_id,
       jsonb_build_object(
           'legal_m2', parcel.legal_area_m2,
           'calculated_m2', round(parcel.calculated_area_m2::numeric, 2)
       ) AS facts
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
WHERE unit.local_authority_id = %(authority)s
    AND unit.is_taxable
    AND unit.owner_id IS NULL AND unit.condominium_unit_id IS NULL
    AND parcel.valid_during @> %(on)s::date
    AND abs(parcel.calculated_area_m2 - parcel.legal_area_m2)
    > greatest(20, 0.05 * parcel.legal_area_m2)
