"""What the pages answer: steps, refusals in words, headers, the calendar file, the office."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from appointments.models import Booking, Closure, CounterGroup, Slot
from cadastre.scheduling import BANGKOK
from offices.models import AuditEntry, Office, Role, User
from tests.appointments.pages import PERSON, a_booking, a_coming_slot, choice_of, form_of
from tests.factories import (
    a_land_office,
    a_local_authority,
    a_parcel,
    a_service,
    a_user,
    an_offer,
)

pytestmark = pytest.mark.django_db


def test_the_offices_of_the_parcel_come_first_and_alone(client: Client) -> None:
    office = a_land_office("LO-NEAR", name_th="สำนักงานใกล้")
    a_service(office)
    a_service(a_land_office("LO-FAR", name_th="สำนักงานไกล"))
    parcel = a_parcel(office=office)
    page = client.get(f"/appointments/?parcel={parcel.public_id}").content.decode()
    assert "สำนักงานใกล้" in page
    assert "สำนักงานไกล" not in page
    everything = client.get("/appointments/?parcel=nothing-there").content.decode()
    assert "สำนักงานไกล" in everything
    found = client.get("/appointments/?q=ไกล").content.decode()
    assert "สำนักงานใกล้" not in found


def test_many_offices_are_searched(client: Client) -> None:
    for number in range(14):
        a_service(a_land_office(f"LO-{number}", name_th=f"สำนักงานที่ดินที่ {number}"))
    page = client.get("/appointments/").content.decode()
    assert 'name="q"' in page
    assert page.count("<details") == 10


@pytest.mark.parametrize(
    "query",
    [
        "office=nowhere", "office=LO-TEST&service=nothing", "office=%00&service=copy",
        "office=LO-TEST&service=copy,copy", "office=LO-TEST&service=copy,nothing",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_not_found(client: Client, query: str) -> None:
    a_service()
    assert client.get(f"/appointments/?{query}").status_code == 404


@pytest.mark.parametrize("day", ["2569-11-30", "nonsense", "1999-01-01", "9999-12-31", "%00"])
def test_a_strange_day_shows_the_first_free_one(client: Client, day: str) -> None:
    slot = a_coming_slot()
    page = client.get(f"/appointments/?office=LO-TEST&service=copy&day={day}&month={day}")
    assert page.status_code == 200
    assert an_offer(slot) in page.content.decode()


@pytest.mark.parametrize("slot", ["nothing", "", "\0", "a~copy"])
def test_a_time_that_nobody_offered_is_not_held(client: Client, slot: str) -> None:
    a_service()
    form = {"office": "LO-TEST", "service": "copy", "slot": slot}
    assert client.post("/appointments/", form).status_code in {400, 404}


def test_choosing_a_time_holds_it_and_choosing_another_lets_it_go(client: Client) -> None:
    service = a_service()
    CounterGroup.objects.update(release_from_minutes=5, release_to_minutes=9)
    first, second = a_coming_slot(service), a_coming_slot(service, days=4)
    address, _ = form_of(client, first)
    assert Client().post("/appointments/", choice_of(first)).status_code == 409
    assert form_of(client, first)[0] == address  # the same browser keeps what it holds
    form_of(client, second)
    first.refresh_from_db()
    assert first.taken == 0
    assert list(Booking.objects.order_by("pk").values_list("status", flat=True)) == [
        "cancelled", "held",
    ]  # fmt: skip


def test_a_visit_is_booked_once_however_often_it_is_sent(client: Client) -> None:
    address, form = form_of(client, a_coming_slot(capacity=5))
    first, again = (client.post(address, form | PERSON) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    booking = Booking.objects.get()
    assert (booking.status, booking.name, booking.phone) == (
        "booked", "สมหญิง ใจดี", "+66812345678",
    )  # fmt: skip
    other = client.post(address, form | PERSON | {"phone": "089-999-9999"})
    assert other["Location"] == first["Location"]
    assert Booking.objects.get().phone == "+66812345678"


def test_who_comes_with_whom_and_what_is_kept(client: Client) -> None:
    slot = a_coming_slot()
    paper = slot.group.services.get().documents.create(name_th="โฉนดที่ดิน", name_en="Title deed")
    address, form = form_of(client, slot)
    more = {"people": "3", "needs": ["wheelchair", "elderly"], "documents": [str(paper.pk)]}
    assert "โฉนดที่ดิน" in client.get(address).content.decode()
    wrong = client.post(address, form | PERSON | more | {"people": "99"})
    assert wrong.status_code == 422
    assert client.post(address, form | PERSON | {"documents": ["999999"]}).status_code == 422
    assert client.post(address, form | PERSON | more).status_code == 302
    booking = Booking.objects.get()
    assert (booking.people, booking.needs, booking.documents_ready) == (
        3, ["wheelchair", "elderly"], [paper.pk],
    )  # fmt: skip


def test_a_hold_that_ran_out_books_the_same_time_if_it_is_still_free(client: Client) -> None:
    address, form = form_of(client, a_coming_slot())
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    away = client.get(address)
    assert away.status_code == 302
    assert "service=copy" in away["Location"]
    answers = [client.post(address, form | PERSON) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.filter(status="booked").count() == 1


def test_a_forged_form_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/appointments/", PERSON).status_code == 403


def test_wrong_fields_are_named_and_nothing_is_lost(client: Client) -> None:
    address, form = form_of(client, a_coming_slot())
    answer = client.post(address, form | {"name": "สมหญิง", "phone": "12"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_phone"' in text
    assert 'value="สมหญิง"' in text


def test_a_time_just_taken_offers_the_next_ones(client: Client) -> None:
    service = a_service()
    slot = a_coming_slot(service)
    free = [a_coming_slot(service, days=3 + day) for day in range(1, 8)]
    address, form = form_of(client, slot)
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    a_booking(slot, phone="+66899999999")
    answer = client.post(address, form | PERSON)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert re.findall(r'type="radio"[^>]*value="([^"]+)"', text) == [
        an_offer(each) for each in free[:5]
    ]
    assert 'value="สมหญิง ใจดี"' in text
    booked = client.post(address, form | PERSON | {"slot": an_offer(free[0])})
    assert booked.status_code == 302
    assert Booking.objects.filter(slot=free[0], status="booked").exists()


def test_a_time_taken_while_it_was_looked_at_shows_what_is_free_now(client: Client) -> None:
    service = a_service()
    slot, free = a_coming_slot(service), a_coming_slot(service, days=4)
    a_booking(slot, phone="+66899999999")
    answer = client.post("/appointments/", choice_of(slot))
    assert answer.status_code == 409
    assert an_offer(free) in answer.content.decode()


def test_the_ticket_tells_all_and_names_nobody(client: Client) -> None:
    office = a_land_office(
        address_th="ถนนเทศบาล", phone="0 2000 0000", location=Point(100.41, 13.84, srid=4326)
    )
    booking = a_booking(a_coming_slot(a_service(office)))
    page = client.get(f"/appointments/{booking.token}/")
    text = page.content.decode()
    for part in (booking.reference, "ถนนเทศบาล", "0 2000 0000", "บัตรประจำตัวประชาชน", "13.84"):
        assert part in text
    assert str(booking.slot.starts_at.astimezone(BANGKOK).year + 543) in text
    assert "สมหญิง" not in text
    assert "data:image/svg+xml" in text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]


@pytest.mark.parametrize("path", ["", "ticket.ics", "move/", "cancel/"])
@pytest.mark.parametrize("token", ["x" * 22, "a%00b", "ก"])
def test_a_wrong_ticket_is_not_found(client: Client, token: str, path: str) -> None:
    assert client.get(f"/appointments/{token}/{path}").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("th", "เลขที่คิว"), ("en", "Queue number")])
def test_the_calendar_file_knows_its_time_zone(client: Client, language: str, word: str) -> None:
    booking = a_booking()
    client.cookies["django_language"] = language
    answer = client.get(f"/appointments/{booking.token}/ticket.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    calendar = Calendar.from_ical(answer.content)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Bangkok"]
    [event] = calendar.walk("VEVENT")
    assert event["dtstart"].dt == booking.slot.starts_at.replace(microsecond=0)
    assert event["dtstart"].params["TZID"] == "Asia/Bangkok"
    assert booking.reference in event["description"]
    assert word in event["description"]
    assert "สมหญิง" not in answer.content.decode()
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_moving_and_cancelling_ask_first(client: Client) -> None:
    service = a_service()
    booking, later = a_booking(a_coming_slot(service)), a_coming_slot(service, days=5)
    home = f"/appointments/{booking.token}/"
    assert client.get(f"{home}cancel/").status_code == 200
    assert client.get(f"{home}move/?slot={an_offer(later)}").status_code == 200
    booking.refresh_from_db()
    assert (booking.status, booking.slot_id) == ("booked", booking.slot_id)
    assert client.post(f"{home}move/", {"slot": an_offer(later)}).status_code == 302
    booking.refresh_from_db()
    assert booking.slot == later
    assert client.post(f"{home}cancel/").status_code == 302
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert client.get(f"{home}move/").status_code == 409
    assert client.get(home).status_code == 200


def test_moving_into_a_full_time_says_so(client: Client) -> None:
    service = a_service()
    booking, full = a_booking(a_coming_slot(service)), a_coming_slot(service, days=5)
    a_booking(full, phone="+66899999999")
    home = f"/appointments/{booking.token}/"
    answer = client.post(f"{home}move/", {"slot": an_offer(full)}, follow=True)
    assert "เพิ่งมีผู้จองเต็ม" in answer.content.decode()


# -- the office --------------------------------------------------------------------------------


def signed_in(client: Client, role: Role = Role.MANAGER, office: Office | None = None) -> User:
    user = a_user(role.value, role, office=office)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def day_of(slot: Slot) -> str:
    return slot.starts_at.astimezone(BANGKOK).date().isoformat()


def test_a_look_at_the_day_is_written_down_without_names(client: Client) -> None:
    booking = a_booking()
    officer = signed_in(client)
    page = client.get(f"/office/appointments/?day={day_of(booking.slot)}")
    text = page.content.decode()
    assert "สมหญิง ใจดี" in text
    assert "081-234-5678" in text
    assert booking.token not in text
    assert page["Cache-Control"] == "no-store"
    [entry] = AuditEntry.objects.filter(action="appointments.day_viewed")
    assert entry.actor == officer
    assert entry.subject_id == day_of(booking.slot)
    assert entry.data == {"bookings": 1}


@pytest.mark.parametrize("role", [Role.CHECKER, Role.SURVEYOR, Role.CASHIER, Role.ADMINISTRATOR])
def test_who_does_not_run_the_queue_sees_no_names(client: Client, role: Role) -> None:
    signed_in(client, role)
    assert client.get("/office/appointments/").status_code == 403


def test_visitors_sign_in_first(client: Client) -> None:
    assert client.get("/office/appointments/").status_code == 302


def test_bookings_of_another_office_do_not_exist(client: Client) -> None:
    booking = a_booking(a_coming_slot(a_service(a_local_authority())))
    signed_in(client, office=a_land_office())
    page = client.get(f"/office/appointments/?day={day_of(booking.slot)}")
    assert "สมหญิง" not in page.content.decode()
    answer = client.post(f"/office/appointments/{booking.reference}/cancel/")
    assert answer.status_code == 404
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_a_day_is_closed_opened_and_a_booking_cancelled_on_request(client: Client) -> None:
    booking = a_booking()
    day, officer = day_of(booking.slot), signed_in(client)
    answer = client.post("/office/appointments/close/", {"day": day, "reason": "อบรม"}, follow=True)
    assert "1 ราย" in answer.content.decode()
    assert Closure.objects.get().name == "อบรม"
    assert "สำนักงานปิดทำการ" in client.get(f"/appointments/{booking.token}/").content.decode()
    client.post("/office/appointments/reopen/", {"day": day})
    assert not Closure.objects.exists()
    client.post(f"/office/appointments/{booking.reference}/cancel/")
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    acts = AuditEntry.objects.filter(actor=officer).order_by("id")
    assert [entry.action for entry in acts if entry.action != "appointments.day_viewed"][-3:] == [
        "appointments.day_closed", "appointments.day_reopened", "appointments.cancelled",
    ]  # fmt: skip
    past = client.post(
        "/office/appointments/close/", {"day": "2020-01-01", "reason": "x"}, follow=True
    )
    assert "ผ่านมาแล้ว" in past.content.decode()


def test_an_administrator_keeps_the_own_offices_hours(client: Client) -> None:
    office, other = a_land_office(), a_land_office("LO-OTHER")
    mine, foreign = a_service(office), a_service(other)
    signed_in(client, Role.ADMINISTRATOR, office)
    assert client.get(f"/admin/appointments/service/{mine.pk}/change/").status_code == 200
    assert client.get(f"/admin/appointments/service/{foreign.pk}/change/").status_code == 302
    hours = {
        "office": office.pk, "weekday": 1, "opens_at": "08:30", "closes_at": "12:00",
        "every_weeks": 1,
    }  # fmt: skip
    add = "/admin/appointments/openinghours/add/"
    assert client.post(add, hours).status_code == 302
    overlap = client.post(add, hours | {"opens_at": "11:00", "closes_at": "13:00"})
    assert overlap.status_code == 200
    assert client.post(add, hours | {"office": other.pk}).status_code == 200
    assert list(office.opening_hours.values_list("weekday", flat=True)) == [1]
    assert not other.opening_hours.exists()
    client.post(
        "/admin/appointments/closure/add/", {"day": "2026-12-01", "name_th": "x", "office": ""}
    )
    assert not Closure.objects.exists()
