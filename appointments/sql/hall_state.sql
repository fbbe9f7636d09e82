-- Everybody in the hall on a day in the merged order, and the open counters: one answer as JSON.
SELECT json_build_object(
    'tickets', (
        SELECT coalesce(json_agg(json_build_object(
            'id', ticket.id, 'number', ticket.number, 'status', ticket.status,
            'service', ticket.service_id,
            'also', ARRAY(
                SELECT beside.service_id FROM appointments_booking_also AS beside
                WHERE beside.booking_id = ticket.booking_id ORDER BY beside.id
            ),
            'only_counter', ticket.only_counter_id,
            'counter', ticket.counter_id, 'calls', ticket.calls, 'called_at', ticket.called_at,
            'serving_at', ticket.serving_at, 'due_at', ticket.due_at, 'priority', ticket.priority,
            'booked', ticket.booking_id IS NOT NULL
        ) ORDER BY ticket.priority DESC, ticket.due_at, ticket.id), '[]')
        FROM appointments_ticket AS ticket
        WHERE ticket.office_id = %(office)s AND ticket.day = %(day)s
          AND ticket.status IN ('waiting', 'called', 'serving', 'parked')
    ),
    'counters', (
        SELECT coalesce(json_agg(json_build_object(
            'id', counter.id, 'number', counter.number,
            'services', ARRAY(
                SELECT does.service_id FROM appointments_counter_services AS does
                WHERE does.counter_id = counter.id
            )
        ) ORDER BY length(counter.number), counter.number), '[]')
        FROM appointments_counter AS counter
        WHERE counter.office_id = %(office)s AND counter.is_active AND counter.clerk_id IS NOT NULL
          AND (counter.opened_at AT TIME ZONE 'Asia/Bangkok')::date = %(day)s
    )
)
