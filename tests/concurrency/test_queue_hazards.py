"""What has oversold other booking systems, tried on ours; twins show that the trials can fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from appointments.models import Booking, BookingPlace, IdempotencyRecord, Service, Slot
from appointments.services.bookings import (
    Wish,
    booking_confirm,
    booking_create,
    booking_hold,
    booking_place,
)
from appointments.services.days import day_close
from appointments.services.idempotency import digest_of
from appointments.services.releases import places_release
from appointments.services.slots import slots_generate
from cadastre.scheduling import BANGKOK
from offices.models import AuditEntry, Role
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.concurrency.test_booking_race import (
    GATE,
    answers,
    books,
    function_changed,
    kinds,
    miscounted,
    oversold,
)
from tests.factories import NOW, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, HANDS = 200, 20


def in_turns(acts: list[Act]) -> list[Any]:
    """All of them by a few hands at once, as a web server with so many threads would."""
    shares: list[list[Act]] = [acts[hand::HANDS] for hand in range(HANDS)]

    def attempt(act: Act) -> Any:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 -- the tests look at every outcome
            return error

    def work(share: list[Act]) -> Act:
        return lambda: [attempt(act) for act in share]

    return [outcome for part in race([work(share) for share in shares]) for outcome in part]


def test_two_hundred_people_want_the_last_place() -> None:
    slot = a_slot()
    outcomes = in_turns([books(slot, number) for number in range(CLIENTS)])
    assert kinds(outcomes) == {"Booking": 1, "SlotFull": CLIENTS - 1}
    assert oversold() == miscounted() == 0


def test_one_key_sent_fifty_times_counts_once() -> None:
    slot = a_slot(capacity=50)
    outcomes = in_turns([answers(slot)] * 50)
    assert kinds(outcomes) == {"dict": 50}
    assert len({answer["token"] for answer in outcomes}) == 1
    assert Booking.objects.count() == 1


# -- holds ----------------------------------------------------------------------------------------


def confirms(hold: Booking) -> Act:
    """The holder, in the last microsecond of the hold."""
    assert hold.held_until is not None
    last = hold.held_until - timedelta(microseconds=1)
    return lambda: booking_confirm(token=hold.token, now=last, name="ผู้ถือ", phone="+66899999999")


def sweeps(hold: Booking) -> Act:
    end = hold.held_until
    assert end is not None
    return lambda: places_release(now=end)


def wants(slot: Slot, hold: Booking, number: int) -> Act:
    """Somebody else, at the moment at which the hold is over."""
    end, offer = hold.held_until, an_offer(slot)
    assert end is not None
    return lambda: booking_create(slot=offer, name="ผู้จอง", phone=f"+668{number:08d}", now=end)


def test_a_hold_that_expires_as_it_is_confirmed_ends_in_one_of_both() -> None:
    """At one instant the holder confirms, the sweeper sweeps and others want the place."""
    for _ in range(5):
        slot = a_slot(a_service(code=f"s{time.monotonic_ns()}"))
        hold = booking_hold(slot=an_offer(slot), now=NOW)
        outcomes = race([confirms(hold), sweeps(hold), *(wants(slot, hold, n) for n in range(4))])
        booked = [each for each in outcomes if isinstance(each, Booking)]
        if not booked:  # everybody came while the sweeper had the hold in hand: full, and soon free
            booked = [wants(slot, hold, 9)()]
        assert len(booked) == 1, outcomes
        assert oversold() == miscounted() == 0
        Booking.objects.all().delete()


def test_a_hold_whose_worker_died_comes_back_when_its_time_is_over() -> None:
    slot = a_slot()
    booking_hold(slot=an_offer(slot), now=NOW)
    assert type(try_to(books(slot, 1))).__name__ == "SlotFull"
    later = NOW + timedelta(minutes=11)
    booking_create(slot=an_offer(slot), name="ผู้จอง", phone="+66811111111", now=later)
    assert miscounted() == 0


def try_to(act: Act) -> Any:
    return race([act])[0]


# -- visits of several slots ----------------------------------------------------------------------


def a_row(length: int, *, slots: int) -> tuple[Service, list[Slot]]:
    """A service of three slots in a row, and a row of times with one place each."""
    service = a_service(slots=slots)
    step = timedelta(minutes=service.group.slot_minutes)
    begins = NOW + timedelta(days=1)
    return service, [a_slot(service, begins + step * n) for n in range(length)]


def test_visits_of_three_slots_that_cross_neither_block_each_other_nor_oversell() -> None:
    _, row = a_row(9, slots=3)
    acts = [books(row[n % 7], number) for number, n in enumerate(list(range(7)) * 6)]
    outcomes = in_turns(acts)
    assert set(kinds(outcomes)) == {"Booking", "SlotFull"}
    assert oversold() == miscounted() == 0
    taken = sorted(BookingPlace.objects.filter(is_live=True).values_list("slot", flat=True))
    assert len(taken) == len(set(taken)) == 3 * kinds(outcomes)["Booking"]
    free = [not slot.taken for slot in Slot.objects.order_by("starts_at")]
    assert not any(all(free[n : n + 3]) for n in range(7)), "a visit would still have fitted"


@contextmanager
def locked_across(first: Slot) -> Iterator[None]:
    """The visit from ``first`` on locks its last slot before the others, every other its first."""
    early = "\n    FOR attempt IN 1..2 LOOP"
    body = f"""
        PERFORM FROM appointments_slot
        WHERE id = run[CASE WHEN run[1] = {first.pk} THEN 3 ELSE 1 END] FOR NO KEY UPDATE;
        PERFORM pg_sleep(0.3);{early}"""
    with function_changed("appointments_refusal", **{early: body}):
        yield


def test_without_one_order_of_locks_crossing_visits_end_in_a_deadlock() -> None:
    """Guards the test above: the crossing is real."""
    _, row = a_row(4, slots=3)
    with locked_across(row[0]):
        outcomes = race([books(row[0], 1), books(row[1], 2)])
    assert kinds(outcomes) == {"Booking": 1, "OfficeBusy": 1}
    assert oversold() == miscounted() == 0


# -- staff and jobs meanwhile ---------------------------------------------------------------------


def test_a_day_is_closed_and_times_are_made_anew_while_a_crowd_books() -> None:
    officer = a_user("manager", Role.MANAGER)
    service = a_service(capacity=2)
    office = service.office
    day = (NOW + timedelta(days=4)).astimezone(BANGKOK).date()
    office.opening_hours.create(weekday=day.isoweekday(), opens_at="08:30", closes_at="12:00")
    slots_generate(office=office, first=day, last=day)
    slots = list(Slot.objects.order_by("starts_at"))
    others: list[Act] = [
        lambda: day_close(office=office, day=day, reason="อบรม", actor=officer, now=NOW),
        *[lambda: slots_generate(office=office, first=day, last=day + timedelta(days=30))] * 2,
    ]
    outcomes = in_turns([books(slots[n % len(slots)], n) for n in range(60)] + others)
    to_call = next(each for each in outcomes if isinstance(each, list))
    booked = {each.pk for each in outcomes if isinstance(each, Booking)}
    assert {booking.pk for booking in to_call} == booked
    assert set(kinds(outcomes)) <= {"Booking", "SlotFull", "SlotClosed", "list", "int"}
    assert oversold() == miscounted() == 0


# -- workers that die -----------------------------------------------------------------------------

# Where the function can be stopped, in the order in which it passes: after the key, the telephone
# number, the slot, the booking with its audit entry, the answer; a visit of several slots also
# after its slots, its places and their times.
STATEMENTS = [
    "    -- An assignment of an expression",
    "    SELECT\n        slot.id AS slot",
    "    LOOP\n        WITH made AS (",
    "    facts := jsonb_build_object(",
    "    IF idempotency IS NOT NULL THEN\n        UPDATE",
    "    RETURN facts;\nEND",
]
OF_SEVERAL_SLOTS = [
    "        codes := ARRAY(",
    "        fault := coalesce(fault, appointments_refusal",
    "        IF fault IS NOT NULL THEN",
    "        PERFORM appointments_take(",
    "        INSERT INTO appointments_booking_also",
    "        facts := facts || (",
]


@pytest.mark.parametrize("statement", [*STATEMENTS, *OF_SEVERAL_SLOTS])
def test_a_worker_killed_at_any_statement_leaves_all_or_nothing(statement: str) -> None:
    slots = 3 if statement in OF_SEVERAL_SLOTS else 1
    slot = a_row(3, slots=slots)[1][0]
    gate = f"    PERFORM pg_advisory_xact_lock_shared({GATE});\n{statement}"
    act = answers(slot, key="killed")
    with function_changed("appointments_book", **{statement: gate}):
        held = threading.Event()
        killed = race([lambda: killer(held), lambda: held.wait(PATIENCE_S) and act()])[1]
    assert isinstance(killed, Exception), "it was not stopped"
    assert not Booking.objects.exists()
    assert not BookingPlace.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert not AuditEntry.objects.filter(subject_kind="booking").exists()
    assert miscounted() == 0
    again = act()
    assert Booking.objects.get().token == again["token"]
    assert BookingPlace.objects.count() == slots
    assert AuditEntry.objects.filter(subject_kind="booking").count() == 1


def killer(held: threading.Event) -> None:
    """Hold the gate; kill whoever stands before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        held.set()
        deadline = time.monotonic() + PATIENCE_S
        killed = None
        while killed is None and time.monotonic() < deadline:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND objid = %s AND NOT granted", [GATE],
            )  # fmt: skip
            killed = cursor.fetchone()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])


def test_what_is_done_in_several_transactions_is_left_half_done_by_a_kill() -> None:
    """Guards the test above: the same kill between two transactions does leave something."""
    slot = a_slot()
    held = threading.Event()

    def in_two_transactions() -> None:
        Booking.objects.create(
            slot=slot, service=slot.group.services.get(), reference="HALF", created_at=NOW,
            changed_at=NOW,
        )  # fmt: skip
        held.wait(PATIENCE_S)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])
        raise AssertionError("it was not killed")

    race([lambda: killer(held), in_two_transactions])
    assert Booking.objects.filter(reference="HALF").exists()
    assert not BookingPlace.objects.exists()


def test_an_answer_lost_after_the_commit_is_had_again_by_its_key() -> None:
    """The booking is made and the line breaks: the client knows nothing and sends again."""
    slot = a_slot(capacity=5)
    wish = Wish(slot=an_offer(slot), name="ผู้จอง", phone="+66811111111")
    sent = {"key": digest_of("lost"), "digest": digest_of("ผู้จอง")}
    made = booking_place(wish, now=NOW, **sent)

    def loses_its_answer() -> Any:
        connection.ensure_connection()
        again = booking_place(wish, now=NOW, **sent)
        connection.close()
        return again["token"]

    tokens = race([loses_its_answer] * 8)
    assert set(tokens) == {made["token"]}
    assert Booking.objects.count() == 1
    without_key = try_to(lambda: booking_place(wish, now=NOW))
    assert type(without_key).__name__ == "AlreadyBooked"


# -- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_a_day_ends_at_midnight_in_bangkok(minutes: int) -> None:
    """The last day that can be booked ends at midnight there, which is 17:00 UTC."""
    service = a_service()
    midnight = NOW.astimezone(BANGKOK).replace(hour=0, minute=0) + timedelta(
        days=service.group.days_ahead + 1
    )
    slot = a_slot(service, midnight + timedelta(minutes=minutes))
    outcome = try_to(books(slot, 1))
    assert type(outcome).__name__ == ("Booking" if minutes < 0 else "SlotClosed")


def test_visits_of_yesterday_are_over_at_midnight_and_not_before() -> None:
    """Three a number: the visits of a day count until it ends in Thailand."""
    service = a_service()
    evening = NOW.astimezone(BANGKOK).replace(hour=23, minute=0)
    earlier = [evening - timedelta(hours=hours) for hours in (3, 2)]
    for at in earlier:
        booking_create(
            slot=an_offer(a_slot(service, at)), name="ผู้จอง", phone="+66811111111", now=NOW
        )
    late = a_slot(service, evening + timedelta(days=1))
    phone = {"name": "ผู้จอง", "phone": "+66811111111"}
    booking_create(slot=an_offer(late), now=evening + timedelta(minutes=59), **phone)
    assert Booking.objects.filter(status="booked").count() == 3
    later = a_slot(service, evening + timedelta(days=2))
    booking_create(slot=an_offer(later), now=evening + timedelta(minutes=60), **phone)
    assert Booking.objects.filter(status="passed").count() == 2
