"""Who comes: the form of a time that is held, and the code where the office asks for one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    CodeWrong,
    IdempotencyKeyReused,
    NoChannel,
    OfficeBusy,
    PlotAlreadyBooked,
    SlotClosed,
    SlotFull,
    TooManyBookings,
)
from appointments.forms import CodeForm, ContactForm
from appointments.models import Booking, CounterGroup
from appointments.offers import Offer
from appointments.public import visit_known
from appointments.services.bookings import (
    Wish,
    booking_cancel,
    booking_confirm,
    booking_get,
    booking_place,
    services_of,
)
from appointments.services.codes import code_confirm, code_send
from appointments.services.idempotency import digest_of
from appointments.services.messages import tell_booked
from appointments.services.offers import Visit, offers_free_from
from appointments.services.retention import days_kept
from appointments.thaid.provider import provider
from appointments.views.booking import HOLD_COOKIE, parcel_of_link
from appointments.views.choosing import offer_of, private
from cadastre.errors import LandError

OTHER_TIMES: Final = 5
# What may happen although the form is right: told above the form, which stays filled in.
_REFUSALS: Final = (
    AlreadyBooked, IdempotencyKeyReused, OfficeBusy, PlotAlreadyBooked, SlotClosed, SlotFull,
    TooManyBookings,
)  # fmt: skip
Status = Booking.Status


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, token: str) -> HttpResponse:
    """The form of a hold; POST makes it a booking, however often it is sent."""
    booking = booking_get(token=token)
    if booking.status not in {Status.HELD, Status.EXPIRED, Status.CANCELLED}:
        return private(redirect("appointment-detail", token))
    visit = visit_of(booking)
    if request.method == "POST":
        return private(_send(request, booking, visit))
    if not _is_held(booking):
        messages.info(request, gettext("The time you chose is no longer kept. Choose it again."))
        return private(redirect(back_to_times(booking)))
    known = {"name": booking.name} if booking.is_name_verified else None
    return private(_ask(request, booking, visit, ContactForm(visit=visit, initial=known)))


def visit_of(booking: Booking) -> Visit:
    """The services of a booking, as they are offered today."""
    codes = ",".join(services_of(booking))
    return visit_known(office=booking.service.office.code, codes=codes)


def back_to_times(booking: Booking) -> str:
    """The page on which the time was chosen."""
    query = {"office": booking.service.office.code, "service": ",".join(services_of(booking))}
    if booking.parcel_public_id:
        query["parcel"] = booking.parcel_public_id
    query["day"] = timezone.localdate(booking.slot.starts_at).isoformat()
    return f"{reverse('appointment-book')}?{urlencode(query)}"


def _is_held(booking: Booking) -> bool:
    return booking.held_until is not None and booking.held_until > timezone.now()


def _send(request: HttpRequest, booking: Booking, visit: Visit) -> HttpResponse:
    form = ContactForm(request.POST, visit=visit)
    if not form.is_valid():
        return _ask(request, booking, visit, form)
    try:
        booked = _book(request, booking, visit, form.details())
    except NoChannel as error:
        form.add_error("email" if "email" in form.fields else None, error.render(gettext))
        return _ask(request, booking, visit, form)
    except _REFUSALS as refusal:
        return _ask(request, booking, visit, form, refusal)
    if booked.status == Status.HELD:
        return redirect("appointment-code", booked.token)
    response = redirect("appointment-detail", booked.token)
    response.delete_cookie(HOLD_COOKIE, path="/appointments/")
    return response


def _book(request: HttpRequest, hold: Booking, visit: Visit, who: dict[str, Any]) -> Booking:
    """Confirm the hold; where it ran out or another time was chosen, book that."""
    now = timezone.now()
    wanted = offer_of(visit, request.POST.get("slot", ""), now)
    if wanted.name.slot != hold.slot.public_id:
        return _book_instead(hold, visit, wanted, who)
    try:
        if visit.group.confirmation == CounterGroup.Confirmation.CODE:
            return code_send(token=hold.token, now=now, **who)
        with transaction.atomic():
            booking = booking_confirm(token=hold.token, now=now, **who)
            tell_booked(booking, now=now)
    except BookingEnded:
        return _book_instead(hold, visit, wanted, who)
    return booking


def _book_instead(hold: Booking, visit: Visit, offer: Offer, who: dict[str, Any]) -> Booking:
    now = timezone.now()
    by_code = visit.group.confirmation == CounterGroup.Confirmation.CODE
    until = {}
    if by_code:
        code_until = now + timedelta(minutes=visit.group.hold_minutes)
        until = {"held_until": code_until}
    person = who | {"documents": who["documents_ready"]}
    person.pop("documents_ready")
    wish = Wish(
        slot=offer.id, parcel=hold.parcel_public_id, language=get_language() or "", **person
    )
    with transaction.atomic():
        facts = booking_place(
            wish, now=now, key=digest_of(f"page {hold.token}"),
            digest=digest_of(json.dumps(asdict(wish))), **until,
        )  # fmt: skip
        booking = booking_get(token=facts["token"])
        if not by_code:
            tell_booked(booking, now=now)
    if _is_held(hold):
        with suppress(BookingEnded):  # it may run out meanwhile
            booking_cancel(token=hold.token, now=now)
    if by_code:
        return code_send(token=booking.token, now=now, **who)
    return booking


def _ask(
    request: HttpRequest,
    booking: Booking,
    visit: Visit,
    form: ContactForm,
    refusal: LandError | None = None,
) -> HttpResponse:
    """Name and telephone number; after a refusal with other times to choose from."""
    offer = offer_of(visit, _offer_asked(request, booking, visit), timezone.now())
    others: list[Offer] = []
    if isinstance(refusal, SlotFull | SlotClosed | AlreadyBooked):
        others = offers_free_from(
            visit=visit, begins=offer.starts_at, now=timezone.now(), most=OTHER_TIMES + 1
        )
        others = [other for other in others if other.name != offer.name][:OTHER_TIMES]
    context: dict[str, Any] = {
        "form": form,
        "booking": booking,
        "visit": visit,
        "service": visit.main,
        "slot": offer,
        "held_until": booking.held_until if _is_held(booking) else None,
        "others": others,
        "may_send": refusal is None or bool(others) or not isinstance(refusal, SlotFull),
        "refusal": refusal,
        "words": refusal.render(gettext) if refusal else "",
        "parcel": parcel_of_link(booking.parcel_public_id),
        "days_kept": days_kept(),
        "back": back_to_times(booking),
        "may_sign_in": provider() is not None and _is_held(booking),
        "step": 3,
    }
    status = 200
    if refusal is not None:
        status = 503 if isinstance(refusal, OfficeBusy) else 409
    elif form.errors:
        status = 422
    return render(request, "appointments/contact.html", context, status=status)


def _offer_asked(request: HttpRequest, booking: Booking, visit: Visit) -> str:
    own = "~".join((booking.slot.public_id, *visit.codes))
    return request.POST.get("slot", own) if request.method == "POST" else own


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the one-time code; POST confirms by it."""
    booking = booking_get(token=token)
    if booking.status != Status.HELD or not booking.code_digest:
        return private(redirect("appointment-detail", token))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = timezone.now()
        try:
            booked = code_confirm(token=token, code=form.cleaned_data["code"], now=now)
            tell_booked(booked, now=now)
        except CodeWrong as error:
            form.add_error("code", error.render(gettext))
        except (BookingEnded, SlotClosed) as refusal:
            messages.error(request, refusal.render(gettext))
            return private(redirect(back_to_times(booking)))
        else:
            return private(redirect("appointment-detail", token))
    context = {
        "form": form, "booking": booking, "service": booking.service, "step": 3,
        "held_until": booking.held_until,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return private(render(request, "appointments/code.html", context, status=status))
