"""A name that a provider of identities has confirmed."""

from __future__ import annotations

from datetime import datetime

from appointments.errors import BookingEnded
from appointments.models import Booking
from appointments.services.bookings import booking_get, short_locks


def booking_verify_name(*, token: str, name: str, now: datetime) -> Booking:
    """Write a confirmed name into a hold. BookingEnded where the time is no longer held.

    The mark stays as long as the name does: who changes it in the form loses the mark.
    """
    with short_locks():
        booking = Booking.objects.select_for_update().get(pk=booking_get(token=token).pk)
        if booking.held_until is None or booking.held_until <= now:
            raise BookingEnded
        booking.name, booking.is_name_verified, booking.changed_at = name, True, now
        booking.save(update_fields=["name", "is_name_verified", "changed_at"])
    return booking
