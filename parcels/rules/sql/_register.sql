-- The parcels in force on a day, as the register knows them now. Rules read this, never the table.
CREATE OR REPLACE TEMPORARY VIEW checked_parcel AS
SELECT p.id, p.office_id, p.local_authority_id, p.ba_unit_id, p.map_sheet_id, p.land_number,
       p.tax_parcel_code, p.sub_district_id, p.land_use, p.legal_area_m2, p.geometry, p.zone_srid,
       p.calculated_area_m2, p.label_point, p.created_by_id, p.changed_by_id, p.retired_by_id,
       false AS is_new
FROM parcels_parcel AS p
WHERE p.valid_during @> %(on)s::date;

CREATE OR REPLACE TEMPORARY VIEW checked_title AS
SELECT * FROM parcels_baunit WHERE valid_during @> %(on)s::date;
