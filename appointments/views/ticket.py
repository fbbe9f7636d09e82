"""The ticket, for whoever has its address: look, print, keep in a calendar, move, cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from appointments.errors import AlreadyBooked, BookingEnded, OfficeBusy, SlotClosed, SlotFull
from appointments.models import Booking, Closure
from appointments.public import visit_known
from appointments.services.bookings import (
    LIVE,
    booking_cancel,
    booking_get,
    booking_move,
    ends_of,
    services_of,
)
from appointments.services.retention import days_kept
from appointments.ticket import ticket_calendar
from appointments.views.choosing import calendar_context, link, offer_of, private
from cadastre.errors import LandError
from cadastre.scheduling import BANGKOK
from web.formats import qr_svg_file


@require_safe
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket itself. BookingUnknown (404) for an address that nobody was given."""
    booking = booking_get(token=token)
    service = booking.service
    day = booking.slot.starts_at.astimezone(BANGKOK).date()
    context = {
        "booking": booking,
        "slot": when_of(booking),
        "service": service,
        "office": service.office,
        "stands": _stands(booking),
        "cancelled": booking.status == Booking.Status.CANCELLED,
        "closure": Closure.objects.of_office(service.office_id).filter(day=day).first(),
        "address": request.build_absolute_uri(reverse("appointment-detail", args=[token])),
        "days_kept": days_kept(),
        "now": timezone.now(),
    }
    return private(render(request, "appointments/ticket.html", context))


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket as ``text/calendar``."""
    booking = booking_get(token=token)
    address = request.build_absolute_uri(reverse("appointment-detail", args=[token]))
    written = ticket_calendar(booking, address=address, now=timezone.now())
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{booking.reference}.ics"'
    return private(response)


@require_safe
def qr_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket's address as a picture to be scanned at the counter."""
    booking = booking_get(token=token)
    address = request.build_absolute_uri(reverse("appointment-detail", args=[booking.token]))
    return private(HttpResponse(qr_svg_file(address), content_type="image/svg+xml"))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another time of the same service; POST takes it."""
    booking = booking_get(token=token)
    if not _stands(booking):
        raise BookingEnded
    service, now = booking.service, timezone.now()
    visit = visit_known(office=service.office.code, codes=",".join(services_of(booking)))
    if request.method == "POST":
        offer = offer_of(visit, request.POST.get("slot", ""), now)
        try:
            booking_move(token=token, slot=offer.id, now=now)
        except (SlotFull, SlotClosed, OfficeBusy, AlreadyBooked) as refusal:
            messages.error(request, refusal.render(gettext))
            return private(redirect("appointment-move", token))
        messages.success(request, gettext("Your visit has been moved."))
        return private(redirect("appointment-detail", token))
    context = {"booking": booking, "service": service, "token": token}
    if "slot" in request.GET:
        offer = offer_of(visit, request.GET["slot"], now)
        context |= {"slot": offer, "back": link(request, slot=None)}
        return private(render(request, "appointments/move_confirm.html", context))
    context |= calendar_context(request, visit, now)
    return private(render(request, "appointments/move.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more; POST gives the place back."""
    booking = booking_get(token=token)
    if request.method == "POST":
        try:
            booking_cancel(token=token, now=timezone.now())
        except LandError as refusal:
            messages.error(request, refusal.render(gettext))
        return private(redirect("appointment-detail", token))
    if not _stands(booking):
        raise BookingEnded
    context = {"booking": booking, "slot": when_of(booking), "service": booking.service}
    return private(render(request, "appointments/cancel.html", context))


def _stands(booking: Booking) -> bool:
    return booking.status in LIVE and booking.slot.starts_at > timezone.now()


def when_of(booking: Booking) -> dict[str, Any]:
    """From when to when the visit is, for templates that show a time."""
    return {"starts_at": booking.slot.starts_at, "ends_at": ends_of(booking)}
