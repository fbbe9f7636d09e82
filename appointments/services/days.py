"""Whole days of an office: close one, open it again, see how it is booked."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F

from appointments.errors import DayPassed
from appointments.models import Booking, Closure, Slot
from appointments.services.bookings import short_locks
from appointments.services.offers import Visit, offers_between, offers_free_from
from appointments.services.slots import slots_generate
from cadastre.scheduling import BANGKOK
from offices.models import User
from offices.models.office import Office
from offices.services.audit import entry_record


def days_free(*, visit: Visit, first: date, last: date, now: datetime) -> dict[date, int]:
    """Places left on each day that has times to offer; 0 where all of them are taken.

    Of a visit of several slots, the times at which one could begin are added up: some of them
    exclude each other.
    """
    free: dict[date, int] = {}
    for offer in offers_between(visit=visit, first=first, last=last, now=now):
        day = offer.starts_at.astimezone(BANGKOK).date()
        free[day] = free.get(day, 0) + offer.remaining
    return free


def day_first_free(*, visit: Visit, now: datetime) -> date | None:
    """The first day with a place left."""
    found = offers_free_from(visit=visit, begins=now, now=now, most=1)
    return found[0].starts_at.astimezone(BANGKOK).date() if found else None


def day_close(
    *, office: Office, day: date, reason: str, actor: User, now: datetime
) -> list[Booking]:
    """Close the office for a day; returns the bookings that stand, whose holders must be called.

    Locks the day's slots: who is booking at this moment is either in the list that is returned or
    finds the day closed. Closing twice keeps the first reason. Raises DayPassed or OfficeBusy.
    """
    _check_ahead(day, now)
    slots = Slot.objects.filter(group__office=office).between(day, day)
    slots = slots.order_by("group", "starts_at")
    with short_locks():
        locked = [slot.pk for slot in slots.select_for_update(of=("self",))]
        _, made = Closure.objects.get_or_create(
            office=office, day=day, defaults={"name_th": reason, "name_en": reason}
        )
        if made:
            _record("appointments.day_closed", office, day, actor, now)
        standing = Booking.objects.standing().filter(slot__in=locked)
        return list(standing.select_related("slot", "service").order_by("slot__starts_at", "pk"))


def day_reopen(*, office: Office, day: date, actor: User, now: datetime) -> None:
    """Take back a closing day of the office; a public holiday stays one. Raises DayPassed."""
    _check_ahead(day, now)
    with short_locks():
        removed, _ = Closure.objects.filter(office=office, day=day).delete()
        if removed:
            slots_generate(office=office, first=day, last=day)
            _record("appointments.day_reopened", office, day, actor, now)


def day_slots(*, office: Office, day: date) -> list[Slot]:
    """Every time of the day with its counters; ``booked`` counts the places taken in it."""
    booked = F("taken") + F("internal_taken")
    slots = Slot.objects.filter(group__office=office).between(day, day)
    return list(
        slots.select_related("group").annotate(booked=booked).order_by("starts_at", "group")
    )


def day_bookings(*, office: Office, day: date) -> list[Booking]:
    """Every booking of the day, cancelled ones included, in the order of their times."""
    slots = Slot.objects.filter(group__office=office).between(day, day)
    bookings = Booking.objects.filter(slot__in=slots).exclude(status=Booking.Status.EXPIRED)
    return list(
        bookings.select_related("slot", "service").order_by("slot__starts_at", "service", "pk")
    )


def _check_ahead(day: date, now: datetime) -> None:
    if day < now.astimezone(BANGKOK).date():
        raise DayPassed


def _record(action: str, office: Office, day: date, actor: User, now: datetime) -> None:
    entry_record(
        action=action,
        subject_kind="day",
        subject_id=day.isoformat(),
        actor=actor,
        office=office,
        now=now,
    )
