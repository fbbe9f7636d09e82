"""Offers of the waiting list under race: one entry, one offer; taken or lapsed, never both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, F, Q, QuerySet

from appointments.models import Booking, Slot, WaitingListEntry
from appointments.services import bookings, waiting_list
from appointments.services.bookings import (
    booking_cancel,
    booking_confirm,
    booking_create,
    booking_hold,
    short_locks,
)
from appointments.services.releases import places_release
from appointments.services.waiting_list import waiting_list_accept, waiting_list_join
from cadastre.scheduling import BANGKOK
from tests.concurrency.racing import PATIENCE_S, race
from tests.factories import NOW, a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=30)


def miscounted() -> int:
    booked = Count("places", filter=Q(places__is_live=True))
    return Slot.objects.annotate(booked=booked).exclude(taken=F("booked")).count()


def waits(service: Any, number: int = 1) -> WaitingListEntry:
    today = NOW.astimezone(BANGKOK).date()
    return waiting_list_join(
        service=service, first_day=today, last_day=today + timedelta(days=9), name="รอ",
        phone=f"+6682000000{number}", now=NOW + timedelta(seconds=number),
    )  # fmt: skip


def two_places_due(entries: int) -> list[Slot]:
    """Two times, each with a cancelled place that is due, and people who wait."""
    service = a_service()
    slots = [a_slot(service, NOW + timedelta(days=day)) for day in (1, 2)]
    bookings = [
        booking_create(slot=an_offer(slot), name="ก", phone=f"+6681000000{n}", now=NOW)
        for n, slot in enumerate(slots)
    ]
    for number in range(entries):
        waits(service, number)
    for booking in bookings:
        booking_cancel(token=booking.token, now=NOW)
    return slots


def held() -> int:
    return Booking.objects.filter(status="held").count()


def free_one(slot: Slot) -> Any:
    """What the sweeper does with one slot, in a transaction of its own."""

    def act() -> WaitingListEntry | None:
        with short_locks():
            locked = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.pk)
            locked.places.filter(release_at__lte=LATER).update(is_live=False, release_at=None)
            return waiting_list.waiting_list_offer(slot=locked, now=LATER)

    return act


def test_two_places_come_free_and_one_person_waits() -> None:
    slots = two_places_due(entries=1)
    outcomes = race([free_one(slot) for slot in slots])
    assert sum(isinstance(outcome, WaitingListEntry) for outcome in outcomes) == 1
    assert outcomes.count(None) == 1
    assert (held(), WaitingListEntry.objects.get().offers, miscounted()) == (1, 1, 0)


def test_two_places_come_free_and_two_people_wait() -> None:
    slots = two_places_due(entries=2)
    race([lambda: places_release(now=LATER), lambda: places_release(now=LATER)])
    assert held() == 2
    assert set(WaitingListEntry.objects.values_list("status", "offers")) == {("offered", 1)}
    assert len(slots) == 2
    assert miscounted() == 0


@contextmanager
def nobody_locks_the_entry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lock on entries, and nobody offers until both have looked."""
    both = threading.Barrier(2)
    original = QuerySet.select_for_update
    offer = waiting_list._offer

    def unlocked(self: Any, *args: Any, **options: Any) -> Any:
        return self if self.model is WaitingListEntry else original(self, *args, **options)

    def after_both(*args: Any) -> bool:
        both.wait(PATIENCE_S)
        return offer(*args)

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", unlocked)
        patch.setattr(waiting_list, "_offer", after_both)
        yield


def test_without_the_lock_one_person_is_offered_two_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guards the tests above: if this stops offering twice, they prove nothing."""
    slots = two_places_due(entries=1)
    WaitingListEntry.objects.update(phone="")  # nor does the lock on the number help
    with nobody_locks_the_entry(monkeypatch):
        outcomes = race([free_one(slot) for slot in slots])
    assert [type(outcome) for outcome in outcomes] == [WaitingListEntry] * 2, outcomes
    assert held() == 2


@pytest.mark.parametrize("attempt", range(5))
def test_an_offer_is_taken_or_runs_out_but_never_both(attempt: int) -> None:
    service = a_service()
    slot = a_slot(service)
    booking = booking_create(slot=an_offer(slot), name="ก", phone="+66810000001", now=NOW)
    entry = waits(service)
    booking_cancel(token=booking.token, now=NOW)
    places_release(now=NOW)
    offered = WaitingListEntry.objects.select_related("offered").get().offered
    assert offered is not None
    assert offered.held_until is not None
    last = offered.held_until - timedelta(microseconds=1)
    taken, _ = race([
        lambda: waiting_list_accept(token=entry.token, now=last),
        lambda: places_release(now=offered.held_until),
    ])  # fmt: skip
    places_release(now=offered.held_until)  # passed over what was being answered; not twice
    status = WaitingListEntry.objects.get().status
    offered.refresh_from_db()
    slot.refresh_from_db()
    if isinstance(taken, Booking):
        assert (status, offered.status, slot.taken) == ("taken", "booked", 1)
    else:
        assert (status, offered.status, slot.taken) == ("waiting", "expired", 0)
    assert miscounted() == 0


def test_without_the_lock_on_the_booking_it_is_taken_and_runs_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: who confirms what was read before the sweeper came holds a booking of no place."""
    slot = a_slot()
    hold = booking_hold(slot=an_offer(slot), now=NOW)
    until = hold.held_until
    assert until is not None
    read, swept = threading.Event(), threading.Event()
    look = bookings._check_may_hold

    def slowly(*args: Any) -> None:
        look(*args)
        read.set()
        assert swept.wait(PATIENCE_S)

    def sweep() -> None:
        assert read.wait(PATIENCE_S)
        places_release(now=until)
        swept.set()

    original = QuerySet.select_for_update

    def unlocked(self: Any, *args: Any, **options: Any) -> Any:
        return self if self.model in {Booking, Slot} else original(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", unlocked)
        patch.setattr(bookings, "_check_may_hold", slowly)
        patch.setattr(bookings, "_save_live", lambda booking: booking.save())
        race([
            lambda: booking_confirm(token=hold.token, now=NOW, name="ก"),
            sweep,
        ])  # fmt: skip
    hold.refresh_from_db()
    assert hold.status == "booked"
    assert not hold.places.filter(is_live=True).exists()


def test_the_public_never_gets_between_a_cancelled_place_and_who_waits() -> None:
    service = a_service()
    slot = a_slot(service)
    booking = booking_create(slot=an_offer(slot), name="ก", phone="+66810000001", now=NOW)
    waits(service)
    booking_cancel(token=booking.token, now=NOW)
    takers = [
        lambda n=n: booking_create(
            slot=an_offer(slot), name="ข", phone=f"+668300000{n:02}", now=LATER
        )
        for n in range(8)
    ]
    outcomes = race([lambda: places_release(now=LATER), *takers])
    assert not any(isinstance(outcome, Booking) for outcome in outcomes)
    assert WaitingListEntry.objects.get().status == "offered"
    assert miscounted() == 0
