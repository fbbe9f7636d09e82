"""A manager changes the hours: what falls outside is seen first, and no booking is lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from appointments.hall_errors import KioskOff
from appointments.models import Booking, Hall, OpeningHours, Service, Slot, SpecialOpening
from appointments.services.bookings import booking_create
from appointments.services.slots import slots_generate
from appointments.services.tickets import ticket_take_at_kiosk
from cadastre.scheduling import BANGKOK
from offices.models import AuditEntry, Role
from tests.factories import a_counter, a_local_authority, a_service, a_user, an_offer

pytestmark = pytest.mark.django_db
PAGE = "/office/appointments/hours/"


@pytest.fixture
def service() -> Service:
    return a_service()


@pytest.fixture
def hours(service: Service) -> OpeningHours:
    """Open from 8:30 to 12:00 on the weekday that comes in three days; its times are made."""
    day = (timezone.now() + timedelta(days=3)).astimezone(BANGKOK).date()
    row = OpeningHours.objects.create(
        office=service.office, weekday=day.isoweekday(), opens_at=time(8, 30), closes_at=time(12)
    )
    slots_generate(office=service.office, first=day, last=day + timedelta(days=40))
    return row


@pytest.fixture
def manager(client: Client, service: Service) -> Client:
    client.force_login(a_user("manager", Role.MANAGER, office=service.office))
    return client


def booked(slot: Slot, number: int = 1) -> Booking:
    return booking_create(
        slot=an_offer(slot), name="ผู้จอง", phone=f"+6681000000{number}", now=timezone.now()
    )


def removal(hours: OpeningHours, **more: str) -> dict[str, str]:
    return {"kind": "weekly", "remove": str(hours.pk)} | more


def test_looking_shows_who_would_fall_outside_and_changes_nothing(
    manager: Client, hours: OpeningHours
) -> None:
    slot = Slot.objects.order_by("starts_at")[0]
    booking = booked(slot)
    before = list(Slot.objects.order_by("pk").values())
    page = manager.post(PAGE, removal(hours)).content.decode()
    assert booking.reference in page
    assert list(Slot.objects.order_by("pk").values()) == before
    assert OpeningHours.objects.exists()
    assert not AuditEntry.objects.filter(action="appointments.hours_changed").exists()


def test_times_outside_go_and_what_is_booked_stays_and_is_full(
    manager: Client, hours: OpeningHours
) -> None:
    slot = Slot.objects.order_by("starts_at")[0]
    booking = booked(slot)
    assert manager.post(PAGE, removal(hours, sure="1")).status_code == 302
    assert list(Slot.objects.values_list("pk", "capacity", "taken")) == [(slot.pk, 1, 1)]
    booking.refresh_from_db()
    assert booking.status == "booked"
    entry = AuditEntry.objects.get(action="appointments.hours_changed")
    assert entry.data["outside"] == 1


def test_hours_that_come_back_offer_their_places_again(
    manager: Client, hours: OpeningHours, service: Service
) -> None:
    first = Slot.objects.order_by("starts_at")[0]
    booked(first)
    whole = Slot.objects.count()
    service.group.public_counters = 3
    service.group.save()
    manager.post(PAGE, removal(hours, sure="1"))
    form = {"kind": "weekly", "weekday": str(hours.weekday), "opens_at": "08:30",
            "closes_at": "12:00", "every_weeks": "1", "sure": "1"}  # fmt: skip
    assert manager.post(PAGE, form).status_code == 302
    assert Slot.objects.count() >= whole
    first.refresh_from_db()
    assert (first.capacity, first.taken) == (3, 1)


def test_a_special_day_stands_in_for_the_weekly_hours(
    manager: Client, hours: OpeningHours, service: Service
) -> None:
    slots = Slot.objects.order_by("starts_at")
    day = slots[0].starts_at.astimezone(BANGKOK).date()
    late = [slot for slot in slots.between(day, day) if slot.starts_at.astimezone(BANGKOK).hour > 9]
    booking = booked(late[-1])
    form = {"kind": "special", "group": str(service.group_id), "day": day.isoformat(),
            "opens_at": "08:30", "closes_at": "10:00", "place_th": "วัด"}  # fmt: skip
    assert booking.reference in manager.post(PAGE, form).content.decode()
    manager.post(PAGE, form | {"sure": "1"})
    ends = [slot.ends_at.astimezone(BANGKOK).time() for slot in Slot.objects.between(day, day)]
    assert sorted(ends)[-2] <= time(10)
    assert "วัด" in manager.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"opens_at": "13:00", "closes_at": "12:00"}, {"opens_at": "x"}, {"weekday": "8"},
        {"every_weeks": "2"}, {"first_day": "2569-11-24"}, {"first_day": "2027-02-29"},
        {"opens_at": "11:00", "closes_at": "13:00"}, {"opens_at": "08:30", "closes_at": "12:00"},
        {"group": "999999"},
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_in_words(
    manager: Client, hours: OpeningHours, change: dict[str, str]
) -> None:
    form = {"kind": "weekly", "weekday": str(hours.weekday), "opens_at": "13:00",
            "closes_at": "16:00", "every_weeks": "1", "sure": "1"}  # fmt: skip
    answer = manager.post(PAGE, form | change)
    assert answer.status_code in {409, 422}
    assert OpeningHours.objects.count() == 1


def test_only_the_manager_of_the_office_changes_its_hours(
    client: Client, hours: OpeningHours
) -> None:
    client.force_login(a_user("clerk", Role.LAND_OFFICER, office=hours.office))
    assert client.post(PAGE, removal(hours, sure="1")).status_code == 403
    elsewhere = a_local_authority()
    client.force_login(a_user("other", Role.MANAGER, office=elsewhere))
    assert client.post(PAGE, removal(hours, sure="1")).status_code == 404
    assert OpeningHours.objects.exists()


@pytest.mark.parametrize(
    ("at", "is_open"), [("07:00", False), ("07:45", True), ("11:59", True), ("12:00", False)]
)
def test_the_kiosk_gives_numbers_while_the_office_is_open(
    service: Service, hours: OpeningHours, at: str, is_open: bool
) -> None:
    a_counter(service)
    hall = Hall.objects.create(office=service.office, early_minutes=60)
    day = Slot.objects.order_by("starts_at")[0].starts_at.astimezone(BANGKOK).date()
    now = datetime.combine(day, time.fromisoformat(at), BANGKOK)

    def tap(when: datetime) -> Any:
        return ticket_take_at_kiosk(hall=hall, service=service, key=str(when), now=when)

    if is_open:
        assert tap(now).number
    else:
        with pytest.raises(KioskOff):
            tap(now)
    with pytest.raises(KioskOff):
        tap(now + timedelta(days=1))
    SpecialOpening.objects.create(
        group=service.group, day=day, opens_at=time(13), closes_at=time(15)
    )
    assert tap(datetime.combine(day, time(14), BANGKOK)).number


def test_the_planning_is_a_workbook_with_days_and_numbers(
    manager: Client, hours: OpeningHours
) -> None:
    slot = Slot.objects.order_by("starts_at")[0]
    booked(slot)
    day = slot.starts_at.astimezone(BANGKOK).date()
    answer = manager.get("/office/appointments/planning/file.xlsx", {"day": day.isoformat()})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    mine = next(row for row in rows[1:] if row[0].date() == day)
    assert mine[3] == 1
    assert isinstance(mine[2], int)
