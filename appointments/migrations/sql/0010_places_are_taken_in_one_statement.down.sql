DROP FUNCTION appointments_book(jsonb);
DROP FUNCTION appointments_objection(
    text, text, bigint, bigint, bigint, integer, bigint, timestamptz
);
DROP FUNCTION appointments_reference();
DROP FUNCTION appointments_take(bigint, bigint[], boolean);
DROP FUNCTION appointments_refusal(bigint[], bigint, boolean, timestamptz);
DROP FUNCTION appointments_release(bigint[], timestamptz);
DROP FUNCTION appointments_run(text, integer);
DROP TRIGGER booking_gives_its_places_back ON appointments_booking;
DROP FUNCTION appointments_give_back();
DROP FUNCTION appointments_is_waited_for(bigint);
