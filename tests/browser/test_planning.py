"""The planning page at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Booking
from appointments.services.bookings import booking_create
from cadastre.scheduling import BANGKOK
from offices.models import Role
from tests.factories import a_service, a_slot, a_user, an_offer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


@pytest.fixture
def signed_in(client: Client) -> str:
    """The session of the manager of an office where people came, and one of them did not."""
    service = a_service()
    monday = timezone.now().astimezone(BANGKOK).replace(hour=9, minute=0, second=0, microsecond=0)
    monday += timedelta(days=7 - monday.weekday())
    for number in range(12):
        slot = a_slot(service, monday + timedelta(days=number % 5, hours=number % 4), capacity=2)
        booking_create(
            slot=an_offer(slot), name="ผู้จอง", phone=f"+668{number:08d}", now=timezone.now()
        )
    for booking in Booking.objects.order_by("pk")[:8]:
        past = a_slot(service, booking.slot.starts_at - timedelta(days=14, minutes=30), capacity=2)
        Booking.objects.filter(pk=booking.pk).update(slot=past, status="served")
    first = Booking.objects.filter(status="served").earliest("pk")
    Booking.objects.filter(pk=first.pk).update(status="missed")
    client.force_login(a_user("manager", Role.MANAGER))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_manager_plans_the_week(
    open_page: OpenPage,
    assert_accessible: Callable[[Page], None],
    assert_fits: Callable[[Page], None],
    signed_in: str,
    width: int,
    language: str,
) -> None:
    page = open_page("/healthz", width=width, language=language)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": signed_in, "url": page.url}]
    )
    day = (timezone.now() + timedelta(days=7)).date().isoformat()
    page.goto(f"/office/appointments/planning/?day={day}")
    heading = {"th": "การวางแผนคิว", "en": "Planning"}[language]
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator(".planning tbody tr")).to_have_count(1)
    expect(page.locator(".heat .heat__4").first).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("1 (12 %)")
    assert_fits(page)
    assert_accessible(page)
