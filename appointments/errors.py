"""What a booking can be refused for."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class SlotUnknown(LandError):
    code = "slot_unknown"
    message = gettext_noop("There is no such time. Choose one from the list of free times.")


class SlotFull(LandError):
    """Evidence ``next``: the next free time of the same service as a dictionary, or None."""

    code = "slot_full"
    message = gettext_noop("This time has just been taken. Choose another free time.")


class SlotClosed(LandError):
    code = "slot_closed"
    message = gettext_noop("This time can no longer be booked. Choose a later one.")


class AlreadyBooked(LandError):
    code = "already_booked"
    message = gettext_noop(
        "This telephone number has a booking at this time already. Use the ticket you were given."
    )


class TooManyBookings(LandError):
    code = "too_many_bookings"
    message = gettext_noop(
        "This telephone number has {count} bookings at this office, the most that can be held at "
        "once. Cancel one that is not needed, or call the office."
    )


class BookingUnknown(LandError):
    code = "booking_unknown"
    message = gettext_noop("There is no such booking. Check the address of your ticket.")


class BookingEnded(LandError):
    code = "booking_ended"
    message = gettext_noop("This booking was cancelled or its time has passed. Book a new time.")


class OfficeBusy(LandError):
    code = "busy"
    message = gettext_noop("Many people are booking at this moment. Please try again.")


class IdempotencyKeyReused(InvalidInput):
    code = "idempotency_key_reused"
    message = gettext_noop(
        "This Idempotency-Key was used for another request. Send a new key with a new request."
    )
