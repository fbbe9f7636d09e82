"""Book a visit: office and service, day and time, name and telephone number, ticket.

Each step is a plain page whose state is in its address; only the last sends anything, once.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    AlreadyBooked,
    IdempotencyKeyReused,
    OfficeBusy,
    PlotAlreadyBooked,
    SlotClosed,
    SlotFull,
    TooManyBookings,
)
from appointments.forms import ContactForm
from appointments.offers import Offer
from appointments.public import office_known, parcel_known, services_bookable, visit_known
from appointments.services.bookings import Wish, booking_place
from appointments.services.idempotency import digest_of
from appointments.services.offers import Visit, offers_free_from
from appointments.services.retention import days_kept
from appointments.views.choosing import calendar_context, link, offer_of, private
from cadastre.errors import LandError
from parcels.models import Parcel

OTHER_TIMES = 5
OFFICES_ON_A_PAGE = 10
# What may happen although the form is right: told above the form, which stays filled in.
_REFUSALS = (
    AlreadyBooked, IdempotencyKeyReused, OfficeBusy, PlotAlreadyBooked, SlotClosed, SlotFull,
    TooManyBookings,
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
    visit, now = visit_known(office=wanted.get("office", ""), codes=code), timezone.now()
    if request.method == "POST":
        return private(_send(request, visit, parcel))
    if "slot" in wanted:
        offer = offer_of(visit, wanted["slot"], now)
        if offer.remaining > 0 and offer.starts_at > now:
            return private(_ask_contact(request, visit, offer, parcel))
        return private(_ask_contact(request, visit, offer, parcel, refusal=SlotFull(next=None)))
    context = calendar_context(request, visit, now)
    context |= {"visit": visit, "service": visit.main, "parcel": parcel, "step": 2}
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
    visit: Visit,
    offer: Offer,
    parcel: Parcel | None,
    *,
    form: ContactForm | None = None,
    refusal: LandError | None = None,
) -> HttpResponse:
    """Name and telephone number; after a refusal with other times to choose from."""
    others: list[Offer] = []
    if isinstance(refusal, SlotFull | SlotClosed | AlreadyBooked):
        others = offers_free_from(
            visit=visit, begins=offer.starts_at, now=timezone.now(), most=OTHER_TIMES + 1
        )
        others = [other for other in others if other.name != offer.name][:OTHER_TIMES]
    context: dict[str, Any] = {
        "form": form or ContactForm(),
        "visit": visit,
        "service": visit.main,
        "slot": offer,
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


def _send(request: HttpRequest, visit: Visit, parcel: Parcel | None) -> HttpResponse:
    """Book once, however often the button is pressed."""
    now = timezone.now()
    offer = offer_of(visit, request.POST.get("slot", ""), now)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _ask_contact(request, visit, offer, parcel, form=form)
    wish = Wish(
        slot=offer.id,
        name=form.cleaned_data["name"],
        phone=form.cleaned_data["phone"],
        parcel=parcel.public_id if parcel else "",
        language=get_language() or "",
    )
    try:
        facts = booking_place(
            wish,
            now=now,
            key=digest_of(f"page {request.POST.get('key', '')[:64] or secrets.token_urlsafe()}"),
            digest=digest_of(json.dumps(asdict(wish))),
        )
    except _REFUSALS as refusal:
        return _ask_contact(request, visit, offer, parcel, form=form, refusal=refusal)
    return redirect("appointment-detail", facts["token"])
