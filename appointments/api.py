"""The queue as programs see it: offices, free times, bookings by their token.

No answer holds a name or a telephone number: whoever has the token has the booking.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Header, Query, Router, Schema, Status
from pydantic import BaseModel, ConfigDict

from appointments.contact import name_typed, phone_typed
from appointments.errors import RangeInvalid
from appointments.models import Booking
from appointments.offers import LONGEST_NAME, SEPARATOR
from appointments.public import day_asked, parcel_known, services_bookable, visit_known
from appointments.services.bookings import (
    Wish,
    booking_cancel,
    booking_facts,
    booking_get,
    booking_move,
    booking_place,
)
from appointments.services.idempotency import digest_of
from appointments.services.messages import tell_booked_once
from appointments.services.offers import offers_between
from appointments.services.slots import offer_written
from cadastre.scheduling import BANGKOK
from offices.messages import channel_for
from web.formats import in_thai

router = Router()

LONGEST_RANGE = timedelta(days=62)
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Codes = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Day = Annotated[str, Field(max_length=20)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class SlotOut(Schema):
    id: str
    start: str
    end: str
    capacity: int
    remaining: int


class SlotsOut(Schema):
    slots: list[SlotOut]


class ServiceOut(Schema):
    code: str
    name: str
    minutes: int


class OfficeOut(Schema):
    code: str
    name: str
    services: list[ServiceOut]


class OfficesOut(Schema):
    offices: list[OfficeOut]


class BookingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slot: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    phone: Annotated[str, Field(min_length=1, max_length=40)]
    parcel: Annotated[str, Field(max_length=32)] | None = None


class MoveIn(Strict):
    slot: Id


class BookingOut(Schema):
    token: str
    reference: str
    status: str
    slot: SlotOut
    office: str
    service: str
    qr: str


class RangeIn(Strict):
    office: Code
    service: Codes
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]


@router.get("/offices", response=OfficesOut)
def offices(request: HttpRequest) -> dict[str, Any]:
    """Offices that take bookings, with their services."""
    by_office: dict[str, dict[str, Any]] = {}
    for service in services_bookable():
        office = by_office.setdefault(
            service.office.code,
            {"code": service.office.code, "name": service.office.name, "services": []},
        )
        office["services"].append(
            {"code": service.code, "name": service.name, "minutes": service.minutes}
        )
    return {"offices": list(by_office.values())}


@router.get("/slots", response=SlotsOut)
def slots(request: HttpRequest, period: Query[RangeIn]) -> HttpResponse:
    """Times of a service from one day to another, both included (Gregorian days in Thailand).

    Several services that the same counters do can be combined: their codes joined by commas.
    Only times that can still be booked are given; full ones are, with nothing remaining.
    """
    first, last = day_asked(period.first, ("from",)), day_asked(period.last, ("to",))
    if not first <= last <= first + LONGEST_RANGE:
        raise RangeInvalid(path=("to",), days=LONGEST_RANGE.days)
    visit = visit_known(office=period.office, codes=period.service)
    offered = offers_between(visit=visit, first=first, last=last, now=timezone.now())
    # Written here: looking at each of hundreds of times once more, against the schema, takes longer
    # than finding them.
    written = json.dumps({"slots": [offer_written(offer) for offer in offered]})
    return HttpResponse(
        written, content_type="application/json; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


@router.post("", response={201: BookingOut})
def create(
    request: HttpRequest,
    response: HttpResponse,
    body: BookingIn,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)
    ] = None,
) -> Status[dict[str, Any]]:
    """Book one place. Send the same Idempotency-Key again to get the same answer again."""
    response["Cache-Control"] = "no-store"
    key = None if idempotency_key is None else f"api {idempotency_key}"
    facts = booked(wish_of(body), site_of(request), key=key, digest=body.model_dump_json())
    return Status(201, facts)


def wish_of(body: BookingIn) -> Wish:
    """What a request wishes for; NameUnusable, PhoneUnusable, VisitParcelUnknown."""
    return Wish(
        slot=body.slot,
        name=name_typed(body.name),
        phone=phone_typed(body.phone),
        parcel=parcel_known(body.parcel).public_id if body.parcel else "",
        language=get_language() or "",
    )


def booked(wish: Wish, site: str, *, key: str | None, digest: str) -> dict[str, Any]:
    """Book, and write what the interface answers; raises what `booking_place` raises."""
    now = timezone.now()
    sent: dict[str, Any] = (
        {} if key is None else {"key": digest_of(key), "digest": digest_of(digest)}
    )
    if channel_for(phone=wish.phone) is None:
        return facts_written(booking_place(wish, now=now, **sent), site)
    with transaction.atomic():
        facts = booking_place(wish, now=now, **sent)
        tell_booked_once(booking_get(token=facts["token"]), now=now)
    return facts_written(facts, site)


@router.get("/{token}", response=BookingOut)
def read(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """The booking of whoever holds the token."""
    response["Cache-Control"] = "no-store"
    return booking_written(booking_get(token=token), request)


@router.patch("/{token}", response=BookingOut)
def move(request: HttpRequest, response: HttpResponse, token: str, body: MoveIn) -> dict[str, Any]:
    """Move the booking to another time of the same service."""
    response["Cache-Control"] = "no-store"
    booking = booking_move(token=token, slot=body.slot, now=timezone.now())
    return booking_written(booking, request)


@router.delete("/{token}", response=BookingOut)
def cancel(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """Cancel the booking; its place comes free again after a while."""
    response["Cache-Control"] = "no-store"
    return booking_written(booking_cancel(token=token, now=timezone.now()), request)


def booking_written(booking: Booking, request: HttpRequest) -> dict[str, Any]:
    """A booking as the interface writes it."""
    return facts_written(booking_facts(booking=booking), site_of(request))


def site_of(request: HttpRequest) -> str:
    """Scheme and host by which the service was asked."""
    return f"{request.scheme}://{request.get_host()}"


@cache
def _around_token() -> tuple[str, str]:
    """What stands before and after the token in the address of the picture of a ticket."""
    before, after = reverse("appointment-qr", args=["~"]).split("~")
    return before, after


def facts_written(facts: dict[str, Any], site: str) -> dict[str, Any]:
    """The facts of a booking in the language of the request. No name, no telephone number.

    ``qr`` is the address of a picture of the ticket's address: drawing it takes longer than the
    booking, and few programs want it.
    """
    language = "th" if in_thai() else "en"
    before, after = _around_token()
    return {
        "token": facts["token"],
        "reference": facts["reference"],
        "status": facts["status"],
        "slot": {
            "id": SEPARATOR.join((facts["slot"], *facts["services"])),
            "start": _in_thailand(facts["start"]),
            "end": _in_thailand(facts["end"]),
            "capacity": facts["capacity"],
            "remaining": facts["remaining"],
        },
        "office": facts[f"office_{language}"],
        "service": facts[f"service_{language}"],
        "qr": f"{site}{before}{facts['token']}{after}",
    }


def _in_thailand(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(BANGKOK).isoformat()
