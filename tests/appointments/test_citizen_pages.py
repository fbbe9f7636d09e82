"""Choosing, waiting and confirming as pages: proof of work, codes, offices, the waiting list."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from appointments.models import Booking, CounterGroup, WaitingListEntry
from appointments.proof import BITS, challenge_new, proof_holds
from appointments.services.bookings import booking_cancel
from appointments.services.releases import places_release
from cadastre.scheduling import BANGKOK
from offices.models import Message
from tests.appointments.pages import PERSON, a_booking, a_coming_slot, choice_of, form_of
from tests.factories import a_land_office, a_parcel, a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db


class TestProofOfWork:
    def answered(self, client: Client) -> dict[str, str]:
        page = client.get("/appointments/?office=LO-TEST&service=copy").content.decode()
        challenge = re.search(r'data-challenge="([^"]+)"', page)[1]  # type: ignore[index]
        number = next(n for n in count() if proof_holds(challenge, str(n)))
        return {"challenge": challenge, "proof": str(number)}

    def test_programs_without_one_hold_a_few_places_and_people_are_not_stopped(
        self, settings: Any
    ) -> None:
        settings.HOLDS_PER_HOUR, settings.HOLDS_BURST = 60, 20
        slot = a_coming_slot(capacity=30)
        away = {"REMOTE_ADDR": "203.0.113.7"}
        answers = [Client(**away).post("/appointments/", choice_of(slot)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert int(answers[2]["Retry-After"]) > 0
        neighbour = Client(REMOTE_ADDR="203.0.113.8")
        proven = [
            Client(REMOTE_ADDR="203.0.113.8").post(
                "/appointments/", choice_of(slot) | self.answered(neighbour)
            )
            for _ in range(10)
        ]
        assert {answer.status_code for answer in proven} == {302}

    def test_an_answer_is_spent_once(self, client: Client, settings: Any) -> None:
        settings.HOLDS_PER_HOUR, settings.HOLDS_BURST = 60, 12
        service = a_service()
        slots = [a_coming_slot(service, days=day, capacity=9) for day in (2, 3, 4)]
        answer = self.answered(client)
        away = {"REMOTE_ADDR": "203.0.113.7"}
        statuses = [
            Client(**away).post("/appointments/", choice_of(slot) | answer).status_code
            for slot in (slots[0], slots[0], slots[1], slots[2])
        ]
        # The same choice again is the same hold; other choices cost as much as without an answer.
        assert statuses == [302, 302, 429, 429]
        assert Booking.objects.count() == 1

    @pytest.mark.parametrize("number", ["", "-1", "1e3", "๑", "9" * 13, "x"])
    def test_nonsense_is_no_answer(self, number: str) -> None:
        assert not proof_holds(challenge_new(), number)

    def test_a_challenge_of_somebody_else_is_none(self) -> None:
        number = next(n for n in count() if proof_holds_unsigned("forged", n))
        assert not proof_holds("forged", str(number))


def proof_holds_unsigned(challenge: str, number: int) -> bool:
    digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < 1 << (32 - BITS)


class TestCodes:
    @pytest.fixture(autouse=True)
    def _by_mail(self, settings: Any) -> None:
        settings.CHANOT_MESSAGES = ["email"]

    def asked(self, client: Client) -> str:
        slot = a_coming_slot()
        CounterGroup.objects.update(confirmation="code")
        address, form = form_of(client, slot)
        assert client.post(address, form | PERSON).status_code == 422  # no way to send it
        answer = client.post(address, form | PERSON | {"email": "a@example.org"})
        assert answer["Location"].endswith("/code/")
        assert Booking.objects.get().status == "held"
        return str(answer["Location"])

    def sent(self) -> str:
        found = re.search(r"\b\d{6}\b", Message.objects.latest("pk").body)
        assert found is not None
        return found[0]

    def test_the_code_that_was_sent_confirms(self, client: Client) -> None:
        address = self.asked(client)
        assert client.post(address, {"code": f" {self.sent()} "}).status_code == 302
        booking = Booking.objects.get()
        assert booking.status == "booked"
        assert booking.confirmed_at is not None
        assert client.get(address).status_code == 302

    def test_five_wrong_codes_give_the_place_up(self, client: Client) -> None:
        address, right = self.asked(client), self.sent()
        wrong = "000000" if right != "000000" else "111111"
        statuses = [client.post(address, {"code": wrong}).status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 422, 302]
        assert Booking.objects.get().status == "cancelled"
        client.post(address, {"code": right})
        assert Booking.objects.get().status == "cancelled"

    def test_a_new_code_replaces_the_old_one(self, client: Client) -> None:
        address, old = self.asked(client), self.sent()
        details = address.replace("/code/", "/details/")
        client.post(details, PERSON | {
            "email": "b@example.org", "slot": an_offer(Booking.objects.get().slot),
        })  # fmt: skip
        new = self.sent()
        if new != old:
            assert client.post(address, {"code": old}).status_code == 422
        assert client.post(address, {"code": new}).status_code == 302
        assert Booking.objects.get().email == "b@example.org"


def test_who_gave_an_address_is_told_where_to_move_or_cancel(client: Client, settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["email"]
    settings.CHANOT_PUBLIC_URL = "https://queue.example.org"
    address, form = form_of(client, a_coming_slot())
    client.post(address, form | PERSON | {"email": "a@example.org"})
    booking, message = Booking.objects.get(), Message.objects.get()
    assert message.recipient == booking.email == "a@example.org"
    assert f"https://queue.example.org/appointments/{booking.token}/" in message.body
    assert booking.reference in message.body
    assert "สมหญิง" not in message.subject + message.body


class TestChoosing:
    def test_offices_in_charge_of_the_plot_come_first_then_the_nearest(
        self, client: Client
    ) -> None:
        far, near, mine = (
            a_land_office(code, name_th=name, name_en=name, location=Point(lon, 13.87, srid=4326))
            for code, name, lon in (
                ("LO-1", "Far", 102.0), ("LO-2", "Near", 100.5), ("LO-3", "Mine", 101.0),
            )
        )  # fmt: skip
        for office in (far, near, mine):
            a_service(office)
        parcel = a_parcel(office=mine)
        page = client.get(f"/appointments/offices/?parcel={parcel.public_id}").content.decode()
        listed = re.findall(r"office=(LO-\d)", page.partition("office-points")[0])
        assert list(dict.fromkeys(listed)) == ["LO-3", "LO-2", "LO-1"]
        assert '"kind": "plot"' in page
        assert client.get("/appointments/offices/?parcel=%00").status_code == 200

    def test_a_mobile_office_day_says_where_it_is(self, client: Client) -> None:
        slot = a_coming_slot()
        slot.group.special_openings.create(
            day=slot.starts_at.astimezone(BANGKOK).date(), opens_at="09:00", closes_at="12:00",
            place_th="ศาลาวัดโพธิ์", location=Point(100.4, 13.9, srid=4326),
        )  # fmt: skip
        for address in ("/appointments/offices/", "/appointments/?office=LO-TEST&service=copy"):
            page = client.get(address).content.decode()
            assert "ศาลาวัดโพธิ์" in page
            assert "13.9" in page

    def test_services_of_the_same_counters_are_combined(self, client: Client) -> None:
        service = a_service()
        a_service(service.office, group=service.group, code="long", slots=2)
        first = timezone.now() + timedelta(days=3)
        slots = [a_slot(service, first + timedelta(minutes=15 * each)) for each in range(3)]
        page = client.get("/appointments/?office=LO-TEST&service=copy").content.decode()
        assert "service=copy%2Clong" in page
        wanted = an_offer(slots[0], service, service.group.services.get(code="long"))
        form = {"office": "LO-TEST", "service": "copy,long", "slot": wanted}
        answer = client.post("/appointments/", form)
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200
        assert Booking.objects.get().places.count() == 3

    def test_fees_are_estimated_on_the_page(self, client: Client) -> None:
        slot = a_coming_slot()
        slot.group.services.update(fee="sale")
        page = "/appointments/?office=LO-TEST&service=copy"
        assert 'name="fee-value"' in client.get(page).content.decode()
        asked = client.get(f"{page}&fees=1&fee-value=2,000,000&fee-years=10").content.decode()
        assert "100,005" in asked
        wrong = client.get(f"{page}&fees=1&fee-value=nonsense&fee-years=999999")
        assert wrong.status_code == 200
        assert "nonsense" in wrong.content.decode()


class TestWaiting:
    def joined(self, client: Client, **fields: str) -> Any:
        today = timezone.localdate()
        form = PERSON | {
            "office": "LO-TEST", "service": "copy", "first_day": today.isoformat(),
            "last_day": (today + timedelta(days=9)).isoformat(),
        }  # fmt: skip
        return client.post("/appointments/waiting/", form | fields)

    def test_a_full_day_leads_to_the_list(self, client: Client) -> None:
        a_booking()
        page = client.get("/appointments/?office=LO-TEST&service=copy").content.decode()
        assert "/appointments/waiting/?office=LO-TEST" in page
        form = client.get("/appointments/waiting/?office=LO-TEST&service=copy&day=2569-99-99")
        assert form.status_code == 200

    def test_joining_waiting_taking(self, client: Client) -> None:
        booking = a_booking()
        CounterGroup.objects.update(release_from_minutes=0, release_to_minutes=0)
        answer = self.joined(client, phone="089-999-9999")
        home = answer["Location"]
        text = client.get(home).content.decode()
        assert "สมหญิง" not in text
        assert self.joined(client, phone="089-999-9999").status_code == 409
        assert self.joined(client, phone="1").status_code == 422
        assert self.joined(client, last_day="2020-01-01").status_code == 422
        booking_cancel(token=booking.token, now=timezone.now())
        places_release(now=timezone.now())
        assert 'value="accept"' in client.get(home).content.decode()
        ticket = client.post(home, {"do": "accept"})
        assert client.get(ticket["Location"]).status_code == 200
        assert Booking.objects.filter(status="booked").count() == 1
        again = client.get("/appointments/?office=LO-TEST&service=copy").content.decode()
        assert "1 / 1" in again  # offers made, and taken

    def test_letting_go_and_leaving(self, client: Client) -> None:
        booking = a_booking()
        home = self.joined(client, phone="089-999-9999")["Location"]
        booking_cancel(token=booking.token, now=timezone.now())
        places_release(now=timezone.now())
        client.post(home, {"do": "decline"})
        assert WaitingListEntry.objects.get().status == "waiting"
        assert client.post(home, {"do": "accept"}).status_code == 302
        assert client.post(home, {"do": "nonsense"}).status_code == 302
        client.post(home, {"do": "leave"})
        assert WaitingListEntry.objects.get().status == "left"
        assert client.get(home).status_code == 200

    @pytest.mark.parametrize("token", ["x" * 22, "a%00b", "ก"])
    def test_an_entry_that_nobody_has_is_not_found(self, client: Client, token: str) -> None:
        assert client.get(f"/appointments/waiting/{token}/").status_code == 404
