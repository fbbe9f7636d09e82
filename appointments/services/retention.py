"""Bookings lose their person some time after they were kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from appointments.models import Booking
from appointments.querysets import day_begins
from appointments.services.waiting_list import entries_forget
from cadastre.scheduling import BANGKOK


def days_kept() -> int:
    """How many days after the appointment its name and telephone number are kept."""
    return int(settings.CHANOT_BOOKING_KEEP_DAYS)


def bookings_forget(*, now: datetime) -> int:
    """Blank name, telephone number and parcel of bookings whose days are over; returns how many.

    What remains counts: that somebody booked a time and whether it was cancelled.
    """
    before = now - timedelta(days=days_kept())
    known = Booking.objects.known_from_before(before)
    entries_forget(before=before)
    return int(known.update(name="", phone="", email="", parcel_public_id=""))


def bookings_pass(*, now: datetime) -> int:
    """Visits of former days of which nobody wrote down whether they took place; how many."""
    today = day_begins(now.astimezone(BANGKOK).date())
    over = Booking.objects.filter(status__in=["booked", "arrived"], slot__starts_at__lt=today)
    return int(over.update(status=Booking.Status.PASSED, changed_at=now))
