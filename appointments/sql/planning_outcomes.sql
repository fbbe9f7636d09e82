-- What became of the bookings of these days, and of the visits that were finished: how many minutes
-- each took from its time (a booking) or its ticket (a walk-in) until it was finished.
SELECT
    (
        SELECT jsonb_object_agg(each.status, each.bookings)
        FROM (
            SELECT booking.status, count(*) AS bookings
            FROM appointments_slot AS slot
            JOIN appointments_countergroup AS groups ON groups.id = slot.group_id
            JOIN appointments_booking AS booking ON booking.slot_id = slot.id
            WHERE
                groups.office_id = %(office)s
                AND slot.starts_at >= %(begins)s
                AND slot.starts_at < %(ends)s
            GROUP BY booking.status
        ) AS each
    ) AS bookings,
    (
        SELECT jsonb_object_agg(each.kind, each.facts)
        FROM (
            SELECT
                visit.kind,
                jsonb_build_object(
                    'visits', count(*),
                    'within', count(*) FILTER (WHERE visit.minutes <= visit.standard),
                    'median', percentile_cont(0.5) WITHIN GROUP (ORDER BY visit.minutes)
                ) AS facts
            FROM (
                SELECT
                    CASE WHEN ticket.booking_id IS NULL THEN 'walk_in' ELSE 'booked' END AS kind,
                    CASE
                        WHEN ticket.booking_id IS NULL THEN %(walk_in)s ELSE %(booked)s
                    END AS standard,
                    extract(
                        EPOCH FROM ticket.ended_at - CASE
                            WHEN ticket.booking_id IS NULL THEN ticket.created_at
                            ELSE greatest(ticket.due_at, ticket.created_at)
                        END
                    ) / 60 AS minutes
                FROM appointments_ticket AS ticket
                WHERE
                    ticket.office_id = %(office)s
                    AND ticket.day >= %(first)s
                    AND ticket.day <= %(last)s
                    AND ticket.status = 'finished'
            ) AS visit
            GROUP BY visit.kind
        ) AS each
    ) AS finished
