"""Tickets: who comes into the hall gets a number. docs/algorithms/waiting-time.md has the order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db.models import Q

from appointments.errors import BookingEnded, BookingUnknown
from appointments.hall_errors import (
    CheckInNotNow,
    KioskBusy,
    KioskOff,
    KioskUnknown,
    ServiceNotDone,
    TicketUnknown,
)
from appointments.models import (
    Booking,
    Closure,
    Counter,
    CounterGroup,
    Hall,
    IdempotencyRecord,
    Need,
    Service,
    Ticket,
    TicketEvent,
    TicketSeries,
)
from appointments.services.bookings import short_locks
from appointments.services.slots import hours_of_day, weekly_of
from cadastre.scheduling import BANGKOK
from offices.models import User
from offices.models.office import Office
from offices.services.audit import entry_record
from web.formats import format_date

PRIORITY_NEEDS: Final = {Need.ELDERLY.value, Need.WHEELCHAIR.value}
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_REFERENCE = re.compile(r"[A-Z0-9]{1,12}")


def hall_of(office: Office) -> Hall:
    """How the hall of the office is run; the usual rules where nobody wrote any down."""
    return Hall.objects.filter(office=office).first() or Hall(office=office)


def today_of(now: datetime) -> date:
    """The day in Thailand."""
    return now.astimezone(BANGKOK).date()


def ticket_get(*, public_id: str) -> Ticket:
    """The ticket of whoever holds its address; TicketUnknown if there is none."""
    ticket: Ticket | None = None
    if _PUBLIC_ID.fullmatch(public_id):
        known = Ticket.objects.select_related(
            "office", "service__group", "counter", "booking__slot"
        )
        ticket = known.filter(public_id=public_id).first()
    if ticket is None:
        raise TicketUnknown
    return ticket


def ticket_take(
    *,
    service: Service,
    now: datetime,
    needs: Iterable[str] = (),
    parcel: str = "",
    actor: User | None = None,
) -> Ticket:
    """The next number of the day for somebody who walked in. ServiceNotDone or OfficeBusy."""
    _check_done(service)
    with short_locks():
        return _give(
            service,
            now,
            due_at=now,
            needs=needs,
            parcel_public_id=parcel,
            actor=actor,
            kind="taken",
        )


def ticket_take_at_kiosk(
    *, hall: Hall, service: Service, now: datetime, needs: Iterable[str] = (), key: str
) -> Ticket:
    """As `ticket_take`, within what the office lets its kiosk give, and once for each ``key``.

    A finger that taps twice, or a page sent again, gets the same ticket. KioskOff or KioskBusy.
    """
    with short_locks():
        record, is_new = IdempotencyRecord.objects.get_or_create(
            key=sha256(f"kiosk {hall.kiosk_key} {key}".encode()).hexdigest(),
            defaults={"request_digest": "", "status": 201, "answer": {}, "created_at": now},
        )
        if not is_new:
            return ticket_get(public_id=record.answer["ticket"])
        _check_given(hall, service, now)
        ticket = ticket_take(service=service, now=now, needs=needs)
        record.answer = {"ticket": ticket.public_id}
        record.save(update_fields=["answer"])
        return ticket


def is_given(hall: Hall, group: CounterGroup, now: datetime) -> bool:
    """Whether the kiosk gives numbers for these counters now: on the days on which they open,
    from as long before as the office lets people check in, until they close.

    An office that has written down no hours gives numbers all day.
    """
    day = today_of(now)
    hours = hours_of_day(group, day)
    if hours is None:
        is_closed = Closure.objects.of_office(hall.office_id).filter(day=day).exists()
        return not (is_closed or any(weekly_of(group)) or group.special_openings.exists())
    opens, closes = (datetime.combine(day, each, BANGKOK) for each in hours)
    return opens - timedelta(minutes=hall.early_minutes) <= now < closes


def _check_given(hall: Hall, service: Service, now: datetime) -> None:
    day = today_of(now)
    if not hall.kiosk_is_on or not is_given(hall, service.group, now):
        raise KioskOff
    lately = Ticket.objects.filter(
        office=hall.office_id, day=day, booking=None, created_at__gt=now - timedelta(minutes=1)
    )
    if lately.count() >= hall.tickets_a_minute:
        raise KioskBusy


def kiosk_known(*, office: str, key: str) -> Hall:
    """The hall whose kiosk has this secret address; KioskUnknown if there is none."""
    hall: Hall | None = None
    if _PUBLIC_ID.fullmatch(key):
        hall = Hall.objects.select_related("office").filter(kiosk_key=key).first()
    if hall is None or hall.office.code != office:
        raise KioskUnknown
    return hall


def kiosk_set_up(*, office: Office, is_on: bool, actor: User, now: datetime) -> Hall:
    """Give the kiosk a new address, or none: the former one no longer works."""
    with short_locks():
        Hall.objects.filter(office=office).select_for_update().first()
        rules = {
            field.name: getattr(hall_of(office), field.name)
            for field in Hall._meta.fields
            if field.name not in {"id", "office", "kiosk_key"}
        }
        Hall.objects.filter(office=office).delete()
        hall: Hall = Hall.objects.create(**rules | {"office": office, "kiosk_is_on": is_on})
        entry_record(
            action="appointments.kiosk_set_up", subject_kind="office", subject_id=office.code,
            actor=actor, office=office, data={"is_on": is_on}, now=now,
        )  # fmt: skip
    hall.refresh_from_db()
    return hall


def booking_named(*, office: Office, text: str) -> Booking:
    """The booking of a reference, or of the address that its code holds; BookingUnknown if none.

    Takes what a person types and what a scanner types: spaces and small letters do not matter.
    """
    written = text.strip().rstrip("/").rsplit("/", 1)[-1].strip()
    bookings = Booking.objects.filter(service__office=office)
    found: Booking | None = None
    if _PUBLIC_ID.fullmatch(written):
        found = bookings.filter(token=written).first()
    reference = re.sub(r"\s", "", written).upper()
    if found is None and _REFERENCE.fullmatch(reference):
        found = bookings.filter(reference=reference).first()
    if found is None:
        raise BookingUnknown
    return found


def check_in_opens(booking: Booking) -> datetime:
    """From when the visitor of a booking may check in; until the end of that day."""
    hall = hall_of(booking.service.office)
    begins: datetime = booking.slot.starts_at
    return begins - timedelta(minutes=hall.early_minutes)


def ticket_of_booking(*, booking: Booking, now: datetime, actor: User | None = None) -> Ticket:
    """The number of somebody who arrives with a booking; arriving twice is the same as once.

    On time, or late by at most ``late_minutes`` of the hall, the booked time counts; later, the
    moment of arrival. Raises BookingEnded, CheckInNotNow, ServiceNotDone or OfficeBusy.
    """
    with short_locks():
        Booking.objects.select_for_update().get(pk=booking.pk)
        booking = Booking.objects.select_related("slot", "service__office").get(pk=booking.pk)
        held = Ticket.objects.filter(booking=booking).first()
        if held is not None and booking.status == Booking.Status.ARRIVED:
            return held
        if booking.status != Booking.Status.BOOKED:
            raise BookingEnded
        _check_now(booking, now)
        _check_done(booking.service)
        booking.status, booking.changed_at = Booking.Status.ARRIVED, now
        booking.save(update_fields=["status", "changed_at"])
        return _give(
            booking.service, now, due_at=due_of(booking, now), needs=booking.needs,
            parcel_public_id=booking.parcel_public_id, booking=booking, actor=actor, kind="arrived",
        )  # fmt: skip


def due_of(booking: Booking, arrived: datetime) -> datetime:
    """When somebody with a booking is due: at the booked time, unless too late for it."""
    begins: datetime = booking.slot.starts_at
    grace = timedelta(minutes=hall_of(booking.service.office).late_minutes)
    return begins if arrived <= begins + grace else arrived


def _check_now(booking: Booking, now: datetime) -> None:
    opens = check_in_opens(booking)
    day = today_of(booking.slot.starts_at)
    if day < today_of(now):
        raise BookingEnded
    if now < opens:
        raise CheckInNotNow(
            day=format_date(today_of(opens)), since=f"{opens.astimezone(BANGKOK):%H:%M}"
        )


def _check_done(service: Service) -> None:
    if not Counter.objects.filter(Q(services=service), is_active=True).exists():
        raise ServiceNotDone


def _give(
    service: Service, now: datetime, *, kind: str, actor: User | None, needs: Any, **facts: Any
) -> Ticket:
    """Draw the number and write the ticket, inside the transaction of the caller."""
    day = today_of(now)
    known = [need for need in needs if need in Need.values]
    ticket: Ticket = Ticket.objects.create(
        office=service.office, day=day, number=_number(service, day), service=service,
        needs=known, priority=int(bool(PRIORITY_NEEDS & set(known))), created_at=now, **facts,
    )  # fmt: skip
    ticket.refresh_from_db(fields=["public_id"])
    event_record(ticket, kind, now=now, actor=actor)
    return ticket


def _number(service: Service, day: date) -> str:
    """The next number under the letter of the service; the row of the series is locked for it."""
    prefix = service.ticket_prefix or hall_of(service.office).prefix
    which = {"office": service.office, "day": day, "prefix": prefix}
    TicketSeries.objects.bulk_create([TicketSeries(**which)], ignore_conflicts=True)
    series = TicketSeries.objects.select_for_update(of=("self",), no_key=True).get(**which)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}{series.last:03d}"


def event_record(
    ticket: Ticket,
    kind: str,
    *,
    now: datetime,
    actor: User | None = None,
    counter: Counter | None = None,
    **data: Any,
) -> None:
    """Write down what happened to the ticket, inside the transaction of the act."""
    TicketEvent.objects.create(
        ticket=ticket, kind=kind, at=now, actor=actor, counter=counter, data=data
    )
