-- The parcels of an office, land office or local authority, as they were on a day by what the
-- register knew at a moment; a null moment asks for what it knows now. No holder is named.
WITH state AS (
    SELECT
        id AS parcel_id, public_id, valid_during, recorded_during, office_id, local_authority_id,
        ba_unit_id, map_sheet_id, land_number, tax_parcel_code, sub_district_id, house_number,
        street_th, street_en, land_use, legal_area_m2, geometry, zone_srid,
        coalesce(changed_by_id, created_by_id) AS act_id
    FROM parcels_parcel
    WHERE (office_id = %(office)s OR local_authority_id = %(office)s)
      AND valid_during @> %(on)s::date
      AND (
          CASE WHEN %(known)s::timestamptz IS NULL THEN upper_inf(recorded_during)
          ELSE recorded_during @> %(known)s::timestamptz END
      )
    UNION ALL
    SELECT
        former.parcel_id, parcel.public_id, former.valid_during, former.recorded_during,
        former.office_id, former.local_authority_id, former.ba_unit_id, former.map_sheet_id,
        former.land_number, former.tax_parcel_code, former.sub_district_id, former.house_number,
        former.street_th, former.street_en, former.land_use, former.legal_area_m2, former.geometry,
        former.zone_srid, coalesce(former.changed_by_id, former.created_by_id)
    FROM parcels_parcelversion AS former
    JOIN parcels_parcel AS parcel ON parcel.id = former.parcel_id
    WHERE (former.office_id = %(office)s OR former.local_authority_id = %(office)s)
      AND former.valid_during @> %(on)s::date
      AND (
          CASE WHEN %(known)s::timestamptz IS NULL THEN upper_inf(former.recorded_during)
          ELSE former.recorded_during @> %(known)s::timestamptz END
      )
)
SELECT
    state.public_id,
    title.public_id AS title_id,
    title.title_type,
    title.deed_number,
    title.survey_page,
    sheet.name AS map_sheet,
    sheet.scale AS map_scale,
    state.land_number,
    state.tax_parcel_code,
    state.sub_district_id AS sub_district,
    state.house_number,
    state.street_th,
    state.street_en,
    state.land_use,
    state.legal_area_m2::float8 AS legal_area_m2,
    round(ST_Area(ST_Transform(state.geometry, state.zone_srid))::numeric, 4)::float8
        AS calculated_area_m2,
    state.zone_srid,
    lower(state.valid_during)::text AS valid_from,
    upper(state.valid_during)::text AS valid_to,
    to_char(lower(state.recorded_during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        AS recorded_from,
    act.public_id AS transaction,
    office.code AS land_office,
    authority.code AS local_authority,
    state.ba_unit_id,
    ST_AsBinary(state.geometry) AS geometry
FROM state
-- Both are always there; left joins let the planner count on every row and hash the tables below.
LEFT JOIN parcels_transaction AS act ON act.id = state.act_id
LEFT JOIN offices_office AS office ON office.id = state.office_id
LEFT JOIN offices_office AS authority ON authority.id = state.local_authority_id
LEFT JOIN parcels_baunit AS title ON title.id = state.ba_unit_id
LEFT JOIN parcels_mapsheet AS sheet ON sheet.id = state.map_sheet_id
ORDER BY state.parcel_id
