"""A month of an office as a table of weeks, for the page on which a day is chosen."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appointments.models import Closure
from appointments.models.calendar import WEEKDAYS
from appointments.services.days import days_free
from appointments.services.offers import Visit
from cadastre.scheduling import BANGKOK

# Thai calendars begin on Sunday.
WEEK = [WEEKDAYS[6], *WEEKDAYS[:6]]
_SUNDAY_FIRST = calendar.Calendar(firstweekday=6)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the table; ``free`` is None where nothing can be booked."""

    day: date
    weekday: str
    free: int | None
    closed_for: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Sunday to Saturday; None stands for days of the months beside."""

    first: date
    weeks: list[list[Day | None]]
    before: date | None
    after: date | None
    holidays: list[Closure]


def month_of(*, visit: Visit, day: date, chosen: date | None, last: date, now: datetime) -> Month:
    """The month that ``day`` is in; one can go on to others up to the day ``last``."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    end = following - timedelta(days=1)
    today = now.astimezone(BANGKOK).date()
    free = days_free(visit=visit, first=first, last=end, now=now)
    closures = Closure.objects.of_office(visit.group.office_id).filter(day__range=(first, end))
    closed = {closure.day: closure for closure in closures.order_by("day", "-office")}

    def told(each: date) -> Day | None:
        if each.month != first.month:
            return None
        closure = closed.get(each)
        return Day(
            day=each,
            weekday=str(WEEKDAYS[each.weekday()][1]),
            free=None if closure else free.get(each),
            closed_for=closure.name if closure else "",
            is_chosen=each == chosen,
        )

    weeks = _SUNDAY_FIRST.monthdatescalendar(first.year, first.month)
    return Month(
        first=first,
        weeks=[[told(each) for each in week] for week in weeks],
        before=first - timedelta(days=1) if first > today else None,
        after=following if following <= last else None,
        holidays=[closed[each] for each in sorted(closed) if each >= today],
    )
