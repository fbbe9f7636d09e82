-- Parcels of an authority in force on a day that the tax map does not value yet.
SELECT parcel.id
FROM parcels_parcel AS parcel
WHERE parcel.local_authority_id = %(authority)s
  AND parcel.valid_during @> %(on)s::date
  AND parcel.land_use NOT IN ('road', 'water')
  AND NOT EXISTS (
      SELECT FROM taxmap_valuationunit AS unit
      WHERE unit.parcel_id = parcel.id AND unit.owner_id IS NULL
        AND unit.condominium_unit_id IS NULL
  )
ORDER BY lower(parcel.valid_during), parcel.id
