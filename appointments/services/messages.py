"""What citizens are told of their bookings, each in the language in which they booked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.models import Booking, WaitingListEntry
from appointments.querysets import day_begins
from cadastre.scheduling import BANGKOK
from offices.models import Message
from offices.services.messages import message_write
from web.formats import format_date, format_time


def address_of(name: str, token: str) -> str:
    """The address of a page, as it is reached from outside."""
    return f"{settings.CHANOT_PUBLIC_URL}{reverse(name, args=[token])}"


def tell_booked(booking: Booking, *, now: datetime) -> bool:
    """That it is booked, with the address to move or cancel it; whether it could be told."""
    with _in_language_of(booking):
        return _write(booking, now, subject=_("Your visit is booked"), lines=[
            _("Move or cancel it here: {address}"),
        ])  # fmt: skip


def tell_booked_once(booking: Booking, *, now: datetime) -> bool:
    """As `tell_booked`, unless it was told when the same request came before."""
    about = {"about_kind": "booking", "about_id": booking.reference}
    return not Message.objects.filter(**about).exists() and tell_booked(booking, now=now)


def tell_code(booking: Booking, code: str, *, now: datetime) -> bool:
    """The code that makes a hold a booking."""
    with _in_language_of(booking):
        return _write(booking, now, subject=_("Your code for the booking"), useless=True, lines=[
            _("Your code is {code}. It is valid until {until}. Tell it to nobody."),
        ], code=code)  # fmt: skip


def tell_offer(entry: WaitingListEntry, *, now: datetime) -> bool:
    """That a place came free, and until when it is kept."""
    booking = entry.offered
    assert booking is not None
    with _in_language_of(entry):
        return _write(
            booking, now, subject=_("A place came free"), useless=True,
            lines=[_("It is kept for you until {until}. Take it or let it go here: {address}")],
            address=address_of("waiting-entry", entry.token),
        )  # fmt: skip


def tell_ended(entry: WaitingListEntry, *, now: datetime) -> bool:
    """That the entry is off the list after offers that were not taken."""
    with _in_language_of(entry):
        service = entry.service
        body = _(
            "{service}, {office}: three places were offered and not taken, so you are off the "
            "waiting list. You can join it again."
        ).format(service=service.name, office=service.office.name)
        return message_write(
            phone=entry.phone, email=entry.email, subject=_("You are off the waiting list"),
            body=body, about=("waiting", str(entry.pk)), office=service.office, now=now,
        ) is not None  # fmt: skip


def reminders_write(*, now: datetime) -> int:
    """Remind everybody whose visit is tomorrow, once; returns how many could be told."""
    tomorrow = now.astimezone(BANGKOK).date() + timedelta(days=1)
    due = Booking.objects.standing().filter(
        reminded_at=None,
        slot__starts_at__gte=day_begins(tomorrow), slot__starts_at__lt=day_begins(tomorrow, 1),
    )  # fmt: skip
    told = 0
    for booking in due.select_related("slot", "service__office").order_by("pk").iterator():
        # Whoever comes second changes no row and writes nothing.
        if due.filter(pk=booking.pk).update(reminded_at=now):
            with _in_language_of(booking):
                told += _write(booking, now, subject=_("Your visit is tomorrow"), lines=[
                    _("If you cannot come, give the place to somebody else: {address}"),
                ])  # fmt: skip
    return told


@contextmanager
def _in_language_of(person: Booking | WaitingListEntry) -> Iterator[None]:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        yield


def _write(
    booking: Booking,
    now: datetime,
    *,
    subject: str,
    lines: list[str],
    useless: bool = False,
    **values: str,
) -> bool:
    service, starts_at = booking.service, booking.slot.starts_at
    facts = {
        "address": address_of("appointment-detail", booking.token),
        "until": format_time(booking.held_until) if booking.held_until else "",
    } | values
    body = [
        service.name,
        service.office.name,
        _("{day}, {time}").format(day=format_date(starts_at), time=format_time(starts_at)),
        _("Queue number {reference}").format(reference=booking.reference),
        "",
        *(line.format(**facts) for line in lines),
    ]
    written = message_write(
        phone=booking.phone, email=booking.email, subject=subject, body="\n".join(body),
        about=("booking", booking.reference), office=service.office, now=now,
        useless_at=booking.held_until if useless else starts_at,
    )  # fmt: skip
    return written is not None
