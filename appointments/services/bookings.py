"""Take, hold, move and give back a place. docs/algorithms/booking.md explains the steps."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg import Cursor

from appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    BookingUnknown,
    IdempotencyKeyReused,
    OfficeBusy,
    PlotAlreadyBooked,
    SlotClosed,
    SlotFull,
    SlotUnknown,
    TooManyBookings,
)
from appointments.hall_errors import BookingArrived
from appointments.models import Booking, BookingPlace, Closure, Slot
from appointments.offers import offer_named
from appointments.services.slots import slot_next_free
from cadastre.errors import LandError
from cadastre.scheduling import BANGKOK
from offices.models import User
from offices.services.audit import entry_record

SQL: Final = Path(__file__).parents[1] / "sql"
LOCK_TIMEOUT: Final = "3s"
LIVE: Final = (Booking.Status.HELD, Booking.Status.BOOKED, Booking.Status.ARRIVED)
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED = "55P03", "40P01"
_DELAYS = random.SystemRandom()
# Places given up while somebody waits for them are due for the waiting list, not for everybody.
LEAVE_SQL: Final = (SQL / "places_leave.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants which time. ``slot`` is the name of an offer (`appointments.offers`)."""

    slot: str
    name: str = ""
    phone: str = ""
    email: str = ""
    parcel: str = ""
    people: int = 1
    needs: Sequence[str] = ()
    documents: Sequence[int] = ()
    language: str = ""
    channel: str = Booking.Channel.PUBLIC
    actor: int | None = None


WISH: Final = tuple(field.name for field in fields(Wish))


@contextmanager
def short_locks() -> Iterator[None]:
    """One transaction that rather says "busy" (OfficeBusy) than waits for long."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield
    except OperationalError as error:
        raise _busy(error) from error


def _busy(error: OperationalError) -> Exception:
    """OfficeBusy where somebody waited too long, else the error itself."""
    state = getattr(error.__cause__, "sqlstate", "")
    return OfficeBusy() if state in {_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED} else error


def booking_place(
    wish: Wish,
    *,
    now: datetime,
    key: str | None = None,
    digest: str = "",
    held_until: datetime | None = None,
) -> dict[str, Any]:
    """Book, or hold until ``held_until``, in one statement; returns the facts of the booking.

    Under a ``key`` the facts are kept, and the same request gets them again. Raises SlotUnknown,
    SlotClosed, SlotFull (with the next free time), AlreadyBooked, PlotAlreadyBooked,
    TooManyBookings, IdempotencyKeyReused or OfficeBusy.
    """
    offer = offer_named(wish.slot)
    asked = {name: getattr(wish, name) for name in WISH} | {
        "slot": offer.slot,
        "services": offer.services,
        "now": now.isoformat(),
    }
    if key is not None:
        asked |= {"key": key, "digest": digest}
    if held_until is not None:
        asked["held_until"] = held_until.isoformat()
    try:
        facts = _facts_of("SELECT appointments_book(%s)", json.dumps(asked))
    except OperationalError as error:
        raise _busy(error) from error
    outcome = facts.pop("outcome")
    if outcome not in {"done", "replayed"}:
        raise _refusal(outcome, wish.slot, facts, now)
    return facts


def _facts_of(statement: str, argument: str) -> dict[str, Any]:
    """The JSON that a function of the database answers.

    Asked as a prepared statement, which Django has no way to say: the statement that thousands send
    in the same minute is then not parsed and planned each time.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        answer = cursor.execute(statement, [argument], prepare=True).fetchone()
    assert answer is not None
    return dict(answer[0] if isinstance(answer[0], dict) else json.loads(answer[0]))


def _refusal(outcome: str, slot: str, facts: dict[str, Any], now: datetime) -> LandError:
    """The refusal in words."""
    if outcome == SlotFull.code:
        return SlotFull(next=slot_next_free(after=slot, now=now))
    if outcome == TooManyBookings.code:
        return TooManyBookings(count=facts["count"])
    if outcome == IdempotencyKeyReused.code:
        return IdempotencyKeyReused(path=("Idempotency-Key",))
    kinds: tuple[type[LandError], ...] = (
        SlotUnknown, SlotClosed, AlreadyBooked, PlotAlreadyBooked, OfficeBusy,
    )  # fmt: skip
    return next(kind for kind in kinds if kind.code == outcome)()


def booking_create(*, now: datetime, **wish: Any) -> Booking:
    """Take one place; ``wish`` as of `Wish`. Raises what `booking_place` raises."""
    return booking_get(token=booking_place(Wish(**wish), now=now)["token"])


def booking_move(*, token: str, slot: str, now: datetime, actor: User | None = None) -> Booking:
    """Give back the booking's places and take those of another offer of the same services.

    Locks the booking, then all slots in the order of their times. Moving to where it is changes
    nothing. Raises BookingUnknown, BookingEnded and what ``booking_place`` raises of the slot.
    """
    with short_locks():
        booking = _locked_booking(token)
        if booking.status == Booking.Status.ARRIVED:
            raise BookingArrived
        offer = offer_named(slot)
        if offer.services != services_of(booking):
            raise SlotUnknown
        run = _run(offer.slot, sum(each.slots for each in _services(booking)))
        left = list(booking.places.filter(is_live=True).values_list("slot_id", flat=True))
        _lock_slots({*run, *left})
        _check_stands(booking, now)
        if run[0] != booking.slot_id:
            _move(booking, run, now, slot)
            _record("appointments.moved", booking, now, actor)
    return booking_get(token=token)


def _move(booking: Booking, run: list[int], now: datetime, slot: str) -> None:
    internal = booking.channel == Booking.Channel.INTERNAL
    # What it holds itself is free for it: a visit may move by one slot.
    left = BookingPlace.objects.filter(booking=booking, is_live=True)
    left.filter(slot__in=run).update(is_live=False, release_at=None)
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_SQL, [booking.pk, now])
        cursor.execute(
            "SELECT appointments_refusal(%s, %s, %s, %s)",
            [run, booking.service_id, internal, now],
        )
        fault = cursor.fetchone()[0]
        if fault:
            raise _refusal(fault, slot, {}, now)
        booking.slot, booking.changed_at = Slot.objects.get(pk=run[0]), now
        try:
            booking.save(update_fields=["slot", "changed_at"])
        except IntegrityError as error:
            raise AlreadyBooked from error
        cursor.execute("SELECT appointments_take(%s, %s, %s)", [booking.pk, run, internal])


def booking_cancel(*, token: str, now: datetime, actor: User | None = None) -> Booking:
    """Give the places back, after a random delay; cancelling twice is the same as once.

    The delay (of the counter group) keeps whoever cancels from handing the place to whom they
    like. ``actor`` is the member of staff who does it at the citizen's request. Raises
    BookingUnknown, BookingEnded (its time has come) or OfficeBusy.
    """
    with short_locks():
        booking = _locked_booking(token)
        if booking.status != Booking.Status.CANCELLED:
            _check_stands(booking, now)
            _lock_slots(booking.places.filter(is_live=True).values_list("slot_id", flat=True))
            delay = _release_delay(booking, now)
            if delay:
                booking.places.filter(is_live=True).update(release_at=now + delay)
            booking.status, booking.held_until = Booking.Status.CANCELLED, None
            booking.changed_at = now
            booking.save(update_fields=["status", "held_until", "changed_at"])
            _record("appointments.cancelled", booking, now, actor)
    return booking_get(token=token)


def _release_delay(booking: Booking, now: datetime) -> timedelta:
    """How long the places stay taken: never so long that nobody could book them any more."""
    group = booking.service.group
    if booking.status == Booking.Status.HELD:
        return timedelta()
    latest = booking.slot.starts_at - timedelta(minutes=group.notice_minutes) - now
    drawn = timedelta(
        seconds=_DELAYS.uniform(group.release_from_minutes * 60, group.release_to_minutes * 60)
    )
    return max(timedelta(), min(drawn, latest / 2))


def booking_hold(
    *, now: datetime, key: str | None = None, digest: str = "", **wish: Any
) -> Booking:
    """Take a place for as long as its counter group holds one while a form is filled in."""
    offer = offer_named(wish["slot"])
    slot = Slot.objects.select_related("group").filter(public_id=offer.slot).first()
    if slot is None:
        raise SlotUnknown
    until = now + timedelta(minutes=slot.group.hold_minutes)
    facts = booking_place(Wish(**wish), now=now, held_until=until, key=key, digest=digest)
    return booking_get(token=facts["token"])


def booking_confirm(*, token: str, now: datetime, **details: Any) -> Booking:
    """Make a hold a booking, with the name and telephone number that were asked for.

    ``details`` are fields of the booking. Confirming twice is the same as once. Raises
    BookingUnknown, BookingEnded (the hold ran out), SlotClosed, AlreadyBooked, PlotAlreadyBooked,
    TooManyBookings or OfficeBusy.
    """
    with short_locks():
        booking = booking_detail(token=token, now=now, **details)
        if booking.status == Booking.Status.HELD:
            booking.status, booking.held_until = Booking.Status.BOOKED, None
            booking.changed_at = now
            _save_live(booking)
            _record("appointments.booked", booking, now)
    return booking_get(token=token)


def booking_detail(*, token: str, now: datetime, **details: Any) -> Booking:
    """Write who comes into a hold, locked; what is a booking already is returned as it is.

    Call it inside a transaction. Raises what `booking_confirm` raises.
    """
    _lock_phone(details.get("phone", ""))
    booking = _locked_booking(token)
    if booking.status not in LIVE:
        raise BookingEnded
    if booking.status == Booking.Status.HELD:
        if booking.held_until is None or booking.held_until <= now:
            raise BookingEnded
        _lock_slots(booking.places.filter(is_live=True).values_list("slot_id", flat=True))
        booking.is_name_verified &= details.get("name", booking.name) == booking.name
        for name, value in details.items():
            setattr(booking, name, value)
        _check_may_hold(booking, now)
        _save_live(booking)
    return booking


def _lock_phone(phone: str) -> None:
    if phone:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [phone])


def _check_may_hold(booking: Booking, now: datetime) -> None:
    """What `appointments_book` looks at, for a hold whose telephone number is known only now."""
    service = booking.service
    day = booking.slot.starts_at.astimezone(BANGKOK).date()
    if Closure.objects.of_office(service.office_id).filter(day=day).exists():
        raise SlotClosed
    if not booking.phone:
        return
    internal = booking.channel == Booking.Channel.INTERNAL
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM appointments_objection(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                booking.phone, booking.parcel_public_id, service.pk, booking.slot_id,
                service.office_id, None if internal else service.group.bookings_per_phone,
                booking.pk, now,
            ],
        )  # fmt: skip
        fault, count = cursor.fetchone()
    if fault:
        raise _refusal(fault, "", {"count": count}, now)


def _save_live(booking: Booking) -> None:
    """Save; the constraints on live bookings speak in words."""
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name == "one_booking_per_phone_and_slot":
            raise AlreadyBooked from error
        if name == "one_live_booking_per_plot_service_and_phone":
            raise PlotAlreadyBooked from error
        raise


def booking_get(*, token: str) -> Booking:
    """The booking of whoever holds the token; BookingUnknown if there is none."""
    booking: Booking | None = None
    if _PUBLIC_ID.fullmatch(token):
        bookings = Booking.objects.select_related("slot", "service__group", "service__office")
        booking = bookings.filter(token=token).first()
    if booking is None:
        raise BookingUnknown
    return booking


def booking_facts(*, booking: Booking) -> dict[str, Any]:
    """The facts of a booking as `booking_place` gives them."""
    services = _services(booking)
    run = _run(booking.slot.public_id, sum(service.slots for service in services))
    slots = list(Slot.objects.filter(pk__in=run))
    office, service = booking.service.office, booking.service
    return {
        "token": booking.token, "reference": booking.reference, "status": booking.status,
        "held_until": booking.held_until, "slot": booking.slot.public_id,
        "services": [each.code for each in services],
        "start": booking.slot.starts_at.isoformat(),
        "end": max(slot.ends_at for slot in slots).isoformat(),
        "capacity": min(slot.capacity for slot in slots),
        "remaining": min(slot.remaining for slot in slots),
        "office_th": office.name_th, "office_en": office.name_en,
        "service_th": service.name_th, "service_en": service.name_en,
    }  # fmt: skip


def ends_of(booking: Booking) -> datetime:
    """When the visit is over, if it takes as long as planned."""
    minutes = sum(each.slots for each in _services(booking)) * booking.service.group.slot_minutes
    return booking.slot.starts_at + timedelta(minutes=minutes)


def services_of(booking: Booking) -> tuple[str, ...]:
    """The codes of its services, the main one first."""
    return tuple(service.code for service in _services(booking))


def _services(booking: Booking) -> list[Any]:
    return [booking.service, *booking.also.order_by("pk")]


def _locked_booking(token: str) -> Booking:
    """Lock the booking of whoever holds the token; nobody else moves or cancels it meanwhile.

    Locked by itself, its slot read afterwards: a join would look for the slot that the booking
    had before we waited, and find nothing when somebody moved it.
    """
    known = booking_get(token=token)
    Booking.objects.select_for_update().get(pk=known.pk)
    return booking_get(token=token)


def _run(first_slot: str, slots: int) -> list[int]:
    """The slots of a visit in their order; SlotUnknown where there is no such row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT appointments_run(%s, %s)", [first_slot, slots])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise SlotUnknown
    return list(row[0])


def _lock_slots(keys: Any) -> None:
    """Lock slots in the order in which everybody locks them."""
    slots = Slot.objects.filter(pk__in=list(keys)).order_by("group", "starts_at")
    list(slots.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _check_stands(booking: Booking, now: datetime) -> None:
    if booking.status not in LIVE or booking.slot.starts_at <= now:
        raise BookingEnded
    if booking.held_until is not None and booking.held_until <= now:
        raise BookingEnded


def _record(action: str, booking: Booking, now: datetime, actor: User | None = None) -> None:
    entry_record(
        action=action,
        subject_kind="booking",
        subject_id=booking.reference,
        actor=actor,
        office=booking.service.office,
        data={"slot": booking.slot_id},
        now=now,
    )
