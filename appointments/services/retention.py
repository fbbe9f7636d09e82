"""Bookings lose their person some time after they were kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from appointments.models import Booking


def days_kept() -> int:
    """How many days after the appointment its name and telephone number are kept."""
    return int(settings.CHANOT_BOOKING_KEEP_DAYS)


def bookings_forget(*, now: datetime) -> int:
    """Blank name, telephone number and parcel of bookings whose days are over; returns how many.

    What remains counts: that somebody booked a time and whether it was cancelled.
    """
    before = now - timedelta(days=days_kept())
    known = Booking.objects.known_from_before(before)
    return int(known.update(name="", phone="", email="", parcel_public_id=""))
