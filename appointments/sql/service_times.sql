-- How long the latest visits of each service took at the counter, without the time in which papers
-- were fetched, for the services of an office: a row for each visit. Visits for several services
-- say nothing of any one of them.
WITH stretch AS (
    SELECT event.ticket_id, (event.data ->> 'service')::bigint AS service,
           (event.data ->> 'served_s')::double precision AS served_s, event.at
    FROM appointments_ticketevent AS event
    JOIN appointments_ticket AS ticket ON ticket.id = event.ticket_id
    WHERE event.kind IN ('finished', 'parked', 'transferred') AND event.at > %(since)s
      AND ticket.office_id = %(office)s AND ticket.status = 'finished' AND event.data ? 'served_s'
      AND NOT EXISTS (
          SELECT FROM appointments_booking_also AS beside
          WHERE beside.booking_id = ticket.booking_id
      )
), visit AS (
    SELECT service, sum(served_s) AS served_s,
           row_number() OVER (PARTITION BY service ORDER BY max(at) DESC) AS latest
    FROM stretch
    GROUP BY ticket_id, service
)
SELECT service, served_s FROM visit WHERE latest <= %(most)s
