"""The queue as programs see it: offices, free times, bookings by their token.

No answer holds a name or a telephone number: whoever has the token has the booking.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Header, Query, Router, Schema, Status
from pydantic import ConfigDict

from appointments.contact import name_typed, phone_typed
from appointments.errors import RangeInvalid
from appointments.models import Booking
from appointments.public import day_asked, parcel_known, service_known, services_bookable
from appointments.services.bookings import (
    booking_cancel,
    booking_create,
    booking_get,
    booking_move,
)
from appointments.services.idempotency import answer_once
from appointments.services.slots import slot_written, slots_offered
from web.formats import qr_svg_data

router = Router()

LONGEST_RANGE = timedelta(days=62)
Id = Annotated[str, Field(min_length=1, max_length=32)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
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


class BookingIn(Strict):
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
    service: Code
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
def slots(request: HttpRequest, response: HttpResponse, period: Query[RangeIn]) -> dict[str, Any]:
    """Times of a service from one day to another, both included (Gregorian days in Thailand).

    Only times that can still be booked are given; full ones are, with nothing remaining.
    """
    response["Cache-Control"] = "no-store"
    first, last = day_asked(period.first, ("from",)), day_asked(period.last, ("to",))
    if not first <= last <= first + LONGEST_RANGE:
        raise RangeInvalid(path=("to",), days=LONGEST_RANGE.days)
    service = service_known(office=period.office, code=period.service)
    offered = slots_offered(service=service, first=first, last=last, now=timezone.now())
    return {"slots": [slot_written(slot) for slot in offered]}


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
    now = timezone.now()
    name, phone = name_typed(body.name), phone_typed(body.phone)
    parcel = parcel_known(body.parcel).public_id if body.parcel else ""

    def act() -> dict[str, Any]:
        booking = booking_create(
            slot_id=body.slot, name=name, phone=phone, parcel_public_id=parcel, now=now
        )
        return booking_facts(booking)

    if idempotency_key is None:
        return Status(201, with_picture(act(), request))
    written = body.model_dump_json().encode()
    answer = answer_once(key=f"api {idempotency_key}", request=written, act=act, now=now)
    return Status(201, with_picture(answer, request))


@router.get("/{token}", response=BookingOut)
def read(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """The booking of whoever holds the token."""
    response["Cache-Control"] = "no-store"
    return booking_written(booking_get(token=token), request)


@router.patch("/{token}", response=BookingOut)
def move(request: HttpRequest, response: HttpResponse, token: str, body: MoveIn) -> dict[str, Any]:
    """Move the booking to another time of the same service."""
    response["Cache-Control"] = "no-store"
    booking = booking_move(token=token, slot_id=body.slot, now=timezone.now())
    return booking_written(booking, request)


@router.delete("/{token}", response=BookingOut)
def cancel(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """Cancel the booking; its place is free at once."""
    response["Cache-Control"] = "no-store"
    return booking_written(booking_cancel(token=token, now=timezone.now()), request)


def booking_written(booking: Booking, request: HttpRequest) -> dict[str, Any]:
    """A booking as the interface writes it, with its picture."""
    return with_picture(booking_facts(booking), request)


def booking_facts(booking: Booking) -> dict[str, Any]:
    """What is known of a booking to whoever holds its token. No name, no telephone number."""
    return {
        "token": booking.token,
        "reference": booking.reference,
        "status": booking.status,
        "slot": slot_written(booking.slot),
        "office": booking.slot.service.office.name,
        "service": booking.slot.service.name,
    }


def with_picture(facts: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The facts and ``qr``, a picture (data:) of the booking's address.

    Drawn after the transaction: it takes longer than the booking, and nobody should wait for it.
    """
    address = request.build_absolute_uri(reverse("appointment-detail", args=[facts["token"]]))
    return facts | {"qr": qr_svg_data(address)}
