"""Book a visit: office and service, day and time, name and telephone number, ticket.

Each step is a plain page whose state is in its address; only the last sends anything, once.
"""

from __future__ import annotations

import json
import secrets
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    AlreadyBooked,
    IdempotencyKeyReused,
    OfficeBusy,
    SlotClosed,
    SlotFull,
    TooManyBookings,
)
from appointments.forms import ContactForm
from appointments.models import Service, Slot
from appointments.public import office_known, parcel_known, service_known, services_bookable
from appointments.services.bookings import booking_create
from appointments.services.idempotency import answer_once
from appointments.services.retention import days_kept
from appointments.services.slots import slots_free_from
from appointments.views.choosing import calendar_context, link, private, slot_of
from cadastre.errors import LandError
from parcels.models import Parcel

OTHER_TIMES = 5
OFFICES_ON_A_PAGE = 10
# What may happen although the form is right: told above the form, which stays filled in.
_REFUSALS = (
    AlreadyBooked, IdempotencyKeyReused, OfficeBusy, SlotClosed, SlotFull, TooManyBookings,
)  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """The step that the address asks for; POST books and leads to the ticket."""
    wanted = request.POST if request.method == "POST" else request.GET
    parcel = _parcel(wanted.get("parcel", ""))
    code = wanted.get("service", "")
    if not code:
        return private(_choose_service(request, parcel))
    service = service_known(office=wanted.get("office", ""), code=code)
    if request.method == "POST":
        return private(_send(request, service, parcel))
    if "slot" in wanted:
        slot = slot_of(service, wanted["slot"])
        if slot.remaining > 0 and slot.starts_at > timezone.now():
            return private(_ask_contact(request, slot, parcel))
        return private(_ask_contact(request, slot, parcel, refusal=SlotFull(next=None)))
    context = calendar_context(request, service, timezone.now())
    context |= {"service": service, "parcel": parcel, "step": 2}
    return private(render(request, "appointments/choose_time.html", context))


def _parcel(public_id: str) -> Parcel | None:
    """The parcel of the link; a link whose parcel is no more still books a visit."""
    try:
        return parcel_known(public_id) if public_id else None
    except LandError:
        return None


def _choose_service(request: HttpRequest, parcel: Parcel | None) -> HttpResponse:
    """The services of the parcel's offices, of the office asked for, or a choice of offices."""
    services = services_bookable()
    search = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    near = [parcel.office_id, parcel.local_authority_id] if parcel else []
    if code := request.GET.get("office", ""):
        services = services.filter(office=office_known(code))
    elif search:
        named = Q(office__name_th__icontains=search) | Q(office__name_en__icontains=search)
        services = services.filter(named | Q(office__code__iexact=search))
    elif services.filter(office__in=near).exists():
        services = services.filter(office__in=near)
    offices = services.order_by().values("office").distinct().count()
    groups = groupby(services, key=lambda service: service.office)
    listed = [{"office": office, "services": list(each)} for office, each in groups]
    context = {
        "listed": listed[:OFFICES_ON_A_PAGE],
        "too_many": offices > OFFICES_ON_A_PAGE,
        "open": offices <= 2,
        "search": search,
        "parcel": parcel,
        "step": 1,
    }
    return render(request, "appointments/choose_service.html", context)


def _ask_contact(
    request: HttpRequest,
    slot: Slot,
    parcel: Parcel | None,
    *,
    form: ContactForm | None = None,
    refusal: LandError | None = None,
) -> HttpResponse:
    """Name and telephone number; after a refusal with other times to choose from."""
    others: list[Slot] = []
    if isinstance(refusal, SlotFull | SlotClosed | AlreadyBooked):
        others = list(slots_free_from(slot=slot, now=timezone.now())[:OTHER_TIMES])
    context: dict[str, Any] = {
        "form": form or ContactForm(),
        "service": slot.service,
        "slot": slot,
        "others": others,
        "may_send": refusal is None or bool(others) or not isinstance(refusal, SlotFull),
        "refusal": refusal,
        "words": refusal.render(gettext) if refusal else "",
        "parcel": parcel,
        "key": secrets.token_urlsafe(24),
        "days_kept": days_kept(),
        "back": link(request, slot=None),
        "step": 3,
    }
    status = 200
    if refusal is not None and request.method == "POST":
        status = 503 if isinstance(refusal, OfficeBusy) else 409
    elif form is not None and form.errors:
        status = 422
    return render(request, "appointments/contact.html", context, status=status)


def _send(request: HttpRequest, service: Service, parcel: Parcel | None) -> HttpResponse:
    """Book once, however often the button is pressed."""
    slot = slot_of(service, request.POST.get("slot", ""))
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _ask_contact(request, slot, parcel, form=form)
    now = timezone.now()
    wish = {
        "slot_id": slot.public_id,
        "name": form.cleaned_data["name"],
        "phone": form.cleaned_data["phone"],
        "parcel_public_id": parcel.public_id if parcel else "",
    }
    try:
        answer = answer_once(
            key=f"page {request.POST.get('key', '')[:64] or secrets.token_urlsafe()}",
            request=json.dumps(wish).encode(),
            act=lambda: {"token": booking_create(**wish, now=now).token},
            now=now,
        )
    except _REFUSALS as refusal:
        return _ask_contact(request, slot, parcel, form=form, refusal=refusal)
    return redirect("appointment-detail", answer["token"])
