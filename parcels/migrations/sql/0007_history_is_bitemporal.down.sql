-- The function of 0002, as it was.

CREATE OR REPLACE FUNCTION parcels_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since CONSTANT timestamptz := lower(OLD.recorded_during);
    until CONSTANT timestamptz := greatest(clock_timestamp(), since + interval '1 microsecond');
BEGIN
    IF ROW(NEW.valid_during, NEW.created_by_id, NEW.retired_by_id, NEW.office_id,
           NEW.local_authority_id, NEW.ba_unit_id, NEW.map_sheet_id, NEW.land_number,
           NEW.tax_parcel_code, NEW.sub_district_id, NEW.house_number, NEW.street_th,
           NEW.street_en, NEW.land_use, NEW.legal_area_m2, NEW.geometry, NEW.zone_srid)
       IS NOT DISTINCT FROM
       ROW(OLD.valid_during, OLD.created_by_id, OLD.retired_by_id, OLD.office_id,
           OLD.local_authority_id, OLD.ba_unit_id, OLD.map_sheet_id, OLD.land_number,
           OLD.tax_parcel_code, OLD.sub_district_id, OLD.house_number, OLD.street_th,
           OLD.street_en, OLD.land_use, OLD.legal_area_m2, OLD.geometry, OLD.zone_srid)
    THEN
        NEW.recorded_during := OLD.recorded_during;
        RETURN NEW;
    END IF;
    INSERT INTO parcels_parcelversion (
        parcel_id, valid_during, recorded_during, created_by_id, retired_by_id, office_id,
        local_authority_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,
        sub_district_id, house_number, street_th, street_en, land_use, legal_area_m2,
        geometry, zone_srid
    ) VALUES (
        OLD.id, OLD.valid_during, tstzrange(since, until),
        OLD.created_by_id, OLD.retired_by_id, OLD.office_id,
        OLD.local_authority_id, OLD.ba_unit_id, OLD.map_sheet_id, OLD.land_number,
        OLD.tax_parcel_code, OLD.sub_district_id, OLD.house_number, OLD.street_th,
        OLD.street_en, OLD.land_use, OLD.legal_area_m2, OLD.geometry, OLD.zone_srid
    );
    NEW.recorded_during := tstzrange(until, NULL);
    RETURN NEW;
END $$;
