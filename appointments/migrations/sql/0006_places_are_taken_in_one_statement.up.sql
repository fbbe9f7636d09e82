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

-- A booking that ends gives its places back: at once, unless they wait for their release.

CREATE FUNCTION appointments_give_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appointments_bookingplace SET is_live = false
    WHERE booking_id = NEW.id AND is_live AND release_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER booking_gives_its_places_back
    AFTER UPDATE OF status ON appointments_booking
    FOR EACH ROW
    WHEN (
        NEW.status IN ('cancelled', 'expired') AND OLD.status NOT IN ('cancelled', 'expired')
    )
    EXECUTE FUNCTION appointments_give_back();

-- The slots in a row that a visit takes which begins with this one; null if there is no such row.

CREATE FUNCTION appointments_run(first_slot text, needed integer)
RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN needed = 1 THEN ARRAY[beginning.id] ELSE (
        SELECT array_agg(each.id ORDER BY each.starts_at)
        FROM (
            SELECT slot.id, slot.starts_at, lag(slot.ends_at) OVER (ORDER BY slot.starts_at) AS before
            FROM appointments_slot AS slot
            WHERE slot.group_id = beginning.group_id AND slot.starts_at >= beginning.starts_at
            ORDER BY slot.starts_at
            LIMIT needed
        ) AS each
        HAVING count(*) = needed AND coalesce(bool_and(each.before = each.starts_at), true)
    ) END
    FROM appointments_slot AS beginning
    WHERE beginning.public_id = first_slot
$$;

-- Places of holds that ran out, and of bookings cancelled long enough ago. Who is being changed
-- by somebody else at this moment is passed over.

CREATE FUNCTION appointments_release(run bigint[], moment timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appointments_booking SET status = 'expired', held_until = NULL, changed_at = moment
    WHERE id IN (
        SELECT booking.id FROM appointments_booking AS booking
        WHERE booking.status = 'held' AND booking.held_until <= moment AND booking.id IN (
            SELECT place.booking_id FROM appointments_bookingplace AS place
            WHERE place.slot_id = ANY (run) AND place.is_live
        )
        FOR UPDATE SKIP LOCKED
    );
    UPDATE appointments_bookingplace SET is_live = false, release_at = NULL
    WHERE slot_id = ANY (run) AND release_at <= moment;
END $$;

-- Locks the slots, in the order of their times, and says why they cannot be taken; null if they can.

CREATE FUNCTION appointments_refusal(
    run bigint[], wanted bigint, internal boolean, moment timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seen integer;
    room boolean;
    begins timestamptz;
    counters_of bigint;
    fault text;
BEGIN
    FOR attempt IN 1..2 LOOP
        SELECT
            count(*),
            bool_and(locked.taken < locked.capacity
                     OR (internal AND locked.internal_taken < locked.internal_capacity)),
            min(locked.starts_at),
            min(locked.group_id)
        INTO seen, room, begins, counters_of
        FROM (
            SELECT * FROM appointments_slot WHERE id = ANY (run)
            ORDER BY group_id, starts_at FOR NO KEY UPDATE
        ) AS locked;
        EXIT WHEN room OR attempt = 2 OR seen = 0;
        PERFORM appointments_release(run, moment);
    END LOOP;
    IF seen = 0 OR seen <> cardinality(run) THEN
        RETURN 'slot_unknown';
    END IF;
    SELECT CASE
        WHEN counters.id <> counters_of THEN 'slot_unknown'
        WHEN NOT service.is_active OR NOT counters.is_active THEN 'slot_closed'
        WHEN begins <= moment + CASE
            WHEN internal THEN interval '0' ELSE make_interval(mins => counters.notice_minutes)
        END THEN 'slot_closed'
        WHEN NOT internal AND (begins AT TIME ZONE 'Asia/Bangkok')::date
            > (moment AT TIME ZONE 'Asia/Bangkok')::date + counters.days_ahead THEN 'slot_closed'
        WHEN EXISTS (
            SELECT FROM appointments_closure AS closure
            WHERE closure.day = (begins AT TIME ZONE 'Asia/Bangkok')::date
              AND (closure.office_id IS NULL OR closure.office_id = service.office_id)
        ) THEN 'slot_closed'
        WHEN NOT room THEN 'slot_full'
    END
    INTO fault
    FROM appointments_service AS service
    JOIN appointments_countergroup AS counters ON counters.id = service.group_id
    WHERE service.id = wanted;
    RETURN fault;
END $$;

-- Gives the locked slots of a run to a booking: the office's own places first where it books.

CREATE FUNCTION appointments_take(taker bigint, run bigint[], internal boolean)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO appointments_bookingplace (booking_id, slot_id, is_internal)
    SELECT taker, slot.id, internal AND slot.internal_taken < slot.internal_capacity
    FROM appointments_slot AS slot WHERE slot.id = ANY (run)
$$;

-- Read aloud at a counter: no letter or digit that is taken for another.

CREATE FUNCTION appointments_reference() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(substr('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', get_byte(drawn, at) % 32 + 1, 1), '')
    FROM gen_random_bytes(6) AS drawn, generate_series(0, 5) AS at
$$;

-- Book, or hold, in one statement: docs/algorithms/booking.md. ``wish`` says who wants what,
-- ``outcome`` of the answer is 'done', 'replayed' or the code of the refusal. A refusal leaves
-- nothing behind.

CREATE FUNCTION appointments_book(wish jsonb) RETURNS jsonb LANGUAGE plpgsql
SET lock_timeout = '3s' AS $$
DECLARE
    moment CONSTANT timestamptz := wish ->> 'now';
    idempotency CONSTANT text := wish ->> 'key';
    caller CONSTANT text := coalesce(wish ->> 'phone', '');
    plot CONSTANT text := coalesce(wish ->> 'parcel', '');
    internal CONSTANT boolean := wish ->> 'channel' = 'internal';
    codes CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(wish -> 'services'));
    kept appointments_idempotencyrecord;
    services bigint[];
    needed integer;
    office bigint;
    most integer;
    run bigint[];
    fault text;
    held integer;
    made appointments_booking;
    facts jsonb;
BEGIN
    IF idempotency IS NOT NULL THEN
        INSERT INTO appointments_idempotencyrecord (key, request_digest, status, answer, created_at)
        VALUES (idempotency, wish ->> 'digest', 201, '{}', moment) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            SELECT * INTO kept FROM appointments_idempotencyrecord
            WHERE key = idempotency FOR UPDATE;
            IF kept.key IS NULL THEN  -- swept away as too old between the two statements
                RETURN jsonb_build_object('outcome', 'busy');
            ELSIF kept.request_digest <> wish ->> 'digest' THEN
                RETURN jsonb_build_object('outcome', 'idempotency_key_reused');
            ELSIF kept.answer <> '{}' THEN
                RETURN kept.answer || '{"outcome": "replayed"}';
            END IF;
        END IF;
    END IF;

    IF caller <> '' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(caller, 7));
    END IF;
    SELECT array_agg(service.id ORDER BY array_position(codes, service.code::text)),
           sum(service.slots), min(service.office_id), min(counters.bookings_per_phone)
    INTO services, needed, office, most
    FROM appointments_slot AS slot
    JOIN appointments_service AS service USING (group_id)
    JOIN appointments_countergroup AS counters ON counters.id = slot.group_id
    WHERE slot.public_id = wish ->> 'slot' AND service.code = ANY (codes);
    IF cardinality(services) = cardinality(codes) THEN
        run := appointments_run(wish ->> 'slot', needed);
    END IF;
    fault := CASE WHEN run IS NULL THEN 'slot_unknown' END;

    IF fault IS NULL AND caller <> '' THEN
        -- Nobody may have written down whether the visits of former days took place.
        UPDATE appointments_booking AS booking SET status = 'passed', changed_at = moment
        FROM appointments_slot AS slot
        WHERE slot.id = booking.slot_id AND booking.phone = caller
          AND booking.status IN ('booked', 'arrived')
          AND (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date
              < (moment AT TIME ZONE 'Asia/Bangkok')::date;
        SELECT
            CASE
                WHEN bool_or(booking.slot_id = run[1]) THEN 'already_booked'
                WHEN plot <> '' AND bool_or(
                    booking.parcel_public_id = plot AND booking.service_id = services[1]
                ) THEN 'plot_already_booked'
                WHEN NOT internal AND count(*) FILTER (
                    WHERE service.office_id = office AND slot.starts_at > moment
                ) >= most THEN 'too_many_bookings'
            END,
            count(*) FILTER (WHERE service.office_id = office AND slot.starts_at > moment)
        INTO fault, held
        FROM appointments_booking AS booking
        JOIN appointments_slot AS slot ON slot.id = booking.slot_id
        JOIN appointments_service AS service ON service.id = booking.service_id
        WHERE booking.phone = caller AND booking.status IN ('held', 'booked', 'arrived')
          AND (booking.held_until IS NULL OR booking.held_until > moment);
    END IF;
    fault := coalesce(fault, appointments_refusal(run, services[1], internal, moment));
    IF fault IS NOT NULL THEN
        IF idempotency IS NOT NULL THEN
            DELETE FROM appointments_idempotencyrecord WHERE key = idempotency;
        END IF;
        RETURN jsonb_build_object('outcome', fault, 'count', held);
    END IF;

    LOOP
        INSERT INTO appointments_booking (
            reference, slot_id, service_id, name, phone, email, parcel_public_id, people, needs,
            documents_ready, language, channel, status, held_until, created_at, changed_at
        ) VALUES (
            appointments_reference(), run[1], services[1], coalesce(wish ->> 'name', ''), caller,
            coalesce(wish ->> 'email', ''), plot, coalesce((wish ->> 'people')::int, 1),
            coalesce(wish -> 'needs', '[]'), coalesce(wish -> 'documents', '[]'),
            coalesce(wish ->> 'language', ''), coalesce(wish ->> 'channel', 'public'),
            CASE WHEN wish ? 'held_until' THEN 'held' ELSE 'booked' END,
            (wish ->> 'held_until')::timestamptz, moment, moment
        ) ON CONFLICT (reference) DO NOTHING RETURNING * INTO made;
        EXIT WHEN made.id IS NOT NULL;  -- 32^6 references make a second try rare
    END LOOP;
    PERFORM appointments_take(made.id, run, internal);
    INSERT INTO appointments_booking_also (booking_id, service_id)
    SELECT made.id, unnest(services[2:]);
    INSERT INTO offices_auditentry (at, actor_id, office_id, action, subject_kind, subject_id, data)
    VALUES (
        moment, (wish ->> 'actor')::bigint, office,
        CASE made.status WHEN 'held' THEN 'appointments.held' ELSE 'appointments.booked' END,
        'booking', made.reference, jsonb_build_object('slot', run[1])
    );
    SELECT jsonb_build_object(
        'outcome', 'done', 'token', made.token, 'reference', made.reference,
        'status', made.status, 'held_until', made.held_until, 'slot', wish ->> 'slot',
        'services', wish -> 'services', 'start', min(slot.starts_at), 'end', max(slot.ends_at),
        'capacity', min(slot.capacity), 'remaining', min(slot.capacity - slot.taken),
        'office_th', min(named.name_th), 'office_en', min(named.name_en),
        'service_th', min(service.name_th), 'service_en', min(service.name_en)
    ) INTO facts
    FROM appointments_slot AS slot, offices_office AS named, appointments_service AS service
    WHERE slot.id = ANY (run) AND named.id = office AND service.id = services[1];
    IF idempotency IS NOT NULL THEN
        UPDATE appointments_idempotencyrecord SET answer = facts
        WHERE key = idempotency;
    END IF;
    RETURN facts;
END $$;

COMMENT ON TABLE appointments_booking_also IS 'บริการที่ทำพร้อมกันในการจอง';
COMMENT ON COLUMN appointments_booking_also.booking_id IS 'การจอง';
COMMENT ON COLUMN appointments_booking_also.service_id IS 'บริการ';
COMMENT ON TABLE appointments_counter_services IS 'บริการที่ช่องบริการทำได้';
COMMENT ON COLUMN appointments_counter_services.counter_id IS 'ช่องบริการ';
COMMENT ON COLUMN appointments_counter_services.service_id IS 'บริการ';
COMMENT ON COLUMN appointments_booking_also.id IS 'ลำดับ';
COMMENT ON COLUMN appointments_counter_services.id IS 'ลำดับ';
