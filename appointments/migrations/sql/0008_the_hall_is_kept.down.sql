DROP TRIGGER a_ticket_follows_its_booking ON appointments_booking;
DROP FUNCTION appointments_ticket_leaves();
DROP TRIGGER ticket_events_are_kept_at_once ON appointments_ticketevent;
DROP TRIGGER ticket_events_are_kept ON appointments_ticketevent;
DROP FUNCTION appointments_keep_ticket_events();
