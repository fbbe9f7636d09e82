"""Who takes a place if one comes free, and in which order. docs/algorithms/waiting-list.md."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from appointments.errors import (
    AlreadyWaiting,
    BookingEnded,
    OfferEnded,
    RangeInvalid,
    WaitingEntryUnknown,
)
from appointments.models import Booking, CounterGroup, Service, Slot, WaitingListEntry
from appointments.offers import Offer
from appointments.services.bookings import (
    Wish,
    booking_cancel,
    booking_confirm,
    booking_get,
    booking_place,
    short_locks,
)
from appointments.services.messages import tell_ended, tell_offer
from appointments.services.offers import Visit, offers_between
from cadastre.errors import LandError
from cadastre.scheduling import BANGKOK
from offices.services.audit import entry_record

MOST_OFFERS: Final = 3
"""Whoever lets so many offers go by is taken off the list."""
LONGEST_WAIT: Final = timedelta(days=62)
# Nobody waits for more candidates to be looked at than this within one lock.
CANDIDATES: Final = 20
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
Status = WaitingListEntry.Status


def waiting_list_join(
    *,
    service: Service,
    first_day: date,
    last_day: date,
    name: str,
    phone: str,
    now: datetime,
    email: str = "",
    people: int = 1,
    parcel: str = "",
    language: str = "",
) -> WaitingListEntry:
    """Wait for a place of the service on one of the days; RangeInvalid, AlreadyWaiting."""
    today = now.astimezone(BANGKOK).date()
    first_day = max(first_day, today)
    if not first_day <= last_day <= today + LONGEST_WAIT:
        raise RangeInvalid(path=("last_day",), days=LONGEST_WAIT.days)
    try:
        with transaction.atomic():
            entry = WaitingListEntry.objects.create(
                service=service, first_day=first_day, last_day=last_day, people=people, name=name,
                phone=phone, email=email, parcel_public_id=parcel, language=language,
                created_at=now, changed_at=now,
            )  # fmt: skip
            _record("appointments.waits", entry, now)
    except IntegrityError as error:
        raise AlreadyWaiting from error
    return entry_get(token=entry.token)


def entry_get(*, token: str) -> WaitingListEntry:
    """The entry of whoever holds the token; WaitingEntryUnknown if there is none."""
    entry = None
    if _PUBLIC_ID.fullmatch(token):
        entries = WaitingListEntry.objects.select_related(
            "service__group", "service__office", "offered__slot"
        )
        entry = entries.filter(token=token).first()
    if entry is None:
        raise WaitingEntryUnknown
    return entry


def place_in_line(*, entry: WaitingListEntry) -> int:
    """How many are asked before this entry, itself counted; for the same service."""
    before = WaitingListEntry.objects.filter(service=entry.service, status=Status.WAITING)
    earlier = before.filter(offers=entry.offers, created_at__lt=entry.created_at)
    return earlier.count() + before.filter(offers__lt=entry.offers).count() + 1


def waiting_list_leave(*, token: str, now: datetime) -> WaitingListEntry:
    """Leave the list; a place that is offered goes to the next. Twice is the same as once."""
    with short_locks():
        entry = _locked(token)
        if entry.status in {Status.WAITING, Status.OFFERED}:
            offered = entry.offered if entry.status == Status.OFFERED else None
            _end(entry, Status.LEFT, now)
            _give_up(offered, now)
    return entry_get(token=token)


def waiting_list_accept(*, token: str, now: datetime) -> Booking:
    """Take the place that is offered; OfferEnded if it ran out. Twice is the same as once."""
    with short_locks():
        entry = _locked(token)
        if entry.offered is None or entry.status not in {Status.OFFERED, Status.TAKEN}:
            raise OfferEnded
        try:
            booking = booking_confirm(token=entry.offered.token, now=now)
        except BookingEnded as error:
            raise OfferEnded from error
        if entry.status == Status.OFFERED:
            entry.status, entry.changed_at = Status.TAKEN, now
            entry.save(update_fields=["status", "changed_at"])
    return booking


def waiting_list_decline(*, token: str, now: datetime) -> WaitingListEntry:
    """Let this offer go to the next, and wait on; OfferEnded where nothing is offered."""
    with short_locks():
        entry = _locked(token)
        if entry.status != Status.OFFERED:
            raise OfferEnded
        offered = entry.offered
        _pass_over(entry, now)
        _give_up(offered, now)
    return entry_get(token=token)


def waiting_list_offer(*, slot: Slot, now: datetime) -> WaitingListEntry | None:
    """Offer a place that has just come free to the first whom it fits; None if it fits nobody.

    Call it inside the transaction that frees the place, the slot locked: nobody comes between.
    """
    day = slot.starts_at.astimezone(BANGKOK).date()
    fitting = WaitingListEntry.objects.filter(
        status=Status.WAITING, service__group=slot.group_id, first_day__lte=day, last_day__gte=day
    ).exclude(declined__contains=slot.pk)
    for entry in _in_line(fitting):
        visit = Visit.of([entry.service])
        for offer in offers_between(visit=visit, first=day, last=day, now=now):
            if offer.remaining > 0 and offer.starts_at <= slot.starts_at < offer.ends_at:
                if _offer(entry, offer, now):
                    return entry
                break
    return None


def _in_line(entries: QuerySet[WaitingListEntry]) -> list[WaitingListEntry]:
    """Those who were asked least often first, then who came first; who is being asked, is not."""
    ordered = entries.select_related("service__group", "service__office")
    ordered = ordered.order_by("offers", "created_at", "pk")
    return list(ordered.select_for_update(of=("self",), skip_locked=True)[:CANDIDATES])


def _offer(entry: WaitingListEntry, offer: Offer, now: datetime) -> bool:
    """Hold the place for the entry and tell it; False where it can have no booking there."""
    group: CounterGroup = entry.service.group
    until = min(now + timedelta(minutes=group.offer_minutes), offer.starts_at)
    wish = Wish(
        slot=offer.id, name=entry.name, phone=entry.phone, email=entry.email,
        parcel=entry.parcel_public_id, people=entry.people, language=entry.language,
    )  # fmt: skip
    try:
        with transaction.atomic():
            facts = booking_place(wish, now=now, held_until=until)
    except LandError:
        return False
    entry.offered = booking_get(token=facts["token"])
    entry.status, entry.offers, entry.changed_at = Status.OFFERED, entry.offers + 1, now
    entry.save(update_fields=["offered", "status", "offers", "changed_at"])
    _record("appointments.offered", entry, now)
    tell_offer(entry, now=now)
    return True


def offers_lapse(*, now: datetime) -> int:
    """Entries whose offer ran out wait on, behind who was asked less often; returns how many."""
    lapsed = WaitingListEntry.objects.filter(status=Status.OFFERED).exclude(
        offered__status=Booking.Status.HELD
    )
    count = 0
    for pk in lapsed.order_by("pk").values_list("pk", flat=True):
        with short_locks():
            entry = lapsed.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if entry is not None:
                _pass_over(entry, now)
                count += 1
    return count


def entries_end(*, now: datetime) -> int:
    """Entries whose days have passed; returns how many."""
    today = now.astimezone(BANGKOK).date()
    over = WaitingListEntry.objects.filter(status=Status.WAITING, last_day__lt=today)
    return over.update(status=Status.ENDED, changed_at=now)


def _pass_over(entry: WaitingListEntry, now: datetime) -> None:
    """Not this slot again; after the third offer no other either."""
    assert entry.offered is not None
    entry.declined = [*entry.declined, entry.offered.slot_id]
    if entry.offers >= MOST_OFFERS:
        _end(entry, Status.LEFT, now)
        tell_ended(entry, now=now)
        return
    entry.status, entry.offered, entry.changed_at = Status.WAITING, None, now
    entry.save(update_fields=["declined", "status", "offered", "changed_at"])


def _give_up(offered: Booking | None, now: datetime) -> None:
    if offered is not None and offered.status == Booking.Status.HELD:
        try:
            booking_cancel(token=offered.token, now=now)
        except BookingEnded:
            return  # it has run out meanwhile: the sweeper gives it on


def _end(entry: WaitingListEntry, status: str, now: datetime) -> None:
    entry.status, entry.offered, entry.changed_at = status, None, now
    entry.save(update_fields=["declined", "status", "offered", "changed_at"])
    _record("appointments.waits_no_more", entry, now)


def _locked(token: str) -> WaitingListEntry:
    known = entry_get(token=token)
    WaitingListEntry.objects.select_for_update().get(pk=known.pk)
    return entry_get(token=token)


def entries_forget(*, before: datetime) -> int:
    """Blank the person of entries that ended before; returns how many."""
    ended = WaitingListEntry.objects.filter(changed_at__lt=before)
    ended = ended.exclude(status__in=[Status.WAITING, Status.OFFERED])
    known = ended.exclude(name="", phone="", email="", parcel_public_id="")
    return known.update(name="", phone="", email="", parcel_public_id="")


def _record(action: str, entry: WaitingListEntry, now: datetime) -> None:
    entry_record(
        action=action, subject_kind="waiting", subject_id=str(entry.pk),
        office=entry.service.office, now=now,
    )  # fmt: skip
