-- Parcels of the authority that the tax map does not know.
SELECT parcel.id AS parcel_id, NULL::bigint AS unit_id, NULL::bigint AS outline_id,
       jsonb_build_object('land_use', parcel.land_use) AS facts
FROM parcels_parcel AS parcel
WHERE parcel.local_authority_id = %(authority)s
    AND parcel.valid_during @> %(on)s::date
    AND parcel.land_use NOT IN ('road', 'water', 'public')
    AND NOT EXISTS (SELECT FROM taxmap_valuationunit AS unit WHERE unit.parcel_id = parcel.id)
