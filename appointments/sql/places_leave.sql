-- A booking gives up its places: to who waits for them, else to everybody at once.
UPDATE appointments_bookingplace AS place SET
    is_live = waited.so,
    release_at = CASE WHEN waited.so THEN waited.moment END
FROM (
    SELECT
        mine.id,
        asked.moment,
        NOT mine.is_internal AND appointments_is_waited_for(mine.slot_id) AS so
    FROM (SELECT %s::bigint AS booking, %s::timestamptz AS moment) AS asked
    JOIN appointments_bookingplace AS mine ON mine.booking_id = asked.booking
    WHERE mine.is_live
) AS waited
WHERE place.id = waited.id
