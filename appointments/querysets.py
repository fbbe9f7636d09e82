"""Questions about times and bookings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Self

from django.db.models import QuerySet

from cadastre.scheduling import BANGKOK


def day_begins(day: date, days_after: int = 0) -> datetime:
    """Midnight in Thailand at which the day, or one some days after it, begins."""
    return datetime.combine(day + timedelta(days=days_after), time(), BANGKOK)


class ClosureQuerySet(QuerySet):  # type: ignore[type-arg]
    def of_office(self, office_id: int) -> Self:
        """Public holidays and the office's own closing days."""
        return self.filter(office=None) | self.filter(office=office_id)


class SlotQuerySet(QuerySet):  # type: ignore[type-arg]
    def between(self, first: date, last: date) -> Self:
        """Times that begin on the days ``first`` to ``last``, both included (Asia/Bangkok)."""
        return self.filter(starts_at__gte=day_begins(first), starts_at__lt=day_begins(last, 1))


class BookingQuerySet(QuerySet):  # type: ignore[type-arg]
    def standing(self) -> Self:
        """Bookings whose visitor is to come."""
        return self.filter(status="booked")

    def ahead(self, now: datetime) -> Self:
        """Bookings that stand and whose time has not come."""
        return self.standing().filter(slot__starts_at__gt=now)

    def known_from_before(self, moment: datetime) -> Self:
        """Bookings of times before ``moment`` that still name a person."""
        return self.filter(slot__starts_at__lt=moment).exclude(name="", phone="", email="")
