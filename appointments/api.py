"""The queue as programs see it: offices, free times, bookings by their token."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Header, Query, Router, Schema
from pydantic import ConfigDict

from appointments.models import Booking, Service
from appointments.services.bookings import (
    booking_cancel,
    booking_create,
    booking_get,
    booking_move,
)
from appointments.services.idempotency import answer_once
from appointments.services.slots import slot_written, slots_offered
from cadastre.errors import InvalidInput, LandError, gettext_noop
from cadastre.identifiers import phone_number
from parcels.models import Parcel

router = Router()

LONGEST_RANGE = timedelta(days=62)


class ServiceUnknown(LandError):
    code = "service_unknown"
    message = gettext_noop("This office does not offer this service.")


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


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
    slot: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
    phone: Annotated[str, Field(min_length=1, max_length=30)]
    parcel: Annotated[str, Field(max_length=32)] | None = None


class MoveIn(Strict):
    slot: Annotated[str, Field(min_length=1, max_length=32)]


class BookingOut(Schema):
    token: str
    reference: str
    status: str
    slot: SlotOut
    office: str
    service: str
    qr: str


class RangeIn(Strict):
    office: str
    service: str
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]


@router.get("/offices", response=OfficesOut)
def offices(request: HttpRequest) -> dict[str, Any]:
    """Offices that take bookings, with their services."""
    services = Service.objects.filter(is_active=True).select_related("office")
    by_office: dict[str, dict[str, Any]] = {}
    for service in services.order_by("office__kind", "office__code", "pk"):
        office = by_office.setdefault(
            service.office.code,
            {"code": service.office.code, "name": service.office.name, "services": []},
        )
        office["services"].append(
            {"code": service.code, "name": service.name, "minutes": service.minutes}
        )
    return {"offices": list(by_office.values())}


@router.get("/slots", response=SlotsOut)
def slots(request: HttpRequest, period: Query[RangeIn]) -> dict[str, Any]:
    """Times of a service from one day to another, both included (Gregorian dates, Asia/Bangkok)."""
    if not period.first <= period.last <= period.first + LONGEST_RANGE:
        raise InvalidInput(
            path=("to",), reason="it must lie between the first day and 62 days after it"
        )
    service = Service.objects.filter(
        office__code=period.office, code=period.service, is_active=True
    ).first()
    if service is None:
        raise ServiceUnknown
    offered = slots_offered(
        service=service, first=period.first, last=period.last, now=timezone.now()
    )
    return {"slots": [slot_written(slot) for slot in offered]}


@router.post("", response={201: BookingOut})
def create(
    request: HttpRequest,
    body: BookingIn,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=16, max_length=80)
    ] = None,
) -> tuple[int, dict[str, Any]]:
    """Book one place. Send the same Idempotency-Key again to get the same answer again."""
    now = timezone.now()
    phone = str(phone_number(body.phone))
    _check_parcel(body.parcel)

    def act() -> dict[str, Any]:
        booking = booking_create(
            slot_id=body.slot,
            name=body.name,
            phone=phone,
            parcel_public_id=body.parcel or "",
            now=now,
        )
        return booking_written(booking, request)

    if idempotency_key is None:
        return 201, act()
    written = body.model_dump_json().encode()
    return 201, answer_once(key=idempotency_key, request=written, act=act, now=now)


@router.get("/{token}", response=BookingOut)
def read(request: HttpRequest, response: HttpResponse, token: str) -> dict[str, Any]:
    """The booking of whoever holds the token."""
    response["Cache-Control"] = "no-store"
    return booking_written(booking_get(token=token), request)


@router.patch("/{token}", response=BookingOut)
def move(request: HttpRequest, token: str, body: MoveIn) -> dict[str, Any]:
    """Move the booking to another time of the same service."""
    booking = booking_move(token=token, slot_id=body.slot, now=timezone.now())
    return booking_written(booking, request)


@router.delete("/{token}", response=BookingOut)
def cancel(request: HttpRequest, token: str) -> dict[str, Any]:
    """Cancel the booking; its place is free at once."""
    return booking_written(booking_cancel(token=token, now=timezone.now()), request)


def booking_written(booking: Booking, request: HttpRequest) -> dict[str, Any]:
    """A booking as the interface writes it. No name, no telephone number: the token is enough."""
    address = request.build_absolute_uri(reverse("appointment-detail", args=[booking.token]))
    return {
        "token": booking.token,
        "reference": booking.reference,
        "status": booking.status,
        "slot": slot_written(booking.slot),
        "office": booking.slot.service.office.name,
        "service": booking.slot.service.name,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4),
    }


def _check_parcel(public_id: str | None) -> None:
    if public_id and not Parcel.objects.filter(public_id=public_id).exists():
        raise InvalidInput(path=("parcel",), reason="there is no such parcel")
