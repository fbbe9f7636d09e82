"""The times of an office: made from its opening hours, and written as the interface says them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as dt_time
from typing import Any, Final, TypeAlias

from django.db import connection

from appointments.models import Closure, CounterGroup, OpeningHours, Service, Slot, SpecialOpening
from appointments.offers import Offer, offer_named
from appointments.services.offers import Visit, offers_free_from
from cadastre import scheduling
from offices.models.office import Office

DAYS_AHEAD: Final = 45
SOON: Final = 60
"""How many days the next free time is looked for in."""
HINT_KEPT_S: Final = 1.0
MOST_HINTS: Final = 500
MOST_GROUPS: Final = 1_000
Hours: TypeAlias = OpeningHours | SpecialOpening


def slots_generate(*, office: Office, first: date, last: date) -> int:
    """Make every time of the office from ``first`` to ``last``; returns how many are new.

    Times that exist are left alone, whatever was booked in them; running it again changes nothing.
    A special opening stands in for the weekly hours of its day. Raises HoursOverlap.
    """
    closures = Closure.objects.of_office(office.pk).filter(day__range=(first, last))
    closed = set(closures.values_list("day", flat=True))
    groups = CounterGroup.objects.filter(office=office, is_active=True)
    before = Slot.objects.filter(group__office=office).count()
    for group in groups.filter(services__is_active=True).distinct().order_by("pk"):
        planned = list(slots_planned(group, first, last, closed))
        Slot.objects.bulk_create(planned, ignore_conflicts=True, batch_size=2_000)
    return Slot.objects.filter(group__office=office).count() - before


def weekly_of(group: CounterGroup) -> Iterable[OpeningHours]:
    """The weekly hours of a counter group: its own, or those of the whole office."""
    own = OpeningHours.objects.filter(group=group)
    return own if own.exists() else OpeningHours.objects.filter(office=group.office, group=None)


def hours_of_day(group: CounterGroup, day: date) -> tuple[dt_time, dt_time] | None:
    """When the counters of a group open and close on a day, breaks not looked at; None: closed."""
    if Closure.objects.of_office(group.office_id).filter(day=day).exists():
        return None
    special = list(group.special_openings.filter(day=day))
    hours: list[Hours] = [*special] or [
        each for each in weekly_of(group) if timetable_of(each).apply_on(day)
    ]
    if not hours:
        return None
    return min(each.opens_at for each in hours), max(each.closes_at for each in hours)


def slots_planned(
    group: CounterGroup, first: date, last: date, closed: set[date]
) -> Iterator[Slot]:
    """The times that the hours of a group make on these days, as rows that are not saved."""
    special: defaultdict[date, list[SpecialOpening]] = defaultdict(list)
    for opening in group.special_openings.filter(day__range=(first, last)):
        special[opening.day].append(opening)
    yield from _made(group, weekly_of(group), first, last, closed | set(special))
    for day, openings in special.items():
        yield from _made(group, openings, day, day, closed)


def _made(
    group: CounterGroup, hours: Iterable[Hours], first: date, last: date, closed: set[date]
) -> Iterator[Slot]:
    rows = [(each, timetable_of(each)) for each in hours]
    scheduling.check_hours([timetable for _, timetable in rows])
    for each, timetable in rows:
        public, internal = each.public_counters, each.internal_counters
        for slot in scheduling.slots_for(
            first, last, [timetable], minutes=group.slot_minutes, holidays=closed,
            capacity=group.public_counters if public is None else public,
        ):  # fmt: skip
            yield Slot(
                group=group, starts_at=slot.starts, ends_at=slot.ends, capacity=slot.capacity,
                internal_capacity=group.internal_counters if internal is None else internal,
            )  # fmt: skip


def timetable_of(hours: Hours) -> scheduling.OpeningHours:
    """Hours as the arithmetic of slots takes them."""
    if isinstance(hours, SpecialOpening):
        return scheduling.OpeningHours(
            weekday=hours.day.weekday(), opens=hours.opens_at, closes=hours.closes_at,
            first_day=hours.day, last_day=hours.day,
        )  # fmt: skip
    return scheduling.OpeningHours(
        weekday=hours.weekday - 1, opens=hours.opens_at, closes=hours.closes_at,
        first_day=hours.first_day, last_day=hours.last_day, every_weeks=hours.every_weeks,
    )  # fmt: skip


def slots_generate_ahead(*, now: datetime, days: int = DAYS_AHEAD) -> int:
    """Make the times of all offices from today on; returns how many are new."""
    today = now.astimezone(scheduling.BANGKOK).date()
    last = today + timedelta(days=days)
    offices = Office.objects.filter(services__is_active=True).distinct().order_by("pk")
    return sum(slots_generate(office=office, first=today, last=last) for office in offices)


def slot_next_free(*, after: str, now: datetime) -> dict[str, Any] | None:
    """The next time with room for the services of an offer, as the interface writes it.

    A hint, up to `HINT_KEPT_S` old: when all places go at once, thousands are told, and the one who
    follows the hint is looked at anew anyway.
    """
    name = offer_named(after)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT group_id, starts_at FROM appointments_slot WHERE public_id = %s", [name.slot]
        )
        found = cursor.fetchone()
    if found is None:
        return None
    group, begins = found
    free = _free_soon(group, name.services, begins, now)
    return next((offer_written(offer) for offer in free if offer.starts_at >= begins), None)


_hints: dict[tuple[int, tuple[str, ...]], tuple[float, datetime, list[Offer]]] = {}


def _free_soon(group: int, codes: tuple[str, ...], begins: datetime, now: datetime) -> list[Offer]:
    """Times with room from ``begins`` on, or earlier ones too; kept for a moment."""
    kept = _hints.get((group, codes))
    if kept and time.monotonic() - kept[0] < HINT_KEPT_S and kept[1] <= begins:
        is_whole = len(kept[2]) < MOST_HINTS
        if is_whole or kept[2][-1].starts_at >= begins:
            return kept[2]
    rows = Service.objects.filter(group=group, code__in=codes).select_related("group")
    services = sorted(rows, key=lambda service: codes.index(service.code))
    if len(services) != len(codes):
        return []
    free = offers_free_from(
        visit=Visit.of(services), begins=begins, now=now, most=MOST_HINTS, days=SOON
    )
    if len(_hints) > MOST_GROUPS:
        _hints.clear()
    _hints[group, codes] = (time.monotonic(), begins, free)
    return free


def offer_written(offer: Offer) -> dict[str, Any]:
    """A time as the interface writes it: instants with the offset of Thailand."""
    return {
        "id": offer.id,
        "start": offer.starts_at.astimezone(scheduling.BANGKOK).isoformat(),
        "end": offer.ends_at.astimezone(scheduling.BANGKOK).isoformat(),
        "capacity": offer.capacity,
        "remaining": offer.remaining,
    }
