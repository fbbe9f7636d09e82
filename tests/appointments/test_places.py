"""However bookings are made, moved and cancelled: the count is the number of bookings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from appointments.errors import DayPassed
from appointments.models import Booking, Closure, IdempotencyRecord, Slot, WaitingListEntry
from appointments.services.bookings import (
    Wish,
    booking_cancel,
    booking_confirm,
    booking_create,
    booking_hold,
    booking_move,
    booking_place,
)
from appointments.services.days import day_close, day_reopen, days_free
from appointments.services.idempotency import records_forget
from appointments.services.offers import OFFERS_SQL, Visit, offers_between
from appointments.services.releases import places_release
from appointments.services.retention import bookings_forget
from appointments.services.slots import slots_generate
from appointments.services.waiting_list import (
    waiting_list_accept,
    waiting_list_decline,
    waiting_list_join,
)
from appointments.tasks import booking_forget, slots_generate_daily
from cadastre.errors import LandError
from cadastre.scheduling import BANGKOK
from offices.models import Role
from tests.factories import NOW, a_local_authority, a_service, a_slot, a_user, an_offer

SLOTS = 4
PHONES = 6


class Queue(RuleBasedStateMachine):
    """Citizens and staff do whatever they like to four times of one office."""

    def __init__(self) -> None:
        super().__init__()
        self.sealed = transaction.atomic()
        self.sealed.__enter__()
        self.now = NOW
        self.service = a_service()
        group = self.service.group
        group.release_from_minutes, group.release_to_minutes = 1, 30
        group.internal_counters = 1
        group.save()
        # Two days with two times in a row each, so that a long visit has somewhere to go.
        self.long = a_service(self.service.office, group=group, code="long", slots=2)
        self.slots = [
            a_slot(
                self.service,
                NOW + timedelta(days=number // 2 + 1, minutes=number % 2 * 15),
                capacity=number % 2 + 1,
                internal_capacity=number % 3 % 2,
            )
            for number in range(SLOTS)
        ]
        self.officer = a_user("manager", Role.MANAGER)
        self.tokens: list[str] = []
        self.entries: list[str] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.sealed.__exit__(None, None, None)

    def attempt(self, act: Any, **arguments: Any) -> Any:
        try:
            return act(now=self.now, **arguments)
        except LandError:
            return None

    def offer(self, slot: int, service: Any) -> str:
        return an_offer(self.slots[slot], service)

    def some_token(self, pick: int) -> str:
        return self.tokens[pick % len(self.tokens)] if self.tokens else "nobody"

    def kept(self, booking: Booking | None) -> None:
        if booking:
            self.tokens.append(booking.token)

    @rule(
        slot=st.integers(0, SLOTS - 1), phone=st.integers(0, PHONES), long=st.booleans(),
        channel=st.sampled_from(["public", "internal"]),
    )  # fmt: skip
    def book(self, slot: int, phone: int, long: bool, channel: str) -> None:
        service = self.long if long else self.service
        self.kept(self.attempt(
            booking_create, slot=self.offer(slot, service), name="ก",
            phone=f"+6681000000{phone}", channel=channel,
        ))  # fmt: skip

    @rule(slot=st.integers(0, SLOTS - 1), long=st.booleans())
    def hold(self, slot: int, long: bool) -> None:
        service = self.long if long else self.service
        self.kept(self.attempt(booking_hold, slot=self.offer(slot, service)))

    @rule(pick=st.integers(0, 50), phone=st.integers(0, PHONES))
    def confirm(self, pick: int, phone: int) -> None:
        token = self.some_token(pick)
        self.attempt(booking_confirm, token=token, name="ก", phone=f"+6681000000{phone}")

    @rule(pick=st.integers(0, 50), slot=st.integers(0, SLOTS - 1), long=st.booleans())
    def move(self, pick: int, slot: int, long: bool) -> None:
        service = self.long if long else self.service
        self.attempt(booking_move, token=self.some_token(pick), slot=self.offer(slot, service))

    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        self.attempt(booking_cancel, token=self.some_token(pick))

    @rule(phone=st.integers(0, PHONES))
    def wait(self, phone: int) -> None:
        first = self.slots[0].starts_at.date()
        entry = self.attempt(
            waiting_list_join, service=self.service, first_day=first,
            last_day=first + timedelta(days=2), name="ก", phone=f"+6681000000{phone}",
        )  # fmt: skip
        if entry:
            self.entries.append(entry.token)

    @rule(pick=st.integers(0, 50), take=st.booleans())
    def answer_an_offer(self, pick: int, take: bool) -> None:
        if self.entries:
            token = self.entries[pick % len(self.entries)]
            self.attempt(waiting_list_accept if take else waiting_list_decline, token=token)

    @rule(minutes=st.integers(1, 40))
    def let_time_pass_and_sweep(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        places_release(now=self.now)

    @rule(slot=st.integers(0, SLOTS - 1))
    def close_or_open(self, slot: int) -> None:
        office, day = self.service.office, self.slots[slot].starts_at.astimezone(BANGKOK).date()
        if Closure.objects.filter(office=office, day=day).exists():
            day_reopen(office=office, day=day, actor=self.officer, now=self.now)
        else:
            day_close(office=office, day=day, reason="อบรม", actor=self.officer, now=self.now)

    @rule(pick=st.integers(0, 50))
    def erase_past_the_services(self, pick: int) -> None:
        """Whoever writes SQL by hand is counted, too."""
        token = self.some_token(pick)
        WaitingListEntry.objects.filter(offered__token=token).update(
            offered=None, status=WaitingListEntry.Status.LEFT
        )
        Booking.objects.filter(token=token).delete()
        self.tokens = [each for each in self.tokens if each != token]

    @invariant()
    def the_count_is_the_number_of_bookings(self) -> None:
        public, internal = (
            Count("places", filter=Q(places__is_live=True, places__is_internal=kind))
            for kind in (False, True)
        )
        counted = Slot.objects.annotate(public=public, internal=internal)
        assert not counted.exclude(taken=F("public"), internal_taken=F("internal")).exists()
        assert not counted.filter(public__gt=F("capacity")).exists()
        assert not counted.filter(internal__gt=F("internal_capacity")).exists()

    @invariant()
    def a_live_booking_has_all_its_places_and_one_that_ended_keeps_none_for_ever(self) -> None:
        for booking in Booking.objects.prefetch_related("places"):
            live = [place for place in booking.places.all() if place.is_live]
            if booking.status in {"held", "booked"}:
                kept = [place for place in live if place.release_at is None]
                assert len(kept) == booking.service.slots
            else:
                assert all(place.release_at is not None for place in live)

    @invariant()
    def whoever_is_offered_a_place_is_offered_one(self) -> None:
        for entry in WaitingListEntry.objects.select_related("offered"):
            if entry.status == "offered":
                assert entry.offered is not None
            if entry.status == "taken":
                assert entry.offered is not None
                assert entry.offered.status != "held"


class TestQueue(TestCase):
    def test_the_count_is_always_the_number_of_bookings(self) -> None:
        run_state_machine_as_test(
            Queue,
            settings=settings(
                max_examples=15, stateful_step_count=25, deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip


@pytest.mark.django_db
def test_the_database_itself_refuses_one_too_many() -> None:
    slot = a_slot(internal_capacity=1)
    fields = {
        "slot": slot,
        "service": slot.group.services.get(),
        "created_at": NOW,
        "changed_at": NOW,
    }
    first, second = (Booking.objects.create(reference=f"AAAAA{n}", **fields) for n in range(2))
    first.places.create(slot=slot)
    with pytest.raises(IntegrityError, match="slot_is_never_oversold"), transaction.atomic():
        second.places.create(slot=slot)
    second.places.create(slot=slot, is_live=False)
    second.places.create(slot=slot, is_internal=True)
    slot.refresh_from_db()
    assert (slot.taken, slot.internal_taken) == (1, 1)


@pytest.mark.django_db
def test_times_are_made_on_the_right_weekdays_and_not_on_holidays() -> None:
    service = a_service(minutes=60)
    office = service.office
    office.opening_hours.create(weekday=1, opens_at="08:30", closes_at="12:00")  # Monday
    office.opening_hours.create(weekday=7, opens_at="09:00", closes_at="10:00")  # Sunday
    Closure.objects.create(day=date(2026, 12, 7), name_th="ชดเชยวันพ่อแห่งชาติ")
    first, last = date(2026, 11, 29), date(2026, 12, 13)
    assert slots_generate(office=office, first=first, last=last) == 6
    assert slots_generate(office=office, first=first, last=last) == 0
    made = Slot.objects.order_by("starts_at").values_list("starts_at", flat=True)
    local = [f"{moment.astimezone(BANGKOK):%a %d %H:%M}" for moment in made]
    assert local == [
        "Sun 29 09:00", "Mon 30 08:30", "Mon 30 09:30", "Mon 30 10:30", "Sun 06 09:00",
        "Sun 13 09:00",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_day_begins_at_midnight_in_thailand() -> None:
    service = a_service()
    early = a_slot(service, datetime(2026, 11, 30, 17, 0, tzinfo=UTC))  # 1 December 00:00
    late = a_slot(service, datetime(2026, 12, 1, 16, 59, tzinfo=UTC))  # 1 December 23:59
    a_slot(service, datetime(2026, 12, 1, 17, 0, tzinfo=UTC))
    day = date(2026, 12, 1)
    visit = Visit.of([service])
    offered = offers_between(visit=visit, first=day, last=day, now=NOW)
    assert [offer.name.slot for offer in offered] == [early.public_id, late.public_id]
    assert days_free(visit=visit, first=day, last=day, now=NOW) == {day: 2}


@pytest.mark.django_db
def test_a_closed_day_keeps_its_bookings_and_opens_again() -> None:
    officer = a_user("manager", Role.MANAGER)
    slot = a_slot(capacity=2)
    office, day = slot.group.office, slot.starts_at.astimezone(BANGKOK).date()
    booking = booking_create(slot=an_offer(slot), name="ก", phone="+66810000001", now=NOW)
    to_call = day_close(office=office, day=day, reason="อบรม", actor=officer, now=NOW)
    assert to_call == [booking]
    visit = Visit.of([slot.group.services.get()])
    assert days_free(visit=visit, first=day, last=day, now=NOW) == {}
    day_reopen(office=office, day=day, actor=officer, now=NOW)
    assert days_free(visit=visit, first=day, last=day, now=NOW) == {day: 1}
    with pytest.raises(DayPassed):
        day_close(office=office, day=date(2026, 1, 1), reason="x", actor=officer, now=NOW)


@pytest.mark.django_db
def test_people_are_forgotten_ninety_days_after_their_visit() -> None:
    slot = a_slot(capacity=3)
    for number in range(3):
        booking_create(slot=an_offer(slot), name="ก", phone=f"+6681000000{number}", now=NOW)
    assert bookings_forget(now=slot.starts_at + timedelta(days=90)) == 0
    after = slot.starts_at + timedelta(days=90, minutes=1)
    assert bookings_forget(now=after) == 3
    assert bookings_forget(now=after) == 0
    kept = Booking.objects.values_list("name", "phone", "parcel_public_id").distinct()
    assert list(kept) == [("", "", "")]
    slot.refresh_from_db()
    assert slot.taken == 3


@pytest.mark.django_db
def test_answers_are_kept_for_two_days() -> None:
    booking_place(Wish(slot=an_offer(a_slot())), now=NOW, key="k", digest="")
    assert records_forget(now=NOW + timedelta(days=2)) == 0
    assert records_forget(now=NOW + timedelta(days=2, seconds=1)) == 1
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db
def test_the_nightly_tasks_and_the_command_do_the_same_work(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointments.tasks.connections.close_all", lambda: None)
    service = a_service(minutes=60)
    service.office.opening_hours.create(weekday=1, opens_at="09:00", closes_at="10:00")
    slots_generate_daily(timestamp=int(NOW.timestamp()))
    assert Slot.objects.count() == 7  # Mondays in the 46 days from Friday 20 November on
    booking_forget(timestamp=int(NOW.timestamp()))
    call_command("generate_slots", days=10)
    assert "LO-TEST" in capsys.readouterr().out
    a_local_authority()
    with pytest.raises(CommandError, match="LA-TEST"):
        call_command("generate_slots", office="LA-TEST")


@pytest.mark.django_db
def test_asking_for_free_times_reads_one_index() -> None:
    """The plan for a month of one service among many."""
    for code in range(12):
        service = a_service(code=f"s{code}")
        Slot.objects.bulk_create(
            Slot(
                group=service.group, capacity=2,
                starts_at=NOW + timedelta(hours=hour), ends_at=NOW + timedelta(hours=hour + 1),
            )
            for hour in range(400)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE appointments_slot")
    parameters = {
        "group": service.group_id, "office": service.office_id, "more": 3, "internal": 0,
        "begins": NOW + timedelta(days=2), "ends": NOW + timedelta(days=4), "earliest": NOW,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {OFFERS_SQL}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "slot_starts_once" in plan
    assert "Seq Scan on appointments_slot" not in plan
