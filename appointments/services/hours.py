"""Changing opening hours: what would fall outside is seen first, and nobody's booking is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import F, Max

from appointments.models import Booking, Closure, CounterGroup, OpeningHours, Slot, SpecialOpening
from appointments.services.bookings import short_locks
from appointments.services.slots import DAYS_AHEAD, slots_generate, slots_planned
from appointments.services.tickets import today_of
from offices.models import User
from offices.models.office import Office
from offices.services.audit import entry_record

Hours: TypeAlias = OpeningHours | SpecialOpening
Planned: TypeAlias = dict[tuple[int, datetime], Slot]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of hours does to the times from now on.

    ``outside`` are the bookings that stand at times which are no longer open: their holders must be
    called. ``made`` and ``removed`` count times without bookings.
    """

    made: int
    removed: int
    outside: list[Booking] = field(default_factory=list)


def hours_preview(*, office: Office, change: Callable[[], Hours], now: datetime) -> Effect:
    """What the change would do; nothing of it stays. Raises HoursOverlap, HoursInvalid, OfficeBusy.

    ``change`` saves or deletes one row of hours. It is really carried out, and taken back: what is
    shown is what would happen.
    """
    with short_locks():
        effect = _carry_out(office, change, now)[1]
        transaction.set_rollback(True)
    return effect


def hours_change(
    *, office: Office, change: Callable[[], Hours], actor: User, now: datetime
) -> Effect:
    """Carry the change out. Times outside the new hours go, unless somebody has booked them: those
    stay, and nobody else can book them. Raises what `hours_preview` raises."""
    with short_locks():
        hours, effect = _carry_out(office, change, now)
        entry_record(
            action="appointments.hours_changed", subject_kind="hours",
            subject_id=type(hours).__name__, actor=actor, office=office,
            data={"hours": str(hours), "made": effect.made, "removed": effect.removed,
                  "outside": len(effect.outside)}, now=now,
        )  # fmt: skip
    return effect


def _carry_out(office: Office, change: Callable[[], Hours], now: datetime) -> tuple[Hours, Effect]:
    first, last = today_of(now), _last_day(office, now)
    before = _planned(office, first, last, now)
    hours = change()
    after = _planned(office, first, last, now)
    gone = _locked(before.keys() - after.keys(), office, now)
    outside = Booking.objects.standing().filter(slot__in=gone)
    effect = Effect(
        made=slots_generate(office=office, first=first, last=last),
        removed=_take_away(gone),
        outside=list(outside.select_related("slot", "service").order_by("slot__starts_at", "pk")),
    )
    _give_back({key: after[key] for key in after.keys() - before.keys()})
    return hours, effect


def _last_day(office: Office, now: datetime) -> date:
    """As far as times were made already."""
    made = Slot.objects.filter(group__office=office).aggregate(last=Max("starts_at"))["last"]
    ahead = today_of(now) + timedelta(days=DAYS_AHEAD)
    return max(ahead, today_of(made)) if made else ahead


def _planned(office: Office, first: date, last: date, now: datetime) -> Planned:
    closures = Closure.objects.of_office(office.pk).filter(day__range=(first, last))
    closed = set(closures.values_list("day", flat=True))
    groups = CounterGroup.objects.filter(office=office, is_active=True).select_related("office")
    planned = (slot for group in groups for slot in slots_planned(group, first, last, closed))
    return {(slot.group_id, slot.starts_at): slot for slot in planned if slot.starts_at > now}


def _locked(keys: set[tuple[int, datetime]], office: Office, now: datetime) -> list[Slot]:
    """The times of these groups and moments, locked in the order in which everybody locks them."""
    slots = Slot.objects.filter(group__office=office, starts_at__gt=now)
    slots = slots.filter(starts_at__in={at for _, at in keys}).order_by("group", "starts_at")
    return [
        slot for slot in slots.select_for_update(of=("self",))
        if (slot.group_id, slot.starts_at) in keys
    ]  # fmt: skip


def _take_away(gone: list[Slot]) -> int:
    """Delete what nobody ever booked; of the rest, offer no more places than are taken."""
    unused = Slot.objects.filter(pk__in=[slot.pk for slot in gone], places=None, bookings=None)
    removed = list(unused.values_list("pk", flat=True))
    Slot.objects.filter(pk__in=removed).delete()
    kept = [slot.pk for slot in gone if slot.pk not in set(removed)]
    Slot.objects.filter(pk__in=kept).update(
        capacity=F("taken"), internal_capacity=F("internal_taken")
    )
    return len(removed)


def _give_back(again: dict[tuple[int, datetime], Any]) -> None:
    """Times that were kept for their bookings, and are open again, offer their places again."""
    for (group, at), planned in again.items():
        Slot.objects.filter(
            group=group, starts_at=at, capacity=F("taken"), capacity__lt=planned.capacity
        ).update(capacity=planned.capacity, internal_capacity=planned.internal_capacity)
