"""The times an office offers: made from its opening hours, asked for by citizens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from appointments.models import Closure, OpeningHours, Service, Slot
from appointments.querysets import SlotQuerySet
from cadastre import scheduling
from offices.models.office import Office


def slots_generate(*, office: Office, first: date, last: date) -> int:
    """Offer every time of the office from ``first`` to ``last``; returns how many are new.

    Times that exist are left alone, whatever was booked in them; running it again changes nothing.
    """
    hours = [
        scheduling.OpeningHours(weekday=h.weekday, opens=h.opens_at, closes=h.closes_at)
        for h in OpeningHours.objects.filter(office=office)
    ]
    closures = Closure.objects.of_office(office.pk).filter(day__range=(first, last))
    closed = set(closures.values_list("day", flat=True))
    before = Slot.objects.filter(service__office=office).count()
    for service in Service.objects.filter(office=office, is_active=True):
        planned = scheduling.slots_for(
            first, last, hours, minutes=service.minutes, capacity=service.capacity, holidays=closed
        )
        Slot.objects.bulk_create(
            [
                Slot(
                    service=service,
                    starts_at=slot.starts,
                    ends_at=slot.ends,
                    capacity=slot.capacity,
                )
                for slot in planned
            ],
            ignore_conflicts=True,
            batch_size=2_000,
        )
    return Slot.objects.filter(service__office=office).count() - before


def slots_offered(*, service: Service, first: date, last: date, now: datetime) -> SlotQuerySet:
    """Times of the service that can be booked, full ones included, in order."""
    closures = Closure.objects.of_office(service.office_id)
    return (
        Slot.objects.filter(service=service)
        .between(first, last)
        .in_time(now)
        .open_on(closures)
        .order_by("starts_at")
    )


def slot_next_free(*, after: Slot, now: datetime) -> dict[str, Any] | None:
    """The next time of the same service with room, as the interface writes it."""
    closures = Closure.objects.of_office(after.service.office_id)
    free = (
        Slot.objects.filter(service=after.service, starts_at__gte=after.starts_at)
        .exclude(pk=after.pk)
        .in_time(now)
        .open_on(closures)
        .with_room()
        .order_by("starts_at")
        .first()
    )
    return slot_written(free) if free else None


def slot_written(slot: Slot) -> dict[str, Any]:
    """A time as the interface writes it: instants with the offset of Thailand."""
    return {
        "id": slot.public_id,
        "start": slot.starts_at.astimezone(scheduling.BANGKOK).isoformat(),
        "end": slot.ends_at.astimezone(scheduling.BANGKOK).isoformat(),
        "capacity": slot.capacity,
        "remaining": slot.capacity - slot.taken,
    }
