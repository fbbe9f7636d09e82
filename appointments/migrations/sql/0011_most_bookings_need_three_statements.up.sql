-- Most bookings are of one slot and one service, by a number that holds nothing. They need three
-- statements: the slot with what can stand against it, the closing days, and the booking with its
-- place and its audit entry. Whatever else is asked is looked at in full, by the rules as they were:
-- docs/algorithms/booking.md.

CREATE OR REPLACE FUNCTION appointments_objection(
    caller text, plot text, wanted bigint, at_slot bigint, office bigint, most integer,
    itself bigint, moment timestamptz, OUT fault text, OUT held bigint
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM appointments_booking AS booking
    WHERE booking.phone = caller AND booking.phone <> ''
      AND booking.status IN ('held', 'booked', 'arrived')
      AND booking.id IS DISTINCT FROM itself;
    IF NOT FOUND THEN
        held := 0;
        RETURN;
    END IF;
    -- Nobody may have written down whether the visits of former days took place.
    UPDATE appointments_booking AS booking SET status = 'passed', changed_at = moment
    FROM appointments_slot AS slot
    WHERE slot.id = booking.slot_id AND booking.phone = caller AND booking.phone <> ''
      AND booking.status IN ('booked', 'arrived')
      AND (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date
          < (moment AT TIME ZONE 'Asia/Bangkok')::date;
    UPDATE appointments_booking AS booking
    SET status = 'expired', held_until = NULL, changed_at = moment
    WHERE booking.phone = caller AND booking.phone <> ''
      AND booking.status = 'held' AND booking.held_until <= moment
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
    WHERE booking.phone = caller AND booking.phone <> ''
      AND booking.status IN ('held', 'booked', 'arrived')
      AND booking.id IS DISTINCT FROM itself;
END $$;

CREATE OR REPLACE FUNCTION appointments_book(wish jsonb) RETURNS jsonb LANGUAGE plpgsql
SET lock_timeout = '3s' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    moment CONSTANT timestamptz := wish ->> 'now';
    today CONSTANT date := (moment AT TIME ZONE 'Asia/Bangkok')::date;
    idempotency CONSTANT text := wish ->> 'key';
    caller CONSTANT text := coalesce(wish ->> 'phone', '');
    plot CONSTANT text := coalesce(wish ->> 'parcel', '');
    internal CONSTANT boolean := wish ->> 'channel' = 'internal';
    first_slot CONSTANT text := wish ->> 'slot';
    codes text[];
    kept appointments_idempotencyrecord;
    asked record;
    is_clear boolean;
    services bigint[];
    needed integer;
    run bigint[];
    fault text;
    held integer;
    booked record;
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

    -- An assignment of an expression costs a tenth of what PERFORM does.
    fault := CASE
        WHEN caller <> '' THEN pg_advisory_xact_lock(hashtextextended(caller, 7))::text
    END;
    fault := NULL;
    -- The slot at which a visit begins is the first that is locked, in the order of all.
    SELECT
        slot.id AS slot, slot.group_id AS counters, slot.starts_at AS begins, slot.ends_at AS ends,
        slot.capacity, slot.capacity - slot.taken - 1 AS remaining,
        service.id AS service, service.office_id AS office, counters.bookings_per_phone AS most,
        named.name_th AS office_th, named.name_en AS office_en,
        service.name_th AS service_th, service.name_en AS service_en,
        NOT internal AND service.slots = 1 AND jsonb_array_length(wish -> 'services') = 1
            AND slot.taken < slot.capacity AND service.is_active AND counters.is_active
            AND slot.starts_at > moment + make_interval(mins => counters.notice_minutes)
            AND (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date <= today + counters.days_ahead
            AND NOT EXISTS (
                SELECT FROM appointments_booking AS booking
                WHERE booking.phone = caller AND booking.phone <> ''
                  AND booking.status IN ('held', 'booked', 'arrived')
            ) AS is_clear
    INTO asked
    FROM appointments_slot AS slot
    JOIN appointments_countergroup AS counters ON counters.id = slot.group_id
    JOIN appointments_service AS service ON service.group_id = slot.group_id
    JOIN offices_office AS named ON named.id = service.office_id
    WHERE slot.public_id = first_slot AND service.code = wish -> 'services' ->> 0
    FOR NO KEY UPDATE OF slot;
    -- Only the next statement sees a day that was closed while this one waited for the slot.
    is_clear := coalesce(asked.is_clear, false) AND NOT EXISTS (
        SELECT FROM appointments_closure AS holiday
        WHERE holiday.day = (asked.begins AT TIME ZONE 'Asia/Bangkok')::date
          AND holiday.office_id IS NULL
        UNION ALL
        SELECT FROM appointments_closure AS closing
        WHERE closing.day = (asked.begins AT TIME ZONE 'Asia/Bangkok')::date
          AND closing.office_id = asked.office
    );
    run := ARRAY[asked.slot];

    IF NOT is_clear THEN
        codes := ARRAY(SELECT jsonb_array_elements_text(wish -> 'services'));
        SELECT
            array_agg(service.id ORDER BY array_position(codes, service.code::text)),
            sum(service.slots)
        INTO services, needed
        FROM appointments_service AS service
        WHERE service.group_id = asked.counters AND service.code = ANY (codes);
        run := CASE
            WHEN cardinality(services) IS DISTINCT FROM cardinality(codes) THEN NULL
            WHEN needed > 1 THEN appointments_run(first_slot, needed)
            ELSE run
        END;
        fault := CASE WHEN run IS NULL THEN 'slot_unknown' END;
        IF fault IS NULL AND caller <> '' THEN
            SELECT objection.fault, objection.held INTO fault, held
            FROM appointments_objection(
                caller, plot, asked.service, asked.slot, asked.office,
                CASE WHEN NOT internal THEN asked.most END, NULL, moment
            ) AS objection;
        END IF;
        fault := coalesce(fault, appointments_refusal(run, asked.service, internal, moment));
        IF fault IS NOT NULL THEN
            IF idempotency IS NOT NULL THEN
                DELETE FROM appointments_idempotencyrecord WHERE key = idempotency;
            END IF;
            RETURN jsonb_build_object('outcome', fault, 'count', held);
        END IF;
    END IF;

    LOOP
        WITH made AS (
            INSERT INTO appointments_booking (
                reference, slot_id, service_id, name, phone, email, parcel_public_id, people, needs,
                documents_ready, language, channel, status, held_until, created_at, changed_at
            ) VALUES (
                appointments_reference(), asked.slot, asked.service, coalesce(wish ->> 'name', ''),
                caller, coalesce(wish ->> 'email', ''), plot, coalesce((wish ->> 'people')::int, 1),
                coalesce(wish -> 'needs', '[]'), coalesce(wish -> 'documents', '[]'),
                coalesce(wish ->> 'language', ''), coalesce(wish ->> 'channel', 'public'),
                CASE WHEN wish ? 'held_until' THEN 'held' ELSE 'booked' END,
                (wish ->> 'held_until')::timestamptz, moment, moment
            ) ON CONFLICT (reference) DO NOTHING RETURNING id, token, reference, status, held_until
        ), placed AS (
            INSERT INTO appointments_bookingplace (booking_id, slot_id)
            SELECT made.id, asked.slot FROM made WHERE is_clear
        ), noted AS (
            INSERT INTO offices_auditentry
                (at, actor_id, office_id, action, subject_kind, subject_id, data)
            SELECT
                moment, (wish ->> 'actor')::bigint, asked.office,
                CASE made.status WHEN 'held' THEN 'appointments.held' ELSE 'appointments.booked' END,
                'booking', made.reference, jsonb_build_object('slot', asked.slot)
            FROM made
        )
        SELECT * INTO booked FROM made;
        EXIT WHEN booked.id IS NOT NULL;  -- 32^6 references make a second try rare
    END LOOP;
    facts := jsonb_build_object(
        'outcome', 'done', 'token', booked.token, 'reference', booked.reference,
        'status', booked.status, 'held_until', booked.held_until, 'slot', first_slot,
        'services', wish -> 'services', 'start', asked.begins, 'end', asked.ends,
        'capacity', asked.capacity, 'remaining', asked.remaining,
        'office_th', asked.office_th, 'office_en', asked.office_en,
        'service_th', asked.service_th, 'service_en', asked.service_en
    );
    IF NOT is_clear THEN
        PERFORM appointments_take(booked.id, run, internal);
        INSERT INTO appointments_booking_also (booking_id, service_id)
        SELECT booked.id, unnest(services[2:]);
        facts := facts || (
            SELECT jsonb_build_object(
                'end', max(slot.ends_at), 'capacity', min(slot.capacity),
                'remaining', min(slot.capacity - slot.taken)
            )
            FROM appointments_slot AS slot WHERE slot.id = ANY (run)
        );
    END IF;
    IF idempotency IS NOT NULL THEN
        UPDATE appointments_idempotencyrecord SET answer = facts
        WHERE key = idempotency;
    END IF;
    RETURN facts;
END $$;
