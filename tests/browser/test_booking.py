"""A visit booked from a plot, on a telephone, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Booking, Slot
from appointments.services.bookings import booking_cancel, booking_create
from appointments.services.releases import places_release
from appointments.services.waiting_list import waiting_list_join
from cadastre.scheduling import BANGKOK
from offices.models import Role
from tests.factories import (
    PASSWORD,
    a_local_authority,
    a_parcel,
    a_service,
    a_slot,
    a_user,
    an_offer,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]
TICKET = re.compile(r"/appointments/[\w-]{22}/$")


def in_days(days: int, hour: int = 10) -> datetime:
    day = timezone.now().astimezone(BANGKOK) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def slots() -> list[Slot]:
    """Two services of two offices, times on two days, one of them full soon."""
    service = a_service()
    a_service(a_local_authority(), code="tax", name_en="Ask about tax", name_th="สอบถามภาษี")
    service.office.closures.create(
        day=in_days(4).date(), name_th="อบรมเจ้าหน้าที่", name_en="Staff training"
    )
    return [
        a_slot(service, in_days(3)),
        a_slot(service, in_days(3, 14), capacity=2),
        a_slot(service, in_days(5)),
    ]


def fill_in(page: Page, phone: str = "๐๘๑-๒๓๔-๕๖๗๘") -> None:
    page.locator("[name=name]").fill("สมหญิง ใจดี")
    page.locator("[name=phone]").fill(phone)


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_four_taps_lead_from_the_plot_to_the_ticket(
    open_page: OpenPage, assert_fits: Callable[[Page], None], slots: list[Slot], script: bool
) -> None:
    parcel = a_parcel(office=slots[0].group.office, local_authority=a_local_authority())
    page = open_page(f"/parcels/{parcel.public_id}/", width=360, script=script)
    page.locator(f"a[href$='/appointments/?parcel={parcel.public_id}']").first.click()  # 1
    assert_fits(page)
    page.get_by_role("link", name=re.compile("ขอสำเนาโฉนด")).click()  # 2
    assert_fits(page)
    if script:
        expect(page.locator("form[data-proven]")).to_be_attached()
    page.locator("button.time").first.click()  # 3
    expect(page.locator("main")).to_contain_text("กันเวลานี้ไว้ให้ท่านถึง")
    assert Booking.objects.get().status == "held"
    fill_in(page)
    assert_fits(page)
    page.get_by_role("button", name="ยืนยันการจอง").click()  # 4
    expect(page).to_have_url(TICKET)
    booking = Booking.objects.get()
    assert (booking.slot, booking.phone) == (slots[0], "+66812345678")
    assert booking.parcel_public_id == parcel.public_id
    expect(page.locator(".ticket__reference")).to_have_text(booking.reference)
    expect(page.locator("main")).to_contain_text("บัตรประจำตัวประชาชน")
    expect(page.locator("main")).not_to_contain_text("สมหญิง")
    assert_fits(page)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_step_can_be_used_by_everybody(
    open_page: OpenPage,
    assert_accessible: Callable[..., None],
    slots: list[Slot],
    language: str,
    theme: str,
) -> None:
    page = open_page("/appointments/", width=360, language=language, theme=theme)
    assert_accessible(page)
    page.locator(".service-list a").first.click()
    assert_accessible(page)
    page.locator("button.time").first.click()
    assert_accessible(page)
    page.locator("main form .button").first.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert_accessible(page)
    fill_in(page)
    page.locator("main form .button").first.click()
    expect(page).to_have_url(TICKET)
    assert_accessible(page)
    ticket = page.url
    page.goto(f"{ticket}move/")
    assert_accessible(page)
    page.goto(f"{ticket}cancel/")
    assert_accessible(page)


@pytest.fixture(autouse=True)
def _an_empty_form_is_answered_so(complaints: Any) -> None:
    complaints.allow("422")
    complaints.allow("409")


def test_a_day_says_its_weekday_and_its_places(open_page: OpenPage, slots: list[Slot]) -> None:
    page = open_page("/appointments/?office=LO-TEST&service=copy", width=360, language="en")
    day = slots[0].starts_at.astimezone(BANGKOK)
    name = f"{day:%A} {day.day} {day:%B} {day.year}, places left: 3"
    if slots[0].starts_at.month != timezone.localdate().month:
        expect(page.locator("#month-name")).to_contain_text(f"{day:%B}")
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "date")
    page.goto(f"/appointments/?office=LO-TEST&service=copy&month={in_days(4):%Y-%m-%d}")
    expect(page.locator("main")).to_contain_text("Staff training")


def choose(page: Page, slot: Slot) -> None:
    page.locator(f"button.time[value='{an_offer(slot)}']").click()


def test_pressing_twice_and_going_back_book_once(open_page: OpenPage, slots: list[Slot]) -> None:
    page = open_page("/appointments/?office=LO-TEST&service=copy", width=360)
    page.locator(f"button.time[value='{an_offer(slots[1])}']").dblclick()
    fill_in(page)
    page.locator("main form .button").first.dblclick()
    expect(page).to_have_url(TICKET)
    ticket = page.url
    page.go_back()
    page.wait_for_load_state()
    assert Booking.objects.filter(status="booked").count() == 1
    assert Booking.objects.filter(status="held").count() == 0
    page.goto(ticket)
    expect(page.locator(".ticket__reference")).to_be_visible()


def test_what_one_holds_the_other_cannot_choose(open_page: OpenPage, slots: list[Slot]) -> None:
    address = "/appointments/?office=LO-TEST&service=copy"
    first, second = (open_page(address, width=360, language="en") for _ in range(2))
    choose(first, slots[0])
    choose(second, slots[0])
    expect(second.locator("[role=alert]")).to_contain_text("has just been taken")
    choose(second, slots[1])
    for number, page in enumerate((first, second)):
        fill_in(page, f"081-234-567{number}")
        page.get_by_role("button", name="Book this visit").click()
        expect(page).to_have_url(TICKET)
    booked = Booking.objects.filter(status="booked")
    assert set(booked.values_list("slot", flat=True)) == {slots[0].pk, slots[1].pk}


def test_who_types_too_long_keeps_the_form_and_takes_the_next_time(
    open_page: OpenPage, slots: list[Slot]
) -> None:
    page = open_page("/appointments/?office=LO-TEST&service=copy", width=360, language="en")
    choose(page, slots[0])
    fill_in(page)
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    booking_create(slot=an_offer(slots[0]), name="ก", phone="+66899999999", now=timezone.now())
    page.get_by_role("button", name="Book this visit").click()
    expect(page.locator("[role=alert]")).to_contain_text("has just been taken")
    expect(page.locator("[name=name]")).to_have_value("สมหญิง ใจดี")
    expect(page.get_by_role("radio").first).to_be_checked()
    page.get_by_role("button", name="Book this visit").click()
    expect(page).to_have_url(TICKET)
    assert Booking.objects.get(phone="+66812345678").slot == slots[1]


@pytest.mark.parametrize("language", ["th", "en"])
def test_offices_fees_and_the_waiting_list_can_be_used_by_everybody(
    open_page: OpenPage,
    assert_accessible: Callable[..., None],
    assert_fits: Callable[[Page], None],
    slots: list[Slot],
    language: str,
) -> None:
    service = slots[0].group.services.get()
    a_service(service.office, group=service.group, code="long", slots=2)
    service.office.location = Point(100.47, 13.87, srid=4326)
    service.office.save()
    slots[0].group.services.update(fee="sale")
    service.documents.create(name_th="โฉนดที่ดิน", name_en="Title deed")
    parcel = a_parcel(office=service.office, local_authority=a_local_authority())
    page = open_page(
        f"/appointments/offices/?parcel={parcel.public_id}", width=360, language=language
    )
    expect(page.locator(".office-pin--office")).to_have_count(1)
    expect(page.locator(".office-pin--plot")).to_have_count(1)
    assert_accessible(page)
    assert_fits(page)
    page.goto("/appointments/?office=LO-TEST&service=copy")
    page.locator("#fees summary").first.click()
    page.locator("[name=fee-value]").fill("2,000,000")
    page.locator("[name=fee-years]").fill("10")
    page.locator("#fees button").click()
    expect(page.locator("#fees tfoot")).to_contain_text("100,005")
    assert_accessible(page)
    assert_fits(page)
    page.locator("button.time").first.click()
    for summary in page.locator("main form summary").all():
        summary.click()
    assert_accessible(page)
    assert_fits(page)
    page.goto("/appointments/waiting/?office=LO-TEST&service=copy")
    assert_accessible(page)
    assert_fits(page)
    fill_in(page, "089-999-9999")
    page.locator("main form .button").first.click()
    expect(page.locator(".figure")).to_contain_text("1")
    assert_accessible(page)


def test_a_place_given_back_reaches_who_waits(
    open_page: OpenPage, assert_accessible: Callable[..., None], slots: list[Slot]
) -> None:
    now = timezone.now()
    service = slots[0].group.services.get()
    booking = booking_create(slot=an_offer(slots[0]), name="ก", phone="+66899999999", now=now)
    today = timezone.localdate()
    entry = waiting_list_join(
        service=service, first_day=today, last_day=today + timedelta(days=9), name="รอ",
        phone="+66811111111", now=now,
    )  # fmt: skip
    booking_cancel(token=booking.token, now=now)
    places_release(now=now)
    page = open_page(f"/appointments/waiting/{entry.token}/", width=360, language="en")
    assert_accessible(page)
    page.get_by_role("button", name="Take this place").click()
    expect(page).to_have_url(TICKET)
    assert Booking.objects.get(status="booked").phone == "+66811111111"


def test_a_visit_is_moved_and_cancelled_and_other_buttons_of_the_page_work(
    open_page: OpenPage, slots: list[Slot]
) -> None:
    page = open_page("/appointments/?office=LO-TEST&service=copy", language="en")
    choose(page, slots[0])
    fill_in(page)
    page.get_by_role("button", name="Book this visit").click()
    ticket = page.url
    # Forms of a page whose address is kept from others still pass the forgery check.
    page.locator(".masthead form button").first.click()
    expect(page).to_have_url(ticket)
    expect(page.locator("html")).to_have_attribute("lang", "th")
    page.get_by_role("link", name="เลื่อนเวลา").click()
    page.locator("a.time").last.click()
    page.get_by_role("button", name="เลื่อนคิว").click()
    expect(page).to_have_url(ticket)
    assert Booking.objects.get().slot == slots[1]
    page.get_by_role("link", name="ยกเลิกคิว").click()
    page.get_by_role("button", name="ยกเลิกคิว").click()
    expect(page.locator("main")).to_contain_text("คิวนี้ยกเลิกแล้ว")
    assert list(Slot.objects.filter(taken__gt=0)) == []


def test_the_office_sees_its_day_closes_it_and_cancels(
    open_page: OpenPage, assert_accessible: Callable[..., None], slots: list[Slot]
) -> None:
    a_user("manager", Role.MANAGER)
    page = open_page("/appointments/?office=LO-TEST&service=copy", language="en", width=360)
    page.locator("button.time").first.click()
    fill_in(page)
    page.get_by_role("button", name="Book this visit").click()
    day = slots[0].starts_at.astimezone(BANGKOK).date().isoformat()
    page.goto(f"/office/appointments/?day={day}")
    page.locator("[name=username]").fill("manager")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button.button").click()
    expect(page.locator("main")).to_contain_text("081-234-5678")
    assert_accessible(page)
    page.locator("summary").last.click()
    page.locator("[name=reason]").fill("อบรม")
    page.get_by_role("button", name="Close this day").click()
    expect(page.locator("main")).to_contain_text("1 people have a booking and must be called")
    assert_accessible(page)
    page.get_by_role("button", name="Open the day again").click()
    page.get_by_text("Cancel on request").click()
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.locator("main")).to_contain_text("cancelled")
    page.get_by_role("link", name="Book for somebody").click()
    page.get_by_role("button", name="Show the times").click()
    fill_in(page, "089-999-9999")
    assert_accessible(page)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.locator("main")).to_contain_text("089-999-9999")
    page.goto("/office/")
    expect(page.get_by_role("link", name="Appointments")).to_be_visible()
    assert_accessible(page)
