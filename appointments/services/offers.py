"""The times that can be booked for a visit of one or several services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from appointments.errors import ServicesApart
from appointments.models import CounterGroup, Service
from appointments.offers import Offer, OfferName
from appointments.querysets import day_begins
from cadastre.scheduling import BANGKOK

OFFERS_SQL: Final = (Path(__file__).parents[1] / "sql" / "offers.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Visit:
    """One or several services done one after another at the same counter."""

    services: tuple[Service, ...]

    @classmethod
    def of(cls, services: Sequence[Service]) -> Visit:
        """ServicesApart unless the same counters do all of them."""
        if len({service.group_id for service in services}) != 1:
            raise ServicesApart
        return cls(tuple(services))

    @property
    def main(self) -> Service:
        """The service that was named first."""
        return self.services[0]

    @property
    def group(self) -> CounterGroup:
        """The counters that do them."""
        return self.main.group

    @property
    def slots(self) -> int:
        """How many slots in a row they take."""
        return sum(service.slots for service in self.services)

    @property
    def minutes(self) -> int:
        """How long they take at the counter."""
        return self.slots * self.group.slot_minutes

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the services, in their order."""
        return tuple(service.code for service in self.services)

    def last_day(self, now: datetime) -> date:
        """The last day that everybody may book."""
        return now.astimezone(BANGKOK).date() + timedelta(days=self.group.days_ahead)


def offers_between(
    *, visit: Visit, first: date, last: date, now: datetime, internal: bool = False
) -> list[Offer]:
    """Times on the days ``first`` to ``last``, both included, full ones included, in order.

    Everybody is offered what keeps the notice and lies within the days ahead; the office
    (``internal``) whatever has not begun, its own places counted in.
    """
    return _offers(visit, day_begins(first), last, now, internal=internal)


def offers_free_from(
    *, visit: Visit, begins: datetime, now: datetime, most: int, days: int | None = None
) -> list[Offer]:
    """The next times with room from ``begins`` on, at most ``most``."""
    last = visit.last_day(now)
    if days is not None:
        last = min(last, begins.astimezone(BANGKOK).date() + timedelta(days=days))
    found = _offers(visit, begins, last, now, internal=False)
    return [offer for offer in found if offer.remaining > 0][:most]


def _offers(
    visit: Visit, begins: datetime, last: date, now: datetime, *, internal: bool
) -> list[Offer]:
    notice = timedelta() if internal else timedelta(minutes=visit.group.notice_minutes)
    if not internal:
        last = min(last, visit.last_day(now))
    parameters: dict[str, Any] = {
        "group": visit.group.pk, "office": visit.group.office_id, "more": visit.slots - 1,
        "begins": begins, "ends": day_begins(last, 1), "earliest": now + notice,
        "internal": int(internal),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(OFFERS_SQL, parameters)
        rows = cursor.fetchall()
    return [Offer(OfferName(slot, visit.codes), *rest) for slot, *rest in rows]
