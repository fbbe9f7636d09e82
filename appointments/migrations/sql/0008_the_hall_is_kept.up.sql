-- What happened to a ticket stays as it was written.

CREATE FUNCTION appointments_keep_ticket_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of tickets are only added'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_events_are_kept';
END $$;

CREATE TRIGGER ticket_events_are_kept
    BEFORE UPDATE OR DELETE ON appointments_ticketevent
    FOR EACH ROW EXECUTE FUNCTION appointments_keep_ticket_events();

CREATE TRIGGER ticket_events_are_kept_at_once
    BEFORE TRUNCATE ON appointments_ticketevent
    FOR EACH STATEMENT EXECUTE FUNCTION appointments_keep_ticket_events();

-- Somebody who arrived and cancels, or moves to another time, is no longer called today.

CREATE FUNCTION appointments_ticket_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        UPDATE appointments_ticket
        SET status = 'left', ended_at = NEW.changed_at, counter_id = NULL
        WHERE booking_id = NEW.id AND status IN ('waiting', 'called', 'parked')
        RETURNING id
    )
    INSERT INTO appointments_ticketevent (ticket_id, kind, at, data)
    SELECT id, 'left', NEW.changed_at, jsonb_build_object('booking', NEW.status) FROM gone;
    RETURN NULL;
END $$;

CREATE TRIGGER a_ticket_follows_its_booking
    AFTER UPDATE OF status ON appointments_booking
    FOR EACH ROW WHEN (OLD.status = 'arrived' AND NEW.status = 'cancelled')
    EXECUTE FUNCTION appointments_ticket_leaves();
