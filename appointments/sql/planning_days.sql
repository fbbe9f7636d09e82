-- Places and bookings of each counter group on each day, both ends included.
SELECT
    groups.id,
    (slot.starts_at AT TIME ZONE 'Asia/Bangkok')::date AS day,
    sum(slot.capacity)::integer AS capacity,
    sum(slot.taken)::integer AS taken,
    sum(slot.internal_capacity)::integer AS internal_capacity,
    sum(slot.internal_taken)::integer AS internal_taken
FROM appointments_countergroup AS groups
JOIN appointments_slot AS slot ON slot.group_id = groups.id
WHERE
    groups.office_id = %(office)s
    AND slot.starts_at >= %(begins)s
    AND slot.starts_at < %(ends)s
GROUP BY groups.id, day
ORDER BY day, groups.id
