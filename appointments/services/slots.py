"""The times an office offers: made from its opening hours, asked for by citizens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from appointments.models import Closure, OpeningHours, Service, Slot
from appointments.querysets import SlotQuerySet
from cadastre import scheduling
from offices.models.office import Office

DAYS_AHEAD = 45


def slots_generate(*, office: Office, first: date, last: date) -> int:
    """Offer every time of the office from ``first`` to ``last``; returns how many are new.

    Times that exist are left alone, whatever was booked in them; running it again changes nothing.
    """
    hours = [
        scheduling.OpeningHours(weekday=h.weekday - 1, opens=h.opens_at, closes=h.closes_at)
        for h in OpeningHours.objects.filter(office=office)
    ]
    closures = Closure.objects.of_office(office.pk).filter(day__range=(first, last))
    closed = set(closures.values_list("day", flat=True))
    before = Slot.objects.filter(service__office=office).count()
    for service in Service.objects.filter(office=office, is_active=True).order_by("pk"):
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


def slots_generate_ahead(*, now: datetime, days: int = DAYS_AHEAD) -> int:
    """Offer the times of all offices from today on; returns how many are new."""
    today = now.astimezone(scheduling.BANGKOK).date()
    last = today + timedelta(days=days)
    offices = Office.objects.filter(services__is_active=True).distinct().order_by("pk")
    return sum(slots_generate(office=office, first=today, last=last) for office in offices)


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


def slots_free_from(*, slot: Slot, now: datetime) -> SlotQuerySet:
    """Times of the same service with room, from this one's time on and without it, in order."""
    closures = Closure.objects.of_office(slot.service.office_id)
    return (
        Slot.objects.filter(service=slot.service, starts_at__gte=slot.starts_at)
        .exclude(pk=slot.pk)
        .in_time(now)
        .open_on(closures)
        .with_room()
        .order_by("starts_at")
    )


def slot_next_free(*, after: Slot, now: datetime) -> dict[str, Any] | None:
    """The next time of the same service with room, as the interface writes it."""
    free = slots_free_from(slot=after, now=now).first()
    return slot_written(free) if free else None


def slot_written(slot: Slot) -> dict[str, Any]:
    """A time as the interface writes it: instants with the offset of Thailand."""
    return {
        "id": slot.public_id,
        "start": slot.starts_at.astimezone(scheduling.BANGKOK).isoformat(),
        "end": slot.ends_at.astimezone(scheduling.BANGKOK).isoformat(),
        "capacity": slot.capacity,
        "remaining": slot.remaining,
    }
