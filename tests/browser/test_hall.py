"""A day in the hall: 200 visitors, three counters, a display, telephones, all in Chromium."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Booking, Counter, Hall, Service, Ticket, WaitEstimate
from appointments.services.bookings import booking_create
from cadastre.scheduling import BANGKOK
from offices.models import Role, User
from tests.browser.editing import sign_in
from tests.factories import a_counter, a_parcel, a_service, a_slot, a_user, an_offer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]
VISITORS, COUNTERS = 200, 3
SHOTS = os.environ.get("CHANOT_SHOTS")  # a folder, to look at the pages


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"hall-{name}.png"), full_page=True)


@dataclass
class Town:
    """An office with one service that three counters do, and its clerks."""

    service: Service
    counters: list[Counter]
    clerks: list[User]
    hall: Hall

    @property
    def display(self) -> str:
        return f"/appointments/display/{self.service.office.code}/"

    @property
    def kiosk(self) -> str:
        return f"/appointments/kiosk/{self.service.office.code}/{self.hall.kiosk_key}/"


@pytest.fixture
def town() -> Town:
    service = a_service(ticket_prefix="A", minutes=10)
    service.documents.create(name_th="โฉนดที่ดินฉบับเจ้าของ", name_en="The owner's title deed")
    service.documents.create(name_th="บัตรประจำตัวประชาชน", name_en="National identity card")
    hall: Hall = Hall.objects.create(office=service.office, tickets_a_minute=1000)
    hall.refresh_from_db()
    return Town(
        service,
        [a_counter(service, number=str(number)) for number in range(1, COUNTERS + 1)],
        [a_user(f"clerk{n}", Role.LAND_OFFICER, office=service.office) for n in range(COUNTERS)],
        hall,
    )


def a_booking(town: Town, **fields: Any) -> Booking:
    """Somebody who booked for a moment of this day that is near."""
    now = timezone.now()
    last = now.astimezone(BANGKOK).replace(hour=23, minute=59, second=0)
    slot = a_slot(town.service, min(now + timedelta(minutes=2), last))
    wish = {"name": "สมหญิง ใจดี", "phone": "+66812345678", "slot": an_offer(slot)} | fields
    return booking_create(now=now - timedelta(days=2), **wish)


class Desk:
    """A clerk at a counter, driven by the same posts as the page's own forms."""

    def __init__(self, counter: Counter, clerk: User) -> None:
        self.client = Client()
        self.client.force_login(clerk)
        self.counter = counter
        self.page = f"/office/appointments/hall/{counter.pk}/"
        self.client.post(f"{self.page}sit/", {"step": "open"})

    def step(self, step: str, ticket: Ticket | None = None, **data: str) -> None:
        about = {"ticket": ticket.public_id} if ticket is not None else {}
        self.client.post(f"{self.page}step/", {"step": step, **about, **data})

    @property
    def visitor(self) -> Ticket | None:
        return Ticket.objects.filter(counter=self.counter, status__in=["called", "serving"]).first()


class BrowserDesk(Desk):
    """A clerk who works the day at the page itself, by the keys of the counter."""

    KEYS: Final = {"next": "n", "serve": "s", "finish-next": "n"}

    def __init__(self, counter: Counter, clerk: User, screen: Page) -> None:
        super().__init__(counter, clerk)
        self.screen, self.pressed, self.is_shown = screen, 0, False
        sign_in(screen, clerk)

    def step(self, step: str, ticket: Ticket | None = None, **data: str) -> None:
        if step not in self.KEYS:
            super().step(step, ticket, **data)
            self.is_shown = False
            return
        if not self.is_shown:
            self.screen.goto(self.page)
            self.is_shown = True
        if ticket is not None:
            expect(self.screen.locator("#visitor, .counter__main").first).to_contain_text(
                ticket.number
            )
        with self.screen.expect_navigation():
            press(self.screen, self.KEYS[step])
        self.pressed += 1


def press(page: Page, key: str) -> None:
    """A key of the counter, once its script listens."""
    expect(page.locator("[data-keys-on]")).to_be_enabled()
    page.keyboard.press(key)


def waiting_numbers() -> list[str]:
    order = Ticket.objects.filter(status="waiting").order_by("-priority", "due_at", "pk")
    return list(order.values_list("number", flat=True))


def agree(display: Page, phone: Page, mine: Ticket) -> None:
    """The display names those who are next in the order of the hall, and the telephone agrees."""
    waiting = waiting_numbers()
    expect(display.locator(".display__next li")).to_have_text(waiting[:12])
    mine.refresh_from_db()
    if mine.status == "waiting":
        ahead = waiting.index(mine.number)
        expect(phone.locator("[data-ahead]")).to_have_text(str(ahead))
    elif mine.status == "called":
        assert mine.counter is not None
        expect(phone.locator(".place__counter")).to_have_text(mine.counter.number)
        row = display.locator(f"tr[data-number={mine.number}] td")
        expect(row.last).to_have_text(mine.counter.number)


def test_a_day_of_two_hundred_visitors_on_three_counters(
    open_page: OpenPage, town: Town, client: Client
) -> None:
    draw = random.Random(2569)  # noqa: S311 -- the same day each time
    screen = open_page("/office/", width=1440)
    at_the_page = BrowserDesk(town.counters[0], town.clerks[0], screen)
    posting = zip(town.counters[1:], town.clerks[1:], strict=True)
    desks = [at_the_page, *(Desk(*pair) for pair in posting)]
    for number in range(20):
        client.post(town.kiosk, {"service": "copy", "once": str(number)})
    display = open_page(town.display, width=1920)
    # One visitor takes the number at the kiosk itself and follows it on a telephone.
    kiosk = open_page(town.kiosk, width=1440)
    kiosk.locator(".kiosk__service").click()
    expect(kiosk.locator(".receipt__number")).to_have_text("A021")
    shot(kiosk, "kiosk-ticket-1440")
    kiosk.emulate_media(media="print")
    paper = kiosk.locator(".receipt").bounding_box()
    assert paper is not None
    assert paper["width"] == pytest.approx(72 * 96 / 25.4, abs=1)  # of 80 mm
    expect(kiosk.locator(".kiosk__after")).to_be_hidden()
    shot(kiosk, "kiosk-paper")
    mine = Ticket.objects.get(number="A021")
    kiosk.close()
    phone = open_page(f"/appointments/queue/{mine.public_id}/", width=360)
    agree(display, phone, mine)
    came, looked, seen = 21, 0, "waiting"
    while came < VISITORS or waiting_numbers() or any(desk.visitor for desk in desks):
        for _ in range(draw.choice([0, 1, 2]) if came < VISITORS else 0):
            client.post(town.kiosk, {"service": "copy", "once": str(came)})
            came += 1
        desk = draw.choice(desks)
        there = desk.visitor
        if there is None:
            desk.step("next")
        elif there.status == "called":
            desk.step("serve", there)
        elif draw.random() < 0.05 and there != mine:
            desk.step("park", there)
            client.post(f"/appointments/queue/{there.public_id}/leave/", {"step": "return"})
        elif draw.random() < 0.03 and there != mine:
            desk.step("transfer", there, to=f"c:{draw.choice(town.counters).pk}")
        else:
            desk.step("finish-next", there)
        mine.refresh_from_db()
        if looked % 80 == 40 or mine.status == "called" != seen:
            agree(display, phone, mine)
        seen = mine.status
        if looked == 40:
            shot(display, "display-1920")
            shot(phone, "phone-waiting-360")
        looked += 1
    assert at_the_page.pressed > VISITORS // COUNTERS
    shot(screen, "counter-1440")
    ended = Ticket.objects.values_list("status", flat=True)
    assert len(ended) >= VISITORS
    assert set(ended) == {"finished"}
    numbers = sorted(Ticket.objects.values_list("number", flat=True))
    assert numbers == [f"A{number:03d}" for number in range(1, len(ended) + 1)]
    expect(phone.locator(".place__headline")).to_contain_text("เสร็จ")
    expect(display.locator(".display__empty")).to_be_visible()
    assert WaitEstimate.objects.filter(ticket=mine).exists()


def test_a_visit_from_checking_in_to_the_end_through_the_pages(
    open_page: OpenPage, town: Town, assert_fits: Callable[[Page], None]
) -> None:
    parcel = a_parcel(office=town.service.office)
    booking = a_booking(town, parcel=parcel.public_id)
    phone = open_page(f"/appointments/{booking.token}/", width=360)
    phone.get_by_role("button", name="ฉันมาถึงแล้ว").click()
    expect(phone.locator("[data-ahead]")).to_have_text("0")
    assert_fits(phone)
    display = open_page(town.display, width=1440)
    desk = open_page("/office/", width=1440)
    sign_in(desk, town.clerks[0])
    desk.goto("/office/appointments/hall/")
    shot(desk, "office-1440")
    desk.locator(".card form button").first.click()
    expect(desk.locator("button[value=next]")).to_be_visible()
    press(desk, "n")
    expect(desk.locator("[data-visitor-number]")).to_have_text("A001")
    expect(desk.locator("main")).to_contain_text("สมหญิง ใจดี")
    expect(desk.locator(f"a[href='/parcels/{parcel.public_id}/']")).to_be_visible()
    shot(desk, "counter-called-1440")
    expect(phone.locator(".place__counter")).to_have_text("1")
    expect(display.locator("tr.is-called td").first).to_contain_text("A001")
    shot(phone, "phone-called-360")
    press(desk, "r")  # too soon
    expect(desk.locator("main .alert")).to_contain_text("A001")
    press(desk, "s")
    expect(desk.locator("button[value=finish]")).to_be_visible()
    expect(display.locator("tr.is-called")).to_have_count(0)
    desk.get_by_label("โฉนดที่ดินฉบับเจ้าของ").check()
    shot(desk, "counter-serving-1440")
    press(desk, "p")
    expect(phone.locator("main")).to_contain_text("โฉนดที่ดินฉบับเจ้าของ")
    phone.get_by_role("button", name=re.compile("กลับมา")).click()
    # The desk hears of it without being touched.
    expect(desk.locator("[data-waiting]")).to_have_text("1")
    press(desk, "n")
    expect(desk.locator("[data-visitor-number]")).to_have_text("A001")
    press(desk, "s")
    expect(desk.locator("button[value=finish]")).to_be_visible()
    press(desk, "f")
    expect(desk.locator("button[value=next]")).to_be_visible()
    expect(phone.locator(".place__headline")).to_contain_text("เสร็จ")
    booking.refresh_from_db()
    assert booking.status == "served"
    assert_fits(desk)


def test_everything_is_right_after_the_network_was_away(
    open_page: OpenPage, town: Town, client: Client, complaints: Any
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    desk = Desk(town.counters[0], town.clerks[0])
    client.post(town.kiosk, {"service": "copy", "once": "1"})
    display = open_page(town.display, width=1440)
    expect(display.locator(".display__next li")).to_have_text(["A001"])
    display.context.set_offline(True)
    expect(display.locator("[data-hall-stale]")).to_be_visible()
    desk.step("next")
    client.post(town.kiosk, {"service": "copy", "once": "2"})
    display.context.set_offline(False)
    expect(display.locator("tr.is-called td").first).to_contain_text("A001")
    expect(display.locator(".display__next li")).to_have_text(["A002"])
    expect(display.locator("[data-hall-stale]")).to_be_hidden()


@pytest.mark.parametrize("has_files", [True, False])
def test_a_display_says_each_call_once_and_nothing_old(
    open_page: OpenPage, town: Town, client: Client, has_files: bool
) -> None:
    """By the sound files, and where one cannot be had, by the voice of the browser."""
    desk = Desk(town.counters[2], town.clerks[2])
    for number in range(2):
        client.post(town.kiosk, {"service": "copy", "once": str(number)})
    desk.step("next")
    display = open_page(town.display, width=1440)
    if not has_files:
        display.route("**/voice/2*.wav", lambda route: route.fulfill(body="no sound"))
    display.evaluate("""() => {
      window.said = [];
      speechSynthesis.getVoices = () => [{ lang: "th-TH" }];
      window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
      speechSynthesis.speak = ({ text }) => window.said.push(text);
    }""")
    display.locator("[data-sound]").click()
    first, second = Ticket.objects.order_by("pk")
    desk.step("serve", first)
    desk.step("finish-next", first)
    expect(display.locator("tr.is-called td").first).to_contain_text("A002")
    display.wait_for_timeout(2500)
    said = display.evaluate("window.said")
    if has_files:
        place = display.locator("[data-hall]")
        expect(place).to_have_attribute("data-said", "number A 0 0 2 counter 3")
        assert said == []
    else:
        assert said == ["ขอเชิญหมายเลข เอ ศูนย์ ศูนย์ สอง ที่ช่องบริการ สาม ค่ะ"]
    assert second.number == "A002"


def test_a_counter_works_without_scripts(open_page: OpenPage, town: Town, client: Client) -> None:
    client.post(town.kiosk, {"service": "copy", "once": "1"})
    page = open_page("/office/", script=False)
    sign_in(page, town.clerks[0])
    page.goto(f"/office/appointments/hall/{town.counters[0].pk}/")
    for value in ("open", "next", "serve", "finish"):
        page.locator(f"main button[value={value}]").click()
    assert Ticket.objects.get().status == "finished"


@pytest.mark.parametrize(("width", "language"), [(360, "th"), (1440, "en"), (1920, "th")])
def test_every_page_of_the_hall_can_be_used_by_everybody(
    open_page: OpenPage,
    assert_accessible: Callable[..., None],
    assert_fits: Callable[[Page], None],
    town: Town,
    client: Client,
    width: int,
    language: str,
) -> None:
    desk = Desk(town.counters[0], town.clerks[0])
    for number in range(3):
        client.post(town.kiosk, {"service": "copy", "once": str(number), "first": "on"})
    desk.step("next")
    called, waiting, _ = Ticket.objects.order_by("pk")
    page = open_page("/office/", width=width, language=language)
    sign_in(page, town.clerks[0])
    address = f"{town.kiosk}{waiting.public_id}/"
    for name, path in {
        "office": "/office/appointments/hall/", "counter": desk.page, "display": town.display,
        "kiosk": town.kiosk, "receipt": address,
        "called": f"/appointments/queue/{called.public_id}/",
        "waiting": f"/appointments/queue/{waiting.public_id}/",
        "waits": f"/appointments/waits/{town.service.office.code}/",
    }.items():  # fmt: skip
        page.goto(path)
        assert_accessible(page)
        assert_fits(page)
        shot(page, f"{name}-{width}-{language}")
