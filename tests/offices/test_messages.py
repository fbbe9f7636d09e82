"""Messages wait in the outbox, leave once, and are forgotten."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction

from offices.messages import channels_checked
from offices.models import Message
from offices.services.messages import RETRIES, message_write, messages_send
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "visitor@example.org"


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["email"]


def written(**fields: Any) -> Message:
    message = message_write(
        subject="Your visit", body="https://example.org/secret/", about=("booking", "AAAAAA"),
        now=NOW, **{"email": ADDRESS} | fields,
    )  # fmt: skip
    assert message is not None
    return message


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send_messages(self: Any, messages: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


def test_a_message_is_sent_once_and_then_forgets_whom_and_what() -> None:
    message = written()
    assert messages_send(now=NOW)["sent"] == 1
    assert messages_send(now=NOW)["sent"] == 0
    assert [sent.to for sent in mail.outbox] == [[ADDRESS]]
    assert mail.outbox[0].body == "https://example.org/secret/"
    message.refresh_from_db()
    assert (message.status, message.recipient, message.body) == ("sent", "", "")


def test_what_failed_is_tried_again_later_and_given_up_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = written()
    with monkeypatch.context() as patch:
        refuse(patch, smtplib.SMTPServerDisconnected("the text of another server"))
        now = NOW
        for wait in RETRIES:
            assert messages_send(now=now)["put_off"] == 1
            assert messages_send(now=now + wait - timedelta(seconds=1))["put_off"] == 0
            now += wait
        assert messages_send(now=now)["failed"] == 1
    message.refresh_from_db()
    assert (message.status, message.fault) == ("failed", "SMTPServerDisconnected")
    assert messages_send(now=now + timedelta(days=1)) == {"sent": 0, "failed": 0, "put_off": 0}


def test_after_a_failure_it_still_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    written()
    with monkeypatch.context() as patch:
        refuse(patch, ConnectionRefusedError())
        messages_send(now=NOW)
    assert messages_send(now=NOW + RETRIES[0])["sent"] == 1
    assert len(mail.outbox) == 1


def test_a_refused_recipient_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written()
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({}))
    assert messages_send(now=NOW)["failed"] == 1


def test_what_comes_too_late_is_not_sent() -> None:
    written(useless_at=NOW + timedelta(minutes=5))
    assert messages_send(now=NOW + timedelta(minutes=5))["failed"] == 1
    assert mail.outbox == []


def test_who_is_reached_by_no_channel_gets_no_message(settings: Any) -> None:
    reach = {"subject": "s", "body": "b", "about": ("booking", "A"), "now": NOW}
    assert message_write(phone="+66810000001", **reach) is None
    settings.CHANOT_MESSAGES = []
    assert message_write(email=ADDRESS, **reach) is None


def test_a_channel_taken_away_gives_its_messages_up(settings: Any) -> None:
    written()
    settings.CHANOT_MESSAGES = []
    assert messages_send(now=NOW)["failed"] == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sms", "not configured: set CHANOT_SMS_URL"),
        ("line", "not configured: set CHANOT_LINE_TOKEN"),
        ("fax", "no channel"),
    ],
)
def test_a_channel_without_its_settings_stops_the_start(name: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        channels_checked(["email", name])


def test_the_console_writes_to_the_workers_output(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CHANOT_MESSAGES = ["console"]
    written(email="", phone="+66810000001")
    messages_send(now=NOW)
    assert "https://example.org/secret/" in capsys.readouterr().out


def test_no_log_line_says_to_whom_or_what(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    written()
    messages_send(now=NOW)
    out = capsys.readouterr()
    told = caplog.text + out.out + out.err
    assert ADDRESS not in told
    assert "secret" not in told


def test_the_database_itself_refuses_a_sent_message_with_its_person() -> None:
    message = written()
    with (
        pytest.raises(IntegrityError, match="a_message_sent_forgets_its_person"),
        transaction.atomic(),
    ):
        Message.objects.filter(pk=message.pk).update(status="sent", sent_at=NOW)
