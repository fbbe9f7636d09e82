-- The history of a parcel on both of its time lines.
--
-- A state that the register held is kept with a closed recorded_during. Where a change takes effect
-- in law on a later day than the state before it, the register goes on knowing what held until then:
-- that past is a row of its own, [since, day of effect), recorded from now on.
-- And no state changes without naming the transaction that changed it.

CREATE OR REPLACE FUNCTION parcels_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since CONSTANT timestamptz := lower(OLD.recorded_during);
    until CONSTANT timestamptz := greatest(clock_timestamp(), since + interval '1 microsecond');
BEGIN
    IF ROW(NEW.valid_during, NEW.created_by_id, NEW.retired_by_id, NEW.changed_by_id,
           NEW.office_id, NEW.local_authority_id, NEW.ba_unit_id, NEW.map_sheet_id,
           NEW.land_number, NEW.tax_parcel_code, NEW.sub_district_id, NEW.house_number,
           NEW.street_th, NEW.street_en, NEW.land_use, NEW.legal_area_m2, NEW.geometry,
           NEW.zone_srid)
       IS NOT DISTINCT FROM
       ROW(OLD.valid_during, OLD.created_by_id, OLD.retired_by_id, OLD.changed_by_id,
           OLD.office_id, OLD.local_authority_id, OLD.ba_unit_id, OLD.map_sheet_id,
           OLD.land_number, OLD.tax_parcel_code, OLD.sub_district_id, OLD.house_number,
           OLD.street_th, OLD.street_en, OLD.land_use, OLD.legal_area_m2, OLD.geometry,
           OLD.zone_srid)
    THEN
        NEW.recorded_during := OLD.recorded_during;
        RETURN NEW;
    END IF;
    IF NEW.created_by_id <> OLD.created_by_id
       OR coalesce(NEW.changed_by_id, 0) = coalesce(OLD.changed_by_id, 0)
          AND coalesce(NEW.retired_by_id, 0) = coalesce(OLD.retired_by_id, 0)
    THEN
        RAISE EXCEPTION 'parcel % changes without a transaction', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_names_its_transaction',
                  TABLE = 'parcels_parcel';
    END IF;
    INSERT INTO parcels_parcelversion (
        parcel_id, valid_during, recorded_during, created_by_id, retired_by_id, changed_by_id,
        office_id, local_authority_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,
        sub_district_id, house_number, street_th, street_en, land_use, legal_area_m2,
        geometry, zone_srid
    )
    SELECT
        OLD.id, state.valid_during, state.recorded_during,
        OLD.created_by_id, OLD.retired_by_id, OLD.changed_by_id, OLD.office_id,
        OLD.local_authority_id, OLD.ba_unit_id, OLD.map_sheet_id, OLD.land_number,
        OLD.tax_parcel_code, OLD.sub_district_id, OLD.house_number, OLD.street_th,
        OLD.street_en, OLD.land_use, OLD.legal_area_m2, OLD.geometry, OLD.zone_srid
    FROM (
        VALUES
            (OLD.valid_during, tstzrange(since, until)),
            (daterange(lower(OLD.valid_during), lower(NEW.valid_during)), tstzrange(until, NULL))
    ) AS state (valid_during, recorded_during)
    WHERE upper(state.recorded_during) IS NOT NULL
        OR lower(NEW.valid_during) > lower(OLD.valid_during);
    NEW.recorded_during := tstzrange(until, NULL);
    RETURN NEW;
END $$;
