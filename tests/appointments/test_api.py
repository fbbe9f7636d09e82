"""The queue as programs see it, against the words of its interface."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appointments.models import Booking, IdempotencyRecord, Slot
from cadastre.scheduling import BANGKOK
from offices.models import AuditEntry, Message
from tests.factories import a_local_authority, a_parcel, a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db
PERSON = {"name": "สมหญิง ใจดี", "phone": "081-234-5678"}


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = "" if body is None else json.dumps(body)
    call = getattr(client, method)
    return call(f"/api/appointments{path}", data, content_type="application/json", headers=headers)


def a_coming_slot(service: Any = None, *, days: int = 3, **fields: Any) -> Slot:
    return a_slot(service, timezone.now() + timedelta(days=days), **fields)


def book(client: Client, slot: Slot, **changes: Any) -> Any:
    return send(client, "post", "", {"slot": an_offer(slot)} | PERSON | changes)


def period(slot: Slot) -> str:
    day = slot.starts_at.astimezone(BANGKOK).date().isoformat()
    service = slot.group.services.get()
    return f"?office={service.office.code}&service={service.code}&from={day}&to={day}"


def test_offices_and_their_services(client: Client) -> None:
    a_service()
    a_service(a_local_authority(), code="tax-question", name_en="Ask about tax", minutes=20)
    a_service(code="closed", is_active=False)
    answer = client.get("/api/appointments/offices", headers={"Accept-Language": "en"})
    assert answer.json() == {
        "offices": [
            {
                "code": "LO-TEST", "name": "Test Land Office",
                "services": [{"code": "copy", "name": "Copies of deeds", "minutes": 15}],
            },
            {
                "code": "LA-TEST", "name": "Test Municipality",
                "services": [{"code": "tax-question", "name": "Ask about tax", "minutes": 20}],
            },
        ]
    }  # fmt: skip


def test_a_place_is_booked_moved_and_given_back(client: Client) -> None:
    service = a_service()
    slot, later = a_coming_slot(service, capacity=2), a_coming_slot(service, days=4)

    offered = client.get(f"/api/appointments/slots{period(slot)}").json()["slots"]
    assert offered == [
        {
            "id": an_offer(slot),
            "start": slot.starts_at.astimezone(BANGKOK).isoformat(),
            "end": slot.ends_at.astimezone(BANGKOK).isoformat(),
            "capacity": 2,
            "remaining": 2,
        }
    ]

    made = book(client, slot, parcel=a_parcel().public_id)
    assert made.status_code == 201, made.content
    answer = made.json()
    assert answer["slot"]["id"] == an_offer(slot)
    assert answer["slot"]["remaining"] == 1
    picture = client.get(answer["qr"])
    assert picture["Content-Type"] == "image/svg+xml"
    assert b'xmlns="http://www.w3.org/2000/svg"' in picture.content
    assert len(answer["reference"]) == 6
    assert len(answer["token"]) == 22
    assert made["Cache-Control"] == "no-store"

    token = answer["token"]
    moved = send(client, "patch", f"/{token}", {"slot": an_offer(later)})
    assert moved.status_code == 200, moved.content
    assert moved.json()["slot"]["id"] == an_offer(later)
    gone = send(client, "delete", f"/{token}")
    assert gone.json()["status"] == "cancelled"
    assert send(client, "delete", f"/{token}").status_code == 200
    assert send(client, "patch", f"/{token}", {"slot": an_offer(slot)}).status_code == 409
    for answer in (moved, gone, client.get(f"/api/appointments/{token}")):
        assert answer["Cache-Control"] == "no-store"
        assert "สมหญิง" not in answer.content.decode()
        assert "8123" not in answer.content.decode()
    assert list(Slot.objects.filter(taken__gt=0)) == []
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["appointments.booked", "appointments.moved", "appointments.cancelled"]
    trail = json.dumps(list(AuditEntry.objects.values("data", "subject_id")))
    assert "สมหญิง" not in trail


def test_a_full_time_is_refused_with_the_next_free_one(client: Client) -> None:
    service = a_service()
    slot, later = a_coming_slot(service), a_coming_slot(service, days=4)
    book(client, slot)
    refused = book(client, slot, phone="089-999-9999")
    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "slot_full"
    assert body["next"]["id"] == an_offer(later)
    assert body["next"]["remaining"] == 1


def test_a_moved_booking_may_not_push_anybody_out(client: Client) -> None:
    service = a_service()
    slot, full = a_coming_slot(service), a_coming_slot(service, days=4)
    token = book(client, slot).json()["token"]
    book(client, full, phone="089-999-9999")
    refused = send(client, "patch", f"/{token}", {"slot": an_offer(full)})
    assert refused.json()["code"] == "slot_full"
    assert Booking.objects.get(token=token).slot == slot


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"phone": "12345"}, "phone", "phone_number_invalid"),
        ({"phone": "+1 202 555 0100"}, "phone", "phone_number_invalid"),
        ({"name": "   "}, "name", "name_unusable"),
        ({"name": "12345"}, "name", "name_unusable"),
        ({"name": "สม\u200bชาย"}, "name", "name_unusable"),
        ({"name": "abc\u202egpj"}, "name", "name_unusable"),
        ({"name": "a\x07b"}, "name", "name_unusable"),
        ({"name": "a\nb"}, "name", "name_unusable"),
        ({"name": "ก" * 121}, "name", "name_unusable"),
        ({"name": ""}, "name", "invalid_input"),
        ({"name": 5}, "name", "invalid_input"),
        ({"parcel": "nothing"}, "parcel", "visit_parcel_unknown"),
        ({"status": "booked"}, "status", "invalid_input"),
        ({"is_approved": True}, "is_approved", "invalid_input"),
    ],
)
def test_wrong_input_names_its_field(
    client: Client, change: dict[str, Any], field: str, code: str
) -> None:
    answer = book(client, a_coming_slot(), **change)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert [error["field"] for error in body["errors"]] == [field]
    assert "5555" not in answer.content.decode()
    assert not Booking.objects.exists()


def test_what_people_type_is_kept_in_one_form(client: Client) -> None:
    answer = book(client, a_coming_slot(), name="  น\u0e4d\u0e32ชัย   ใจดี ", phone="๐๘๑ ๒๓๔ ๕๖๗๘")
    assert answer.status_code == 201, answer.content
    booking = Booking.objects.get()
    assert booking.name == "น\u0e33ชัย ใจดี"
    assert booking.phone == "+66812345678"


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("from=2567-02-29&to=2567-03-01", 422, "day_in_buddhist_era", "from"),
        ("from=2026-02-29&to=2026-03-01", 422, "day_unreadable", "from"),
        ("from=2026-11-30&to=30/11/2026", 422, "day_unreadable", "to"),
        ("from=1764460800&to=2026-11-30", 422, "day_unreadable", "from"),
        ("from=2026-12-01&to=2026-11-30", 422, "range_invalid", "to"),
        ("from=2026-12-01&to=2027-11-30", 422, "range_invalid", "to"),
        ("from=2026-12-01", 422, "invalid_input", "to"),
    ],
)
def test_days_are_read_strictly(
    client: Client, query: str, status: int, code: str, field: str
) -> None:
    a_service()
    answer = client.get(f"/api/appointments/slots?office=LO-TEST&service=copy&{query}")
    assert answer.status_code == status, answer.content
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("office", ["nowhere", "%00", "LO-TEST%27--"])
def test_an_unknown_office_or_service_is_not_found(client: Client, office: str) -> None:
    path = f"/api/appointments/slots?office={office}&service=copy&from=2026-12-01&to=2026-12-01"
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "service_unknown"


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
@pytest.mark.parametrize("token", ["x", "a" * 22, "a%00b", "ก" * 22])
def test_a_wrong_token_is_not_found(client: Client, method: str, token: str) -> None:
    body = {"slot": "x"} if method == "patch" else None
    answer = send(client, method, f"/{token}", body)
    assert answer.status_code == 404
    assert answer.json()["code"] == "booking_unknown"


def test_past_closed_and_foreign_times_are_refused(client: Client) -> None:
    service = a_service()
    past = a_slot(service, timezone.now() + timedelta(minutes=20))
    closed = a_coming_slot(service)
    service.office.closures.create(
        day=closed.starts_at.astimezone(BANGKOK).date(), name_th="อบรมเจ้าหน้าที่"
    )
    foreign = a_coming_slot(a_service(a_local_authority()), days=5)
    assert book(client, past).json()["code"] == "slot_closed"
    assert book(client, closed).json()["code"] == "slot_closed"
    assert book(client, closed).status_code == 409
    assert client.get(f"/api/appointments/slots{period(closed)}").json() == {"slots": []}
    assert send(client, "post", "", PERSON | {"slot": "nothing"}).status_code == 404
    token = book(client, a_coming_slot(service, days=6)).json()["token"]
    answer = send(client, "patch", f"/{token}", {"slot": an_offer(foreign)})
    assert answer.json()["code"] == "slot_unknown"
    answer = send(client, "patch", f"/{token}", {"slot": an_offer(closed), "status": "done"})
    assert answer.status_code == 422


def test_the_same_key_gives_the_same_answer_and_another_body_none(client: Client) -> None:
    slot = a_coming_slot(capacity=5)
    body = {"slot": an_offer(slot)} | PERSON
    key = {"Idempotency-Key": "k1"}
    first, again = (send(client, "post", "", body, **key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert Booking.objects.count() == 1
    other = send(client, "post", "", body | {"phone": "089-999-9999"}, **key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    kept = IdempotencyRecord.objects.get()
    assert "k1" not in kept.key
    assert "สมหญิง" not in json.dumps(kept.answer, ensure_ascii=False)


def test_a_refused_request_leaves_its_key_free(client: Client) -> None:
    slot = a_coming_slot()
    taken = book(client, slot, phone="089-999-9999").json()["token"]
    body = {"slot": an_offer(slot)} | PERSON
    assert send(client, "post", "", body, **{"Idempotency-Key": "k2"}).status_code == 409
    send(client, "delete", f"/{taken}")
    assert send(client, "post", "", body, **{"Idempotency-Key": "k2"}).status_code == 201


def test_refusals_speak_thai_to_thai_pages(client: Client) -> None:
    answer = book(client, a_coming_slot(), phone="12")
    assert "โทรศัพท์" in answer.json()["detail"] or "โทรศัพท์" in str(answer.json()["errors"])


def test_a_booking_by_a_program_is_confirmed_by_message_once(client: Client, settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["console"]
    slot = a_slot(a_service(), timezone.now() + timedelta(days=2))
    body = {"slot": an_offer(slot), "name": "สมชาย ใจดี", "phone": "0812345678"}
    answers = [
        client.post("/api/appointments", body, "application/json", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    message = Message.objects.get()
    assert message.about_id == answers[0].json()["reference"]
    assert answers[0].json()["token"] in message.body
    again = client.post("/api/appointments", body, "application/json")
    assert again.status_code == 409
    assert Message.objects.count() == 1


@pytest.mark.parametrize("day", ["2571-02-29", "29/02/2571", "2569-11-24", "24/11/2569"])
def test_a_day_of_the_buddhist_era_is_refused_with_its_field(client: Client, day: str) -> None:
    """The interface counts in Gregorian years: 2571 would be five centuries ahead."""
    slot = a_coming_slot()
    service = slot.group.services.get()
    answer = send(client, "get", f"/slots?office={service.office.code}&service={service.code}"
                  f"&from={day}&to={day}")  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "from"


@pytest.mark.parametrize(
    ("day", "status"), [("2028-02-29", 200), ("2027-02-29", 422), ("2028-02-30", 422)]
)
def test_a_leap_day_is_a_day_in_leap_years_only(client: Client, day: str, status: int) -> None:
    service = a_coming_slot().group.services.get()
    path = f"/slots?office={service.office.code}&service={service.code}&from={day}&to={day}"
    assert send(client, "get", path).status_code == status


def test_a_leap_day_is_booked_and_read_back_as_it_is(client: Client) -> None:
    service = a_service()
    service.group.days_ahead = 3000
    service.group.save()
    leap = datetime(2028, 2, 29, 9, 30, tzinfo=BANGKOK)
    answer = book(client, a_slot(service, leap))
    assert answer.status_code == 201
    assert answer.json()["slot"]["start"] == "2028-02-29T09:30:00+07:00"


def test_a_day_of_times_ends_at_midnight_in_bangkok(client: Client) -> None:
    service = a_service()
    midnight = (timezone.now() + timedelta(days=4)).astimezone(BANGKOK).replace(
        hour=0, minute=0, second=0, microsecond=0
    )  # fmt: skip
    last, first = a_slot(service, midnight - timedelta(minutes=30)), a_slot(service, midnight)
    for slot, day in ((last, midnight - timedelta(days=1)), (first, midnight)):
        day_asked = day.date().isoformat()
        found = send(client, "get", f"/slots?office={service.office.code}&service={service.code}"
                     f"&from={day_asked}&to={day_asked}").json()["slots"]  # fmt: skip
        assert [each["id"] for each in found] == [an_offer(slot)]
