-- Sheet 4 of the LTAX worklist: each building that stood that day, with its price when new.
SELECT
    row_number() OVER (ORDER BY parcel.tax_parcel_code, building.code, building.id) AS position,
    parcel.tax_parcel_code AS parcel_code,
    parcel.tax_parcel_code || '-' || building.code AS building_code,
    parcel.house_number,
    parcel.street_th AS street,
    building.type_code,
    building.structure,
    building.floors,
    round(coalesce(
        parcel.legal_area_m2, ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric
    ) / 4, 1) AS square_wa,
    building.built_in + 543 AS built_in_be,
    building.floor_area_m2,
    greatest(extract(year FROM %(on)s::date)::integer - building.built_in, 0) AS age_years,
    round(price.satang_per_m2 / 100.0, 2) AS price_per_m2,
    round(price.satang_per_m2 * building.floor_area_m2 / 100, 2) AS new_value,
    coalesce(unit.owner_id::text, holders.list) AS owners
FROM taxmap_building AS building
INNER JOIN taxmap_valuationunit AS unit ON unit.id = building.unit_id
INNER JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
LEFT JOIN taxmap_building_prices(%(on)s::date) AS price ON price.building_id = building.id
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT held.party_id::text, ';' ORDER BY held.party_id::text) AS list
    FROM parcels_right AS held
    WHERE held.ba_unit_id = parcel.ba_unit_id AND held.valid_during @> %(on)s::date
) AS holders ON true
WHERE unit.local_authority_id = %(authority)s AND building.valid_during @> %(on)s::date
ORDER BY position
