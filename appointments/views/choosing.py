"""What the pages for booking and for moving share: choose a day, choose a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from appointments.errors import SlotUnknown
from appointments.models import Service, Slot
from appointments.months import WEEK, month_of
from appointments.public import day_asked
from appointments.services.days import day_first_free
from appointments.services.slots import DAYS_AHEAD, slots_offered
from cadastre.errors import LandError
from cadastre.scheduling import BANGKOK

NOON = 12


def private(response: HttpResponse) -> HttpResponse:
    """A page that holds a secret address or a form: kept nowhere, its address told to nobody."""
    response["Cache-Control"] = "no-store"
    # Not "no-referrer": browsers then send "Origin: null" with forms, which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def link(request: HttpRequest, **changes: object) -> str:
    """The query of this page with some values changed; None takes a value away."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def day_of_query(request: HttpRequest, name: str) -> date | None:
    """A day from the query; None if there is none or it cannot be read."""
    try:
        return day_asked(request.GET.get(name, ""), (name,))
    except LandError:
        return None


def calendar_context(request: HttpRequest, service: Service, now: datetime) -> dict[str, Any]:
    """The table of days and the times of the chosen day, the first free day unless one is asked."""
    today = now.astimezone(BANGKOK).date()
    last = today + timedelta(days=DAYS_AHEAD)
    chosen = day_of_query(request, "day")
    if chosen is None or not today <= chosen <= last + timedelta(days=400):
        chosen = day_first_free(service=service, now=now)
    shown = day_of_query(request, "month") or chosen or today
    if not today.replace(day=1) <= shown <= last:
        shown = min(max(shown, today), last)
    offered = slots_offered(service=service, first=chosen, last=chosen, now=now) if chosen else []
    return {
        "month": month_of(service=service, day=shown, chosen=chosen, last=last, now=now),
        "week": WEEK,
        "chosen": chosen,
        "sessions": [
            {"afternoon": afternoon, "slots": list(slots)}
            for afternoon, slots in groupby(offered, _is_afternoon)
        ],
    }


def _is_afternoon(slot: Slot) -> bool:
    return slot.starts_at.astimezone(BANGKOK).hour >= NOON


def slot_of(service: Service, public_id: str) -> Slot:
    """A time of this service by its public id; SlotUnknown otherwise."""
    slot: Slot | None = None
    if public_id and "\x00" not in public_id:
        slots = Slot.objects.select_related("service__office")
        slot = slots.filter(service=service, public_id=public_id).first()
    if slot is None:
        raise SlotUnknown
    return slot
