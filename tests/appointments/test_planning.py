"""Planning: how full it is, when people come, who does not, and whether they wait too long."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from appointments.models import Booking, Slot, Ticket
from appointments.services.bookings import booking_create
from appointments.services.planning import (
    DAYS_SQL,
    demand_by_hour,
    outcomes_of,
    room_by_day,
    week_of,
)
from cadastre.scheduling import BANGKOK
from offices.models import Role
from tests.factories import (
    NOW,
    a_local_authority,
    a_service,
    a_slot,
    a_user,
    an_offer,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=BANGKOK)
DAY = MONDAY.date()


def booked(slot: Slot, number: int, **fields: Any) -> Booking:
    booking = booking_create(slot=an_offer(slot), name="ผู้จอง", phone=f"+668{number:08d}", now=NOW)
    Booking.objects.filter(pk=booking.pk).update(**fields)
    booking.refresh_from_db()
    return booking


def a_ticket(slot: Slot, number: int, *, booking: Booking | None, minutes: int) -> Ticket:
    came = slot.starts_at
    return Ticket.objects.create(
        office=slot.group.office, day=DAY, number=f"A{number:03d}",
        service=slot.group.services.get(), booking=booking, due_at=came, created_at=came,
        ended_at=came + timedelta(minutes=minutes), status="finished",
    )  # fmt: skip


def test_room_counts_the_places_of_the_office_too() -> None:
    slot = a_slot(a_service(), MONDAY, capacity=3, internal_capacity=1)
    a_slot(slot.group.services.get(), MONDAY + timedelta(minutes=15), capacity=1)
    booked(slot, 1)
    [room] = room_by_day(office=slot.group.office, first=DAY, last=DAY)
    assert (room.day, room.places, room.booked, room.percent) == (DAY, 5, 1, 20)


def test_a_day_is_a_day_in_thailand() -> None:
    """07:00 there is the day before in UTC at 00:00: neither slips into the other."""
    early = a_slot(a_service(), MONDAY.replace(hour=0, minute=0))
    a_slot(early.group.services.get(), MONDAY - timedelta(hours=9, minutes=15))
    days = [room.day for room in room_by_day(office=early.group.office, first=DAY, last=DAY)]
    assert days == [DAY]


def test_demand_shows_weekday_and_hour_and_leaves_out_who_cancelled() -> None:
    slot = a_slot(a_service(), MONDAY, capacity=9)
    for number in range(4):
        booked(slot, number)
    booked(slot, 8, status="cancelled")
    later = a_slot(slot.group.services.get(), MONDAY + timedelta(days=1, hours=2))
    booked(later, 9)
    a_ticket(later, 1, booking=None, minutes=10)
    found = demand_by_hour(office=slot.group.office, first=DAY, last=DAY + timedelta(days=6))
    assert list(found) == [9, 10, 11]
    assert (found[9][1].visits, found[9][1].level) == (4, 4)
    # The walk-in took a ticket of Monday's series at eleven on Tuesday.
    assert (found[11][2].visits, found[11][2].level) == (2, 2)
    assert found[10][1].visits == found[10][1].level == 0


def test_outcomes_name_who_did_not_come_and_hold_visits_against_the_standard() -> None:
    slot = a_slot(a_service(), MONDAY, capacity=9)
    came = [booked(slot, n, status="served") for n in range(3)]
    booked(slot, 8, status="missed")
    booked(slot, 9, status="passed")
    for number, (booking, minutes) in enumerate(zip(came, [30, 60, 61], strict=True)):
        a_ticket(slot, number, booking=booking, minutes=minutes)
    a_ticket(slot, 7, booking=None, minutes=150)
    found = outcomes_of(office=slot.group.office, first=DAY, last=DAY)
    assert (found.came, found.missed, found.missed_percent, found.unknown) == (3, 1, 25, 1)
    assert (found.booked.within, found.booked.visits, found.booked.median) == (2, 3, 60)
    assert (found.walk_in.within, found.walk_in.percent, found.walk_in.minutes) == (1, 100, 150)


def test_a_week_is_from_monday_to_sunday() -> None:
    assert week_of(date(2028, 2, 29)) == (date(2028, 2, 28), date(2028, 3, 5))


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(a_user("manager", Role.MANAGER))
    return client


def test_the_page_and_the_file_are_for_the_manager_of_the_office(manager: Client) -> None:
    slot = a_slot(a_service(), MONDAY, capacity=3)
    booked(slot, 1)
    page = manager.get("/office/appointments/planning/", {"day": "2026-11-25"})
    assert page.status_code == 200
    assert "1 / 3" in page.content.decode()
    answer = manager.get("/office/appointments/planning/file.csv", {"day": "2026-11-25"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2026-11-23,")
    assert lines[1].endswith(",3,1,0,0,33")


def test_clerks_and_other_offices_see_none_of_it(client: Client) -> None:
    slot = a_slot(a_service(), MONDAY, capacity=3)
    booked(slot, 1)
    client.force_login(a_user("clerk", Role.LAND_OFFICER))
    assert client.get("/office/appointments/planning/").status_code in {403, 404}
    client.force_login(a_user("elsewhere", Role.MANAGER, office=a_local_authority()))
    page = client.get("/office/appointments/planning/", {"day": "2026-11-25"})
    assert "1 / 3" not in page.content.decode()


def test_planning_reads_the_slots_of_its_days_by_their_index() -> None:
    service = a_service()
    Slot.objects.bulk_create(
        Slot(group=service.group, starts_at=MONDAY + timedelta(hours=n),
             ends_at=MONDAY + timedelta(hours=n, minutes=15), capacity=1)
        for n in range(5_000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE appointments_slot")
        cursor.execute(
            f"EXPLAIN {DAYS_SQL}",
            {"office": service.office_id, "begins": MONDAY, "ends": MONDAY + timedelta(days=7)},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "slot_starts_once" in plan
    assert "Seq Scan on appointments_slot" not in plan


@pytest.fixture
def administrator(client: Client) -> Client:
    user = a_user("administrator", Role.ADMINISTRATOR)
    user.is_staff = True
    user.save()
    client.force_login(user)
    return client


def hours_of(office: Any, **fields: Any) -> dict[str, Any]:
    return {
        "office": office.pk, "weekday": 1, "opens_at": "08:30", "closes_at": "12:00",
        "every_weeks": 1,
    } | fields  # fmt: skip


def test_hours_that_overlap_are_refused_and_those_of_other_weeks_are_not(
    administrator: Client,
) -> None:
    service = a_service()
    office, address = service.office, "/admin/appointments/openinghours/add/"
    assert administrator.post(address, hours_of(office)).status_code == 302
    refused = administrator.post(address, hours_of(office, opens_at="11:00", closes_at="13:00"))
    assert refused.status_code == 200
    assert office.opening_hours.count() == 1
    own = hours_of(office, group=service.group_id, opens_at="11:00", closes_at="13:00")
    assert administrator.post(address, own).status_code == 302
    assert office.opening_hours.count() == 2


def test_special_openings_of_a_day_do_not_overlap(administrator: Client) -> None:
    service = a_service()
    opening = {"group": service.group_id, "day": "2026-11-28", "opens_at": "09:00",
               "closes_at": "12:00"}  # fmt: skip
    address = "/admin/appointments/specialopening/add/"
    assert administrator.post(address, opening).status_code == 302
    again = administrator.post(address, opening | {"opens_at": "11:00", "closes_at": "13:00"})
    assert again.status_code == 200
    assert service.group.special_openings.count() == 1
