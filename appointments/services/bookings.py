"""Take, move and give back a place in a slot. docs/algorithms/locking.md is the rule-book."""

from __future__ import annotations

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
from offices.services.audit import entry_record

LOCK_TIMEOUT = "3s"
BOOKINGS_PER_PHONE = 3
# Read aloud at a counter: no letter or digit that is taken for another.
_REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@contextmanager
def short_locks() -> Iterator[None]:
    """One transaction that rather says "busy" than waits for long."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in {"55P03", "40P01"}:
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
        _check_bookable(slot, now)
        _check_not_hoarding(slot, phone, now)
        booking = _insert(slot=slot, name=name, phone=phone, parcel=parcel_public_id, now=now)
        slot.taken += 1
        slot.save(update_fields=["taken"])
        _record("appointments.booked", booking, now)
    return booking


def booking_move(*, token: str, slot_id: str, now: datetime) -> Booking:
    """Give back the booking's place and take one in another slot of the same service.

    Locks both slots, in the order of their keys. Raises BookingUnknown, BookingEnded and what
    ``booking_create`` raises of the new slot.
    """
    with short_locks():
        known = booking_get(token=token)
        slots = _locked_slots(slot_id, known.slot.public_id)
        booking = _current(token, now, held=known.slot_id)
        old, new = slots[known.slot.public_id], slots[slot_id]
        if new.service_id != old.service_id:
            raise SlotUnknown
        if new.pk != old.pk:
            _check_bookable(new, now)
            old.taken -= 1
            new.taken += 1
            old.save(update_fields=["taken"])
            new.save(update_fields=["taken"])
            booking.slot, booking.changed_at = new, now
            _save_once(booking)
            _record("appointments.moved", booking, now)
    return booking


def booking_cancel(*, token: str, now: datetime) -> Booking:
    """Give the place back. Cancelling twice is the same as once."""
    with short_locks():
        known = booking_get(token=token)
        slot = _locked_slots(known.slot.public_id)[known.slot.public_id]
        booking = booking_get(token=token)
        if booking.status == Booking.Status.CANCELLED:
            return booking
        booking = _current(token, now, held=slot.pk)
        slot.taken -= 1
        slot.save(update_fields=["taken"])
        booking.status, booking.changed_at = Booking.Status.CANCELLED, now
        booking.save(update_fields=["status", "changed_at"])
        _record("appointments.cancelled", booking, now)
    return booking


def booking_get(*, token: str) -> Booking:
    """The booking of whoever holds the token; BookingUnknown if there is none."""
    booking = Booking.objects.filter(token=token).select_related("slot__service__office").first()
    if booking is None:
        raise BookingUnknown
    return booking


def _lock_phone(phone: str) -> None:
    """One telephone number books one thing at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [phone])


def _locked_slots(*public_ids: str) -> dict[str, Slot]:
    """Lock the slots, in the order of their keys; SlotUnknown if one is missing."""
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


def _insert(*, slot: Slot, name: str, phone: str, parcel: str, now: datetime) -> Booking:
    """Insert under a reference nobody has; 32^6 of them make a second try rare."""
    while True:
        reference = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(6))
        if Booking.objects.filter(reference=reference).exists():
            continue
        booking = Booking(
            reference=reference,
            slot=slot,
            name=name,
            phone=phone,
            parcel_public_id=parcel,
            created_at=now,
            changed_at=now,
        )
        _save_once(booking)
        booking.refresh_from_db(fields=["token"])
        return booking


def _save_once(booking: Booking) -> None:
    """Save; the constraint that one number holds one place in a slot speaks in words."""
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if "one_booking_per_phone_and_slot" in str(error):
            raise AlreadyBooked from error
        raise


def _current(token: str, now: datetime, *, held: int) -> Booking:
    """The booking again, now that its slot is locked: it may have changed while we waited."""
    booking = booking_get(token=token)
    if booking.status != Booking.Status.BOOKED or booking.slot.starts_at <= now:
        raise BookingEnded
    if booking.slot_id != held:
        raise OfficeBusy
    return booking


def _record(action: str, booking: Booking, now: datetime) -> None:
    entry_record(
        action=action,
        subject_kind="booking",
        subject_id=booking.reference,
        office=booking.slot.service.office,
        data={"slot": booking.slot_id},
        now=now,
    )
