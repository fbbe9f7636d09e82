"""The outbox: messages are written with the act they tell of, and sent by the worker.

A message may arrive twice if the worker dies between handing it on and writing that down; none is
lost. docs/operations/messages.md has the states.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from offices.messages import SendFailed, channel_for, sender_named
from offices.models import Message, Office, User
from offices.services.audit import entry_record

# How long after each failure it is tried again; after the last it is given up.
RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_AT_ONCE: Final = 200
# So long a message that was given up can be sent again, unless it is of no use any more.
KEPT_FOR: Final = timedelta(days=7)

log = structlog.get_logger(__name__)


def message_write(
    *,
    phone: str = "",
    email: str = "",
    subject: str,
    body: str,
    about: tuple[str, str],
    office: Office | None = None,
    now: datetime,
    useless_at: datetime | None = None,
) -> Message | None:
    """Put a message into the outbox; None where no configured channel reaches the person.

    Call it in the transaction of the act. ``about`` is kind and reference of what it tells of;
    ``subject`` holds no personal data. It is not sent any more from ``useless_at`` on.
    """
    reached = channel_for(phone=phone, email=email)
    if reached is None:
        return None
    channel, recipient = reached
    kind, reference = about
    return Message.objects.create(
        office=office, channel=channel, recipient=recipient, subject=subject, body=body,
        about_kind=kind, about_id=reference, created_at=now, try_at=now, useless_at=useless_at,
    )  # fmt: skip


def messages_send(*, now: datetime) -> dict[str, int]:
    """Send what is due, each message in a transaction of its own; counts by outcome."""
    due = Message.objects.filter(status=Message.Status.WAITING, try_at__lte=now)
    counts = {"sent": 0, "failed": 0, "put_off": 0}
    for pk in due.order_by("try_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        with transaction.atomic():
            message = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            if message is not None:
                counts[_send(message, now)] += 1
    return counts


def _send(message: Message, now: datetime) -> str:
    message.attempts += 1
    try:
        _hand_on(message, now)
    except SendFailed as failure:
        outcome = _put_off(message, failure, now)
    else:
        outcome = "sent"
        message.status, message.sent_at = Message.Status.SENT, now
    if outcome == "sent":
        message.recipient = message.body = ""
    message.save()
    # Neither address nor text: logs are kept longer than messages.
    log.info(
        "message_" + outcome, message=message.pk, channel=message.channel,
        about=message.about_kind, attempts=message.attempts, fault=message.fault,
    )  # fmt: skip
    return outcome


def _hand_on(message: Message, now: datetime) -> None:
    if message.useless_at is not None and message.useless_at <= now:
        raise SendFailed("TooLate", final=True)
    sender_named(message.channel).send(message)


def _put_off(message: Message, failure: SendFailed, now: datetime) -> str:
    message.fault = failure.fault[:80]
    if failure.final or message.attempts > len(RETRIES):
        message.status = Message.Status.FAILED
        return "failed"
    message.try_at = now + RETRIES[message.attempts - 1]
    return "put_off"


def message_resend(*, message: Message, actor: User, now: datetime) -> bool:
    """Send it at once with all its tries; False where it was sent or forgotten meanwhile."""
    with transaction.atomic():
        locked = Message.objects.select_for_update().get(pk=message.pk)
        if locked.status == Message.Status.SENT or not locked.recipient:
            return False
        locked.status, locked.attempts, locked.try_at = Message.Status.WAITING, 0, now
        locked.save(update_fields=["status", "attempts", "try_at"])
        entry_record(
            action="offices.message_resent", subject_kind=locked.about_kind,
            subject_id=locked.about_id, actor=actor, office=locked.office,
            data={"message": locked.pk}, now=now,
        )  # fmt: skip
    return True


def messages_forget(*, now: datetime) -> int:
    """Forget whom and what of messages that were given up and can be of no use; how many."""
    useless = Q(created_at__lt=now - KEPT_FOR) | Q(useless_at__lte=now)
    failed = Message.objects.filter(useless, status=Message.Status.FAILED)
    return failed.exclude(recipient="", body="").update(recipient="", body="")


def recipient_masked(recipient: str) -> str:
    """As much of an address as tells two apart: ``v…@example.org``, ``+66…78``."""
    name, at, host = recipient.rpartition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"{recipient[:3]}…{recipient[-2:]}" if recipient else ""
