DROP TRIGGER place_is_moved ON appointments_bookingplace;
DROP TRIGGER place_is_taken_and_returned ON appointments_bookingplace;

UPDATE appointments_service AS service
SET minutes = service.slots * counters.slot_minutes, capacity = counters.public_counters
FROM appointments_countergroup AS counters WHERE counters.id = service.group_id;

-- A time that several services shared goes to the first of them.
UPDATE appointments_slot AS slot SET service_id = (
    SELECT min(service.id) FROM appointments_service AS service
    WHERE service.group_id = slot.group_id
);

CREATE OR REPLACE FUNCTION appointments_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status = 'booked' THEN
        UPDATE appointments_slot SET taken = taken - 1 WHERE id = OLD.slot_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status = 'booked' THEN
        UPDATE appointments_slot SET taken = taken + 1 WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER booking_takes_and_returns_its_place
    AFTER INSERT OR DELETE ON appointments_booking
    FOR EACH ROW EXECUTE FUNCTION appointments_count_places();

CREATE TRIGGER booking_moves_its_place
    AFTER UPDATE OF slot_id, status ON appointments_booking
    FOR EACH ROW
    WHEN ((OLD.slot_id, OLD.status) IS DISTINCT FROM (NEW.slot_id, NEW.status))
    EXECUTE FUNCTION appointments_count_places();

ALTER TABLE appointments_service DROP CONSTRAINT service_is_of_its_groups_office;
ALTER TABLE appointments_countergroup DROP CONSTRAINT counter_group_names_its_office;
