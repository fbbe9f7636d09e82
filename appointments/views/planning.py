"""Room, demand, absences and the service standard of an office, for who plans its counters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from appointments.models.calendar import WEEKDAYS
from appointments.services.planning import (
    Room,
    days_from,
    demand_by_hour,
    outcomes_of,
    room_by_day,
    week_of,
)
from appointments.views.choosing import day_of_query
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, permission_required, require
from web.spreadsheet import Sheet, csv_response, xlsx_response

WEEKS_BACK: Final = 8


@require_safe
@permission_required(Permission.MANAGE_OFFICE)
def planning(request: HttpRequest) -> HttpResponse:
    """One week of the acting office, and what the eight weeks before it teach."""
    office, day = _office(request), day_of_query(request, "day") or timezone.localdate()
    first, last = week_of(day)
    past = {"first": first - timedelta(weeks=WEEKS_BACK), "last": first - timedelta(days=1)}
    rooms = room_by_day(office=office, first=first, last=last)
    demand = demand_by_hour(office=office, **past)
    context = {
        "office": office, "day": day, "first": first, "last": last,
        "before": first - timedelta(days=7), "after": first + timedelta(days=7),
        "days": list(days_from(first, last)), "rows": _by_group(rooms, first, last),
        "total": {"places": sum(r.places for r in rooms), "booked": sum(r.booked for r in rooms)},
        "weekdays": [name for _, name in WEEKDAYS],
        "demand": [(hour, hour + 1, list(cells.values())) for hour, cells in demand.items()],
        "past": past, "weeks": WEEKS_BACK, "outcomes": outcomes_of(office=office, **past),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "appointments/planning.html", context)


@require_safe
@permission_required(Permission.MANAGE_OFFICE)
def planning_csv(request: HttpRequest) -> HttpResponseBase:
    """Places and bookings of each counter group and day, eight weeks back and ahead, as CSV."""
    day, rooms = _around(request)
    lines = [_HEAD, *([row[0].isoformat(), *row[1:]] for row in _lines(rooms))]
    return csv_response(lines, filename=f"planning-{day.isoformat()}.csv")


@require_safe
@permission_required(Permission.MANAGE_OFFICE)
def planning_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same as a workbook, its days and numbers as such."""
    day, rooms = _around(request)
    sheet = Sheet(gettext("Planning"), _HEAD, _lines(rooms))
    return xlsx_response([sheet], filename=f"planning-{day.isoformat()}.xlsx")


def _around(request: HttpRequest) -> tuple[date, list[Room]]:
    office, day = _office(request), day_of_query(request, "day") or timezone.localdate()
    weeks = timedelta(weeks=WEEKS_BACK)
    return day, room_by_day(office=office, first=day - weeks, last=day + weeks)


_HEAD: Final = (
    gettext_lazy("Day"), gettext_lazy("Counters"),
    gettext_lazy("Public places"), gettext_lazy("Booked by citizens"),
    gettext_lazy("Places of the office"), gettext_lazy("Booked by the office"),
    gettext_lazy("Booked (%)"),
)  # fmt: skip


def _lines(rooms: list[Room]) -> Iterator[tuple[date, *tuple[object, ...]]]:
    for room in rooms:
        yield (
            room.day, room.group.name, room.capacity, room.taken,
            room.internal_capacity, room.internal_taken, room.percent,
        )  # fmt: skip


def _by_group(rooms: list[Room], first: date, last: date) -> list[dict[str, Any]]:
    groups = {room.group.pk: room.group for room in rooms}
    found = {(room.group.pk, room.day): room for room in rooms}
    return [
        {"group": group, "rooms": [found.get((pk, day)) for day in days_from(first, last)]}
        for pk, group in sorted(groups.items())
    ]


def _office(request: HttpRequest) -> Office:
    office = acting_office(request, Permission.MANAGE_OFFICE)
    require(request.user, Permission.MANAGE_OFFICE, office)
    assert office is not None  # permission_required let nobody in without one
    return office
