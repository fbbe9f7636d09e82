"""Take, move and give back a place in a slot. docs/algorithms/booking.md explains the steps."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, transaction

from appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    BookingUnknown,
    OfficeBusy,
    SlotClosed,
    SlotFull,
    SlotUnknown,
    TooManyBookings,
)
from appointments.models import Booking, Closure, Slot
from appointments.services.slots import slot_next_free
from offices.models import User
from offices.services.audit import entry_record

LOCK_TIMEOUT = "3s"
BOOKINGS_PER_PHONE = 3
# Read aloud at a counter: no letter or digit that is taken for another.
_REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_REFERENCE_LENGTH = 6
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED = "55P03", "40P01"


@contextmanager
def short_locks() -> Iterator[None]:
    """One transaction that rather says "busy" (OfficeBusy) than waits for long."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in {_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED}:
            raise OfficeBusy from error
        raise


def booking_create(
    *, slot_id: str, name: str, phone: str, parcel_public_id: str = "", now: datetime
) -> Booking:
    """Take one place in the slot with this public id.

    Locks the telephone number, then the slot. Raises SlotUnknown, SlotClosed, SlotFull (with the
    next free time), AlreadyBooked, TooManyBookings or OfficeBusy.
    """
    with short_locks():
        _lock_phone(phone)
        slot = _locked_slots(slot_id)[slot_id]
        _check_not_hoarding(slot, phone, now)
        _check_bookable(slot, now)
        booking = _insert(slot=slot, name=name, phone=phone, parcel=parcel_public_id, now=now)
        _record("appointments.booked", booking, now)
    return booking


def booking_move(*, token: str, slot_id: str, now: datetime) -> Booking:
    """Give back the booking's place and take one in another slot of the same service.

    Locks the booking, then both slots in the order of their keys. Moving to where it is changes
    nothing. Raises BookingUnknown, BookingEnded and what ``booking_create`` raises of the slot.
    """
    with short_locks():
        booking = _locked_booking(token)
        slots = _locked_slots(slot_id, booking.slot.public_id)
        _check_stands(booking, now)
        slot = slots[slot_id]
        if slot.service_id != booking.slot.service_id:
            raise SlotUnknown
        if slot.pk != booking.slot_id:
            _check_bookable(slot, now)
            booking.slot, booking.changed_at = slot, now
            _save_once(booking)
            _record("appointments.moved", booking, now)
    return booking


def booking_cancel(*, token: str, now: datetime, actor: User | None = None) -> Booking:
    """Give the place back. Cancelling twice is the same as once.

    ``actor`` is the member of staff who does it at the citizen's request. Raises BookingUnknown,
    BookingEnded (its time has come) or OfficeBusy.
    """
    with short_locks():
        booking = _locked_booking(token)
        slot = _locked_slots(booking.slot.public_id)[booking.slot.public_id]
        if booking.status == Booking.Status.BOOKED:
            _check_stands(booking, now)
            booking.slot = slot
            booking.status, booking.changed_at = Booking.Status.CANCELLED, now
            _save_once(booking)
            _record("appointments.cancelled", booking, now, actor)
    return booking


def booking_get(*, token: str) -> Booking:
    """The booking of whoever holds the token; BookingUnknown if there is none."""
    booking: Booking | None = None
    if _PUBLIC_ID.fullmatch(token):
        bookings = Booking.objects.select_related("slot__service__office")
        booking = bookings.filter(token=token).first()
    if booking is None:
        raise BookingUnknown
    return booking


def _lock_phone(phone: str) -> None:
    """One telephone number books one thing at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [phone])


def _locked_booking(token: str) -> Booking:
    """Lock the booking of whoever holds the token; nobody else moves or cancels it meanwhile.

    Locked by itself, its slot read afterwards: a join would look for the slot that the booking
    had before we waited, and find nothing when somebody moved it.
    """
    known = booking_get(token=token)
    Booking.objects.select_for_update().get(pk=known.pk)
    return booking_get(token=token)


def _locked_slots(*public_ids: str) -> dict[str, Slot]:
    """Lock the slots, in the order of their keys; SlotUnknown if one is missing."""
    if not all(_PUBLIC_ID.fullmatch(public_id) for public_id in public_ids):
        raise SlotUnknown
    query = Slot.objects.filter(public_id__in=public_ids).order_by("pk")
    slots = query.select_related("service__office").select_for_update(of=("self",))
    found = {slot.public_id: slot for slot in slots}
    if len(found) < len(set(public_ids)):
        raise SlotUnknown
    return found


def _check_bookable(slot: Slot, now: datetime) -> None:
    """Look at the slot, which is locked: is it open, ahead, and has it room?"""
    closures = Closure.objects.of_office(slot.service.office_id)
    if not Slot.objects.filter(pk=slot.pk).in_time(now).open_on(closures).exists():
        raise SlotClosed
    if slot.taken >= slot.capacity:
        raise SlotFull(next=slot_next_free(after=slot, now=now))


def _check_not_hoarding(slot: Slot, phone: str, now: datetime) -> None:
    held = Booking.objects.ahead(now).filter(phone=phone)
    if held.filter(slot=slot).exists():
        raise AlreadyBooked
    count = held.filter(slot__service__office=slot.service.office).count()
    if count >= BOOKINGS_PER_PHONE:
        raise TooManyBookings(count=count)


def _check_stands(booking: Booking, now: datetime) -> None:
    if booking.status != Booking.Status.BOOKED or booking.slot.starts_at <= now:
        raise BookingEnded


def _insert(*, slot: Slot, name: str, phone: str, parcel: str, now: datetime) -> Booking:
    """Insert under a reference nobody has; 32^6 of them make a second try rare."""
    while True:
        characters = (secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))
        booking = Booking(
            reference="".join(characters),
            slot=slot,
            name=name,
            phone=phone,
            parcel_public_id=parcel,
            created_at=now,
            changed_at=now,
        )
        if _save_once(booking):
            booking.refresh_from_db(fields=["token"])
            return booking


def _save_once(booking: Booking) -> bool:
    """Save, and read back what the database counted; False when the reference is another's.

    The constraint that one number holds one place in a slot speaks in words.
    """
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name == "one_booking_per_phone_and_slot":
            raise AlreadyBooked from error
        if "reference" in name:
            return False
        raise
    booking.slot.refresh_from_db(fields=["taken"])
    return True


def _record(action: str, booking: Booking, now: datetime, actor: User | None = None) -> None:
    entry_record(
        action=action,
        subject_kind="booking",
        subject_id=booking.reference,
        actor=actor,
        office=booking.slot.service.office,
        data={"slot": booking.slot_id},
        now=now,
    )
