from __future__ import annotations

import smtplib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from offices.messages.faults import SendFailed
from offices.messages.gateways import LineSender, SmsSender

if TYPE_CHECKING:
    from offices.models import Message


class Sender(Protocol):
    """One way for messages to leave."""

    def address(self, *, phone: str, email: str) -> str:
        """Where it would reach this person; empty if it cannot."""

    def check(self) -> None:
        """Raise ImproperlyConfigured, in words, unless the settings are enough to send."""

    def send(self, message: Message) -> None:
        """Hand the message on, or raise `SendFailed`. May be called again after a crash."""


class ConsoleSender:
    """Writes to the worker's standard output: for a desk without a mail server."""

    def address(self, *, phone: str, email: str) -> str:
        return email or phone

    def check(self) -> None:
        """Nothing is needed."""

    def send(self, message: Message) -> None:
        sys.stdout.write(f"--- {message.recipient}\n{message.subject}\n\n{message.body}\n---\n")
        sys.stdout.flush()


class EmailSender:
    """Sends plain text by the mail server of the settings."""

    def address(self, *, phone: str, email: str) -> str:  # noqa: ARG002
        return email

    def check(self) -> None:
        """A mail server is named by default."""

    def send(self, message: Message) -> None:
        mail = EmailMessage(message.subject, message.body, to=[message.recipient])
        mail.extra_headers = {"Auto-Submitted": "auto-generated"}
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, UnicodeError, ValueError) as error:
            raise SendFailed(type(error).__name__, final=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed(type(error).__name__) from error


CHANNELS: Final[dict[str, Sender]] = {
    "console": ConsoleSender(), "email": EmailSender(), "sms": SmsSender(), "line": LineSender(),
}  # fmt: skip


def channels_checked(names: Sequence[str]) -> tuple[str, ...]:
    """The channels to be used, in order of preference; ImproperlyConfigured for others."""
    for name in names:
        if name not in CHANNELS:
            raise ImproperlyConfigured(
                f"CHANOT_MESSAGES: {name} is no channel; there are {', '.join(CHANNELS)}."
            )
        CHANNELS[name].check()
    return tuple(names)


def sender_named(channel: str) -> Sender:
    """The sender of a channel; SendFailed where the channel is not used any more."""
    if channel not in channels_checked(settings.CHANOT_MESSAGES):
        raise SendFailed("ChannelNotConfigured", final=True)
    return CHANNELS[channel]


def channel_for(*, phone: str = "", email: str = "") -> tuple[str, str] | None:
    """The first channel that reaches this person, and the address there; None if none does."""
    for name in channels_checked(settings.CHANOT_MESSAGES):
        if address := CHANNELS[name].address(phone=phone, email=email):
            return name, address
    return None
