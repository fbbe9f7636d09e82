-- A slot knows how many places are taken because every booking tells it, whoever writes the
-- booking: no program can forget. slot_is_never_oversold then refuses one too many.
CREATE FUNCTION appointments_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
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
