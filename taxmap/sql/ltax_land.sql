-- Sheet 2 of the LTAX worklist: each parcel of land in force that day, its document and its value.
SELECT
    row_number() OVER (ORDER BY parcel.tax_parcel_code, parcel.parcel_id) AS position,
    parcel.tax_parcel_code AS parcel_code,
    coalesce(title.title_type, '') AS title_type,
    coalesce(title.deed_number, '') AS deed_number,
    coalesce(title.survey_page, '') AS survey_page,
    coalesce(title.book, '') AS book,
    coalesce(title.page, '') AS page,
    split_part(sheet.name, ' ', 1) AS sheet_1,
    split_part(sheet.name, ' ', 2) AS sheet_2,
    split_part(split_part(sheet.name, ' ', 3), '-', 1) AS sheet_3,
    split_part(split_part(sheet.name, ' ', 3), '-', 2) AS sheet_4,
    sheet.scale,
    parcel.land_number,
    div(area.wa, 400) AS rai,
    div(mod(area.wa, 400), 100) AS ngan,
    mod(area.wa, 100) AS wa,
    area.wa AS square_wa,
    place.name_th AS sub_district,
    district.name_th AS district,
    province.name_th AS province,
    parcel.street_th AS street,
    round(price.satang_per_wa / 100.0, 2) AS price_per_wa,
    round(price.satang_per_wa * area.exact_wa / 100, 2) AS land_value,
    holders.list AS owners
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
LEFT JOIN taxmap_land_prices(%(on)s::date) AS price ON price.unit_id = unit.id
LEFT JOIN parcels_baunit AS title ON title.id = parcel.ba_unit_id
LEFT JOIN parcels_mapsheet AS sheet ON sheet.id = parcel.map_sheet_id
LEFT JOIN offices_administrativearea AS place ON place.code = parcel.sub_district_id
LEFT JOIN offices_administrativearea AS district ON district.code = place.parent_id
LEFT JOIN offices_administrativearea AS province ON province.code = district.parent_id
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            parcel.legal_area_m2, ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric
        ) / 4 AS exact_wa,
        round(coalesce(
            parcel.legal_area_m2, ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric
        ) / 4, 1) AS wa
) AS area
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT held.party_id::text, ';' ORDER BY held.party_id::text) AS list
    FROM parcels_right AS held
    WHERE held.ba_unit_id = parcel.ba_unit_id AND held.valid_during @> %(on)s::date
) AS holders ON true
WHERE unit.local_authority_id = %(authority)s
    AND unit.owner_id IS NULL
    AND unit.condominium_unit_id IS NULL
ORDER BY position
