-- Times at which a visit of several slots in a row can begin, full ones included. Places are those
-- of the fullest slot of the row.
SELECT run.public_id, run.starts_at, run.ends_at, run.capacity, greatest(run.remaining, 0)
FROM (
    SELECT
        slot.public_id,
        slot.starts_at,
        last_value(slot.ends_at) OVER following AS ends_at,
        min(slot.capacity + %(internal)s * slot.internal_capacity) OVER following AS capacity,
        min(
            slot.capacity - slot.taken
            + %(internal)s * (slot.internal_capacity - slot.internal_taken)
        ) OVER following AS remaining,
        count(*) OVER following AS slots,
        last_value(slot.ends_at) OVER following - slot.starts_at
        = sum(slot.ends_at - slot.starts_at) OVER following AS is_unbroken
    FROM appointments_slot AS slot
    WHERE
        slot.group_id = %(group)s
        AND slot.starts_at >= %(begins)s
        AND slot.starts_at < %(ends)s
    WINDOW following AS (
        ORDER BY slot.starts_at ROWS BETWEEN CURRENT ROW AND %(more)s FOLLOWING
    )
) AS run
WHERE
    run.slots = %(more)s + 1
    AND run.is_unbroken
    AND run.starts_at > %(earliest)s
    AND NOT EXISTS (
        SELECT FROM appointments_closure AS closure
        WHERE
            closure.day = (run.starts_at AT TIME ZONE 'Asia/Bangkok')::date
            AND (closure.office_id IS NULL OR closure.office_id = %(office)s)
    )
ORDER BY run.starts_at
