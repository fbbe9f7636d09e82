-- What people were told first, against how long they waited from then until they were first called:
-- one row for all visits of an office and one for each length of the expected wait, in seconds.
WITH told AS (
    SELECT DISTINCT ON (estimate.ticket_id)
        estimate.ticket_id, estimate.told_at, estimate.low_s, estimate.expected_s, estimate.high_s
    FROM appointments_waitestimate AS estimate
    JOIN appointments_ticket AS ticket ON ticket.id = estimate.ticket_id
    WHERE ticket.office_id = %(office)s AND ticket.day BETWEEN %(first)s AND %(last)s
    ORDER BY estimate.ticket_id, estimate.told_at
), held AS (
    SELECT told.*, extract(epoch FROM called.at - told.told_at)::double precision AS waited_s,
           CASE
               WHEN told.expected_s < 600 THEN 600
               WHEN told.expected_s < 1800 THEN 1800
               WHEN told.expected_s < 3600 THEN 3600
           END AS below_s
    FROM told
    CROSS JOIN LATERAL (
        SELECT min(event.at) AS at FROM appointments_ticketevent AS event
        WHERE event.ticket_id = told.ticket_id AND event.kind = 'called' AND event.at >= told.told_at
    ) AS called
    WHERE called.at IS NOT NULL
)
SELECT
    grouping(below_s) = 1 AS all_of_them,
    below_s,
    count(*) AS visits,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY expected_s) AS told_s,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_s) AS waited_s,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY waited_s) AS tenth_s,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY waited_s) AS ninetieth_s,
    avg((
        waited_s BETWEEN floor(low_s / 60.0) * 60 AND ceil(high_s / 60.0) * 60
    )::int)::double precision AS within  -- as it was told, in whole minutes
FROM held
GROUP BY GROUPING SETS ((), (below_s))
ORDER BY all_of_them DESC, below_s NULLS LAST
