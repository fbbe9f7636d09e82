"""The hall: who is called, what becomes of them, and what no step may do."""

from __future__ import annotations

import wave
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import IntegrityError, connection, transaction

from appointments.errors import BookingEnded, BookingUnknown
from appointments.hall_errors import (
    BookingArrived,
    CallsTooFew,
    CheckInNotNow,
    ClerkElsewhere,
    CounterHasVisitor,
    CounterNotYours,
    CounterTaken,
    KioskBusy,
    KioskOff,
    KioskUnknown,
    NobodyWaiting,
    PriorityUnusable,
    RecallTooSoon,
    ServiceNotDone,
    TicketStepWrong,
    TicketUnknown,
)
from appointments.hall_words import PIECES, call_in_pieces
from appointments.models import Booking, Hall, Service, Ticket, TicketEvent, WaitEstimate
from appointments.services.bookings import booking_cancel, booking_create, booking_move
from appointments.services.hall import (
    Desk,
    counter_close,
    counter_open,
    ticket_call,
    ticket_call_next,
    ticket_finish,
    ticket_leave,
    ticket_miss,
    ticket_park,
    ticket_prioritise,
    ticket_recall,
    ticket_return,
    ticket_serve,
    ticket_transfer,
)
from appointments.services.tickets import (
    booking_named,
    kiosk_known,
    kiosk_set_up,
    ticket_get,
    ticket_of_booking,
    ticket_take,
    ticket_take_at_kiosk,
)
from appointments.services.waiting import (
    calibration,
    estimate_tell,
    hall_now,
    service_times,
)
from offices.models import AuditEntry, Role
from tests.factories import NOW, a_counter, a_service, a_slot, a_user, an_offer

pytestmark = pytest.mark.django_db
DAY = NOW.date()


def later(minutes: float = 0, seconds: float = 0) -> datetime:
    return NOW + timedelta(minutes=minutes, seconds=seconds)


@pytest.fixture
def service() -> Service:
    return a_service(ticket_prefix="A")


@pytest.fixture
def desk(service: Service) -> Desk:
    return opened(service)


def opened(*services: Service, number: str = "1", clerk: str = "clerk") -> Desk:
    office = services[0].office
    desk = Desk(
        a_counter(*services, number=number), a_user(clerk, Role.LAND_OFFICER, office=office)
    )
    counter_open(counter=desk.counter, clerk=desk.clerk, now=NOW)
    return desk


def walk_in(service: Service, at: float = 0, **fields: Any) -> Ticket:
    return ticket_take(service=service, now=later(at), **fields)


def booked(service: Service, at: float, **fields: Any) -> Booking:
    """Somebody who booked for so many minutes from now."""
    slot = a_slot(service, later(at))
    wish = {"name": "สมหญิง", "phone": "+66812345678", "slot": an_offer(slot)} | fields
    return booking_create(now=NOW - timedelta(days=1), **wish)


def state(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).status


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("pk").values_list("kind", flat=True))


def test_numbers_begin_anew_with_each_letter_and_each_day_in_bangkok(service: Service) -> None:
    other = a_service(code="sale", ticket_prefix="B")
    plain = a_service(code="gift")
    a_counter(service, other, plain)
    late = NOW.replace(hour=16, minute=59)
    taken = [
        ticket_take(service=service, now=NOW),
        ticket_take(service=other, now=NOW),
        ticket_take(service=service, now=late),
        ticket_take(service=service, now=late + timedelta(minutes=1)),  # midnight in Bangkok
        ticket_take(service=plain, now=NOW),
    ]
    assert [ticket.number for ticket in taken] == ["A001", "B001", "A002", "A001", "A003"]
    assert (taken[3].day - taken[2].day).days == 1


def test_nobody_waits_for_what_no_counter_does(service: Service) -> None:
    with pytest.raises(ServiceNotDone):
        ticket_take(service=service, now=NOW)


def test_a_visit_from_the_ticket_to_the_end(service: Service, desk: Desk) -> None:
    ticket = walk_in(service)
    assert ticket_call_next(desk=desk, now=later(1)) == ticket
    ticket_serve(desk=desk, ticket=ticket, now=later(2))
    ticket_finish(desk=desk, ticket=ticket, now=later(12))
    assert state(ticket) == "finished"
    assert kinds(ticket) == ["taken", "called", "serving", "finished"]
    assert ticket.events.get(kind="finished").data["served_s"] == 600
    with pytest.raises(NobodyWaiting):
        ticket_call_next(desk=desk, now=later(13))


def test_bookings_and_walk_ins_are_merged_by_when_they_are_due(
    service: Service, desk: Desk
) -> None:
    # Called in the order of the names.
    b = ticket_of_booking(booking=booked(service, 15), now=later(2))  # early
    a = walk_in(service, 10)
    d = walk_in(service, 20)
    c = ticket_of_booking(
        booking=booked(service, 18, phone="+66810000001"), now=later(28)
    )  # ten minutes late: keeps its time
    e = walk_in(service, 25)
    f = ticket_of_booking(
        booking=booked(service, 19, phone="+66810000002"), now=later(29.1)
    )  # too late: as who comes now
    first = walk_in(service, 40, needs=["elderly"])
    order = []
    for number in range(7):
        ticket = ticket_call_next(desk=desk, now=later(60 + number))
        order.append(ticket)
        ticket_serve(desk=desk, ticket=ticket, now=later(60 + number))
        ticket_finish(desk=desk, ticket=ticket, now=later(60 + number))
    assert order == [first, a, b, c, d, e, f]


def test_a_booking_is_arrived_and_then_served(service: Service, desk: Desk) -> None:
    booking = booked(service, 15, needs=["wheelchair"], parcel="p1")
    ticket = ticket_of_booking(booking=booking, now=NOW)
    booking.refresh_from_db()
    assert booking.status == "arrived"
    assert (ticket.priority, ticket.needs, ticket.parcel_public_id) == (1, ["wheelchair"], "p1")
    assert ticket_of_booking(booking=booking, now=later(1)) == ticket
    ticket_call_next(desk=desk, now=later(2))
    seen = AuditEntry.objects.get(action="appointments.visitor_seen")
    assert (seen.subject_id, seen.actor) == (booking.reference, desk.clerk)
    ticket_serve(desk=desk, ticket=ticket, now=later(3))
    ticket_finish(desk=desk, ticket=ticket, now=later(9))
    booking.refresh_from_db()
    assert booking.status == "served"
    with pytest.raises(BookingEnded):
        ticket_of_booking(booking=booking, now=later(20))


def test_checking_in_has_its_hours(service: Service, desk: Desk) -> None:
    booking = booked(service, 90)
    with pytest.raises(CheckInNotNow) as refused:
        ticket_of_booking(booking=booking, now=later(29))
    assert refused.value.evidence["since"] == "10:30"
    with pytest.raises(BookingEnded):
        ticket_of_booking(booking=booking, now=later(60 * 20))
    assert ticket_of_booking(booking=booking, now=later(30)).due_at == later(90)


def test_a_booking_is_found_by_what_people_type_and_scanners_read(service: Service) -> None:
    booking = booked(service, 90)
    spaced = f" {booking.reference[:3].lower()} {booking.reference[3:]} "
    for text in (spaced, f"https://x.test/appointments/{booking.token}/", booking.token):
        assert booking_named(office=service.office, text=text) == booking
    for text in ("", "ZZZZZZ", "\x00", "ก" * 500, "https://x.test/"):
        with pytest.raises(BookingUnknown):
            booking_named(office=service.office, text=text)


def test_calling_again_takes_a_minute_and_missing_takes_three_calls(
    service: Service, desk: Desk
) -> None:
    booking = booked(service, 0.5)
    ticket = ticket_of_booking(booking=booking, now=NOW)
    ticket_call_next(desk=desk, now=NOW)
    with pytest.raises(RecallTooSoon) as refused:
        ticket_recall(desk=desk, ticket=ticket, now=later(seconds=12.5))
    assert refused.value.evidence["seconds"] == 48
    with pytest.raises(CallsTooFew):
        ticket_miss(desk=desk, ticket=ticket, now=later(5))
    ticket_recall(desk=desk, ticket=ticket, now=later(1))
    ticket_recall(desk=desk, ticket=ticket, now=later(2))
    with pytest.raises(RecallTooSoon):
        ticket_miss(desk=desk, ticket=ticket, now=later(2.5))
    ticket_miss(desk=desk, ticket=ticket, now=later(3))
    booking.refresh_from_db()
    assert (state(ticket), booking.status) == ("missed", "missed")
    # Here after all: in the turn of now.
    ticket_return(ticket=ticket, now=later(30))
    booking.refresh_from_db()
    ticket.refresh_from_db()
    assert (ticket.status, booking.status, ticket.due_at) == ("waiting", "arrived", later(30))
    with pytest.raises(TicketStepWrong):
        ticket_return(ticket=ticket, now=later(31))


def test_who_fetches_papers_keeps_the_turn_and_the_clock_stops(
    service: Service, desk: Desk
) -> None:
    paper = service.documents.create(name_th="โฉนด", name_en="Deed")
    ticket, other = walk_in(service), walk_in(service, 1)
    ticket_call_next(desk=desk, now=later(2))
    ticket_serve(desk=desk, ticket=ticket, now=later(2))
    ticket_park(desk=desk, ticket=ticket, missing=[paper.pk, 10**9], now=later(5))
    assert ticket.events.get(kind="parked").data["missing"] == [paper.pk]
    ticket_return(ticket=ticket, now=later(60))
    assert ticket_call_next(desk=desk, now=later(61)) == ticket
    ticket_serve(desk=desk, ticket=ticket, now=later(61))
    ticket_finish(desk=desk, ticket=ticket, now=later(64))
    times = service_times(office=service.office, now=later(70))
    assert times[service.pk].mean_s == pytest.approx((10 * 900 + 360) / 11)
    assert ticket_call_next(desk=desk, now=later(65)) == other


def test_a_parked_ticket_of_another_day_is_over(service: Service, desk: Desk) -> None:
    ticket = walk_in(service)
    ticket_call_next(desk=desk, now=NOW)
    ticket_park(desk=desk, ticket=ticket, now=later(1))
    with pytest.raises(TicketUnknown):
        ticket_return(ticket=ticket, now=NOW + timedelta(days=1))


def test_a_transfer_keeps_the_turn(service: Service, desk: Desk) -> None:
    sale = a_service(code="sale")
    expert = opened(sale, number="2", clerk="expert")
    walk_in(sale, 5)
    ticket = walk_in(service, 0)
    ticket_call_next(desk=desk, now=later(6))
    ticket_transfer(desk=desk, ticket=ticket, service=sale, now=later(7))
    assert ticket_call_next(desk=expert, now=later(8)) == ticket
    # Back to the first counter, which does no sales, and nowhere else.
    ticket_transfer(desk=expert, ticket=ticket, only_counter=desk.counter, now=later(9))
    assert ticket_call_next(desk=expert, now=later(9)) != ticket
    assert ticket_call_next(desk=desk, now=later(10)) == ticket
    with pytest.raises(ServiceNotDone):
        ticket_transfer(desk=desk, ticket=ticket, service=a_service(code="x"), now=later(11))


def test_whom_the_clerk_prefers_goes_first(service: Service, desk: Desk) -> None:
    first, second, third = (walk_in(service, at) for at in range(3))
    ticket_prioritise(ticket=third, priority=2, actor=desk.clerk, now=later(4))
    with pytest.raises(PriorityUnusable):
        ticket_prioritise(ticket=third, priority=4, actor=desk.clerk, now=later(4))
    assert ticket_call_next(desk=desk, now=later(5)) == third
    ticket_transfer(desk=desk, ticket=third, now=later(6))
    ticket_prioritise(ticket=third, priority=0, actor=desk.clerk, now=later(6))
    assert ticket_call(desk=desk, ticket=second, now=later(7)) == second
    assert second.events.get(kind="called").data == {"picked": True}
    assert state(first) == "waiting"


def test_a_counter_has_one_visitor_and_one_clerk(service: Service, desk: Desk) -> None:
    ticket = walk_in(service)
    walk_in(service)
    ticket_call_next(desk=desk, now=NOW)
    with pytest.raises(CounterHasVisitor):
        ticket_call_next(desk=desk, now=NOW)
    with pytest.raises(CounterHasVisitor):
        counter_close(counter=desk.counter, clerk=desk.clerk, now=NOW)
    stranger = a_user("other", Role.LAND_OFFICER)
    with pytest.raises(CounterTaken):
        counter_open(counter=desk.counter, clerk=stranger, now=NOW)
    with pytest.raises(CounterNotYours):
        ticket_serve(desk=Desk(desk.counter, stranger), ticket=ticket, now=NOW)
    second = a_counter(service, number="2")
    with pytest.raises(ClerkElsewhere):
        counter_open(counter=second, clerk=desk.clerk, now=NOW)
    counter_open(counter=second, clerk=stranger, now=NOW)
    with pytest.raises(TicketStepWrong):  # not at this counter
        ticket_serve(desk=Desk(second, stranger), ticket=ticket, now=NOW)


def test_a_counter_left_open_overnight_is_free_in_the_morning(service: Service, desk: Desk) -> None:
    ticket = walk_in(service)
    ticket_call_next(desk=desk, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    other = a_user("other", Role.LAND_OFFICER)
    counter_open(counter=desk.counter, clerk=other, now=tomorrow)
    assert state(ticket) == "left"
    fresh = ticket_take(service=service, now=tomorrow)
    assert ticket_call_next(desk=Desk(desk.counter, other), now=tomorrow) == fresh


Step = Callable[..., Any]
STEPS: dict[str, tuple[Step, set[str]]] = {
    "recall": (ticket_recall, {"called"}),
    "serve": (ticket_serve, {"called"}),
    "finish": (ticket_finish, {"serving"}),
    "miss": (ticket_miss, {"called"}),
    "park": (ticket_park, {"called", "serving"}),
    "transfer": (ticket_transfer, {"called", "serving"}),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", Ticket.Status.values)
def test_only_steps_that_follow_are_taken(
    service: Service, desk: Desk, step: str, status: str
) -> None:
    act, allowed = STEPS[step]
    ticket = walk_in(service)
    Ticket.objects.filter(pk=ticket.pk).update(
        status=status, counter=desk.counter, called_at=NOW, calls=3
    )
    if status in allowed:
        act(desk=desk, ticket=ticket, now=later(2))
        assert state(ticket) != status or step == "recall"
    else:
        with pytest.raises(TicketStepWrong) as refused:
            act(desk=desk, ticket=ticket, now=later(2))
        assert refused.value.evidence["number"] == "A001"
        assert state(ticket) == status


def test_who_leaves_is_not_called(service: Service, desk: Desk) -> None:
    booking = booked(service, 15)
    ticket = ticket_of_booking(booking=booking, now=NOW)
    ticket_leave(ticket=ticket, now=NOW)
    booking.refresh_from_db()
    assert (state(ticket), booking.status) == ("left", "missed")
    with pytest.raises(TicketStepWrong):
        ticket_leave(ticket=ticket, now=NOW)


def test_who_arrived_no_longer_moves_the_visit(service: Service, desk: Desk) -> None:
    booking = booked(service, 15)
    ticket_of_booking(booking=booking, now=NOW)
    other = an_offer(a_slot(service, later(60 * 24)))
    with pytest.raises(BookingArrived):
        booking_move(token=booking.token, slot=other, now=NOW)


def test_who_cancels_after_arriving_leaves_the_queue(service: Service, desk: Desk) -> None:
    booking = booked(service, 15)
    ticket = ticket_of_booking(booking=booking, now=NOW)
    booking_cancel(token=booking.token, now=later(1))
    assert state(ticket) == "left"
    assert kinds(ticket) == ["arrived", "left"]


def test_the_kiosk_gives_only_so_many_a_minute_and_nothing_when_closed(
    service: Service, desk: Desk
) -> None:
    hall = Hall.objects.create(office=service.office, tickets_a_minute=2)

    def tap(key: str, at: datetime) -> Ticket:
        return ticket_take_at_kiosk(hall=hall, service=service, key=key, now=at)

    first = tap("1", NOW)
    assert tap("1", NOW) == first  # tapped twice
    tap("2", NOW)
    with pytest.raises(KioskBusy):
        tap("3", NOW)
    tap("3", later(1.1))
    service.office.closures.create(day=DAY, name_th="ปิด")
    with pytest.raises(KioskOff):
        tap("4", later(9))
    assert Ticket.objects.count() == 3


def test_a_new_address_of_the_kiosk_ends_the_old_one(service: Service, desk: Desk) -> None:
    old = Hall.objects.create(office=service.office, late_minutes=7)
    old.refresh_from_db()
    with pytest.raises(KioskUnknown):
        kiosk_known(office="LO-OTHER", key=old.kiosk_key)
    new = kiosk_set_up(office=service.office, is_on=True, actor=desk.clerk, now=NOW)
    assert (new.late_minutes, kiosk_known(office=service.office.code, key=new.kiosk_key)) == (
        7,
        new,
    )
    with pytest.raises(KioskUnknown):
        kiosk_known(office=service.office.code, key=old.kiosk_key)


def test_what_happened_to_a_ticket_stays(service: Service, desk: Desk) -> None:
    ticket = walk_in(service)
    event = ticket.events.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after COMMIT
    for statement in (
        "UPDATE appointments_ticketevent SET kind = 'left'",
        "DELETE FROM appointments_ticketevent",
        "TRUNCATE appointments_ticketevent",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert TicketEvent.objects.get() == event


def test_a_ticket_is_known_by_its_address_only() -> None:
    for text in ("", "A001", "x" * 22, "ก\x00"):
        with pytest.raises(TicketUnknown):
            ticket_get(public_id=text)


def test_an_estimate_told_again_is_the_same_until_something_changes(
    service: Service, desk: Desk
) -> None:
    assert estimate_tell(ticket=walk_in(service), now=NOW).expected_s == 0  # type: ignore[union-attr]
    ticket = walk_in(service)
    told = estimate_tell(ticket=ticket, now=NOW)
    assert told is not None
    assert (told.ahead, told.counters) == (1, 1)
    assert 0 < told.low_s < told.expected_s < told.high_s
    assert estimate_tell(ticket=ticket, now=later(0.9)) == told
    assert estimate_tell(ticket=ticket, now=later(1)) != told
    ticket_call_next(desk=desk, now=later(1))
    again = estimate_tell(ticket=ticket, now=later(1))
    assert again is not None
    assert again.ahead == 0
    assert again.expected_s == pytest.approx(told.expected_s, rel=0.1)  # called: all of it to come
    counter = opened(service, number="2", clerk="second")
    assert estimate_tell(ticket=ticket, now=later(2)).expected_s == 0  # type: ignore[union-attr]
    counter_close(counter=counter.counter, clerk=counter.clerk, now=later(2))


def test_nobody_is_told_anything_while_no_counter_is_open(service: Service) -> None:
    a_counter(service)
    assert estimate_tell(ticket=walk_in(service), now=NOW) is None
    assert not WaitEstimate.objects.exists()


def test_what_was_told_is_held_against_what_happened(service: Service, desk: Desk) -> None:
    for number in range(20):
        at = NOW + timedelta(hours=number % 3, days=-number)
        ticket = ticket_take(service=service, now=at)
        WaitEstimate.objects.create(
            ticket=ticket, told_at=at, ahead=2, counters=1,
            low_s=900, expected_s=1200, high_s=2100,
        )  # fmt: skip
        WaitEstimate.objects.create(  # told later: not what the calibration is about
            ticket=ticket, told_at=at + timedelta(minutes=5), ahead=0, counters=1,
            low_s=0, expected_s=0, high_s=0,
        )  # fmt: skip
        waited = timedelta(minutes=24 if number < 16 else 90)
        TicketEvent.objects.create(ticket=ticket, kind="called", at=at + waited)
        TicketEvent.objects.create(ticket=ticket, kind="called", at=at + timedelta(hours=3))
    everybody, *bands = calibration(office=service.office, last=DAY)
    assert everybody.all_of_them
    assert everybody.is_published
    assert (everybody.visits, everybody.told_s, everybody.waited_s) == (20, 1200, 1440)
    assert everybody.within == 0.8
    assert [(band.below_s, band.visits) for band in bands] == [(1800, 20)]
    assert calibration(office=service.office, last=DAY - timedelta(days=90)) == []


def test_the_state_of_the_hall_is_one_quick_query(
    service: Service, desk: Desk, django_assert_num_queries: Any
) -> None:
    tickets = [walk_in(service, at) for at in range(30)]
    ticket_call_next(desk=desk, now=later(31))
    with django_assert_num_queries(1):
        hall = hall_now(office=service.office, day=DAY)
    assert [ticket.number for ticket in hall.of("waiting")] == [t.number for t in tickets[1:]]
    assert [(t.number, t.counter) for t in hall.at_counters] == [("A001", desk.counter.pk)]
    assert len(hall.ahead_of(hall.tickets[10])) == 9


def test_a_call_is_put_together_from_pieces_that_all_have_a_sound_file() -> None:
    assert call_in_pieces("A012", "3") == ["number", "A", "0", "1", "2", "counter", "3"]
    assert call_in_pieces("ก1", "12B") == ["number", "1", "counter", "1", "2", "B"]
    for name in PIECES:
        found = finders.find(f"appointments/voice/{name}.wav")
        assert found, f"scripts/voice.py makes {name}"
        with wave.open(found) as file:
            assert 0.1 < file.getnframes() / file.getframerate() < 2.5


def test_who_waits_behind_a_visit_for_several_services_is_told_of_all_of_them(
    service: Service, desk: Desk
) -> None:
    other = a_service(office=service.office, group=service.group, code="other", slots=3)
    slot = a_slot(service, later(1))
    booking = booking_create(
        slot=an_offer(slot, service), name="ผู้จอง", phone="+66811111111", now=NOW - timedelta(days=1)
    )
    ticket_of_booking(booking=booking, now=NOW)
    mine = walk_in(service, 2)
    alone = estimate_tell(ticket=mine, now=later(3))
    booking.also.add(other)
    assert hall_now(office=service.office, day=DAY).tickets[0].also == (other.pk,)
    both = estimate_tell(ticket=mine, now=later(5))
    assert alone is not None
    assert both is not None
    assert both.expected_s > alone.expected_s * 2
