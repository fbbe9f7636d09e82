"""Pages of the hall over HTTP: who may open them, what they tell, how they are followed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from appointments.hall_words import call_in_words
from appointments.models import Booking, Counter, Hall, Service, Ticket, WaitEstimate
from appointments.services.bookings import booking_create
from appointments.services.hall import Desk, counter_open, ticket_call_next
from appointments.services.tickets import ticket_take
from appointments.services.waiting import SQL
from cadastre.scheduling import BANGKOK
from offices.models import Role, User
from tests.factories import a_counter, a_land_office, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db
NAME, PHONE = "ดาวเรือง", "+66812345678"


@pytest.fixture
def service() -> Service:
    return a_service(ticket_prefix="A")


@pytest.fixture
def counter(service: Service) -> Counter:
    return a_counter(service, number="3")


@pytest.fixture
def hall(service: Service) -> Hall:
    hall: Hall = Hall.objects.create(office=service.office)
    hall.refresh_from_db()
    return hall


@pytest.fixture
def clerk(client: Client, counter: Counter) -> User:
    clerk = a_user("clerk", Role.LAND_OFFICER, office=counter.office)
    client.force_login(clerk)
    return clerk


@pytest.fixture
def booking(service: Service) -> Booking:
    """Somebody who is due in a moment, or who just was, on this day."""
    begins = min(timezone.now() + timedelta(minutes=5), end_of_today())
    return booking_create(
        slot=an_offer(a_slot(service, begins)), name=NAME, phone=PHONE,
        now=timezone.now() - timedelta(days=2),
    )  # fmt: skip


def end_of_today() -> Any:
    return timezone.now().astimezone(BANGKOK).replace(hour=23, minute=59, second=59)


def take(service: Service) -> Ticket:
    return ticket_take(service=service, now=timezone.now())


def test_calls_are_said_in_thai() -> None:
    assert call_in_words("A012", "3") == (
        "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง สอง ที่ช่องบริการ สาม ค่ะ"
    )  # fmt: skip


def test_a_clerk_works_through_a_visit_by_forms(
    client: Client, service: Service, counter: Counter, clerk: User, booking: Booking
) -> None:
    paper = service.documents.create(name_th="โฉนดที่ดินฉบับเจ้าของ", name_en="Deed")
    page = f"/office/appointments/hall/{counter.pk}/"

    def step(**data: str) -> str:
        return client.post(f"{page}step/", data, follow=True).content.decode()

    client.post(f"{page}sit/", {"step": "open"})
    text = f" {booking.reference.lower()} "
    client.post("/office/appointments/hall/arrivals/", {"reference": text})
    ticket = Ticket.objects.get()
    shown = step(step="next")
    assert NAME in shown
    assert paper.name in shown
    assert PHONE not in shown
    me = ticket.public_id
    assert "เรียกซ้ำ" in step(step="recall", ticket=me) or Ticket.objects.get().calls == 1
    step(step="serve", ticket=me)
    step(step="park", ticket=me, missing=str(paper.pk))
    assert "A001" in client.get("/office/appointments/hall/").content.decode()
    assert paper.name in client.get(f"/appointments/queue/{me}/").content.decode()
    client.post("/office/appointments/hall/arrivals/", {"ticket": me})
    step(step="next")
    step(step="serve", ticket=me)
    step(step="finish", ticket=me)
    booking.refresh_from_db()
    assert booking.status == "served"
    client.post(f"{page}sit/", {"step": "close"})
    counter.refresh_from_db()
    assert counter.clerk is None


def test_a_wrong_step_is_said_and_changes_nothing(
    client: Client, service: Service, counter: Counter, clerk: User
) -> None:
    ticket = take(service)
    page = f"/office/appointments/hall/{counter.pk}/"
    client.post(f"{page}sit/", {"step": "open"})
    for data in (
        {"step": "finish", "ticket": ticket.public_id}, {"step": "nonsense", "ticket": "x"},
        {"step": "serve"}, {"pick": "prioritise"}, {"pick": f"nothing {ticket.public_id}"},
        {"step": "transfer", "ticket": ticket.public_id, "to": "c:x"}, {},
        {"pick": f"prioritise {ticket.public_id} 9"},
    ):  # fmt: skip
        response = client.post(f"{page}step/", data, follow=True)
        assert response.status_code == 200
        assert "alert" in response.content.decode()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority) == ("waiting", 0)
    client.post(f"{page}step/", {"pick": f"prioritise {ticket.public_id} 1"})
    client.post(f"{page}step/", {"pick": f"call {ticket.public_id}"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority) == ("called", 1)
    other = a_service(code="other")
    a_counter(other, number="9")
    client.post(f"{page}step/", {"step": "transfer", "ticket": ticket.public_id, "to": "s:other"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.service) == ("waiting", other)


OFFICE_PAGES = ("", "{pk}/", "{pk}/events")
OFFICE_ACTS = ("arrivals/", "kiosk/", "{pk}/sit/", "{pk}/step/")


def test_only_staff_who_run_the_queue_of_the_office_work_there(
    client: Client, service: Service, counter: Counter
) -> None:
    elsewhere = a_user("elsewhere", Role.LAND_OFFICER, office=a_land_office("LO-OTHER"))
    cashier = a_user("cashier", Role.CASHIER, office=service.office)
    for person, status in ((None, 302), (cashier, 403)):
        if person is not None:
            client.force_login(person)
        for address in (*OFFICE_PAGES, *OFFICE_ACTS):
            path = f"/office/appointments/hall/{address.format(pk=counter.pk)}"
            act = client.post if address in OFFICE_ACTS else client.get
            assert act(path).status_code == status, (path, person)
    client.force_login(elsewhere)
    for address in ("{pk}/", "{pk}/events", "{pk}/sit/", "{pk}/step/"):
        path = f"/office/appointments/hall/{address.format(pk=counter.pk)}"
        act = client.post if address in OFFICE_ACTS else client.get
        assert act(path).status_code == 404, path
    ticket = take(service)
    client.post("/office/appointments/hall/arrivals/", {"ticket": ticket.public_id})
    ticket.refresh_from_db()
    assert ticket.status == "waiting"


def test_the_display_tells_numbers_and_no_names(
    client: Client, service: Service, counter: Counter, booking: Booking
) -> None:
    clerk = a_user("clerk", Role.LAND_OFFICER, office=service.office)
    now = timezone.now()
    counter_open(counter=counter, clerk=clerk, now=now)
    client.post(f"/appointments/arrive/{booking.token}/")
    called = ticket_call_next(desk=Desk(counter, clerk), now=now)
    waiting = take(service)
    shown = client.get(f"/appointments/display/{service.office.code}/").content.decode()
    told = client.get(f"/appointments/display/{service.office.code}/events").content.decode()
    for text in (shown, told):
        assert called.number in text
        assert waiting.number in text
        for secret in (NAME, PHONE, booking.reference, booking.token, called.public_id):
            assert secret not in text
    assert client.get("/appointments/display/LO-NONE/").status_code == 404


def test_who_has_the_state_is_sent_a_comment_and_who_has_not_all_of_it(
    client: Client, service: Service, counter: Counter
) -> None:
    address = f"/appointments/display/{service.office.code}/events"
    first = client.get(address)
    assert first.headers["Content-Type"].startswith("text/event-stream")
    assert first.headers["Cache-Control"] == "no-store"
    fields = dict(line.split(": ", 1) for line in first.content.decode().splitlines() if line)
    assert fields["retry"] == "1000"
    same = client.get(address, headers={"Last-Event-ID": fields["id"]}).content.decode()
    assert ": same" in same
    assert "data:" not in same
    ticket = take(service)
    changed = client.get(address, headers={"Last-Event-ID": fields["id"]}).content.decode()
    assert ticket.number in changed
    polled = client.get(address, headers={"Accept": "application/json"}).json()
    assert f"id: {polled['id']}" in changed
    data = next(line for line in changed.splitlines() if line.startswith("data: "))
    assert json.loads(data[6:])["html"] == polled["html"]


def test_following_costs_no_more_than_a_few_queries(
    client: Client, service: Service, counter: Counter, django_assert_max_num_queries: Any
) -> None:
    tickets = [take(service) for _ in range(30)]
    counter_open(
        counter=counter, clerk=a_user("c", Role.LAND_OFFICER, office=service.office),
        now=timezone.now(),
    )  # fmt: skip
    with django_assert_max_num_queries(4):
        client.get(f"/appointments/display/{service.office.code}/events")
    address = f"/appointments/queue/{tickets[20].public_id}/events"
    client.get(address)
    with django_assert_max_num_queries(4):
        assert b"20" in client.get(address).content
    assert WaitEstimate.objects.count() == 1  # told again, not anew


def test_the_state_of_the_hall_reads_the_index_of_the_day(service: Service) -> None:
    today = timezone.localdate()
    Ticket.objects.bulk_create(
        Ticket(
            office=service.office, service=service, day=today - timedelta(days=number // 100),
            number=f"A{number:03d}", status="finished", due_at=timezone.now(),
            created_at=timezone.now(),
        )
        for number in range(5000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE appointments_ticket")
        cursor.execute(f"EXPLAIN {SQL['hall_state']}", {"office": service.office_id, "day": today})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "tickets_of_the_day" in plan
    assert "Seq Scan on appointments_ticket" not in plan


def test_a_kiosk_gives_numbers_to_whoever_stands_at_it(
    client: Client, service: Service, counter: Counter, hall: Hall, booking: Booking
) -> None:
    page = f"/appointments/kiosk/{service.office.code}/{hall.kiosk_key}/"
    assert service.name in client.get(page).content.decode()
    given = client.post(page, {"service": "copy", "once": "1", "first": "on"}, follow=True)
    text = given.content.decode()
    ticket = Ticket.objects.get()
    assert ticket.number in text
    assert ticket.priority == 1
    assert "<svg" in text
    client.post(page, {"service": "copy", "once": "1"})
    assert Ticket.objects.count() == 1
    arrived = client.post(page, {"reference": booking.reference}, follow=True).content.decode()
    assert "A002" in arrived
    for secret in (NAME, PHONE, booking.token):
        assert secret not in arrived
    for wrong in ({"service": "none", "once": "2"}, {"reference": "QQQQQQ"}, {}):
        assert "alert" in client.post(page, wrong, follow=True).content.decode()
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 22 + "/", "%00/"])
def test_nobody_on_the_internet_draws_numbers(
    client: Client, service: Service, counter: Counter, hall: Hall, key: str
) -> None:
    page = f"/appointments/kiosk/{service.office.code}/{key}"
    assert client.get(page).status_code == 404
    assert client.post(page, {"service": "copy"}).status_code in {404, 405}
    assert not Ticket.objects.exists()


def test_a_kiosk_is_set_up_and_switched_off_by_the_office(
    client: Client, service: Service, counter: Counter, clerk: User
) -> None:
    client.post("/office/appointments/hall/kiosk/", {"step": "new"})
    hall = Hall.objects.get()
    page = f"/appointments/kiosk/{service.office.code}/{hall.kiosk_key}/"
    assert page in client.get("/office/appointments/hall/").content.decode()
    assert client.get(page).status_code == 200
    client.post("/office/appointments/hall/kiosk/", {"step": "off"})
    assert client.get(page).status_code == 404


def test_the_page_of_a_booking_leads_into_the_hall(
    client: Client, service: Service, counter: Counter, booking: Booking
) -> None:
    page = f"/appointments/{booking.token}/"
    assert f"/appointments/arrive/{booking.token}/" in client.get(page).content.decode()
    response = client.post(f"/appointments/arrive/{booking.token}/", follow=True)
    ticket = Ticket.objects.get()
    assert response.redirect_chain[-1][0] == f"/appointments/queue/{ticket.public_id}/"
    assert ticket.public_id in client.get(page).content.decode()
    client.post(f"/appointments/queue/{ticket.public_id}/leave/", {"step": "return"})
    ticket.refresh_from_db()
    assert ticket.status == "waiting"
    client.post(f"/appointments/queue/{ticket.public_id}/leave/", {"step": "leave"})
    ticket.refresh_from_db()
    assert ticket.status == "left"


def test_what_was_told_and_came_true_is_public(
    client: Client, service: Service, counter: Counter
) -> None:
    address = f"/appointments/waits/{service.office.code}/"
    assert "data-calibration" not in client.get(address).content.decode()
    now = timezone.now()
    for _ in range(20):
        ticket = take(service)
        WaitEstimate.objects.create(
            ticket=ticket, told_at=now, ahead=2, counters=1,
            low_s=900, expected_s=1200, high_s=2100,
        )  # fmt: skip
        ticket.events.create(kind="called", at=now + timedelta(minutes=24))
    text = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "20" in text
    assert "24" in text
    assert "100 %" in text
