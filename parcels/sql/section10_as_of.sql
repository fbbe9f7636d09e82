-- The parcels of an authority that were in force on a day, as the register knows it now, with the
-- number of their holders on that day. No holder is named.
WITH state AS (
    SELECT id, public_id, geometry, zone_srid, ba_unit_id, map_sheet_id, land_number,
           tax_parcel_code, legal_area_m2
    FROM parcels_parcel
    WHERE local_authority_id = %(authority)s AND valid_during @> %(day)s::date
    UNION ALL
    SELECT parcel.id, parcel.public_id, version.geometry, version.zone_srid, version.ba_unit_id,
           version.map_sheet_id, version.land_number, version.tax_parcel_code,
           version.legal_area_m2
    FROM parcels_parcelversion AS version
    JOIN parcels_parcel AS parcel ON parcel.id = version.parcel_id
    WHERE version.local_authority_id = %(authority)s
      AND version.valid_during @> %(day)s::date
      AND upper_inf(version.recorded_during)
)
SELECT
    state.public_id, title.title_type, title.deed_number, sheet.name AS map_sheet,
    state.land_number, state.tax_parcel_code, state.legal_area_m2,
    round(ST_Area(ST_Transform(state.geometry, state.zone_srid))::numeric, 2) AS calculated_area_m2,
    (
        SELECT count(DISTINCT held.party_id)
        FROM parcels_right AS held
        WHERE held.ba_unit_id = state.ba_unit_id AND held.valid_during @> %(day)s::date
    ) AS owners
FROM state
LEFT JOIN parcels_baunit AS title ON title.id = state.ba_unit_id
LEFT JOIN parcels_mapsheet AS sheet ON sheet.id = state.map_sheet_id
ORDER BY title.deed_number NULLS LAST, state.public_id
