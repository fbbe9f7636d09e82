-- What the engine needs to know of these units, as it stood on 1 January.
SELECT unit.id,
       parcel.tax_parcel_code,
       parcel.legal_area_m2,
       CASE WHEN parcel.legal_area_m2 IS NULL
           THEN ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))
       END AS calculated_area_m2,
       coalesce(unit.satang_per_wa, price.satang_per_wa) AS satang_per_wa,
       unit.in_house_registration,
       unit.vacant_since,
       coalesce(uses.list, '{}') AS uses,
       coalesce(buildings.list, '{}') AS buildings
FROM taxmap_valuationunit AS unit
JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
LEFT JOIN taxmap_landprice AS price
    ON price.street_id = unit.street_id AND price.valid_during @> %(on)s::date
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[part.use, part.share_percent::text] ORDER BY part.id) AS list
    FROM taxmap_unituse AS part WHERE part.unit_id = unit.id
) AS uses ON true
LEFT JOIN LATERAL (
    SELECT array_agg(
               ARRAY[each.structure, each.floor_area_m2::text, each.satang_per_m2::text,
                     each.built_in::text]
               ORDER BY each.code
           ) AS list
    FROM taxmap_building AS each WHERE each.unit_id = unit.id
) AS buildings ON true
WHERE unit.id = ANY(%(units)s)
ORDER BY unit.id
