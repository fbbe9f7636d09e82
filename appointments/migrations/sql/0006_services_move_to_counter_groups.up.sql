-- Every service becomes a counter group of its own with the times it had.

INSERT INTO appointments_countergroup (
    office_id, code, name_th, name_en, slot_minutes, public_counters, internal_counters,
    notice_minutes, days_ahead, hold_minutes, release_from_minutes, release_to_minutes,
    bookings_per_phone, is_active
)
SELECT office_id, code, name_th, name_en, minutes, capacity, 0, 30, 45, 10, 5, 20, 3, true
FROM appointments_service;

UPDATE appointments_service AS service SET group_id = counters.id
FROM appointments_countergroup AS counters
WHERE counters.office_id = service.office_id AND counters.code = service.code;

UPDATE appointments_slot AS slot SET group_id = service.group_id
FROM appointments_service AS service WHERE service.id = slot.service_id;

UPDATE appointments_booking AS booking SET service_id = slot.service_id
FROM appointments_slot AS slot WHERE slot.id = booking.slot_id;

INSERT INTO appointments_bookingplace (booking_id, slot_id)
SELECT id, slot_id FROM appointments_booking WHERE status = 'booked';

ALTER TABLE appointments_countergroup
    ADD CONSTRAINT counter_group_names_its_office UNIQUE (id, office_id);
ALTER TABLE appointments_service
    ADD CONSTRAINT service_is_of_its_groups_office FOREIGN KEY (group_id, office_id)
    REFERENCES appointments_countergroup (id, office_id) DEFERRABLE INITIALLY DEFERRED;

-- A slot knows how many places are taken because every place tells it, whoever writes it: no
-- program can forget. slot_is_never_oversold then refuses one too many.

DROP TRIGGER booking_moves_its_place ON appointments_booking;
DROP TRIGGER booking_takes_and_returns_its_place ON appointments_booking;

CREATE OR REPLACE FUNCTION appointments_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.is_live THEN
        UPDATE appointments_slot SET
            taken = taken - (NOT OLD.is_internal)::int,
            internal_taken = internal_taken - OLD.is_internal::int
        WHERE id = OLD.slot_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.is_live THEN
        UPDATE appointments_slot SET
            taken = taken + (NOT NEW.is_internal)::int,
            internal_taken = internal_taken + NEW.is_internal::int
        WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER place_is_taken_and_returned
    AFTER INSERT OR DELETE ON appointments_bookingplace
    FOR EACH ROW EXECUTE FUNCTION appointments_count_places();

CREATE TRIGGER place_is_moved
    AFTER UPDATE OF slot_id, is_live, is_internal ON appointments_bookingplace
    FOR EACH ROW
    WHEN (
        (OLD.slot_id, OLD.is_live, OLD.is_internal)
        IS DISTINCT FROM (NEW.slot_id, NEW.is_live, NEW.is_internal)
    )
    EXECUTE FUNCTION appointments_count_places();

COMMENT ON TABLE appointments_booking_also IS 'บริการที่ทำพร้อมกันในการจอง';
COMMENT ON COLUMN appointments_booking_also.booking_id IS 'การจอง';
COMMENT ON COLUMN appointments_booking_also.service_id IS 'บริการ';
COMMENT ON TABLE appointments_counter_services IS 'บริการที่ช่องบริการทำได้';
COMMENT ON COLUMN appointments_counter_services.counter_id IS 'ช่องบริการ';
COMMENT ON COLUMN appointments_counter_services.service_id IS 'บริการ';
COMMENT ON COLUMN appointments_booking_also.id IS 'ลำดับ';
COMMENT ON COLUMN appointments_counter_services.id IS 'ลำดับ';
