"""Many people, one place. Real threads, real transactions, no sleeps: barriers make it happen."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from appointments.errors import (
    AlreadyBooked,
    IdempotencyKeyReused,
    OfficeBusy,
    SlotClosed,
    SlotFull,
)
from appointments.models import Booking, Slot
from appointments.services import bookings
from appointments.services.bookings import (
    Wish,
    booking_cancel,
    booking_create,
    booking_move,
    booking_place,
)
from appointments.services.days import day_close
from appointments.services.idempotency import digest_of
from appointments.services.slots import slots_generate
from cadastre.scheduling import BANGKOK
from offices.models import Role
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.factories import NOW, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db(transaction=True)


def books(slot: Slot, number: int) -> Act:
    """Somebody of their own who takes a place in the slot."""
    return lambda: booking_create(
        slot=an_offer(slot), name="ผู้จอง", phone=f"+668{number:08d}", now=NOW
    )


def kinds(outcomes: Sequence[Any]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def oversold() -> int:
    """How many more people hold a place than there are places."""
    booked = Count("places", filter=Q(places__is_live=True))
    counted = Slot.objects.annotate(booked=booked)
    return sum(max(0, slot.booked - slot.capacity) for slot in counted)


def miscounted() -> int:
    """Slots whose count is not the number of bookings that stand."""
    booked = Count("places", filter=Q(places__is_live=True))
    return Slot.objects.annotate(booked=booked).exclude(taken=F("booked")).count()


@pytest.mark.parametrize("clients", [2, 8, 32])
def test_the_last_place_is_given_once(clients: int) -> None:
    slot = a_slot()
    outcomes = race([books(slot, number) for number in range(clients)])
    assert kinds(outcomes) == {"Booking": 1, "SlotFull": clients - 1}
    assert oversold() == miscounted() == 0


def test_every_place_is_given_and_no_more() -> None:
    slot = a_slot(capacity=7)
    outcomes = race([books(slot, number) for number in range(20)])
    assert kinds(outcomes) == {"Booking": 7, "SlotFull": 13}
    assert oversold() == miscounted() == 0


@contextmanager
def without_the_constraint() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE appointments_slot DROP CONSTRAINT slot_is_never_oversold")
    try:
        yield
    finally:
        Booking.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE appointments_slot "
                "ADD CONSTRAINT slot_is_never_oversold CHECK "
                "(internal_taken <= internal_capacity AND taken <= capacity)"
            )


GATE = 77  # an advisory lock that only these tests know


@contextmanager
def function_changed(name: str, **changes: str) -> Iterator[None]:
    """A function of the database with some of its words exchanged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", [name])
        original = cursor.fetchone()[0]
        changed = original
        for old, new in changes.items():
            assert old in changed, f"{name} no longer says {old}"
            changed = changed.replace(old, new)
        cursor.execute(changed)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(original)


def hold_until_two_wait(held: threading.Event) -> None:
    """Hold the gate until two transactions stand before it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
            held.set()
            waiting, deadline = 0, time.monotonic() + PATIENCE_S
            while waiting < 2 and time.monotonic() < deadline:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks "
                    "WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [GATE],
                )  # fmt: skip
                waiting = cursor.fetchone()[0]
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
    finally:
        connection.close()


@pytest.fixture
def _no_row_lock() -> Iterator[None]:
    """Take the row lock away, and let nobody write until two have looked."""
    begin = "    LOOP\n        WITH made AS ("
    waits = f"    PERFORM pg_advisory_xact_lock_shared({GATE});\n{begin}"
    gone = {"FOR NO KEY UPDATE OF slot": "", begin: waits}
    held = threading.Event()
    with function_changed("appointments_book", **gone):
        holder = threading.Thread(target=hold_until_two_wait, args=[held])
        holder.start()
        assert held.wait(PATIENCE_S)
        yield
        holder.join(PATIENCE_S)


@pytest.mark.usefixtures("_no_row_lock")
def test_without_the_lock_the_race_is_real() -> None:
    """Guards the tests above: if this stops overbooking, they prove nothing."""
    slot = a_slot()
    with without_the_constraint():
        outcomes = race([books(slot, number) for number in range(2)])
        assert kinds(outcomes) == {"Booking": 2}
        assert oversold() == 1


@pytest.mark.usefixtures("_no_row_lock")
def test_behind_the_lock_stands_the_constraint() -> None:
    slot = a_slot()
    outcomes = race([books(slot, number) for number in range(2)])
    assert kinds(outcomes) == {"Booking": 1, "IntegrityError": 1}
    refusal = next(o for o in outcomes if isinstance(o, IntegrityError))
    assert "slot_is_never_oversold" in str(refusal)
    assert oversold() == miscounted() == 0


def test_moves_into_the_last_place_and_bookings_of_it_share_one_place() -> None:
    service = a_service()
    wanted = a_slot(service, NOW + timedelta(days=2))
    crowd = a_slot(service, NOW + timedelta(days=1), capacity=8)
    held = [books(crowd, number)() for number in range(8)]
    acts: list[Act] = [
        lambda token=booking.token: booking_move(token=token, slot=an_offer(wanted), now=NOW)
        for booking in held
    ]
    acts += [books(wanted, 100 + number) for number in range(8)]
    outcomes = race(acts)
    assert kinds(outcomes) == {"Booking": 1, "SlotFull": 15}
    wanted.refresh_from_db()
    assert wanted.taken == 1
    assert oversold() == miscounted() == 0


def test_moves_across_each_other_do_not_block_each_other() -> None:
    """A → B and B → A, many times over: locks are taken in one order, so no deadlock."""
    service = a_service()
    one = a_slot(service, NOW + timedelta(days=1), capacity=40)
    other = a_slot(service, NOW + timedelta(days=2), capacity=40)
    acts: list[Act] = []
    for number in range(24):
        here, there = (one, other) if number % 2 else (other, one)
        booking = books(here, number)()
        acts.append(
            lambda token=booking.token, to=there: booking_move(
                token=token, slot=an_offer(to), now=NOW
            )
        )
    outcomes = race(acts)
    assert kinds(outcomes) == {"Booking": 24}
    assert miscounted() == 0


def test_what_one_cancels_another_may_take() -> None:
    slot = a_slot()
    token = books(slot, 1)().token
    outcomes = race(
        [lambda: booking_cancel(token=token, now=NOW), *(books(slot, n) for n in range(2, 12))]
    )
    counts = kinds(outcomes)
    assert counts["Booking"] in {1, 2}  # the cancelled one, and whoever came after it
    assert counts["Booking"] + counts["SlotFull"] == 11
    if counts["Booking"] == 1:
        books(slot, 20)()
    slot.refresh_from_db()
    assert slot.taken == 1
    assert oversold() == miscounted() == 0


def test_cancelling_many_times_gives_back_one_place() -> None:
    slot = a_slot(capacity=2)
    books(slot, 1)()
    token = books(slot, 2)().token
    outcomes = race([lambda: booking_cancel(token=token, now=NOW)] * 12)
    assert kinds(outcomes) == {"Booking": 12}
    slot.refresh_from_db()
    assert slot.taken == 1


def test_one_booking_moved_and_cancelled_at_once_ends_in_one_of_both() -> None:
    service = a_service()
    here = a_slot(service, NOW + timedelta(days=1))
    there = a_slot(service, NOW + timedelta(days=2))
    token = books(here, 1)().token
    outcomes = race(
        [
            lambda: booking_move(token=token, slot=an_offer(there), now=NOW),
            lambda: booking_cancel(token=token, now=NOW),
        ]
        * 6
    )
    assert set(kinds(outcomes)) <= {"Booking", "BookingEnded"}
    assert Booking.objects.get().status == "cancelled"
    assert miscounted() == 0
    assert Slot.objects.filter(taken__gt=0).count() == 0


def answers(slot: Slot, *, name: str = "ผู้จอง", key: str = "a key sent many times") -> Act:
    """A request under a key; each time it counts, it is one more booking."""
    wish = Wish(slot=an_offer(slot), name=name)
    return lambda: booking_place(wish, now=NOW, key=digest_of(key), digest=digest_of(name))


def test_one_key_sent_thirty_times_counts_once() -> None:
    slot = a_slot(capacity=30)
    outcomes = race([answers(slot)] * 30)
    assert kinds(outcomes) == {"dict": 30}
    assert len({answer["token"] for answer in outcomes}) == 1
    assert Booking.objects.count() == 1
    assert miscounted() == 0


def test_one_key_with_two_bodies_counts_once_and_refuses_the_other() -> None:
    slot = a_slot(capacity=30)
    outcomes = race([answers(slot, name="หนึ่ง"), answers(slot, name="สอง")])
    assert kinds(outcomes) == {"dict": 1, "IdempotencyKeyReused": 1}
    assert any(isinstance(outcome, IdempotencyKeyReused) for outcome in outcomes)
    assert Booking.objects.count() == 1


def test_without_a_shared_key_the_same_requests_count_each() -> None:
    """Guards the two tests above: it is the key that holds them together."""
    slot = a_slot(capacity=30)
    outcomes = race([answers(slot, key=f"key {number}") for number in range(4)])
    assert kinds(outcomes) == {"dict": 4}
    assert Booking.objects.count() == 4


def test_one_telephone_books_one_time_once() -> None:
    slot = a_slot(capacity=10)
    outcomes = race([books(slot, 1)] * 10)
    assert kinds(outcomes) == {"Booking": 1, "AlreadyBooked": 9}
    assert any(isinstance(outcome, AlreadyBooked) for outcome in outcomes)


def test_one_telephone_holds_three_times_and_no_fourth() -> None:
    service = a_service()
    slots = [a_slot(service, NOW + timedelta(days=day)) for day in range(1, 9)]
    outcomes = race([books(slot, 1) for slot in slots])
    assert kinds(outcomes) == {"Booking": 3, "TooManyBookings": 5}


def test_who_waits_too_long_hears_that_the_office_is_busy() -> None:
    slot = a_slot(capacity=2)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with bookings.short_locks():
            bookings._lock_slots([slot.pk])
            locked.set()
            done.wait(PATIENCE_S)

    def come_second() -> Booking:
        locked.wait(PATIENCE_S)
        try:
            return books(slot, 1)()
        finally:
            done.set()

    with function_changed("appointments_book", **{"'3s'": "'50ms'"}):
        outcomes = race([hold, come_second])
    assert isinstance(outcomes[1], OfficeBusy)
    assert Booking.objects.count() == 0
    assert books(slot, 1)()


def test_a_day_closed_while_people_book_leaves_nobody_out_of_the_list() -> None:
    """Who got a place is in the list of those to be called; everybody else found it closed."""
    officer = a_user("manager", Role.MANAGER)
    slot = a_slot(capacity=20)
    office, day = slot.group.office, slot.starts_at.astimezone(BANGKOK).date()

    def close() -> list[Booking]:
        return day_close(office=office, day=day, reason="อบรม", actor=officer, now=NOW)

    outcomes = race([*(books(slot, n) for n in range(12)), close])
    to_call = {booking.pk for booking in outcomes[-1]}
    booked = {outcome.pk for outcome in outcomes[:-1] if isinstance(outcome, Booking)}
    assert to_call == booked
    refused = [outcome for outcome in outcomes[:-1] if not isinstance(outcome, Booking)]
    assert all(isinstance(outcome, SlotClosed) for outcome in refused)


def test_times_are_made_while_people_book() -> None:
    service = a_service()
    office = service.office
    office.opening_hours.create(weekday=1, opens_at="08:30", closes_at="12:00")
    office.opening_hours.create(weekday=2, opens_at="08:30", closes_at="12:00")
    first = NOW.date() + timedelta(days=1)

    def make() -> int:
        return slots_generate(office=office, first=first, last=first + timedelta(days=30))

    make()
    slots = list(Slot.objects.order_by("starts_at")[:12])
    outcomes = race([*(books(slot, n) for n, slot in enumerate(slots)), make, make, make])
    assert kinds(outcomes) == {"Booking": 12, "int": 3}
    assert miscounted() == 0


def test_over_http_the_last_place_is_given_once() -> None:
    slot = a_slot(starts_at=timezone.now() + timedelta(days=3))

    def post(number: int) -> Act:
        body = json.dumps({"slot": an_offer(slot), "name": "สมชาย", "phone": f"08{number:08d}"})
        return lambda: Client().post(
            "/api/appointments", body, content_type="application/json",
            headers={"Idempotency-Key": f"client-{number}"},
        )  # fmt: skip

    answers = race([post(number) for number in range(12)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert refused["code"] == "slot_full"
    assert refused["next"] is None
    assert oversold() == miscounted() == 0


def test_over_http_one_key_thirty_times_gives_thirty_equal_answers() -> None:
    slot = a_slot(starts_at=timezone.now() + timedelta(days=3), capacity=30)
    body = json.dumps({"slot": an_offer(slot), "name": "สมชาย", "phone": "0812345678"})

    def post() -> Any:
        return Client().post(
            "/api/appointments", body, content_type="application/json",
            headers={"Idempotency-Key": "the same key"},
        )  # fmt: skip

    answers = race([post] * 30)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Booking.objects.count() == 1


def test_who_is_refused_hears_of_the_next_free_time() -> None:
    service = a_service()
    first = a_slot(service, NOW + timedelta(days=1))
    full = a_slot(service, NOW + timedelta(days=1, minutes=15))
    free = a_slot(service, NOW + timedelta(days=1, minutes=30))
    books(first, 1)()
    books(full, 2)()
    with pytest.raises(SlotFull) as refused:
        books(first, 3)()
    assert refused.value.evidence["next"]["id"] == an_offer(free)
