"""Staff book at the counter: places of the office first, for their own office only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appointments.models import Booking, Slot
from cadastre.scheduling import BANGKOK
from offices.models import AuditEntry, Role
from tests.appointments.pages import PERSON
from tests.factories import a_land_office, a_local_authority, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db
PAGE = "/office/appointments/book/"


@pytest.fixture
def slot() -> Slot:
    return a_slot(a_service(), timezone.now() + timedelta(days=2), internal_capacity=1)


def signed_in(client: Client, role: Role = Role.MANAGER, **fields: Any) -> Any:
    user = a_user(role.value, role, **fields)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def form_of(client: Client, slot: Slot) -> dict[str, str]:
    day = slot.starts_at.astimezone(BANGKOK).date().isoformat()
    text = client.get(f"{PAGE}?service=copy&day={day}").content.decode()
    hidden = re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', text)
    assert an_offer(slot) in text
    return {k: v for k, v in hidden if k != "next"} | {"slot": an_offer(slot)}


def test_a_clerk_books_the_place_of_the_office_once(client: Client, slot: Slot) -> None:
    officer = signed_in(client)
    form = form_of(client, slot) | PERSON
    for _ in range(2):
        assert client.post(PAGE, form).status_code == 302
    booking = Booking.objects.get()
    assert (booking.channel, booking.phone) == ("internal", "+66812345678")
    slot.refresh_from_db()
    assert (slot.taken, slot.internal_taken) == (0, 1)
    entry = AuditEntry.objects.get(action="appointments.booked")
    assert entry.actor == officer


def test_what_is_wrong_is_said_and_what_is_full_is_refused(client: Client, slot: Slot) -> None:
    signed_in(client)
    form = form_of(client, slot)
    assert client.post(PAGE, form | {"name": "", "phone": ""}).status_code == 422
    Slot.objects.update(capacity=0, internal_capacity=0)
    assert client.post(PAGE, form | PERSON).status_code == 409
    assert client.post(PAGE, form | PERSON | {"slot": "nothing"}).status_code in {404, 409}
    assert not Booking.objects.exists()


def test_only_for_the_own_office(client: Client, slot: Slot) -> None:
    other = a_slot(
        a_service(a_local_authority(), code="tax"), timezone.now() + timedelta(days=2),
        internal_capacity=1,
    )  # fmt: skip
    signed_in(client)
    form = form_of(client, slot) | PERSON
    assert client.post(PAGE, form | {"slot": an_offer(other)}).status_code in {404, 409}
    assert client.get(f"{PAGE}?service=tax").status_code == 404
    assert not Booking.objects.exists()


@pytest.mark.parametrize("role", [Role.CHECKER, Role.SURVEYOR, Role.CASHIER])
def test_who_does_not_run_the_queue_books_for_nobody(client: Client, role: Role) -> None:
    signed_in(client, role, office=a_land_office())
    assert client.get(PAGE).status_code == 403
