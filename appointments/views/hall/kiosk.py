"""The kiosk: choose a service, get a number. Only who knows its address can draw tickets."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from appointments.hall_errors import KioskUnknown, ServiceNotDone, TicketUnknown
from appointments.models import Hall, Need, Service, Ticket
from appointments.services.tickets import (
    booking_named,
    is_given,
    kiosk_known,
    ticket_get,
    ticket_of_booking,
    ticket_take_at_kiosk,
    today_of,
)
from appointments.services.waiting import estimate_tell
from appointments.views.choosing import private
from cadastre.errors import LandError


@require_safe
def kiosk_without_key(request: HttpRequest, office: str) -> HttpResponse:  # noqa: ARG001
    """Whoever guesses gets no ticket: KioskUnknown."""
    raise KioskUnknown


@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest, office: str, key: str) -> HttpResponse:
    """The choice of services; POST gives a number, or takes note of somebody with a booking."""
    hall = kiosk_known(office=office, key=key)
    if request.method == "POST":
        try:
            ticket = _given(request, hall)
        except LandError as refusal:
            messages.error(request, refusal.render(gettext))
            return private(redirect("hall-kiosk", office, key))
        return private(redirect("hall-kiosk-ticket", office, key, ticket.public_id))
    done = Service.objects.filter(
        office=hall.office, is_active=True, counters__is_active=True
    ).distinct()
    now = timezone.now()
    given = {group: is_given(hall, group, now) for group in {each.group for each in _by(done)}}
    context = {
        "hall": hall, "office": hall.office,
        "services": [each for each in _by(done) if given[each.group]],
        "key": key, "once": secrets.token_urlsafe(12),
    }  # fmt: skip
    return private(render(request, "appointments/hall/kiosk.html", context))


def _by(services: QuerySet[Service]) -> QuerySet[Service]:
    return services.select_related("group__office").order_by("ticket_prefix", "pk")


def _given(request: HttpRequest, hall: Hall) -> Ticket:
    now = timezone.now()
    if "reference" in request.POST:
        booking = booking_named(office=hall.office, text=request.POST["reference"][:400])
        return ticket_of_booking(booking=booking, now=now)
    code = request.POST.get("service", "").replace("\x00", "")
    service = Service.objects.filter(office=hall.office, code=code, is_active=True).first()
    if service is None:
        raise ServiceNotDone
    needs = [Need.ELDERLY.value] if "first" in request.POST else []
    return ticket_take_at_kiosk(
        hall=hall, service=service, needs=needs, key=request.POST.get("once", "")[:40], now=now
    )


@require_safe
def kiosk_ticket(request: HttpRequest, office: str, key: str, public_id: str) -> HttpResponse:
    """The ticket as it is printed on paper of 80 mm: number, service, wait, code of its page."""
    hall = kiosk_known(office=office, key=key)
    ticket, now = ticket_get(public_id=public_id), timezone.now()
    if ticket.office_id != hall.office_id or ticket.day != today_of(now):
        raise TicketUnknown
    told = estimate_tell(ticket=ticket, now=now)
    context: dict[str, Any] = {
        "ticket": ticket, "office": hall.office, "service": ticket.service, "key": key,
        "address": request.build_absolute_uri(reverse("hall-place", args=[ticket.public_id])),
        "told": told and {"low": told.low_s // 60, "high": -(-told.high_s // 60)},
        "ahead": told.ahead if told else None, "now": now,
    }  # fmt: skip
    return private(render(request, "appointments/hall/kiosk_ticket.html", context))
