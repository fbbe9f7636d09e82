"""Visits of several slots, of several services, held, by the office, on special days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point

from appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    PlotAlreadyBooked,
    ServicesApart,
    SlotClosed,
    SlotFull,
    SlotUnknown,
    TooManyBookings,
)
from appointments.models import Booking, Closure, CounterGroup, Service, Slot, SpecialOpening
from appointments.public import visit_known
from appointments.services.bookings import (
    booking_cancel,
    booking_confirm,
    booking_create,
    booking_hold,
    booking_move,
    services_of,
)
from appointments.services.days import days_free
from appointments.services.offers import Visit, offers_between
from appointments.services.releases import places_release
from appointments.services.retention import bookings_pass
from appointments.services.slots import slots_generate
from appointments.tasks import places_release_each_minute, visits_pass
from cadastre.scheduling import BANGKOK
from tests.factories import NOW, a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)  # a Tuesday; NOW is Friday 20 November


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), BANGKOK)


def a_sale(**group: Any) -> Service:
    """Three quarters of an hour at counters that take quarters."""
    service = a_service(code="sale", slots=3)
    CounterGroup.objects.filter(pk=service.group_id).update(**group)
    return Service.objects.select_related("group", "office").get(pk=service.pk)


def times(service: Service, *starts: datetime, **fields: Any) -> list[Slot]:
    return [a_slot(service, each, **fields) for each in starts]


def begins(visit: Visit, *, internal: bool = False, now: datetime = NOW) -> list[str]:
    found = offers_between(visit=visit, first=DAY, last=DAY, now=now, internal=internal)
    return [f"{o.starts_at.astimezone(BANGKOK):%H:%M}" for o in found if o.remaining > 0]


def taken(*slots: Slot) -> list[tuple[int, int]]:
    for slot in slots:
        slot.refresh_from_db()
    return [(slot.taken, slot.internal_taken) for slot in slots]


def booked(slot: Slot, phone: str = "1", *services: Service, **wish: Any) -> Booking:
    return booking_create(
        slot=an_offer(slot, *services), name="ก", phone=f"+6681000000{phone}", now=NOW, **wish
    )


class TestSeveralSlots:
    def test_it_begins_only_where_the_following_slots_are_unbroken(self) -> None:
        sale = a_sale()
        times(sale, at(11), at(11, 15), at(11, 30), at(11, 45), at(13), at(13, 15), at(13, 30))
        assert begins(Visit.of([sale])) == ["11:00", "11:15", "13:00"]

    def test_it_takes_and_gives_back_every_slot_of_the_row(self) -> None:
        sale = a_sale()
        row = times(sale, at(9), at(9, 15), at(9, 30), at(9, 45))
        booking = booked(row[0])
        assert taken(*row) == [(1, 0), (1, 0), (1, 0), (0, 0)]
        assert begins(Visit.of([sale])) == []
        booking_move(token=booking.token, slot=an_offer(row[1]), now=NOW)
        assert taken(*row) == [(0, 0), (1, 0), (1, 0), (1, 0)]
        booking_cancel(token=booking.token, now=NOW)
        assert taken(*row) == [(0, 0)] * 4

    @pytest.mark.parametrize("first", [1, 2, 3])
    def test_a_row_that_breaks_off_is_no_time(self, first: int) -> None:
        """Lunch, and the end of the day."""
        sale = a_sale()
        row = times(sale, at(11), at(11, 15), at(11, 30), at(13), at(13, 15))
        with pytest.raises(SlotUnknown):
            booked(row[first])
        assert taken(*row) == [(0, 0)] * 5

    def test_one_full_slot_in_the_middle_leaves_the_others_alone(self) -> None:
        sale = a_sale()
        row = times(sale, at(9), at(9, 15), at(9, 30))
        short = a_service(sale.office, group=sale.group, code="copy")
        booked(row[1], "1", short)
        with pytest.raises(SlotFull):
            booked(row[0], "2", sale)
        assert taken(*row) == [(0, 0), (1, 0), (0, 0)]

    def test_a_closing_day_has_no_times_and_refuses(self) -> None:
        sale = a_sale()
        row = times(sale, at(9), at(9, 15), at(9, 30))
        Closure.objects.create(office=sale.office, day=DAY, name_th="อบรม")
        assert begins(Visit.of([sale])) == []
        with pytest.raises(SlotClosed):
            booked(row[0])


class TestSeveralServices:
    def test_they_take_the_sum_of_their_slots(self) -> None:
        sale = a_sale()
        mortgage = a_service(sale.office, group=sale.group, code="mortgage", slots=2)
        row = times(sale, *(at(9 + n // 4, n % 4 * 15) for n in range(6)))
        visit = visit_known(office="LO-TEST", codes="sale,mortgage")
        assert visit.slots == 5
        assert begins(visit) == ["09:00", "09:15"]
        booking = booked(row[0], "1", sale, mortgage)
        assert services_of(booking) == ("sale", "mortgage")
        assert taken(*row) == [(1, 0)] * 5 + [(0, 0)]

    def test_of_different_counters_they_are_refused(self) -> None:
        sale = a_sale()
        a_service(sale.office, code="survey")
        with pytest.raises(ServicesApart):
            visit_known(office="LO-TEST", codes="sale,survey")
        with pytest.raises(SlotUnknown):
            booked(a_slot(sale, at(9)), "1", sale, Service.objects.get(code="survey"))


class TestPlacesOfTheOffice:
    def test_the_office_takes_its_own_first_and_then_those_of_everybody(self) -> None:
        service = a_service()
        slot = a_slot(service, at(9), capacity=1, internal_capacity=1)
        visit = Visit.of([service])
        booked(slot, "1", channel="internal")
        assert taken(slot) == [(0, 1)]
        assert begins(visit) == begins(visit, internal=True) == ["09:00"]
        booked(slot, "2", channel="internal")
        assert taken(slot) == [(1, 1)]
        assert begins(visit, internal=True) == []
        with pytest.raises(SlotFull):
            booked(slot, "3", channel="internal")

    def test_the_public_never_takes_them(self) -> None:
        service = a_service()
        slot = a_slot(service, at(9), capacity=0, internal_capacity=1)
        assert begins(Visit.of([service])) == []
        with pytest.raises(SlotFull):
            booked(slot)
        booked(slot, channel="internal")

    def test_the_office_needs_no_notice_and_books_further_ahead(self) -> None:
        service = a_service()
        CounterGroup.objects.update(notice_minutes=60, days_ahead=5)
        visit = visit_known(office="LO-TEST", codes="copy")
        far = a_slot(service, at(9), internal_capacity=1)  # eleven days ahead
        near = a_slot(service, NOW + timedelta(minutes=30), internal_capacity=1)
        assert begins(visit) == []
        assert begins(visit, internal=True) == ["09:00"]
        for slot in (far, near):
            with pytest.raises(SlotClosed):
                booked(slot)
            booked(slot, channel="internal")

    def test_moving_keeps_to_the_same_kind_of_place_where_there_is_one(self) -> None:
        service = a_service()
        first, second = times(service, at(9), at(10), internal_capacity=1)
        booking = booked(first, channel="internal")
        booking_move(token=booking.token, slot=an_offer(second), now=NOW)
        assert taken(first, second) == [(0, 0), (0, 1)]


class TestHolds:
    def test_a_hold_takes_the_place_until_it_runs_out(self) -> None:
        slot = a_slot(a_service(), at(9))
        hold = booking_hold(slot=an_offer(slot), now=NOW)
        assert (hold.status, hold.held_until) == ("held", NOW + timedelta(minutes=10))
        with pytest.raises(SlotFull):
            booked(slot)
        assert places_release(now=NOW + timedelta(minutes=9, seconds=59)) == 0
        assert places_release(now=NOW + timedelta(minutes=10)) == 1
        assert taken(slot) == [(0, 0)]
        assert Booking.objects.get().status == "expired"

    def test_whoever_finds_a_time_full_frees_what_ran_out(self) -> None:
        slot = a_slot(a_service(), at(9))
        booking_hold(slot=an_offer(slot), now=NOW - timedelta(minutes=10))
        assert booked(slot).status == "booked"
        assert taken(slot) == [(1, 0)]

    def test_confirmed_at_the_last_moment_it_stands_and_a_moment_later_it_does_not(self) -> None:
        first, second = times(a_service(), at(9), at(10))
        holds = [booking_hold(slot=an_offer(slot), now=NOW) for slot in (first, second)]
        until = NOW + timedelta(minutes=10)
        details = {"name": "ก", "phone": "+66810000001"}
        kept = booking_confirm(
            token=holds[0].token, now=until - timedelta(microseconds=1), **details
        )
        assert (kept.status, kept.held_until, kept.phone) == ("booked", None, "+66810000001")
        with pytest.raises(BookingEnded):
            booking_confirm(token=holds[1].token, now=until, **details)
        places_release(now=until)
        assert taken(first, second) == [(1, 0), (0, 0)]

    def test_confirming_twice_is_the_same_as_once(self) -> None:
        hold = booking_hold(slot=an_offer(a_slot(a_service(), at(9))), now=NOW)
        for name in ("ก", "ข"):
            booking = booking_confirm(token=hold.token, now=NOW, name=name)
        assert booking.name == "ก"

    def test_confirming_cannot_give_a_number_two_visits_of_a_time_or_of_a_plot(self) -> None:
        service = a_service()
        first, second = times(service, at(9), at(10), capacity=2)
        booked(first, "1", parcel="plot")
        person = {"name": "ก", "phone": "+66810000001", "parcel_public_id": "plot"}
        same = booking_hold(slot=an_offer(first), now=NOW)
        with pytest.raises(AlreadyBooked):
            booking_confirm(token=same.token, now=NOW, **person)
        other = booking_hold(slot=an_offer(second), now=NOW)
        with pytest.raises(PlotAlreadyBooked):
            booking_confirm(token=other.token, now=NOW, **person)
        assert set(Booking.objects.values_list("status", flat=True)) == {"booked", "held"}

    def test_confirming_counts_the_bookings_of_the_number(self) -> None:
        service = a_service()
        slots = times(service, at(9), at(10), at(11), at(13))
        for slot in slots[:3]:
            booked(slot)
        hold = booking_hold(slot=an_offer(slots[3]), now=NOW)
        with pytest.raises(TooManyBookings):
            booking_confirm(token=hold.token, now=NOW, name="ก", phone="+66810000001")

    def test_a_hold_given_up_is_free_at_once(self) -> None:
        service = a_service()
        CounterGroup.objects.update(release_from_minutes=5, release_to_minutes=20)
        slot = a_slot(service, at(9))
        hold = booking_hold(slot=an_offer(slot), now=NOW)
        booking_cancel(token=hold.token, now=NOW)
        assert taken(slot) == [(0, 0)]


class TestCancelledPlaces:
    def test_they_come_back_after_a_while_that_nobody_can_foretell(self) -> None:
        service = a_service()
        CounterGroup.objects.update(release_from_minutes=5, release_to_minutes=20)
        slots = times(service, *(at(9 + n) for n in range(5)))
        for slot in slots:
            booking_cancel(token=booked(slot, "1").token, now=NOW)
        assert taken(*slots) == [(1, 0)] * 5
        with pytest.raises(SlotFull):
            booked(slots[0])
        assert places_release(now=NOW + timedelta(minutes=5)) == 0
        assert places_release(now=NOW + timedelta(minutes=20)) == 5
        assert taken(*slots) == [(0, 0)] * 5

    def test_never_later_than_half_the_time_left_to_book_them(self) -> None:
        service = a_service()
        CounterGroup.objects.update(release_from_minutes=60, release_to_minutes=60)
        slot = a_slot(service, NOW + timedelta(minutes=50))  # bookable for 20 minutes more
        booking_cancel(token=booked(slot).token, now=NOW)
        assert places_release(now=NOW + timedelta(minutes=10)) == 1

    def test_the_worker_frees_them_each_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("appointments.tasks.connections.close_all", lambda: None)
        slot = a_slot(a_service(), at(9))
        booking_hold(slot=an_offer(slot), now=NOW)
        places_release_each_minute(timestamp=int((NOW + timedelta(minutes=11)).timestamp()))
        assert taken(slot) == [(0, 0)]


class TestOneVisitForAPlot:
    def test_of_one_service_and_number(self) -> None:
        service = a_service()
        first, second = times(service, at(9), at(10), capacity=3)
        booked(first, "1", parcel="plot")
        with pytest.raises(PlotAlreadyBooked):
            booked(second, "1", parcel="plot")
        booked(second, "2", parcel="plot")
        booked(second, "1", parcel="other")

    def test_until_its_day_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("appointments.tasks.connections.close_all", lambda: None)
        service = a_service()
        first, second = times(service, at(9, day=DAY - timedelta(days=5)), at(10))
        booked(first, "1", parcel="plot")
        midnight = datetime(2026, 11, 26, 17, tzinfo=UTC)
        assert bookings_pass(now=midnight - timedelta(seconds=1)) == 0
        visits_pass(timestamp=int(midnight.timestamp()))
        assert Booking.objects.get().status == "passed"
        booked(second, "1", parcel="plot")

    def test_even_before_the_night_has_passed_it(self) -> None:
        service = a_service()
        first, second = times(service, at(9, day=DAY - timedelta(days=5)), at(10))
        booked(first, "1", parcel="plot")
        booking_create(
            slot=an_offer(second), name="ก", phone="+66810000001", parcel="plot",
            now=at(8, day=DAY - timedelta(days=1)),
        )  # fmt: skip
        assert set(Booking.objects.values_list("status", flat=True)) == {"passed", "booked"}


class TestHours:
    def made(self, service: Service, last: date) -> list[str]:
        slots_generate(office=service.office, first=date(2026, 11, 30), last=last)
        found = Slot.objects.order_by("starts_at")
        return [f"{slot.starts_at.astimezone(BANGKOK):%d %H:%M}" for slot in found]

    def test_every_other_week_is_counted_from_the_week_of_the_first_day(self) -> None:
        service = a_service(minutes=60)
        service.office.opening_hours.create(
            weekday=2, opens_at="09:00", closes_at="10:00", every_weeks=2,
            first_day=date(2026, 11, 26),  # a Thursday of the week before
        )  # fmt: skip
        assert self.made(service, date(2026, 12, 31)) == ["08 09:00", "22 09:00"]

    def test_a_special_day_stands_in_for_the_weekly_hours_and_names_its_place(self) -> None:
        service = a_service(minutes=60)
        service.office.opening_hours.create(weekday=2, opens_at="09:00", closes_at="11:00")
        SpecialOpening.objects.create(
            group=service.group, day=DAY, opens_at="13:00", closes_at="15:00", public_counters=4,
            place_th="ศาลาวัดโพธิ์", location=Point(100.4, 13.9, srid=4326),
        )  # fmt: skip
        assert self.made(service, DAY + timedelta(days=7)) == [
            "01 13:00", "01 14:00", "08 09:00", "08 10:00",
        ]  # fmt: skip
        capacities = Slot.objects.order_by("starts_at").values_list("capacity", flat=True)
        assert list(capacities) == [4, 4, 1, 1]

    def test_hours_of_the_counters_replace_those_of_the_office(self) -> None:
        service = a_service(minutes=60)
        service.office.opening_hours.create(weekday=2, opens_at="09:00", closes_at="11:00")
        service.office.opening_hours.create(
            group=service.group, weekday=2, opens_at="13:00", closes_at="14:00",
            internal_counters=2,
        )  # fmt: skip
        assert self.made(service, DAY) == ["01 13:00"]
        assert Slot.objects.get().internal_capacity == 2


def test_days_beyond_those_ahead_and_times_within_the_notice_are_not_offered() -> None:
    service = a_service()
    CounterGroup.objects.update(notice_minutes=90, days_ahead=11)
    visit = visit_known(office="LO-TEST", codes="copy")
    slots = times(service, at(9), at(9, day=DAY + timedelta(days=1)))
    free = days_free(visit=visit, first=DAY, last=DAY + timedelta(days=3), now=NOW)
    assert free == {DAY: 1}
    with pytest.raises(SlotClosed):
        booked(slots[1])
    assert begins(visit, now=at(7, 29)) == ["09:00"]
    assert begins(visit, now=at(7, 30)) == []
