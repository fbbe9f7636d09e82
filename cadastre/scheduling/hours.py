"""When an office is open: weekly hours with breaks, and the days or hours it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from cadastre.errors import LandError, gettext_noop

BANGKOK: Final = ZoneInfo("Asia/Bangkok")
"""Thai time, UTC+7 without summer time. Weekly hours are wall-clock times in it."""


class HoursInvalid(LandError):
    code = "hours_invalid"
    message = gettext_noop(
        "Opening hours from {opens} to {closes} cannot be: the office must open before it "
        "closes, and every break must lie in between, without overlapping another."
    )


class HoursOverlap(LandError):
    code = "hours_overlap"
    message = gettext_noop(
        "Two opening hours of the same weekday overlap, {first} and {second}. Change one of "
        "them, or let one end before the other begins to apply."
    )


class Break(NamedTuple):
    """Counters closed within the opening hours, such as lunch from 12:00 to 13:00."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours of one weekday (0 is Monday), Thai wall-clock time, half-open: closed at ``closes``.

    ``first_day`` and ``last_day`` (both included, None without limit) let a new timetable
    begin on a day. With ``every_weeks`` above 1 they apply each so many weeks, counted from the
    week (Monday to Sunday) of ``first_day``.
    """

    weekday: int
    opens: time
    closes: time
    breaks: tuple[Break, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    every_weeks: int = 1

    def __post_init__(self) -> None:
        edges = [self.opens, *(t for pause in sorted(self.breaks) for t in pause), self.closes]
        naive = all(t.tzinfo is None for t in edges)
        if (
            not naive
            or self.every_weeks < 1
            or (self.every_weeks > 1 and self.first_day is None)
            or not 0 <= self.weekday <= 6
            or any(a > b for a, b in pairwise(edges))
            or self.opens >= self.closes
            or any(begins >= ends for begins, ends in self.breaks)
        ):
            raise HoursInvalid(opens=f"{self.opens:%H:%M}", closes=f"{self.closes:%H:%M}")

    def apply_on(self, day: date) -> bool:
        """Whether these hours are in force on the day, weekday included."""
        return (
            day.weekday() == self.weekday
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
            and self._is_week_of(day)
        )

    def _is_week_of(self, day: date) -> bool:
        if self.first_day is None or self.every_weeks == 1:
            return True
        weeks = (_monday(day) - _monday(self.first_day)).days // 7
        return weeks % self.every_weeks == 0

    def sessions(self) -> Iterator[tuple[time, time]]:
        """The stretches between breaks, in order: 08:30-12:00, 13:00-16:30."""
        begins = self.opens
        for pause in sorted(self.breaks):
            if begins < pause.begins:
                yield begins, pause.begins
            begins = pause.ends
        if begins < self.closes:
            yield begins, self.closes


@dataclass(frozen=True, slots=True)
class Closure:
    """An office, or a service of it, shut from ``begins`` up to ``ends`` (aware, half-open)."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or self.ends.tzinfo is None or self.begins >= self.ends:
            raise ValueError("a closure begins before it ends, and both know their time zone")

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether any moment of ``begins``-``ends`` falls in the closure."""
        return self.begins < ends and begins < self.ends


def check_hours(hours: Iterable[OpeningHours]) -> None:
    """Refuse hours that would open a counter twice: same weekday, days and times overlapping."""
    ordered = sorted(hours, key=lambda each: (each.weekday, each.opens))
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            if second.weekday != first.weekday or second.opens >= first.closes:
                break
            if _days_meet(first, second):
                raise HoursOverlap(first=_written(first), second=_written(second))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days_meet(a: OpeningHours, b: OpeningHours) -> bool:
    begins = max(a.first_day or date.min, b.first_day or date.min)
    ends = min(a.last_day or date.max, b.last_day or date.max)
    if begins > ends:
        return False
    if a.every_weeks == b.every_weeks == 1:
        return True
    # Both rhythms have come round after the product of their weeks.
    reach = min(ends, begins + timedelta(weeks=a.every_weeks * b.every_weeks + 1))
    days = (begins + timedelta(days=n) for n in range((reach - begins).days + 1))
    return any(a.apply_on(day) and b.apply_on(day) for day in days)


def _written(hours: OpeningHours) -> str:
    return f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"
