"""Short messages and LINE leave over HTTP, to a gateway that runs here."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured

from offices.messages import channels_checked
from offices.models import Message
from offices.services.messages import (
    KEPT_FOR,
    RETRIES,
    message_write,
    messages_forget,
    messages_send,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PHONE = "+66812345678"


class Gateway(HTTPServer):
    """A gateway that writes down what it gets and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/send"


class Receiver(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.CHANOT_MESSAGES = ["sms"]
    settings.CHANOT_SMS_URL = settings.CHANOT_LINE_URL = server.url
    settings.CHANOT_SMS_AUTHORIZATION, settings.CHANOT_LINE_TOKEN = "Key abc", "secret"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def written(body: str = "ที่สำนักงานที่ดิน {to} {text}") -> Message:
    message = message_write(
        phone=PHONE, subject="จองแล้ว", body=body, about=("booking", "AAAAAA"), now=NOW
    )
    assert message is not None
    return message


def test_a_short_message_is_the_template_filled_in_once(gateway: Gateway, settings: Any) -> None:
    settings.CHANOT_SMS_BODY = '{"msisdn": "{national}", "msg": "{text}", "many": ["{to}"], "n": 1}'
    written()
    assert messages_send(now=NOW)["sent"] == 1
    _, headers, body = gateway.got[0]
    assert headers["Authorization"] == "Key abc"
    assert json.loads(body) == {
        "msisdn": "0812345678", "msg": "จองแล้ว\nที่สำนักงานที่ดิน {to} {text}", "many": [PHONE], "n": 1,
    }  # fmt: skip


def test_a_gateway_that_wants_a_form_gets_a_form(gateway: Gateway, settings: Any) -> None:
    settings.CHANOT_SMS_FORM = True
    written("ข้อความ & more=1")
    messages_send(now=NOW)
    sent = parse_qs(gateway.got[0][2].decode())
    assert sent == {"to": [PHONE], "text": ["จองแล้ว\nข้อความ & more=1"]}


def test_line_gets_the_digest_of_the_number_and_the_text(gateway: Gateway, settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["line"]
    written("ข้อความ")
    assert messages_send(now=NOW)["sent"] == 1
    _, headers, body = gateway.got[0]
    assert headers["Authorization"] == "Bearer secret"
    assert json.loads(body) == {
        "to": hashlib.sha256(PHONE.encode()).hexdigest(),
        "messages": [{"type": "text", "text": "จองแล้ว\nข้อความ"}],
    }


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_gateway_in_trouble_is_asked_again(gateway: Gateway, status: int) -> None:
    message = written()
    gateway.answers = [status]
    assert messages_send(now=NOW)["put_off"] == 1
    message.refresh_from_db()
    assert message.fault == f"HTTP {status}"
    assert messages_send(now=NOW + RETRIES[0])["sent"] == 1


@pytest.mark.parametrize("status", [400, 401, 403, 422, 302])
def test_a_refusal_is_final_and_leads_nowhere_else(gateway: Gateway, status: int) -> None:
    written()
    gateway.answers = [status]
    assert messages_send(now=NOW)["failed"] == 1
    assert [path for path, _, _ in gateway.got] == ["/send"]


def test_a_gateway_that_is_away_is_asked_again(settings: Any, gateway: Gateway) -> None:
    settings.CHANOT_SMS_URL = "http://127.0.0.1:9/"
    message = written()
    assert messages_send(now=NOW)["put_off"] == 1
    message.refresh_from_db()
    assert message.fault == "URLError"


def test_what_failed_is_forgotten_after_a_week(gateway: Gateway) -> None:
    message = written()
    gateway.answers = [400]
    messages_send(now=NOW)
    assert messages_forget(now=NOW + KEPT_FOR) == 0
    assert messages_forget(now=NOW + KEPT_FOR + timedelta(seconds=1)) == 1
    message.refresh_from_db()
    assert (message.recipient, message.body) == ("", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"CHANOT_SMS_URL": "http://gateway.example/send"}, {"CHANOT_SMS_URL": "ftp://gateway"},
        {"CHANOT_SMS_BODY": "[]"}, {"CHANOT_SMS_BODY": '{"to": "{to}"}'},
        {"CHANOT_SMS_BODY": "{text}"},
    ],
)  # fmt: skip
@pytest.mark.usefixtures("gateway")
def test_settings_that_cannot_work_stop_the_start(settings: Any, changes: dict[str, str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        channels_checked(["sms"])
