-- The parcels that were in force on a past day, as the register knows it now: what still is as it
-- was then, and the states that have been superseded since (parcels_parcelversion).
CREATE OR REPLACE TEMPORARY VIEW checked_parcel AS
SELECT p.id, p.office_id, p.local_authority_id, p.ba_unit_id, p.map_sheet_id, p.land_number,
       p.tax_parcel_code, p.sub_district_id, p.land_use, p.legal_area_m2, p.geometry, p.zone_srid,
       p.calculated_area_m2, p.label_point, p.created_by_id, p.changed_by_id, p.retired_by_id,
       false AS is_new
FROM parcels_parcel AS p
WHERE p.valid_during @> %(on)s::date
UNION ALL
SELECT v.parcel_id, v.office_id, v.local_authority_id, v.ba_unit_id, v.map_sheet_id, v.land_number,
       v.tax_parcel_code, v.sub_district_id, v.land_use, v.legal_area_m2, v.geometry, v.zone_srid,
       ST_Area(ST_Transform(v.geometry, v.zone_srid)), ST_PointOnSurface(v.geometry),
       v.created_by_id, v.changed_by_id, v.retired_by_id, false
FROM parcels_parcelversion AS v
WHERE v.valid_during @> %(on)s::date AND upper_inf(v.recorded_during);

CREATE OR REPLACE TEMPORARY VIEW checked_title AS
SELECT * FROM parcels_baunit WHERE valid_during @> %(on)s::date;
