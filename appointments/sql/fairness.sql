-- How many waited, wait, were offered and took a place, the median wait in seconds, and how many
-- places were given back by cancelling.
SELECT
    count(entry.id),
    count(entry.id) FILTER (WHERE entry.status IN ('waiting', 'offered')),
    coalesce(sum(entry.offers), 0),
    count(entry.id) FILTER (WHERE entry.status = 'taken'),
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(EPOCH FROM entry.changed_at - entry.created_at)
    ) FILTER (WHERE entry.status = 'taken'),
    (
        SELECT count(*)
        FROM appointments_booking AS booking
        JOIN appointments_service AS given ON given.id = booking.service_id
        WHERE
            given.office_id = %(office)s
            AND booking.status = 'cancelled'
            AND booking.changed_at >= %(since)s
    )
FROM appointments_service AS service
LEFT JOIN appointments_waitinglistentry AS entry
    ON entry.service_id = service.id AND entry.created_at >= %(since)s
WHERE service.office_id = %(office)s
