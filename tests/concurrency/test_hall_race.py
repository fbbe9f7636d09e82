"""Many clerks, one visitor; many visitors, one series of numbers."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from appointments.hall_errors import CounterHasVisitor, NobodyWaiting
from appointments.models import Service, Ticket
from appointments.services import hall, tickets
from appointments.services.bookings import booking_create
from appointments.services.hall import Desk, counter_open, ticket_call_next
from appointments.services.tickets import ticket_of_booking, ticket_take
from offices.models import Role
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.factories import NOW, a_counter, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service() -> Service:
    return a_service(ticket_prefix="A")


def desks(service: Service, count: int) -> list[Desk]:
    found = []
    for number in range(count):
        clerk = a_user(f"clerk{number}", Role.LAND_OFFICER)
        desk = Desk(a_counter(service, number=str(number)), clerk)
        counter_open(counter=desk.counter, clerk=clerk, now=NOW)
        found.append(desk)
    return found


def calls(desk: Desk) -> Act:
    return lambda: ticket_call_next(desk=desk, now=NOW)


def together(step: Callable[..., Any], parties: int) -> Callable[..., Any]:
    """The same step, which nobody begins before all have come to it."""
    barrier = threading.Barrier(parties)

    def at_once(*args: Any, **kwargs: Any) -> Any:
        barrier.wait(PATIENCE_S)
        return step(*args, **kwargs)

    return at_once


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def test_two_clerks_never_call_the_same_person(service: Service) -> None:
    clerks = desks(service, 8)
    for _ in range(6):
        ticket_take(service=service, now=NOW)
    outcomes = race([calls(desk) for desk in clerks])
    called = [outcome for outcome in outcomes if isinstance(outcome, Ticket)]
    assert len({ticket.pk for ticket in called}) == len(called) == 6
    assert Tally(type(outcome) for outcome in outcomes)[NobodyWaiting] == 2
    assert Ticket.objects.filter(status="called").count() == 6


def test_without_the_lock_two_clerks_call_the_same_person(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the test above: if this stops calling twice, that proves nothing."""
    clerks = desks(service, 2)
    ticket_take(service=service, now=NOW)
    without_locks(monkeypatch)
    monkeypatch.setattr(hall, "_call", together(hall._call, 2))
    outcomes = race([calls(desk) for desk in clerks])
    assert outcomes[0] == outcomes[1] == Ticket.objects.get()


def test_a_clerk_who_clicks_twice_calls_one_person(service: Service) -> None:
    (desk,) = desks(service, 1)
    for _ in range(4):
        ticket_take(service=service, now=NOW)
    outcomes = race([calls(desk)] * 4)
    kinds = Tally(type(outcome) for outcome in outcomes)
    assert kinds == {Ticket: 1, CounterHasVisitor: 3}


def test_without_the_lock_the_constraint_keeps_one_visitor_at_a_counter(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk,) = desks(service, 1)
    waiting = [ticket_take(service=service, now=NOW) for _ in range(2)]
    without_locks(monkeypatch)
    call = together(hall._call, 2)
    mine = threading.local()

    def another(_: Ticket, *args: Any, **kwargs: Any) -> Any:
        return call(mine.ticket, *args, **kwargs)

    def clicks(ticket: Ticket) -> Act:
        def act() -> Any:
            mine.ticket = ticket
            return ticket_call_next(desk=desk, now=NOW)

        return act

    monkeypatch.setattr(hall, "_call", another)
    outcomes = race([clicks(ticket) for ticket in waiting])
    assert Tally(type(outcome) for outcome in outcomes) == {Ticket: 1, IntegrityError: 1}


def test_numbers_are_given_once_and_none_is_left_out(service: Service) -> None:
    a_counter(service)
    outcomes = race([lambda: ticket_take(service=service, now=NOW) for _ in range(24)])
    numbers = sorted(ticket.number for ticket in outcomes)
    assert numbers == [f"A{number:03d}" for number in range(1, 25)]


def test_without_the_lock_a_number_is_drawn_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The constraint refuses the second ticket of the number: that visitor gets none."""
    a_counter(service)
    ticket_take(service=service, now=NOW)
    without_locks(monkeypatch)
    read = together(tickets.TicketSeries.save, 2)
    monkeypatch.setattr(tickets.TicketSeries, "save", read)
    outcomes = race([lambda: ticket_take(service=service, now=NOW) for _ in range(2)])
    assert Tally(type(outcome) for outcome in outcomes) == {Ticket: 1, IntegrityError: 1}


def test_a_booking_that_is_scanned_twice_gets_one_ticket(service: Service) -> None:
    a_counter(service)
    slot = a_slot(service, NOW)
    booking = booking_create(
        slot=an_offer(slot), name="ก", phone="+66810000000", now=NOW.replace(day=19)
    )
    outcomes = race([lambda: ticket_of_booking(booking=booking, now=NOW) for _ in range(8)])
    assert {ticket.number for ticket in outcomes} == {"A001"}
    assert Ticket.objects.count() == 1
