-- When people come: bookings by the time they are for (those cancelled or expired left out) and
-- walk-ins by the time they took a ticket, by weekday (1 Monday) and hour in Thailand.
SELECT
    extract(ISODOW FROM visit.at AT TIME ZONE 'Asia/Bangkok')::integer AS weekday,
    extract(HOUR FROM visit.at AT TIME ZONE 'Asia/Bangkok')::integer AS hour,
    count(*)::integer AS visits
FROM (
    SELECT slot.starts_at AS at
    FROM appointments_slot AS slot
    JOIN appointments_countergroup AS groups ON groups.id = slot.group_id
    JOIN appointments_booking AS booking ON booking.slot_id = slot.id
    WHERE
        groups.office_id = %(office)s
        AND slot.starts_at >= %(begins)s
        AND slot.starts_at < %(ends)s
        AND booking.status NOT IN ('cancelled', 'expired', 'held')
    UNION ALL
    SELECT ticket.created_at
    FROM appointments_ticket AS ticket
    WHERE
        ticket.office_id = %(office)s
        AND ticket.day >= %(first)s
        AND ticket.day <= %(last)s
        AND ticket.booking_id IS NULL
) AS visit
GROUP BY weekday, hour
