"""Slots: opening hours cut into equal pieces, less holidays and closures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from cadastre.scheduling.hours import BANGKOK, Closure, OpeningHours, check_hours

LONGEST_RANGE_DAYS: Final = 400


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time at which ``capacity`` people can be served, aware in Asia/Bangkok, half-open."""

    starts: datetime
    ends: datetime
    capacity: int


def slots_for(
    first: date,
    last: date,
    hours: Collection[OpeningHours],
    closures: Iterable[Closure] = (),
    *,
    minutes: int,
    capacity: int,
    holidays: Collection[date] = (),
) -> list[Slot]:
    """The slots of the days ``first`` to ``last`` (both included), in order.

    Each stretch between breaks is cut from its beginning; a rest too short for a slot stays
    empty. A closure takes away the slots it touches and shifts no other, so that bookings
    made before it keep their times. No slots on ``holidays`` (Thai days).
    """
    if not 1 <= minutes <= 24 * 60 or capacity < 0:
        raise ValueError("a slot lasts from 1 minute to a day and has room for nobody or more")
    if (last - first).days > LONGEST_RANGE_DAYS:
        raise ValueError(f"at most {LONGEST_RANGE_DAYS} days at once")
    check_hours(hours)
    shut = tuple(closures)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sorted(
        Slot(starts, ends, capacity)
        for day in days
        if day not in holidays
        for starts, ends in _pieces(day, hours, timedelta(minutes=minutes))
        if not any(closure.covers(starts, ends) for closure in shut)
    )


def _pieces(
    day: date, hours: Iterable[OpeningHours], length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    for each in hours:
        if not each.apply_on(day):
            continue
        for opens, closes in each.sessions():
            starts = datetime.combine(day, opens, BANGKOK)
            end_of_session = datetime.combine(day, closes, BANGKOK)
            while starts + length <= end_of_session:
                yield starts, starts + length
                starts += length


def runs_of(slots: Sequence[Slot], count: int) -> list[Sequence[Slot]]:
    """Every ``count`` slots in a row without a gap, for a service that takes several.

    ``slots`` are in order. A break or closure between two slots ends a run.
    """
    if count < 1:
        raise ValueError("a run has at least one slot")
    runs = (slots[i : i + count] for i in range(len(slots) - count + 1))
    return [run for run in runs if all(a.ends == b.starts for a, b in pairwise(run))]
