CREATE OR REPLACE FUNCTION appointments_book(wish jsonb) RETURNS jsonb LANGUAGE plpgsql
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

DROP FUNCTION appointments_objection(
    text, text, bigint, bigint, bigint, integer, bigint, timestamptz
);

CREATE OR REPLACE FUNCTION appointments_release(run bigint[], moment timestamptz)
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

CREATE OR REPLACE FUNCTION appointments_give_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appointments_bookingplace SET is_live = false
    WHERE booking_id = NEW.id AND is_live AND release_at IS NULL;
    RETURN NULL;
END $$;

DROP FUNCTION appointments_is_waited_for(bigint);
