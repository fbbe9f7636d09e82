"""A manager sees what was sent and sends again what failed, without seeing to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from offices.models import AuditEntry, Message, Role
from offices.services.messages import recipient_masked
from tests.factories import a_land_office, a_user

pytestmark = pytest.mark.django_db
PHONE = "+66812345678"


@pytest.fixture
def failed() -> Message:
    now = timezone.now() - timedelta(hours=1)
    return Message.objects.create(
        office=a_land_office(), channel="sms", recipient=PHONE, subject="Your visit", body="secret",
        about_kind="booking", about_id="ABC234", status="failed", attempts=6, try_at=now,
        fault="HTTP 503", created_at=now,
    )  # fmt: skip


def test_a_manager_sends_a_failed_message_again(client: Client, failed: Message) -> None:
    client.force_login(a_user("manager", Role.MANAGER))
    page = client.get("/office/messages/?status=failed").content.decode()
    assert "ABC234" in page
    assert "HTTP 503" in page
    assert "+66…78" in page
    assert PHONE not in page
    assert "secret" not in page
    assert client.post(f"/office/messages/{failed.pk}/resend/").status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("waiting", 0)
    assert AuditEntry.objects.filter(action="offices.message_resent").count() == 1


def test_what_was_forgotten_is_not_sent_again(client: Client, failed: Message) -> None:
    Message.objects.update(recipient="", body="")
    client.force_login(a_user("manager", Role.MANAGER))
    client.post(f"/office/messages/{failed.pk}/resend/")
    failed.refresh_from_db()
    assert failed.status == "failed"


@pytest.mark.parametrize("role", [Role.LAND_OFFICER, Role.CASHIER])
def test_nobody_else_opens_the_outbox(client: Client, failed: Message, role: Any) -> None:
    client.force_login(a_user("clerk", role))
    assert client.get("/office/messages/").status_code == 403
    assert client.post(f"/office/messages/{failed.pk}/resend/").status_code == 403
    failed.refresh_from_db()
    assert failed.status == "failed"


@pytest.mark.parametrize(
    ("recipient", "masked"),
    [("visitor@example.org", "v…@example.org"), (PHONE, "+66…78"), ("", "")],
)
def test_an_address_is_masked(recipient: str, masked: str) -> None:
    assert recipient_masked(recipient) == masked
