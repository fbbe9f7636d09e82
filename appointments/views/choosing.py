"""What the pages for booking and for moving share: choose a day, choose a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from appointments.errors import SlotUnknown
from appointments.models import Slot, SpecialOpening
from appointments.months import WEEK, month_of
from appointments.offers import Offer, OfferName, offer_named
from appointments.public import day_asked
from appointments.services.days import day_first_free
from appointments.services.offers import Visit, offers_between
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


def calendar_context(request: HttpRequest, visit: Visit, now: datetime) -> dict[str, Any]:
    """The table of days and the times of the chosen day, the first free day unless one is asked."""
    today = now.astimezone(BANGKOK).date()
    last = visit.last_day(now)
    chosen = day_of_query(request, "day")
    if chosen is None or not today <= chosen <= last + timedelta(days=400):
        chosen = day_first_free(visit=visit, now=now)
    shown = day_of_query(request, "month") or chosen or today
    if not today.replace(day=1) <= shown <= last:
        shown = min(max(shown, today), last)
    offered = offers_between(visit=visit, first=chosen, last=chosen, now=now) if chosen else []
    return {
        "month": month_of(visit=visit, day=shown, chosen=chosen, last=last, now=now),
        "week": WEEK,
        "chosen": chosen,
        "mobile": _mobile_on(visit, chosen) if chosen else (),
        "sessions": [
            {"afternoon": afternoon, "offers": list(offers)}
            for afternoon, offers in groupby(offered, _is_afternoon)
        ],
    }


def _mobile_on(visit: Visit, day: date) -> QuerySet[SpecialOpening]:
    """Where the counters are on a day on which they are not at the office."""
    return visit.group.special_openings.filter(day=day).exclude(place_th="")


def _is_afternoon(offer: Offer) -> bool:
    return offer.starts_at.astimezone(BANGKOK).hour >= NOON


def offer_of(visit: Visit, text: str, now: datetime) -> Offer:
    """The offer of this name, full or past ones included; SlotUnknown unless it is of the visit."""
    name = offer_named(text)
    if name.services != visit.codes:
        raise SlotUnknown
    slot = Slot.objects.filter(group=visit.group, public_id=name.slot).first()
    if slot is None:
        raise SlotUnknown
    day = slot.starts_at.astimezone(BANGKOK).date()
    for offer in offers_between(visit=visit, first=day, last=day, now=now):
        if offer.name == name:
            return offer
    ends = slot.starts_at + timedelta(minutes=visit.slots * visit.group.slot_minutes)
    return Offer(OfferName(name.slot, visit.codes), slot.starts_at, ends, slot.capacity, 0)
