-- Every state of every parcel on both time lines: those that hold now and those of the past.
-- What held on a day, as it is known now: valid_during @> day AND upper_inf(recorded_during).
-- What the register said at a moment: valid_during @> day AND recorded_during @> moment.

CREATE VIEW parcels_parcelstate AS
SELECT
    id AS parcel_id, valid_during, recorded_during, created_by_id, changed_by_id, retired_by_id,
    office_id, local_authority_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,
    sub_district_id, house_number, street_th, street_en, land_use, legal_area_m2, geometry,
    zone_srid
FROM parcels_parcel
UNION ALL
SELECT
    parcel_id, valid_during, recorded_during, created_by_id, changed_by_id, retired_by_id,
    office_id, local_authority_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,
    sub_district_id, house_number, street_th, street_en, land_use, legal_area_m2, geometry,
    zone_srid
FROM parcels_parcelversion;

COMMENT ON VIEW parcels_parcelstate IS 'สภาพของแปลงที่ดินทุกช่วงเวลา: present and past states together';
