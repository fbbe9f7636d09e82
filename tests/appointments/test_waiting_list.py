"""A place that comes free is offered in order, for a time, and only then to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appointments.errors import (
    AlreadyWaiting,
    OfferEnded,
    RangeInvalid,
    SlotFull,
    WaitingEntryUnknown,
)
from appointments.models import Booking, CounterGroup, Slot, WaitingListEntry
from appointments.services.bookings import booking_cancel, booking_create, booking_move
from appointments.services.messages import reminders_write
from appointments.services.releases import places_release
from appointments.services.retention import bookings_forget
from appointments.services.waiting_list import (
    entries_end,
    entry_get,
    place_in_line,
    waiting_list_accept,
    waiting_list_decline,
    waiting_list_join,
    waiting_list_leave,
)
from cadastre.scheduling import BANGKOK
from offices.models import Message
from tests.factories import NOW, a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db
TODAY = NOW.astimezone(BANGKOK).date()


@pytest.fixture(autouse=True)
def _messages_leave(settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["email"]


def waits(service: Any, number: int, **fields: Any) -> WaitingListEntry:
    defaults: dict[str, Any] = {
        "first_day": TODAY, "last_day": TODAY + timedelta(days=10), "name": "รอ",
        "phone": f"+6682000000{number}", "email": f"waits{number}@example.org",
        "now": NOW + timedelta(seconds=number), "language": "en",
    }  # fmt: skip
    return waiting_list_join(service=service, **defaults | fields)


def booked(slot: Slot, number: int = 1) -> Booking:
    return booking_create(slot=an_offer(slot), name="ก", phone=f"+6681000000{number}", now=NOW)


def state(*entries: WaitingListEntry) -> list[str]:
    return [entry_get(token=entry.token).status for entry in entries]


def minutes(count: int) -> Any:
    return NOW + timedelta(minutes=count)


def test_a_cancelled_place_is_offered_to_who_came_first_and_to_nobody_else() -> None:
    slot = a_slot()
    service = slot.group.services.get()
    booking = booked(slot)
    first, second = waits(service, 1), waits(service, 2)
    assert [place_in_line(entry=each) for each in (first, second)] == [1, 2]
    booking_cancel(token=booking.token, now=minutes(1))
    with pytest.raises(SlotFull):  # nobody comes between cancelling and the sweeper
        booking_create(slot=an_offer(slot), name="ข", phone="+66810000009", now=minutes(1))
    places_release(now=minutes(2))
    assert state(first, second) == ["offered", "waiting"]
    with pytest.raises(SlotFull):
        booking_create(slot=an_offer(slot), name="ข", phone="+66810000009", now=minutes(3))
    offered = entry_get(token=first.token).offered
    assert offered is not None
    assert (offered.status, offered.held_until) == ("held", minutes(32))
    message = Message.objects.get()
    assert message.recipient == "waits1@example.org"
    assert f"/appointments/waiting/{first.token}/" in message.body
    assert message.useless_at == minutes(32)


def test_taking_the_offer_books_it_and_taking_it_twice_books_once() -> None:
    slot = a_slot()
    booking = booked(slot)
    entry = waits(slot.group.services.get(), 1)
    booking_cancel(token=booking.token, now=minutes(1))
    places_release(now=minutes(2))
    taken = [waiting_list_accept(token=entry.token, now=minutes(3)) for _ in range(2)]
    assert taken[0] == taken[1]
    assert (taken[0].status, taken[0].phone) == ("booked", entry.phone)
    assert state(entry) == ["taken"]
    with pytest.raises(OfferEnded):
        waiting_list_decline(token=entry.token, now=minutes(4))


def test_an_offer_that_runs_out_goes_to_the_next_and_then_to_everybody() -> None:
    slot = a_slot()
    service = slot.group.services.get()
    booking = booked(slot)
    first, second = waits(service, 1), waits(service, 2)
    booking_cancel(token=booking.token, now=minutes(1))
    places_release(now=minutes(2))
    with pytest.raises(OfferEnded):
        waiting_list_accept(token=first.token, now=minutes(32))
    places_release(now=minutes(32))
    assert state(first, second) == ["waiting", "offered"]
    waiting_list_decline(token=second.token, now=minutes(33))
    places_release(now=minutes(33))
    # Both let this time go by: it comes back to everybody, and they wait for another.
    assert state(first, second) == ["waiting", "waiting"]
    slot.refresh_from_db()
    assert slot.taken == 0
    other = a_slot(service, slot.starts_at + timedelta(days=1))
    late = waits(service, 3)
    booking_cancel(token=booked(other, 2).token, now=minutes(40))
    places_release(now=minutes(41))
    assert state(first, second, late) == ["waiting", "waiting", "offered"]


def test_three_offers_not_taken_end_the_entry() -> None:
    service = a_service()
    slots = [a_slot(service, NOW + timedelta(days=day)) for day in (1, 2, 3)]
    bookings = [booked(slot) for slot in slots]
    entry = waits(service, 1)
    for hour, booking in enumerate(bookings):
        booking_cancel(token=booking.token, now=minutes(60 * hour))
        places_release(now=minutes(60 * hour + 1))
        assert state(entry) == ["offered"]
        places_release(now=minutes(60 * hour + 40))
    assert state(entry) == ["left"]
    assert Message.objects.filter(about_kind="waiting").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"first_day": TODAY + timedelta(days=2)}, {"last_day": TODAY},
    ],
)  # fmt: skip
def test_other_days_are_not_offered(fields: dict[str, Any]) -> None:
    slot = a_slot()  # tomorrow
    booking = booked(slot)
    entry = waits(slot.group.services.get(), 1, **fields)
    booking_cancel(token=booking.token, now=minutes(1))
    places_release(now=minutes(1))
    assert state(entry) == ["waiting"]
    booked(slot, 2)


def test_a_long_visit_is_offered_only_where_it_fits() -> None:
    service = a_service(code="long", slots=2)
    slots = [a_slot(service, NOW + timedelta(days=1, minutes=15 * number)) for number in range(3)]
    short = a_service(service.office, group=service.group, code="short")
    bookings = [
        booking_create(slot=an_offer(slot, short), name="ก", phone=f"+6681{n:07d}", now=NOW)
        for n, slot in enumerate(slots)
    ]
    entry = waits(service, 1)
    booking_cancel(token=bookings[0].token, now=minutes(1))
    places_release(now=minutes(1))
    assert state(entry) == ["waiting"]
    booking_cancel(token=bookings[1].token, now=minutes(2))
    places_release(now=minutes(2))
    offered = entry_get(token=entry.token).offered
    assert offered is not None
    assert offered.slot == slots[0]
    assert offered.places.filter(is_live=True).count() == 2


def test_a_place_left_by_moving_is_offered_too() -> None:
    service = a_service()
    first, second = (a_slot(service, NOW + timedelta(days=day)) for day in (1, 2))
    booking = booked(first)
    entry = waits(service, 1)
    booking_move(token=booking.token, slot=an_offer(second), now=minutes(1))
    places_release(now=minutes(1))
    offered = entry_get(token=entry.token).offered
    assert offered is not None
    assert offered.slot == first
    first.refresh_from_db()
    assert first.taken == 1


def test_places_of_the_office_are_not_offered() -> None:
    slot = a_slot(capacity=0, internal_capacity=1)
    booking = booking_create(slot=an_offer(slot), name="ก", now=NOW, channel="internal")
    entry = waits(slot.group.services.get(), 1)
    booking_cancel(token=booking.token, now=minutes(1))
    places_release(now=minutes(1))
    assert state(entry) == ["waiting"]
    slot.refresh_from_db()
    assert slot.internal_taken == 0


def test_who_holds_a_visit_for_the_plot_already_is_passed_over() -> None:
    service = a_service()
    slots = [a_slot(service, NOW + timedelta(days=day)) for day in (1, 2)]
    booking = booked(slots[0])
    first, second = waits(service, 1, parcel="plot"), waits(service, 2)
    booking_create(
        slot=an_offer(slots[1]), name="รอ", phone=first.phone, parcel="plot", now=minutes(1)
    )
    booking_cancel(token=booking.token, now=minutes(2))
    places_release(now=minutes(2))
    assert state(first, second) == ["waiting", "offered"]


def test_a_telephone_number_waits_once_for_a_service() -> None:
    service = a_service()
    waits(service, 1)
    with pytest.raises(AlreadyWaiting):
        waits(service, 1)
    waits(a_service(service.office, code="other"), 1)
    with pytest.raises(RangeInvalid):
        waits(service, 2, last_day=TODAY - timedelta(days=1))
    with pytest.raises(WaitingEntryUnknown):
        entry_get(token="nobody")


def test_leaving_gives_the_offered_place_to_the_next() -> None:
    slot = a_slot()
    service = slot.group.services.get()
    booking = booked(slot)
    first, second = waits(service, 1), waits(service, 2)
    booking_cancel(token=booking.token, now=minutes(1))
    places_release(now=minutes(1))
    for _ in range(2):
        waiting_list_leave(token=first.token, now=minutes(2))
    places_release(now=minutes(3))
    assert state(first, second) == ["left", "offered"]


def test_entries_end_with_their_days_and_forget_their_person() -> None:
    entry = waits(a_service(), 1, last_day=TODAY)
    assert entries_end(now=NOW) == 0
    assert entries_end(now=NOW + timedelta(days=1)) == 1
    bookings_forget(now=NOW + timedelta(days=92))
    entry.refresh_from_db()
    assert (entry.status, entry.name, entry.phone, entry.email) == ("ended", "", "", "")


def test_everybody_is_reminded_once_of_the_visit_of_tomorrow() -> None:
    service = a_service()
    CounterGroup.objects.update(bookings_per_phone=9)
    for day in (1, 2):
        slot = a_slot(service, NOW + timedelta(days=day))
        booking_create(
            slot=an_offer(slot), name="ก", phone="+66810000001", email="a@example.org", now=NOW
        )
    assert reminders_write(now=NOW) == 1
    assert reminders_write(now=NOW) == 0
    message = Message.objects.get()
    assert message.subject == "พรุ่งนี้ถึงวันนัดของท่าน"
    assert "ก" not in message.body.split("\n")
