from __future__ import annotations

import smtplib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

if TYPE_CHECKING:
    from offices.models import Message


class SendFailed(Exception):
    """It did not leave; ``final`` says that trying again is of no use."""

    def __init__(self, fault: str, *, final: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.final = fault, final


class Sender(Protocol):
    """One way for messages to leave."""

    def address(self, *, phone: str, email: str) -> str:
        """Where it would reach this person; empty if it cannot."""

    def send(self, message: Message) -> None:
        """Hand the message on, or raise `SendFailed`. May be called again after a crash."""


class ConsoleSender:
    """Writes to the worker's standard output: for a desk without a mail server."""

    def address(self, *, phone: str, email: str) -> str:
        return email or phone

    def send(self, message: Message) -> None:
        sys.stdout.write(f"--- {message.recipient}\n{message.subject}\n\n{message.body}\n---\n")
        sys.stdout.flush()


class EmailSender:
    """Sends plain text by the mail server of the settings."""

    def address(self, *, phone: str, email: str) -> str:  # noqa: ARG002
        return email

    def send(self, message: Message) -> None:
        mail = EmailMessage(message.subject, message.body, to=[message.recipient])
        mail.extra_headers = {"Auto-Submitted": "auto-generated"}
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, UnicodeError, ValueError) as error:
            raise SendFailed(type(error).__name__, final=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed(type(error).__name__) from error


CHANNELS: Final[dict[str, Sender]] = {"console": ConsoleSender(), "email": EmailSender()}
NOT_CONFIGURED: Final = ("sms", "line")


def channels_checked(names: Sequence[str]) -> tuple[str, ...]:
    """The channels to be used, in order of preference; ImproperlyConfigured for others."""
    for name in names:
        if name in NOT_CONFIGURED:
            raise ImproperlyConfigured(
                f"CHANOT_MESSAGES: {name} is not configured: this service has no gateway for it."
            )
        if name not in CHANNELS:
            raise ImproperlyConfigured(
                f"CHANOT_MESSAGES: {name} is no channel; there are {', '.join(CHANNELS)}."
            )
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
