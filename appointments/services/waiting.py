"""The hall as it is now, how long people will wait, and how good former answers were."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection

from appointments.models import Service, Ticket, WaitEstimate
from appointments.services.tickets import today_of
from cadastre import scheduling
from cadastre.scheduling import OpenCounter, ServiceTime, Waiting
from offices.models.office import Office

SQL: Final = {
    name: (Path(__file__).parents[1] / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("hall_state", "service_times", "wait_calibration")
}
DAYS_REMEMBERED: Final = 30
VISITS_REMEMBERED: Final = 200
TOLD_AGAIN_AFTER: Final = timedelta(minutes=1)
FEWEST_VISITS: Final = 20
"""Below so many visits no calibration is published: chance would speak."""


class TicketNow(NamedTuple):
    """One ticket in the hall; ids of service and counters."""

    id: int
    number: str
    status: str
    service: int
    only_counter: int | None
    counter: int | None
    calls: int
    called_at: datetime | None
    serving_at: datetime | None
    due_at: datetime
    priority: int
    booked: bool
    also: tuple[int, ...] = ()


class CounterNow(NamedTuple):
    """A counter with a clerk."""

    id: int
    number: str
    services: frozenset[int]

    def serves(self, ticket: TicketNow) -> bool:
        """Whether its clerk may call the ticket."""
        if ticket.only_counter is not None:
            return ticket.only_counter == self.id
        return ticket.service in self.services


@dataclass(frozen=True, slots=True)
class HallNow:
    """Everybody in the hall in the merged order, and the open counters."""

    tickets: tuple[TicketNow, ...]
    counters: tuple[CounterNow, ...]

    def of(self, status: str) -> list[TicketNow]:
        """Those in this state, in the merged order."""
        return [ticket for ticket in self.tickets if ticket.status == status]

    @property
    def at_counters(self) -> list[TicketNow]:
        """Who is called or being served, the latest call first."""
        there = [ticket for ticket in self.tickets if ticket.counter is not None]
        return sorted(there, key=lambda ticket: ticket.called_at or ticket.due_at, reverse=True)

    def ahead_of(self, ticket: TicketNow) -> list[TicketNow]:
        """Who waits before the ticket for a counter that may also call the ticket."""
        mine = [counter for counter in self.counters if counter.serves(ticket)]
        waiting = self.of(Ticket.Status.WAITING)
        ids = [other.id for other in waiting]
        before = waiting[: ids.index(ticket.id)] if ticket.id in ids else waiting
        if not mine:  # nobody calls it yet: those for the same service are before it
            return [other for other in before if other.service == ticket.service]
        return [other for other in before if any(counter.serves(other) for counter in mine)]


def hall_now(*, office: Office | int, day: date) -> HallNow:
    """The hall on a day, in one query."""
    key = office if isinstance(office, int) else office.pk
    with connection.cursor() as cursor:
        cursor.execute(SQL["hall_state"], {"office": key, "day": day})
        found = cursor.fetchone()[0]
    state: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return HallNow(
        tuple(
            TicketNow(**ticket | _moments(ticket) | {"also": tuple(ticket["also"])})
            for ticket in state["tickets"]
        ),
        tuple(
            CounterNow(each["id"], each["number"], frozenset(each["services"]))
            for each in state["counters"]
        ),
    )


def _moments(ticket: dict[str, Any]) -> dict[str, datetime | None]:
    return {
        name: datetime.fromisoformat(ticket[name]) if ticket[name] else None
        for name in ("called_at", "serving_at", "due_at")
    }


def service_times(*, office: Office | int, now: datetime) -> dict[int, ServiceTime]:
    """What a visit of each service of the office takes, from the visits of the last 30 days."""
    key = office if isinstance(office, int) else office.pk
    seen: dict[int, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SQL["service_times"], {
            "office": key, "since": now - timedelta(days=DAYS_REMEMBERED),
            "most": VISITS_REMEMBERED,
        })  # fmt: skip
        for service, served_s in cursor.fetchall():
            seen.setdefault(service, []).append(served_s)
    services = Service.objects.filter(office=key).select_related("group")
    return {
        service.pk: scheduling.service_time(seen.get(service.pk, ()), service.minutes * 60)
        for service in services
    }


def estimate_tell(
    *, ticket: Ticket, now: datetime, hall: HallNow | None = None
) -> WaitEstimate | None:
    """What somebody with a ticket is told now, written down; None if no open counter serves them.

    Told again within a minute, with as many ahead and as many counters, it is the same row.
    """
    hall = hall or hall_now(office=ticket.office_id, day=today_of(now))
    mine = next((each for each in hall.of(Ticket.Status.WAITING) if each.id == ticket.pk), None)
    if mine is None:
        return None
    usable = sum(counter.serves(mine) for counter in hall.counters)
    if not usable:
        return None
    ahead = len(hall.ahead_of(mine))
    last = WaitEstimate.objects.filter(ticket=ticket).order_by("-told_at").first()
    same = last is not None and (last.ahead, last.counters) == (ahead, usable)
    if last is not None and same and now - last.told_at < TOLD_AGAIN_AFTER:
        return last
    found = estimate_of(mine, hall, service_times(office=ticket.office_id, now=now), now)
    if found is None:
        return None
    return WaitEstimate.objects.create(
        ticket=ticket, told_at=now, ahead=ahead, counters=found.counters,
        low_s=found.low_s, expected_s=found.expected_s, high_s=found.high_s,
    )  # fmt: skip


def estimate_of(
    ticket: TicketNow, hall: HallNow, times: dict[int, ServiceTime], now: datetime
) -> scheduling.Estimate | None:
    """The wait of a ticket in this hall; None while no open counter serves it."""
    visitors = {other.counter: other for other in hall.at_counters}
    counters = []
    for counter in hall.counters:
        visitor = visitors.get(counter.id)
        since = visitor.serving_at if visitor is not None else None
        counters.append(OpenCounter(
            counter.services, counter.id, visitor.service if visitor is not None else None,
            max(0.0, (now - since).total_seconds()) if since is not None else 0.0,
            visitor.also if visitor is not None else (),
        ))  # fmt: skip
    waiting = hall.of(Ticket.Status.WAITING)
    before = waiting[: [other.id for other in waiting].index(ticket.id)]
    return scheduling.estimate(
        Waiting(ticket.service, ticket.only_counter, ticket.also),
        [Waiting(other.service, other.only_counter, other.also) for other in before],
        counters, times,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """What visits were told and what came true, in seconds; of those expected ``below_s``.

    ``below_s`` is None for the longest waits, and for all of them (``all_of_them``).
    """

    all_of_them: bool
    below_s: int | None
    visits: int
    told_s: float
    waited_s: float
    tenth_s: float
    ninetieth_s: float
    within: float

    @property
    def is_published(self) -> bool:
        """Whether the visits are enough to say something."""
        return self.visits >= FEWEST_VISITS


def calibration(*, office: Office, last: date) -> list[Calibration]:
    """How good the estimates were over the 30 days until ``last``: all first, then by length."""
    with connection.cursor() as cursor:
        cursor.execute(SQL["wait_calibration"], {
            "office": office.pk, "first": last - timedelta(days=DAYS_REMEMBERED - 1), "last": last,
        })  # fmt: skip
        rows = [Calibration(*row) for row in cursor.fetchall()]
    return [row for row in rows if row.visits]
