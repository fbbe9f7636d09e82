"""One counter: whom to call, who is here, what is missing, and the keys for each step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appointments.hall_errors import CounterUnknown, TicketStepWrong
from appointments.models import Counter, Need, Ticket
from appointments.services.hall import (
    HIGHEST_PRIORITY,
    ORDER,
    RECALL_AFTER,
    Desk,
    counter_close,
    counter_open,
    ticket_call,
    ticket_call_next,
    ticket_finish,
    ticket_leave,
    ticket_miss,
    ticket_park,
    ticket_prioritise,
    ticket_recall,
    ticket_serve,
    ticket_transfer,
    visitor_of,
    waiting_for,
)
from appointments.services.tickets import hall_of, today_of
from appointments.views.hall.following import SOON_MS, state_answer
from appointments.views.hall.office import (
    office_of,
    service_in,
    services_of_halls,
    ticket_in,
)
from cadastre.errors import LandError
from offices.models.office import Office
from offices.permissions import Permission, permission_required, staff_of
from parcels.models import Parcel

NEXT_SHOWN: Final = 10


@require_safe
@permission_required(Permission.MANAGE_APPOINTMENTS)
def counter(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that a clerk works at all day."""
    office, now = office_of(request), timezone.now()
    desk = Desk(_counter(office, pk), staff_of(request))
    is_mine = desk.counter.clerk_id == desk.clerk.pk and _opened_today(desk.counter, now)
    visitor = visitor_of(desk.counter, now) if is_mine else None
    context: dict[str, Any] = {
        "office": office, "counter": desk.counter, "is_mine": is_mine, "visitor": visitor,
        "taken_by": desk.counter.clerk if _opened_today(desk.counter, now) else None,
        "side": _side(request, desk.counter, now), "retry_ms": SOON_MS,
    }  # fmt: skip
    if visitor is not None:
        context |= _about(visitor, now) | {
            "services": services_of_halls(office),
            "others": Counter.objects.filter(office=office, is_active=True)
            .exclude(pk=desk.counter.pk).order_by("pk"),
        }  # fmt: skip
    return render(request, "appointments/hall/counter.html", context)


@require_safe
@permission_required(Permission.MANAGE_APPOINTMENTS)
def counter_events(request: HttpRequest, pk: int) -> HttpResponse:
    """Who waits for the counter, to follow."""
    office, now = office_of(request), timezone.now()
    state = _side(request, _counter(office, pk), now)
    return state_answer(request, state, retry_ms=SOON_MS, now=now)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def sit(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the counter, or close it."""
    office, now, clerk = office_of(request), timezone.now(), staff_of(request)
    closing = request.POST.get("step") == "close"
    act = counter_close if closing else counter_open
    known = _counter(office, pk)
    try:
        act(counter=known, clerk=clerk, now=now)
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
        closing = False
    return redirect("office-hall") if closing else redirect("office-counter", pk)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One step at the counter; a step that cannot be taken is said in words on the page."""
    office, now = office_of(request), timezone.now()
    desk = Desk(_counter(office, pk), staff_of(request))
    try:
        _step(request, office, desk, now)
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    return redirect("office-counter", pk)


def _step(request: HttpRequest, office: Office, desk: Desk, now: datetime) -> None:
    step = request.POST.get("step", "")
    if step == "next":
        ticket_call_next(desk=desk, now=now)
        return
    picked = request.POST.get("pick", "").split()  # of the list: step, ticket, priority
    if len(picked) >= 2:
        step = picked[0]
    ticket = ticket_in(office, picked[1] if len(picked) >= 2 else request.POST.get("ticket", ""))
    if step in _PLAIN:
        _PLAIN[step](desk=desk, ticket=ticket, now=now)
    elif step == "finish-next":
        ticket_finish(desk=desk, ticket=ticket, now=now)
        ticket_call_next(desk=desk, now=now)
    elif step == "park":
        missing = [int(each) for each in request.POST.getlist("missing") if _is_id(each)]
        ticket_park(desk=desk, ticket=ticket, missing=missing, now=now)
    elif step == "transfer":
        _transfer(request, office, desk, ticket, now)
    elif step == "prioritise":
        priority = int(picked[2]) if len(picked) > 2 and _is_id(picked[2]) else 0
        ticket_prioritise(ticket=ticket, priority=priority, actor=desk.clerk, now=now)
    elif step == "leave":
        ticket_leave(ticket=ticket, now=now, actor=desk.clerk)
    else:
        raise TicketStepWrong(number=ticket.number, status=ticket.get_status_display())


_PLAIN: Final[dict[str, Callable[..., Ticket]]] = {
    "call": ticket_call, "recall": ticket_recall, "serve": ticket_serve,
    "finish": ticket_finish, "miss": ticket_miss, "requeue": ticket_transfer,
}  # fmt: skip


def _transfer(
    request: HttpRequest, office: Office, desk: Desk, ticket: Ticket, now: datetime
) -> None:
    """To the service or the counter that was chosen; ``to`` is ``s:code`` or ``c:id``."""
    kind, _, value = request.POST.get("to", "").partition(":")
    if kind == "c":
        only = _counter(office, int(value) if _is_id(value) else 0)
        ticket_transfer(desk=desk, ticket=ticket, only_counter=only, now=now)
    else:
        ticket_transfer(desk=desk, ticket=ticket, service=service_in(office, value), now=now)


def _about(visitor: Ticket, now: datetime) -> dict[str, Any]:
    """What the clerk sees of who is here. That it was looked at is written with the call."""
    booking = visitor.booking
    ready = set(booking.documents_ready) if booking is not None else set()
    parked = visitor.events.filter(kind="parked").order_by("-pk").first()
    missing = set(parked.data.get("missing", [])) if parked is not None else set()
    waited = now - (visitor.called_at or now)
    return {
        "booking": booking,
        "papers": [
            {"paper": paper, "ready": paper.pk in ready, "missing": paper.pk in missing}
            for paper in visitor.service.documents.all()
        ],
        "needs": [Need(need).label for need in visitor.needs if need in Need.values],
        "parcel": Parcel.objects.filter(public_id=visitor.parcel_public_id or "-").first(),
        "most_calls": hall_of(visitor.office).most_calls,
        "recall_in": max(0, round((RECALL_AFTER - waited).total_seconds())),
    }


def _side(request: HttpRequest, counter: Counter, now: datetime) -> dict[str, Any]:
    """Who waits for this counter, as HTML, and the state of its visitor."""
    waiting = waiting_for(counter, now).select_related("service", "booking").order_by(*ORDER)
    visitor = visitor_of(counter, now)
    shown = {
        "counter": counter, "waiting": waiting.count(), "next": waiting[:NEXT_SHOWN],
        "is_free": visitor is None and counter.clerk_id == staff_of(request).pk,
        "highest": HIGHEST_PRIORITY,
    }  # fmt: skip
    return {
        "html": render_to_string("appointments/hall/counter_side.html", shown),
        "visitor": f"{visitor.number} {visitor.status} {visitor.calls}" if visitor else "",
    }


def _counter(office: Office, pk: int) -> Counter:
    found = Counter.objects.filter(office=office, pk=pk, is_active=True)
    counter: Counter | None = found.select_related("clerk", "office").first()
    if counter is None:
        raise CounterUnknown
    return counter


def _opened_today(counter: Counter, now: datetime) -> bool:
    return counter.opened_at is not None and today_of(counter.opened_at) == today_of(now)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
