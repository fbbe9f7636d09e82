"""Book a visit: choose office and service, then day and time. Choosing a time holds it.

Each step is a plain page whose state is in its address.
"""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    BookingEnded,
    BookingUnknown,
    IdempotencyKeyReused,
    OfficeBusy,
    SlotClosed,
    SlotFull,
    TooManyHolds,
)
from appointments.fees import fees_context
from appointments.models import Booking
from appointments.offers import Offer
from appointments.proof import BITS, challenge_is_ours, challenge_new, proof_holds
from appointments.public import office_known, parcel_known, services_bookable, visit_known
from appointments.services.allowance import hold_spend
from appointments.services.bookings import booking_cancel, booking_get, booking_hold
from appointments.services.fairness import fairness_of
from appointments.services.idempotency import digest_of
from appointments.services.offers import Visit
from appointments.views.choosing import calendar_context, offer_of, private
from cadastre.errors import LandError
from parcels.models import Parcel

OFFICES_ON_A_PAGE: Final = 10
HOLD_COOKIE: Final = "chanot_hold"


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """The step that the address asks for; POST holds the chosen time and leads to the form."""
    wanted = request.POST if request.method == "POST" else request.GET
    parcel = parcel_of_link(wanted.get("parcel", ""))
    code = wanted.get("service", "")
    if not code:
        return private(_choose_service(request, parcel))
    visit = visit_known(office=wanted.get("office", ""), codes=code)
    if request.method == "POST":
        return private(_hold(request, visit, parcel))
    return private(_choose_time(request, visit, parcel))


def parcel_of_link(public_id: str) -> Parcel | None:
    """The parcel of a link; a link whose parcel is no more still books a visit."""
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


def _choose_time(
    request: HttpRequest, visit: Visit, parcel: Parcel | None, refusal: LandError | None = None
) -> HttpResponse:
    """Days and times as buttons that hold a place; after a refusal with what is free now."""
    now = timezone.now()
    codes = ",".join(visit.codes)
    beside = visit.group.services.filter(is_active=True).exclude(code__in=visit.codes)
    context: dict[str, Any] = calendar_context(request, visit, now) | fees_context(request, visit)
    context |= {
        "visit": visit,
        "service": visit.main,
        "codes": codes,
        "beside": [(each, f"{codes},{each.code}") for each in beside.select_related("group")],
        "parcel": parcel,
        "holds": True,
        "challenge": challenge_new(),
        "bits": BITS,
        "refusal": refusal,
        "words": refusal.render(gettext) if refusal else "",
        "fairness": fairness_of(office=visit.group.office, now=now),
        "step": 2,
    }
    statuses = {OfficeBusy: 503, TooManyHolds: 429}
    response = render(
        request, "appointments/choose_time.html", context,
        status=statuses.get(type(refusal), 409) if refusal else 200,
    )  # fmt: skip
    if isinstance(refusal, TooManyHolds):
        response["Retry-After"] = str(refusal.evidence["retry_after_seconds"])
    return response


def _hold(request: HttpRequest, visit: Visit, parcel: Parcel | None) -> HttpResponse:
    """Hold the chosen time for this browser, and let go what it held before."""
    offer = offer_of(visit, request.POST.get("slot", ""), timezone.now())
    parcel_id = parcel.public_id if parcel else ""
    before = _held_before(request)
    if before is not None and _is_hold_of(before, offer, parcel_id):
        return redirect("appointment-details", before.token)
    try:
        hold = _take(request, offer, parcel_id, before)
    except (SlotFull, SlotClosed, OfficeBusy, TooManyHolds) as refusal:
        return _choose_time(request, visit, parcel, refusal)
    response = redirect("appointment-details", hold.token)
    response.set_cookie(
        HOLD_COOKIE, hold.token, max_age=visit.group.hold_minutes * 60, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", path="/appointments/",
    )  # fmt: skip
    return response


def _held_before(request: HttpRequest) -> Booking | None:
    """What this browser holds already, without a name yet."""
    try:
        booking = booking_get(token=request.COOKIES.get(HOLD_COOKIE, ""))
    except BookingUnknown:
        return None
    until = booking.held_until
    live = until is not None and until > timezone.now() and not booking.phone
    return booking if live else None


def _is_hold_of(booking: Booking, offer: Offer, parcel_id: str) -> bool:
    services = (booking.service.code, *(each.code for each in booking.also.order_by("pk")))
    mine = (booking.slot.public_id, services, booking.parcel_public_id)
    return mine == (offer.name.slot, offer.name.services, parcel_id)


def _take(request: HttpRequest, offer: Offer, parcel_id: str, before: Booking | None) -> Booking:
    """One hold for one challenge, however often the button is pressed."""
    now = timezone.now()
    challenge = request.POST.get("challenge", "")
    proven = proof_holds(challenge, request.POST.get("proof", ""))
    wish = {"slot": offer.id, "parcel": parcel_id, "language": get_language() or ""}
    hold_spend(request=request, proven=proven, now=now)
    if before is not None:
        with suppress(BookingEnded):  # it may run out meanwhile
            booking_cancel(token=before.token, now=now)
    if challenge_is_ours(challenge):
        key, digest = digest_of(f"hold {challenge}"), digest_of(json.dumps(wish))
        try:
            hold = booking_hold(now=now, key=key, digest=digest, **wish)
        except IdempotencyKeyReused:
            hold = None  # gone back, and another time chosen on the same page
        if hold is not None and hold.status == Booking.Status.HELD:
            return hold
        hold_spend(request=request, proven=False, now=now)
    return booking_hold(now=now, **wish)
