"""A booking answered beside Django reads as if Django had answered it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from appointments.models import Booking, Slot
from config import limits
from config.hot_path import bookings_first
from tests.factories import a_service, a_slot, an_offer
from web.limits import Allowance

pytestmark = pytest.mark.django_db

Answer = tuple[str, dict[str, str], Any]
django = WSGIHandler()


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request that ends must not close the connection whose transaction the test is in."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def slot() -> Slot:
    return a_slot(a_service(), timezone.now() + timedelta(days=2), capacity=9)


def sent(application: Callable[..., Any], body: Any, **environ: Any) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    given: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/appointments", "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(text)), "wsgi.input": BytesIO(text), "wsgi.url_scheme": "http",
    } | environ  # fmt: skip
    told: list[Any] = []
    parts = application(given, lambda status, headers, *_: told.append((status, dict(headers))))
    return told[0][0], told[0][1], json.loads(b"".join(parts))


def never(*_: Any) -> Any:
    raise AssertionError("Django was asked")


@pytest.fixture
def both(slot: Slot) -> Callable[..., tuple[Answer, Answer]]:
    """The same request, once beside Django and once through all its middleware."""

    def ask(body: Callable[[str], Any], **environ: Any) -> tuple[Answer, Answer]:
        quick = sent(bookings_first(never), body("0812345678"), **environ)
        through = sent(django, body("0898765432"), **environ)
        return quick, through

    return ask


def asked(slot: Slot, phone: str, **more: Any) -> dict[str, Any]:
    return {"slot": an_offer(slot), "name": "สมชาย ใจดี", "phone": phone} | more


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_booking_is_answered_alike(
    both: Callable[..., tuple[Answer, Answer]], slot: Slot, language: str
) -> None:
    quick, through = both(lambda phone: asked(slot, phone), HTTP_ACCEPT_LANGUAGE=language)
    assert quick[0] == through[0] == "201 Created"
    assert quick[2]["office"] == through[2]["office"]
    assert quick[2].keys() == through[2].keys()
    assert Booking.objects.count() == 2
    length = quick[1].pop("Content-Length")
    assert int(length) > 0
    through[1].pop("Content-Length", None)
    assert quick[1] == through[1]


def test_a_refusal_is_answered_alike(
    both: Callable[..., tuple[Answer, Answer]], slot: Slot
) -> None:
    Slot.objects.update(capacity=0)
    quick, through = both(lambda phone: asked(slot, phone))
    assert quick[0] == through[0] == "409 Conflict"
    assert quick[2] == through[2]
    quick[1].pop("Content-Length")
    through[1].pop("Content-Length", None)
    assert quick[1] == through[1]


@pytest.mark.parametrize(
    "change",
    [
        {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "99999"}, {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_IDEMPOTENCY_KEY": "k" * 256}, {"REQUEST_METHOD": "PATCH"},
        {"PATH_INFO": "/api/appointments/"},
    ],
)  # fmt: skip
def test_what_is_not_plain_goes_on_to_django(slot: Slot, change: dict[str, str]) -> None:
    def elsewhere(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("418 teapot", [])
        return [b"{}"]

    body = asked(slot, "0812345678")
    assert sent(bookings_first(elsewhere), body, **change)[0] == "418 teapot"
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"[", b"{}", b'{"slot": 1}', b'{"slot": "a", "slot": "b"}', b'"\\u0000"',
     b'{"slot": "x~y", "name": "123", "phone": "0812345678"}',
     b'{"slot": "x~y", "name": "a", "phone": "1"}'],
)  # fmt: skip
def test_what_cannot_be_read_is_explained_by_django(body: bytes) -> None:
    status, _, answer = sent(bookings_first(django), body)
    assert status[:3] in {"400", "422"}
    assert answer["code"]
    assert sent(django, body)[2] == answer


def test_the_same_key_on_either_way_counts_once(slot: Slot) -> None:
    body = asked(slot, "0812345678")
    first = sent(bookings_first(never), body, HTTP_IDEMPOTENCY_KEY="once")
    again = sent(django, body, HTTP_IDEMPOTENCY_KEY="once")
    assert first[2] == again[2]
    assert Booking.objects.count() == 1


@pytest.fixture
def two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "bookings", Allowance(2))
    monkeypatch.setattr(limits, "looks", Allowance(2))


STRANGER = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.mark.usefixtures("two_a_minute")
def test_who_asks_too_often_is_told_when_to_come_again(slot: Slot) -> None:
    served = bookings_first(django)
    answers = [sent(served, asked(slot, f"081234567{n}"), **STRANGER) for n in range(4)]
    assert [answer[0][:3] for answer in answers] == ["201", "201", "429", "429"]
    assert answers[2][2]["code"] == "too_many_requests"
    assert 1 <= int(answers[2][1]["Retry-After"]) <= 30
    through = sent(django, asked(slot, "0812345670"), **STRANGER)
    assert through[0][:3] == "429"
    assert Booking.objects.count() == 2
    neighbour = sent(served, asked(slot, "0812345679"), REMOTE_ADDR="203.0.113.10")
    assert neighbour[0][:3] == "201"


@pytest.mark.usefixtures("two_a_minute")
def test_a_page_answers_with_a_page_in_the_language_of_the_visitor(client: Any) -> None:
    answers = [client.post("/appointments/", {}, REMOTE_ADDR="203.0.113.9") for _ in range(3)]
    assert answers[2].status_code == 429
    assert answers[2]["Retry-After"]
    assert "เครือข่าย" in answers[2].content.decode()


@pytest.mark.usefixtures("two_a_minute")
def test_the_bench_lifts_the_limits_by_one_setting(slot: Slot, settings: LazySettings) -> None:
    settings.RATE_LIMITS = False
    served = bookings_first(django)
    answers = [sent(served, asked(slot, f"081234567{n}"), **STRANGER) for n in range(4)]
    assert {answer[0][:3] for answer in answers} == {"201"}


def test_an_allowance_comes_back_with_time() -> None:
    now = [0.0]
    allowance = Allowance(3, clock=lambda: now[0])
    assert [allowance.spend("a") for _ in range(4)] == [0, 0, 0, 20]
    assert allowance.spend("b") == 0
    now[0] = 20.0
    assert [allowance.spend("a") for _ in range(2)] == [0, 20]
    now[0] = 90.0
    assert [allowance.spend("a") for _ in range(4)] == [0, 0, 0, 20]
