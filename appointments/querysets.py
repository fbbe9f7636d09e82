"""Questions about times and bookings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import F, QuerySet

if TYPE_CHECKING:
    from appointments.models import Booking, Closure, Slot

    SlotQuery = QuerySet[Slot]
    BookingQuery = QuerySet[Booking]
    ClosureQuery = QuerySet[Closure]
else:
    SlotQuery = BookingQuery = ClosureQuery = QuerySet

# The shortest notice at which an office takes a booking.
NOTICE = timedelta(minutes=30)


class ClosureQuerySet(ClosureQuery):
    def of_office(self, office_id: int) -> Self:
        """Public holidays and the office's own closing days."""
        return self.filter(office=None) | self.filter(office=office_id)


class SlotQuerySet(SlotQuery):
    def between(self, first: date, last: date) -> Self:
        """Times that begin on the days ``first`` to ``last``, both included (Asia/Bangkok)."""
        return self.filter(starts_at__date__gte=first, starts_at__date__lte=last)

    def in_time(self, now: datetime) -> Self:
        """Times far enough ahead to be booked, of services that are offered."""
        return self.filter(starts_at__gt=now + NOTICE, service__is_active=True)

    def open_on(self, closures: ClosureQuery) -> Self:
        """Times on days that are not closed."""
        return self.exclude(starts_at__date__in=closures.values("day"))

    def with_room(self) -> Self:
        """Times that are not full."""
        return self.filter(taken__lt=F("capacity"))


class BookingQuerySet(BookingQuery):
    def ahead(self, now: datetime) -> Self:
        """Bookings that stand and whose time has not come."""
        return self.filter(status="booked", slot__starts_at__gt=now)
