"""Staff book for somebody at the counter or on the telephone: the office's own places first."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    AlreadyBooked,
    IdempotencyKeyReused,
    OfficeBusy,
    PlotAlreadyBooked,
    SlotClosed,
    SlotFull,
    SlotUnknown,
)
from appointments.forms import ContactForm
from appointments.models import Booking
from appointments.public import services_bookable, visit_known
from appointments.services.bookings import Wish, booking_get, booking_place
from appointments.services.idempotency import digest_of
from appointments.services.messages import tell_booked
from appointments.services.offers import Visit, offers_between
from appointments.views.choosing import day_of_query
from appointments.views.office import office_of
from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import Permission, permission_required, staff_of

_REFUSALS = (
    AlreadyBooked, IdempotencyKeyReused, OfficeBusy, PlotAlreadyBooked, SlotClosed, SlotFull,
    SlotUnknown,
)  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_APPOINTMENTS)
def book(request: HttpRequest) -> HttpResponse:
    """Service and day from the address, times of that day, who comes; POST books."""
    office = office_of(request)
    services = services_bookable().filter(office=office)
    wanted = request.POST if request.method == "POST" else request.GET
    code = wanted.get("service", "")
    visit = visit_known(office=office.code, codes=code) if code else None
    if visit is None:
        return render(request, "appointments/office_book.html", {
            "office": office, "services": services, "day": _day(request),
        })  # fmt: skip
    form = ContactForm(request.POST if request.method == "POST" else None, visit=visit)
    refusal: LandError | None = None
    if form.is_valid():
        try:
            return _book(request, office, form)
        except _REFUSALS as error:
            refusal = error
    return _page(request, office, visit, form, refusal)


def _page(
    request: HttpRequest,
    office: Office,
    visit: Visit,
    form: ContactForm,
    refusal: LandError | None,
) -> HttpResponse:
    now = timezone.now()
    day = _day(request)
    offers = offers_between(visit=visit, first=day, last=day, now=now, internal=True)
    context: dict[str, Any] = {
        "office": office,
        "services": services_bookable().filter(office=office),
        "visit": visit,
        "service": visit.main,
        "day": day,
        "offers": [offer for offer in offers if offer.remaining > 0],
        "chosen": request.POST.get("slot", ""),
        "form": form,
        "words": refusal.render(gettext) if refusal else "",
        "key": secrets.token_urlsafe(16),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "appointments/office_book.html", context, status=status)


def _day(request: HttpRequest) -> date:
    return day_of_query(request, "day") or timezone.localdate()


def _book(request: HttpRequest, office: Office, form: ContactForm) -> HttpResponse:
    now, typed = timezone.now(), form.details()
    typed["documents"] = typed.pop("documents_ready")
    wish = Wish(
        slot=request.POST.get("slot", ""), channel=Booking.Channel.INTERNAL,
        actor=staff_of(request).pk, **typed,
    )  # fmt: skip
    offer_services = wish.slot.split("~")[1:]
    visit_known(office=office.code, codes=",".join(offer_services) or "-")
    with transaction.atomic():
        facts = booking_place(
            wish, now=now, digest=digest_of(json.dumps(asdict(wish))),
            key=digest_of(f"office {office.pk} {request.POST.get('key', '')[:64]}"),
        )  # fmt: skip
        booking = booking_get(token=facts["token"])
        if booking.service.office_id != office.pk:
            raise SlotUnknown
        tell_booked(booking, now=now)
    text = gettext("Booked: queue number {reference}. Write it down for the visitor.")
    messages.success(request, text.format(reference=booking.reference))
    day = timezone.localdate(booking.slot.starts_at).isoformat()
    return redirect(f"{reverse('office-appointments')}?day={day}")
