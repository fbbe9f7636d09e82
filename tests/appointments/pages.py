"""What the tests of pages share: times that come, somebody who books, the form of a hold."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from appointments.models import Booking, Slot
from appointments.services.bookings import booking_create
from tests.factories import a_slot, an_offer

PERSON = {"name": "สมหญิง ใจดี", "phone": "081-234-5678"}


def a_coming_slot(service: Any = None, *, days: int = 3, **fields: Any) -> Slot:
    return a_slot(service, timezone.now() + timedelta(days=days), **fields)


def a_booking(slot: Slot | None = None, phone: str = "+66812345678") -> Booking:
    slot = slot or a_coming_slot()
    return booking_create(slot=an_offer(slot), name="สมหญิง ใจดี", phone=phone, now=timezone.now())


def choice_of(slot: Slot) -> dict[str, str]:
    """What the button of a time sends."""
    return {"office": slot.group.office.code, "service": "copy", "slot": an_offer(slot)}


def form_of(client: Client, slot: Slot) -> tuple[str, dict[str, str]]:
    """Choose a time: the address of the form that opens then, and what is hidden in it."""
    answer = client.post("/appointments/", choice_of(slot))
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    hidden = re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page.content.decode())
    return answer["Location"], {name: value for name, value in hidden if name != "next"}
