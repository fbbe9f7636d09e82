-- The land of taxpayers who have several plots, in its own zone. Of the state nothing is taxed.
SELECT unit.unit_id, unit.taxpayer, unit.use_names,
       ST_Transform(parcel.geometry, parcel.zone_srid) AS geometry
FROM roll_unit AS unit
JOIN parcels_parcelstate AS parcel ON parcel.parcel_id = unit.parcel_id
WHERE unit.trouble IS NULL AND unit.area_m2 IS NOT NULL AND unit.owner <> 'state'
  AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
  AND unit.taxpayer IN (
      SELECT taxpayer FROM roll_unit WHERE area_m2 IS NOT NULL
      GROUP BY taxpayer HAVING count(*) > 1
  )
