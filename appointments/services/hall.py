"""Clerks at their counters: whom they call, and what becomes of who was called.

A step locks, in this order, the booking it ends or revives, the counter, the ticket; a step that
the state of the ticket does not allow raises TicketStepWrong. docs/algorithms/hall.md has the
table of steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from appointments.hall_errors import (
    CallsTooFew,
    ClerkElsewhere,
    CounterHasVisitor,
    CounterNotYours,
    CounterTaken,
    CounterUnknown,
    NobodyWaiting,
    PriorityUnusable,
    RecallTooSoon,
    ServiceNotDone,
    TicketStepWrong,
    TicketUnknown,
)
from appointments.models import Booking, Counter, Service, Ticket
from appointments.services.bookings import short_locks
from appointments.services.tickets import event_record, hall_of, today_of
from offices.models import User
from offices.services.audit import entry_record

RECALL_AFTER: Final = timedelta(minutes=1)
HIGHEST_PRIORITY: Final = 3
ORDER: Final = ("-priority", "due_at", "pk")
"""The merged order of the hall; `hall_state.sql` says the same."""
AT_COUNTER: Final = (Ticket.Status.CALLED, Ticket.Status.SERVING)


@dataclass(frozen=True, slots=True)
class Desk:
    """A clerk at a counter, who acts."""

    counter: Counter
    clerk: User


def counter_open(*, counter: Counter, clerk: User, now: datetime) -> None:
    """Sit down at the counter; doing so twice is the same as once. CounterTaken, ClerkElsewhere.

    Whoever forgot to close a counter on an earlier day does not keep it, nor its visitor.
    """
    try:
        with short_locks():
            _open(_locked_counter(counter), clerk, now)
    except IntegrityError as error:  # a_clerk_is_at_one_counter: opened another at this moment
        other = Counter.objects.filter(clerk=clerk).exclude(pk=counter.pk).first()
        raise ClerkElsewhere(counter=other.number if other else counter.number) from error


def _open(counter: Counter, clerk: User, now: datetime) -> None:
    if counter.clerk_id is not None and _opened_today(counter, now):
        if counter.clerk_id == clerk.pk:
            return
        raise CounterTaken(counter=counter.number)
    other = Counter.objects.filter(clerk=clerk).exclude(pk=counter.pk).first()
    if other is not None:
        if _opened_today(other, now):
            raise ClerkElsewhere(counter=other.number)
        Counter.objects.filter(pk=other.pk).update(clerk=None, opened_at=None)
    _send_home(counter, now)
    counter.clerk, counter.opened_at = clerk, now
    counter.save(update_fields=["clerk", "opened_at"])
    _audit("appointments.counter_opened", counter, clerk, now)


def _opened_today(counter: Counter, now: datetime) -> bool:
    return counter.opened_at is not None and today_of(counter.opened_at) == today_of(now)


def counter_close(*, counter: Counter, clerk: User, now: datetime) -> None:
    """Leave the counter; CounterNotYours, or CounterHasVisitor while somebody is at it."""
    with short_locks():
        locked = _counter_of(Desk(counter, clerk))
        _check_free(locked)
        locked.clerk, locked.opened_at = None, None
        locked.save(update_fields=["clerk", "opened_at"])
        _audit("appointments.counter_closed", locked, clerk, now)


def ticket_call_next(*, desk: Desk, now: datetime) -> Ticket:
    """Call whoever is first in the merged order; two clerks never call the same person.

    Who is being called by somebody else at this moment is passed over, not waited for. Raises
    CounterNotYours, CounterHasVisitor or NobodyWaiting.
    """
    with short_locks():
        counter = _counter_of(desk)
        _check_free(counter)
        waiting = waiting_for(counter, now).order_by(*ORDER)
        ticket = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if ticket is None:
            raise NobodyWaiting(counter=counter.number)
        return _call(ticket, Desk(counter, desk.clerk), now)


def ticket_call(*, desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """Call this one out of turn, because somebody at the desk said so; written down like any."""
    with short_locks():
        counter = _counter_of(desk)
        _check_free(counter)
        locked = _locked(ticket, Ticket.Status.WAITING)
        return _call(locked, Desk(counter, desk.clerk), now, picked=True)


def ticket_recall(*, desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """Call once more who did not come; RecallTooSoon within a minute of the last call."""
    with _at(desk, ticket, Ticket.Status.CALLED) as (locked, counter):
        waited = now - (locked.called_at or now)
        if waited < RECALL_AFTER:
            left = RECALL_AFTER - waited
            raise RecallTooSoon(number=locked.number, seconds=-(-left // timedelta(seconds=1)))
        locked.calls, locked.called_at = locked.calls + 1, now
        locked.save(update_fields=["calls", "called_at"])
        event_record(
            locked, "recalled", now=now, actor=desk.clerk, counter=counter, calls=locked.calls
        )
    return locked


def ticket_serve(*, desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """The visitor is here."""
    with _at(desk, ticket, Ticket.Status.CALLED) as (locked, counter):
        locked.status, locked.serving_at = Ticket.Status.SERVING, now
        locked.save(update_fields=["status", "serving_at"])
        event_record(locked, "serving", now=now, actor=desk.clerk, counter=counter)
    return locked


def ticket_finish(*, desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """The visit is done; its booking is served."""
    with _at(desk, ticket, Ticket.Status.SERVING, ends=Booking.Status.SERVED, now=now) as pair:
        locked, counter = pair
        _end(locked, Ticket.Status.FINISHED, now)
        event_record(
            locked, "finished", now=now, actor=desk.clerk, counter=counter, **_served(locked, now)
        )
    return locked


def ticket_miss(*, desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """Nobody came, after as many calls as the hall asks for and a minute after the last one."""
    with _at(desk, ticket, Ticket.Status.CALLED, ends=Booking.Status.MISSED, now=now) as pair:
        locked, counter = pair
        most = hall_of(locked.office).most_calls
        if locked.calls < most:
            raise CallsTooFew(number=locked.number, calls=locked.calls, most=most)
        waited = now - (locked.called_at or now)
        if waited < RECALL_AFTER:
            left = RECALL_AFTER - waited
            raise RecallTooSoon(number=locked.number, seconds=-(-left // timedelta(seconds=1)))
        _end(locked, Ticket.Status.MISSED, now)
        event_record(locked, "missed", now=now, actor=desk.clerk, counter=counter)
    return locked


def ticket_park(
    *, desk: Desk, ticket: Ticket, now: datetime, missing: Collection[int] = ()
) -> Ticket:
    """Papers are missing: the visitor fetches them and keeps the turn. ``missing``: their ids."""
    with _at(desk, ticket, *AT_COUNTER) as (locked, counter):
        served = _served(locked, now)
        papers = locked.service.documents.filter(pk__in=missing).values_list("pk", flat=True)
        locked.status, locked.counter, locked.clerk = Ticket.Status.PARKED, None, None
        locked.save(update_fields=["status", "counter", "clerk"])
        event_record(
            locked, "parked", now=now, actor=desk.clerk, counter=counter,
            missing=sorted(papers), **served,
        )  # fmt: skip
    return locked


def ticket_transfer(
    *,
    desk: Desk,
    ticket: Ticket,
    now: datetime,
    service: Service | None = None,
    only_counter: Counter | None = None,
) -> Ticket:
    """Send the visitor on to another service, or to one counter, with the turn kept.

    Without either the visitor waits again where it was: called by mistake. ServiceNotDone if no
    counter of the office does the service.
    """
    with _at(desk, ticket, *AT_COUNTER) as (locked, counter):
        office = locked.office_id
        service = service or locked.service
        doing = Counter.objects.filter(office=office, is_active=True)
        if only_counter is not None and not doing.filter(pk=only_counter.pk).exists():
            raise CounterUnknown
        if only_counter is None and not doing.filter(services=service, services__office=office):
            raise ServiceNotDone
        served = _served(locked, now)
        locked.service, locked.only_counter = service, only_counter
        locked.status, locked.counter, locked.clerk = Ticket.Status.WAITING, None, None
        locked.calls, locked.called_at, locked.serving_at = 0, None, None
        locked.save()
        event_record(
            locked, "transferred", now=now, actor=desk.clerk, counter=counter, to=service.pk,
            to_counter=only_counter.number if only_counter else "", **served,
        )  # fmt: skip
    return locked


def ticket_return(*, ticket: Ticket, now: datetime, actor: User | None = None) -> Ticket:
    """Back with the papers, in the old turn; or back after all, in the turn of who comes now."""
    with short_locks():
        booking = _locked_booking(ticket)
        locked = _locked(ticket, Ticket.Status.PARKED, Ticket.Status.MISSED)
        if locked.day != today_of(now):
            raise TicketUnknown
        if locked.status == Ticket.Status.MISSED:
            locked.due_at = now
            _set_booking(booking, Booking.Status.ARRIVED, now)
        locked.status, locked.calls = Ticket.Status.WAITING, 0
        locked.called_at = locked.serving_at = locked.ended_at = None
        locked.counter = locked.clerk = None
        locked.save()
        event_record(locked, "returned", now=now, actor=actor)
    return locked


def ticket_prioritise(*, ticket: Ticket, priority: int, actor: User, now: datetime) -> Ticket:
    """Let somebody who waits go before others; 0 takes it back. PriorityUnusable beyond 3."""
    if not 0 <= priority <= HIGHEST_PRIORITY:
        raise PriorityUnusable(path=("priority",), most=HIGHEST_PRIORITY)
    with short_locks():
        locked = _locked(ticket, Ticket.Status.WAITING)
        before, locked.priority = locked.priority, priority
        locked.save(update_fields=["priority"])
        event_record(locked, "prioritised", now=now, actor=actor, before=before, priority=priority)
    return locked


def ticket_leave(*, ticket: Ticket, now: datetime, actor: User | None = None) -> Ticket:
    """The visitor goes home before being served; a booking counts as missed."""
    with short_locks():
        booking = _locked_booking(ticket)
        locked = _locked(ticket, Ticket.Status.WAITING, Ticket.Status.PARKED, Ticket.Status.CALLED)
        _end(locked, Ticket.Status.LEFT, now)
        _set_booking(booking, Booking.Status.MISSED, now)
        event_record(locked, "left", now=now, actor=actor)
    return locked


def waiting_for(counter: Counter, now: datetime) -> QuerySet[Ticket]:
    """Everybody whom the counter may call today, in no order."""
    services = counter.services.values_list("pk", flat=True)
    mine = Q(only_counter=counter) | Q(only_counter=None, service__in=list(services))
    return Ticket.objects.filter(
        mine, office=counter.office_id, day=today_of(now), status=Ticket.Status.WAITING
    )


def visitor_of(counter: Counter, now: datetime) -> Ticket | None:
    """Who is at the counter, or on the way."""
    at = Ticket.objects.filter(counter=counter, status__in=AT_COUNTER, day=today_of(now))
    return at.select_related("service", "booking__slot", "office").first()


def _call(ticket: Ticket, desk: Desk, now: datetime, *, picked: bool = False) -> Ticket:
    ticket.status, ticket.counter, ticket.clerk = Ticket.Status.CALLED, desk.counter, desk.clerk
    ticket.calls, ticket.called_at, ticket.serving_at = 1, now, None
    ticket.save(update_fields=["status", "counter", "clerk", "calls", "called_at", "serving_at"])
    event_record(
        ticket, "called", now=now, actor=desk.clerk, counter=desk.counter,
        **({"picked": True} if picked else {}),
    )  # fmt: skip
    if ticket.booking is not None:  # the clerk sees who it is
        entry_record(
            action="appointments.visitor_seen", subject_kind="booking",
            subject_id=ticket.booking.reference, actor=desk.clerk, office=ticket.office,
            data={"ticket": ticket.number, "counter": desk.counter.number}, now=now,
        )  # fmt: skip
    return ticket


@contextmanager
def _at(
    desk: Desk, ticket: Ticket, *allowed: Ticket.Status, ends: str = "", now: datetime | None = None
) -> Iterator[tuple[Ticket, Counter]]:
    """A step with the visitor of the clerk's own counter; ``ends`` is what the booking becomes."""
    with short_locks():
        booking = _locked_booking(ticket) if ends else None
        counter = _counter_of(desk)
        locked = _locked(ticket, *allowed)
        if locked.counter_id != counter.pk:
            raise _wrong(locked)
        yield locked, counter
        if now is not None:
            _set_booking(booking, ends, now)


def _locked_booking(ticket: Ticket) -> Booking | None:
    if ticket.booking_id is None:
        return None
    booking: Booking = Booking.objects.select_for_update().get(pk=ticket.booking_id)
    return booking


def _set_booking(booking: Booking | None, status: str, now: datetime) -> None:
    if booking is not None:
        booking.status, booking.changed_at = status, now
        booking.save(update_fields=["status", "changed_at"])


def _locked_counter(counter: Counter) -> Counter:
    locked: Counter | None = (
        Counter.objects.select_for_update(no_key=True).filter(pk=counter.pk, is_active=True).first()
    )
    if locked is None:
        raise CounterUnknown
    return locked


def _counter_of(desk: Desk) -> Counter:
    counter = _locked_counter(desk.counter)
    if counter.clerk_id != desk.clerk.pk:
        raise CounterNotYours(counter=counter.number)
    return counter


def _check_free(counter: Counter) -> None:
    there = Ticket.objects.filter(counter=counter, status__in=AT_COUNTER).first()
    if there is not None:
        raise CounterHasVisitor(number=there.number, counter=counter.number)


def _locked(ticket: Ticket, *allowed: Ticket.Status) -> Ticket:
    """Lock the ticket by itself and read what belongs to it afterwards."""
    locked: Ticket | None = Ticket.objects.select_for_update().filter(pk=ticket.pk).first()
    if locked is None:
        raise TicketUnknown
    if locked.status not in allowed:
        raise _wrong(locked)
    return locked


def _wrong(ticket: Ticket) -> TicketStepWrong:
    return TicketStepWrong(number=ticket.number, status=ticket.get_status_display())


def _end(ticket: Ticket, status: Ticket.Status, now: datetime) -> None:
    ticket.status, ticket.ended_at = status, now
    ticket.save(update_fields=["status", "ended_at"])


def _served(ticket: Ticket, now: datetime) -> dict[str, int]:
    """How long this stretch of service lasted, for the history that estimates rest on."""
    if ticket.status not in {Ticket.Status.SERVING, Ticket.Status.FINISHED}:
        return {}
    lasted = now - (ticket.serving_at or now)
    return {"served_s": round(lasted.total_seconds()), "service": ticket.service_id}


def _send_home(counter: Counter, now: datetime) -> None:
    """End what an earlier day left at the counter."""
    left = Ticket.objects.select_for_update().filter(
        counter=counter, status__in=AT_COUNTER, day__lt=today_of(now)
    )
    for ticket in left:
        _end(ticket, Ticket.Status.LEFT, now)
        event_record(ticket, "left", now=now, counter=counter, day_ended=True)


def _audit(action: str, counter: Counter, clerk: User, now: datetime) -> None:
    entry_record(
        action=action, subject_kind="counter", subject_id=counter.number, actor=clerk,
        office=counter.office, now=now,
    )  # fmt: skip
