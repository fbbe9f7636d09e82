"""Places that come free: first to who waits for them, then to everybody."""

from __future__ import annotations

from datetime import datetime

from appointments.models import Booking, BookingPlace, Slot
from appointments.services.bookings import short_locks
from appointments.services.waiting_list import offers_lapse, waiting_list_offer


def places_release(*, now: datetime) -> int:
    """Free the places of holds that ran out and of bookings cancelled long enough ago.

    A place that somebody waits for is held for them in the same transaction. Returns how many
    holds and places there were.
    """
    count = _holds_expire(now)
    offers_lapse(now=now)
    due = BookingPlace.objects.filter(release_at__lte=now)
    slots = Slot.objects.filter(places__in=due).distinct().order_by("group", "starts_at")
    for pk in list(slots.values_list("pk", flat=True)):
        with short_locks():
            slot = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
            freed = due.filter(slot=slot).update(is_live=False, release_at=None)
            for _ in range(freed):
                if waiting_list_offer(slot=slot, now=now) is None:
                    break
        count += freed
    return count


def _holds_expire(now: datetime) -> int:
    expired = Booking.objects.filter(status=Booking.Status.HELD, held_until__lte=now)
    count = 0
    for pk in expired.order_by("pk").values_list("pk", flat=True):
        with short_locks():
            mine = expired.select_for_update(skip_locked=True).filter(pk=pk).first()
            if mine is not None:
                mine.status, mine.held_until, mine.changed_at = Booking.Status.EXPIRED, None, now
                mine.save(update_fields=["status", "held_until", "changed_at"])
                count += 1
    return count
