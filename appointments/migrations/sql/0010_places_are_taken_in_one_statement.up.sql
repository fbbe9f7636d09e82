-- Booking, holding and giving back places: one statement each, docs/algorithms/booking.md.
--
-- Functions in SQL are planned at each call, those in PL/pgSQL once in a connection; and with plans
-- that fit all values, which hold in the functions that appointments_book calls, too, nothing is
-- planned again. All statements find their rows by a key, whether a table was empty when the plan
-- was made (then a sequential scan looks cheap) or not.

-- Whoever waits for a place is asked before it comes back to everybody: a place that comes free
-- while somebody waits for it is marked as due instead, and the sweeper (places_release) offers it.

CREATE FUNCTION appointments_is_waited_for(wanted bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM appointments_slot AS slot
        JOIN appointments_service AS service USING (group_id)
        JOIN appointments_waitinglistentry AS entry ON entry.service_id = service.id
        WHERE slot.id = wanted AND entry.status = 'waiting'
          AND (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date
              BETWEEN entry.first_day AND entry.last_day
          AND NOT entry.declined @> to_jsonb(slot.id)
    )
$$;

CREATE FUNCTION appointments_give_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appointments_bookingplace AS place SET
        is_live = waited.so,
        release_at = CASE WHEN waited.so THEN NEW.changed_at END
    FROM (
        SELECT mine.id, NOT mine.is_internal AND appointments_is_waited_for(mine.slot_id) AS so
        FROM appointments_bookingplace AS mine
        WHERE mine.booking_id = NEW.id AND mine.is_live AND mine.release_at IS NULL
    ) AS waited
    WHERE place.id = waited.id;
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
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    beginning appointments_slot;
    run bigint[];
BEGIN
    SELECT * INTO beginning FROM appointments_slot WHERE public_id = first_slot;
    IF needed = 1 OR beginning.id IS NULL THEN
        RETURN CASE WHEN beginning.id IS NOT NULL THEN ARRAY[beginning.id] END;
    END IF;
    SELECT array_agg(each.id ORDER BY each.starts_at) INTO run
    FROM (
        SELECT slot.id, slot.starts_at, lag(slot.ends_at) OVER (ORDER BY slot.starts_at) AS before
        FROM appointments_slot AS slot
        WHERE slot.group_id = beginning.group_id AND slot.starts_at >= beginning.starts_at
        ORDER BY slot.starts_at
        LIMIT needed
    ) AS each
    HAVING count(*) = needed AND coalesce(bool_and(each.before = each.starts_at), true);
    RETURN run;
END $$;

-- Places of holds that ran out, and of bookings cancelled long enough ago, unless somebody waits
-- for them. Who is being changed by somebody else at this moment is passed over.

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
    WHERE slot_id = ANY (run) AND release_at <= moment
      AND (is_internal OR NOT appointments_is_waited_for(slot_id));
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
        -- Thousands ask for a full day; few of its places are about to come free.
        EXIT WHEN NOT EXISTS (
            SELECT FROM appointments_bookingplace AS place
            JOIN appointments_booking AS booking ON booking.id = place.booking_id
            WHERE place.slot_id = ANY (run) AND place.is_live
              AND (place.release_at <= moment
                   OR (booking.status = 'held' AND booking.held_until <= moment))
        );
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
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT internal THEN
        INSERT INTO appointments_bookingplace (booking_id, slot_id) SELECT taker, unnest(run);
        RETURN;
    END IF;
    INSERT INTO appointments_bookingplace (booking_id, slot_id, is_internal)
    SELECT taker, slot.id, slot.internal_taken < slot.internal_capacity
    FROM appointments_slot AS slot WHERE slot.id = ANY (run);
END $$;

-- Read aloud at a counter: no letter or digit that is taken for another.

CREATE FUNCTION appointments_reference() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    letters CONSTANT text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    drawn CONSTANT bytea := gen_random_bytes(6);
    reference text := '';
BEGIN
    FOR at IN 0..5 LOOP
        reference := reference || substr(letters, get_byte(drawn, at) % 32 + 1, 1);
    END LOOP;
    RETURN reference;
END $$;

-- What a telephone number holds already and therefore cannot hold too: a visit at this time, one
-- for this plot and service, or as many at the office as ``most`` allows (null: any number).
-- ``itself`` is the hold that asks. Visits of former days count as over, holds that ran out as
-- expired. Most numbers hold nothing: then there is nothing to look at twice.

CREATE FUNCTION appointments_objection(
    caller text, plot text, wanted bigint, at_slot bigint, office bigint, most integer,
    itself bigint, moment timestamptz, OUT fault text, OUT held bigint
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM appointments_booking AS booking
    WHERE booking.phone = caller AND booking.status IN ('held', 'booked', 'arrived')
      AND booking.id IS DISTINCT FROM itself;
    IF NOT FOUND THEN
        held := 0;
        RETURN;
    END IF;
    -- Nobody may have written down whether the visits of former days took place.
    UPDATE appointments_booking AS booking SET status = 'passed', changed_at = moment
    FROM appointments_slot AS slot
    WHERE slot.id = booking.slot_id AND booking.phone = caller
      AND booking.status IN ('booked', 'arrived')
      AND (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date
          < (moment AT TIME ZONE 'Asia/Bangkok')::date;
    UPDATE appointments_booking AS booking
    SET status = 'expired', held_until = NULL, changed_at = moment
    WHERE booking.phone = caller AND booking.status = 'held' AND booking.held_until <= moment
      AND booking.id IS DISTINCT FROM itself;
    SELECT
        CASE
            WHEN bool_or(booking.slot_id = at_slot) THEN 'already_booked'
            WHEN plot <> '' AND bool_or(
                booking.parcel_public_id = plot AND booking.service_id = wanted
            ) THEN 'plot_already_booked'
            WHEN count(*) FILTER (
                WHERE service.office_id = office AND slot.starts_at > moment
            ) >= most THEN 'too_many_bookings'
        END,
        count(*) FILTER (WHERE service.office_id = office AND slot.starts_at > moment)
    INTO fault, held
    FROM appointments_booking AS booking
    JOIN appointments_slot AS slot ON slot.id = booking.slot_id
    JOIN appointments_service AS service ON service.id = booking.service_id
    WHERE booking.phone = caller AND booking.status IN ('held', 'booked', 'arrived')
      AND booking.id IS DISTINCT FROM itself;
END $$;

-- Book, or hold, in one statement: docs/algorithms/booking.md. ``wish`` says who wants what,
-- ``outcome`` of the answer is 'done', 'replayed' or the code of the refusal. A refusal leaves
-- nothing behind.

CREATE FUNCTION appointments_book(wish jsonb) RETURNS jsonb LANGUAGE plpgsql
SET lock_timeout = '3s' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    moment CONSTANT timestamptz := wish ->> 'now';
    idempotency CONSTANT text := wish ->> 'key';
    caller CONSTANT text := coalesce(wish ->> 'phone', '');
    plot CONSTANT text := coalesce(wish ->> 'parcel', '');
    internal CONSTANT boolean := wish ->> 'channel' = 'internal';
    first_slot CONSTANT text := wish ->> 'slot';
    codes CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(wish -> 'services'));
    kept appointments_idempotencyrecord;
    asked record;
    run bigint[];
    fault text;
    held integer;
    made appointments_booking;
    times record;
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
    SELECT
        array_agg(service.id ORDER BY array_position(codes, service.code::text)) AS services,
        sum(service.slots)::integer AS needed, min(slot.id) AS slot, min(named.id) AS office,
        min(counters.bookings_per_phone) AS most,
        min(named.name_th) AS office_th, min(named.name_en) AS office_en,
        min(service.name_th) FILTER (WHERE service.code = codes[1]) AS service_th,
        min(service.name_en) FILTER (WHERE service.code = codes[1]) AS service_en
    INTO asked
    FROM appointments_slot AS slot
    JOIN appointments_countergroup AS counters ON counters.id = slot.group_id
    JOIN appointments_service AS service ON service.group_id = slot.group_id
    JOIN offices_office AS named ON named.id = service.office_id
    WHERE slot.public_id = first_slot AND service.code = ANY (codes);
    IF cardinality(asked.services) = cardinality(codes) THEN
        run := CASE asked.needed
            WHEN 1 THEN ARRAY[asked.slot] ELSE appointments_run(first_slot, asked.needed)
        END;
    END IF;
    fault := CASE WHEN run IS NULL THEN 'slot_unknown' END;

    IF fault IS NULL AND caller <> '' THEN
        SELECT objection.fault, objection.held INTO fault, held
        FROM appointments_objection(
            caller, plot, asked.services[1], run[1], asked.office,
            CASE WHEN NOT internal THEN asked.most END, NULL, moment
        ) AS objection;
    END IF;
    fault := coalesce(fault, appointments_refusal(run, asked.services[1], internal, moment));
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
            appointments_reference(), run[1], asked.services[1], coalesce(wish ->> 'name', ''), caller,
            coalesce(wish ->> 'email', ''), plot, coalesce((wish ->> 'people')::int, 1),
            coalesce(wish -> 'needs', '[]'), coalesce(wish -> 'documents', '[]'),
            coalesce(wish ->> 'language', ''), coalesce(wish ->> 'channel', 'public'),
            CASE WHEN wish ? 'held_until' THEN 'held' ELSE 'booked' END,
            (wish ->> 'held_until')::timestamptz, moment, moment
        ) ON CONFLICT (reference) DO NOTHING RETURNING * INTO made;
        EXIT WHEN made.id IS NOT NULL;  -- 32^6 references make a second try rare
    END LOOP;
    PERFORM appointments_take(made.id, run, internal);
    IF cardinality(codes) > 1 THEN
        INSERT INTO appointments_booking_also (booking_id, service_id)
        SELECT made.id, unnest(asked.services[2:]);
    END IF;
    INSERT INTO offices_auditentry (at, actor_id, office_id, action, subject_kind, subject_id, data)
    VALUES (
        moment, (wish ->> 'actor')::bigint, asked.office,
        CASE made.status WHEN 'held' THEN 'appointments.held' ELSE 'appointments.booked' END,
        'booking', made.reference, jsonb_build_object('slot', run[1])
    );
    SELECT min(slot.starts_at) AS begins, max(slot.ends_at) AS ends,
           min(slot.capacity) AS capacity, min(slot.capacity - slot.taken) AS remaining
    INTO times
    FROM appointments_slot AS slot WHERE slot.id = ANY (run);
    facts := jsonb_build_object(
        'outcome', 'done', 'token', made.token, 'reference', made.reference,
        'status', made.status, 'held_until', made.held_until, 'slot', first_slot,
        'services', wish -> 'services', 'start', times.begins, 'end', times.ends,
        'capacity', times.capacity, 'remaining', times.remaining,
        'office_th', asked.office_th, 'office_en', asked.office_en,
        'service_th', asked.service_th, 'service_en', asked.service_en
    );
    IF idempotency IS NOT NULL THEN
        UPDATE appointments_idempotencyrecord SET answer = facts
        WHERE key = idempotency;
    END IF;
    RETURN facts;
END $$;
