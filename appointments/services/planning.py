"""What the manager of an office plans with: room, demand, who did not come, the standard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from appointments.models import CounterGroup
from appointments.querysets import day_begins
from offices.models import Office

SQL: Final = Path(__file__).parents[1] / "sql"
DAYS_SQL: Final = (SQL / "planning_days.sql").read_text(encoding="utf-8")
DEMAND_SQL: Final = (SQL / "planning_demand.sql").read_text(encoding="utf-8")
OUTCOMES_SQL: Final = (SQL / "planning_outcomes.sql").read_text(encoding="utf-8")
LEVELS: Final = 4
"""How many shades a heat map has beside the empty one."""


@dataclass(frozen=True, slots=True)
class Room:
    """Places of a counter group on a day, those that only the office gives away included."""

    group: CounterGroup
    day: date
    capacity: int
    taken: int
    internal_capacity: int
    internal_taken: int

    @property
    def places(self) -> int:
        return self.capacity + self.internal_capacity

    @property
    def booked(self) -> int:
        return self.taken + self.internal_taken

    @property
    def percent(self) -> int:
        """How full it is, rounded down: 100 only when nothing is left."""
        return 100 * self.booked // self.places if self.places else 0


@dataclass(frozen=True, slots=True)
class Heat:
    """Visits of one weekday and hour: all of the period, and the shade 0 to `LEVELS`."""

    visits: int
    level: int


@dataclass(frozen=True, slots=True)
class Standard:
    """Finished visits held against the minutes that a visit may take."""

    minutes: int
    visits: int
    within: int
    median: float | None

    @property
    def percent(self) -> int:
        return 100 * self.within // self.visits if self.visits else 0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the bookings of some days; ``missed`` counts who did not come."""

    came: int
    missed: int
    unknown: int
    booked: Standard
    walk_in: Standard

    @property
    def missed_percent(self) -> int:
        known = self.came + self.missed
        return round(100 * self.missed / known) if known else 0


def room_by_day(*, office: Office, first: date, last: date) -> list[Room]:
    """Of each counter group and day with times, in the order of days."""
    groups = {group.pk: group for group in CounterGroup.objects.filter(office=office)}
    rows = _rows(DAYS_SQL, _period(office, first, last))
    return [Room(groups[group], *rest) for group, *rest in rows]


def demand_by_hour(*, office: Office, first: date, last: date) -> dict[int, dict[int, Heat]]:
    """Visits by hour and weekday (1 Monday … 7 Sunday); only the hours in which somebody came."""
    rows = _rows(DEMAND_SQL, _period(office, first, last))
    most = max((visits for _, _, visits in rows), default=0)
    found = {(hour, weekday): visits for weekday, hour, visits in rows}
    hours = [hour for hour, _ in found]
    return {
        hour: {
            weekday: Heat(visits, -(-visits * LEVELS // most))
            for weekday in range(1, 8)
            for visits in [found.get((hour, weekday), 0)]
        }
        for hour in range(min(hours, default=0), max(hours, default=-1) + 1)
    }


def outcomes_of(*, office: Office, first: date, last: date) -> Outcomes:
    """What became of the visits of some days."""
    parameters = _period(office, first, last) | {
        "booked": settings.CHANOT_STANDARD_BOOKED_MINUTES,
        "walk_in": settings.CHANOT_STANDARD_WALK_IN_MINUTES,
    }
    [(bookings, finished)] = _rows(OUTCOMES_SQL, parameters)
    counted, visits = _plain(bookings), _plain(finished)
    return Outcomes(
        came=counted.get("arrived", 0) + counted.get("served", 0),
        missed=counted.get("missed", 0),
        unknown=counted.get("passed", 0),
        booked=_standard(parameters["booked"], visits.get("booked")),
        walk_in=_standard(parameters["walk_in"], visits.get("walk_in")),
    )


def _standard(minutes: int, facts: dict[str, Any] | None) -> Standard:
    facts = facts or {"visits": 0, "within": 0, "median": None}
    return Standard(minutes, facts["visits"], facts["within"], facts["median"])


def _period(office: Office, first: date, last: date) -> dict[str, Any]:
    return {
        "office": office.pk, "first": first, "last": last,
        "begins": day_begins(first), "ends": day_begins(last, 1),
    }  # fmt: skip


def _rows(sql: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _plain(value: Any) -> dict[str, Any]:
    """A JSON object, which comes as text where the cursor does not read it."""
    return dict(json.loads(value) if isinstance(value, str) else value or {})


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of its week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
