"""What everybody in the hall may see: the display, one's own ticket, how good estimates are."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appointments.errors import OfficeUnknown
from appointments.hall_words import PIECES, call_in_pieces, call_in_words
from appointments.models import Counter, ServiceDocument, Ticket
from appointments.public import office_known
from appointments.services.bookings import booking_get
from appointments.services.hall import ticket_leave, ticket_return
from appointments.services.tickets import ticket_get, ticket_of_booking, today_of
from appointments.services.waiting import (
    FEWEST_VISITS,
    HallNow,
    TicketNow,
    calibration,
    estimate_tell,
    hall_now,
)
from appointments.views.choosing import private
from appointments.views.hall.following import RELAXED_MS, SOON_MS, state_answer
from cadastre.errors import LandError
from offices.models.office import Office

CALLED_SHOWN, NEXT_SHOWN = 6, 12


@require_safe
def display(request: HttpRequest, office: str) -> HttpResponse:
    """The screen of the waiting room: numbers and counters, nobody's name."""
    known = _office(office)
    now = timezone.now()
    state = display_state(known, now)
    context = {
        "office": known, "state": state, "now": now, "retry_ms": SOON_MS, "voice": _voice(),
    }  # fmt: skip
    return private(render(request, "appointments/hall/display.html", context))


@cache
def _voice() -> dict[str, str]:
    """The addresses of the sound files, by the pieces of a call; empty unless all are there."""
    files = {name: f"appointments/voice/{name}.wav" for name in PIECES}
    if not all(finders.find(file) for file in files.values()):
        return {}
    return {name: static(file) for name, file in files.items()}


@require_safe
def display_events(request: HttpRequest, office: str) -> HttpResponse:
    """The state of the screen, to follow."""
    now = timezone.now()
    return state_answer(request, display_state(_office(office), now), retry_ms=SOON_MS, now=now)


def display_state(office: Office, now: datetime) -> dict[str, Any]:
    """What the screen shows as HTML, and which calls it says aloud."""
    hall = hall_now(office=office, day=today_of(now))
    numbers = _counter_numbers(hall)
    called = [
        _Called(ticket, numbers[ticket.counter], ticket.status == Ticket.Status.SERVING)
        for ticket in hall.at_counters
        if ticket.counter in numbers
    ][:CALLED_SHOWN]
    waiting = [ticket.number for ticket in hall.of(Ticket.Status.WAITING)]
    shown = {
        "called": called, "next": waiting[:NEXT_SHOWN], "more": len(waiting[NEXT_SHOWN:]),
        "waiting": len(waiting), "counters": len(hall.counters),
    }  # fmt: skip
    return {
        "html": render_to_string("appointments/hall/display_state.html", shown),
        "calls": [
            {
                "key": f"{each.ticket.number} {each.counter} {each.ticket.called_at}",
                "called_at": each.ticket.called_at,
                "say": call_in_words(each.ticket.number, each.counter),
                "pieces": call_in_pieces(each.ticket.number, each.counter),
            }
            for each in called
            if not each.serving
        ],
    }


class _Called(NamedTuple):
    """A number on the screen with the number of its counter."""

    ticket: TicketNow
    counter: str
    serving: bool


def _counter_numbers(hall: HallNow) -> dict[int | None, str]:
    """The numbers of the counters by their ids, those with a visitor included."""
    numbers: dict[int | None, str] = {counter.id: counter.number for counter in hall.counters}
    there = {ticket.counter for ticket in hall.at_counters if ticket.counter is not None}
    missing = there - set(numbers)
    if missing:
        numbers |= dict(Counter.objects.filter(pk__in=missing).values_list("pk", "number"))
    return numbers


@require_safe
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor's own page: the place in the queue, and the counter when it is called."""
    ticket = ticket_get(public_id=public_id)
    now = timezone.now()
    context = {
        "ticket": ticket, "office": ticket.office, "service": ticket.service,
        "state": place_state(ticket, now), "now": now, "retry_ms": RELAXED_MS,
    }  # fmt: skip
    return private(render(request, "appointments/hall/place.html", context))


@require_safe
def place_events(request: HttpRequest, public_id: str) -> HttpResponse:
    """The state of one ticket, to follow."""
    ticket, now = ticket_get(public_id=public_id), timezone.now()
    return private(state_answer(request, place_state(ticket, now), retry_ms=RELAXED_MS, now=now))


def place_state(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Where somebody stands in the queue, as HTML, and whether the telephone should ring."""
    is_over = ticket.day < today_of(now)
    shown: dict[str, Any] = {"ticket": ticket, "is_over": is_over, "service": ticket.service}
    if ticket.status == Ticket.Status.WAITING and not is_over:
        hall = hall_now(office=ticket.office_id, day=ticket.day)
        mine = next((each for each in hall.tickets if each.id == ticket.pk), None)
        told = estimate_tell(ticket=ticket, now=now, hall=hall)
        shown |= {"ahead": len(hall.ahead_of(mine)) if mine is not None else 0, "told": None}
        if told is not None:
            passed = round((now - told.told_at).total_seconds())
            low, expected, high = (
                max(0, seconds - passed) for seconds in (told.low_s, told.expected_s, told.high_s)
            )
            shown["counters"] = told.counters
            shown["told"] = {
                "low": low // 60, "expected": round(expected / 60), "high": -(-high // 60),
            }  # fmt: skip
    elif ticket.status == Ticket.Status.PARKED:
        parked = ticket.events.filter(kind="parked").order_by("-pk").first()
        shown["missing"] = ServiceDocument.objects.filter(
            pk__in=parked.data.get("missing", []) if parked else []
        )
    return {
        "html": render_to_string("appointments/hall/place_state.html", shown),
        "status": ticket.status,
        "ring": f"{ticket.called_at}" if ticket.status == Ticket.Status.CALLED else "",
    }


@require_POST
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor goes home, or is back with the papers (``step`` of the form)."""
    ticket, now = ticket_get(public_id=public_id), timezone.now()
    act = ticket_return if request.POST.get("step") == "return" else ticket_leave
    if ticket.status == Ticket.Status.MISSED and act is ticket_return:
        messages.error(request, gettext("Ask at the desk: they put you back into the queue."))
        return private(redirect("hall-place", public_id))
    try:
        act(ticket=ticket, now=now)
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    return private(redirect("hall-place", public_id))


@require_POST
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Check in with a booking from one's own telephone."""
    booking = booking_get(token=token)
    try:
        ticket = ticket_of_booking(booking=booking, now=timezone.now())
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
        return private(redirect("appointment-detail", token))
    return private(redirect("hall-place", ticket.public_id))


@require_safe
def waits(request: HttpRequest, office: str) -> HttpResponse:
    """How long people were told they would wait, and how long they did."""
    known = _office(office)
    rows = calibration(office=known, last=today_of(timezone.now()))
    context = {
        "office": known,
        "everybody": rows[0] if rows and rows[0].is_published else None,
        "bands": [row for row in rows[1:] if row.is_published],
        "visits": rows[0].visits if rows else 0,
        "fewest": FEWEST_VISITS,
    }
    return render(request, "appointments/hall/waits.html", context)


def _office(code: str) -> Office:
    """An office that has a hall; OfficeUnknown otherwise."""
    office = office_known(code)
    if not Counter.objects.filter(office=office).exists():
        raise OfficeUnknown
    return office
