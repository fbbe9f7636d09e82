"""Arrears stop a transfer and a payment releases it at once; the land office never sees why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from offices.models import Role, User
from parcels.models import Transaction
from parcels.services.transactions import transaction_submit
from taxmap.models import Bill
from taxmap.registration_vetoes import LocalAuthorityHasToBeAsked
from taxmap.services.arrears import (
    arrears_report,
    bills_in_arrears,
    held_units,
    land_office_rows,
)
from taxmap.services.payments import Tender, due_on, payment_take
from tests.factories import NOW, a_land_office, a_party, a_title, a_user, amended
from tests.parcels.test_registration_rights import NEW, drafted, to
from tests.taxmap.money import a_bill

pytestmark = pytest.mark.django_db
Kind = Transaction.Kind
LATE = NOW


@pytest.fixture
def bill() -> Bill:
    return a_bill(10_000, 5_000)


@pytest.fixture
def transfer(bill: Bill) -> Callable[[], Transaction]:
    """Submits a transfer of the first parcel of the bill."""
    unit = bill.assessments.order_by("pk")[0].unit
    owner = a_party()
    title = a_title(owner)
    amended(unit.parcel, ba_unit=title)
    maker = a_user("maker", Role.LAND_OFFICER, office=a_land_office())
    act = drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    return lambda: transaction_submit(act=act, maker=maker, now=LATE)


def pay(bill: Bill, cashier: User, satang: int) -> None:
    tender = Tender("cash", satang)  # type: ignore[arg-type]
    payment_take(bill=bill, tender=tender, key=f"{satang}", actor=cashier, now=LATE)


@pytest.fixture
def cashier(bill: Bill) -> User:
    return a_user("cashier", Role.CASHIER, office=bill.local_authority)


def test_nothing_is_in_arrears_before_its_day_has_passed(bill: Bill) -> None:
    office = bill.local_authority
    assert not bills_in_arrears(office, 2026, date(2026, 6, 30)).exists()
    assert bills_in_arrears(office, 2026, date(2026, 7, 1)).get().due_satang == 15_000


def test_reported_arrears_stop_a_transfer_until_everything_is_paid(
    bill: Bill, transfer: Callable[[], Any], cashier: User
) -> None:
    arrears_report(office=bill.local_authority, tax_year=2026, actor=None, now=LATE)
    with pytest.raises(LocalAuthorityHasToBeAsked) as told:
        transfer()
    assert str(bill.local_authority) in str(told.value)
    assert "150" not in str(told.value)
    assert "tax" not in str(told.value).lower()
    pay(bill, cashier, 1_000)
    with pytest.raises(LocalAuthorityHasToBeAsked):
        transfer()
    pay(bill, cashier, due_on(bill, LATE.date()).total)
    assert transfer().status == Transaction.Status.SUBMITTED


def test_unreported_arrears_stop_nothing(transfer: Callable[[], Any]) -> None:
    assert transfer().status == Transaction.Status.SUBMITTED


def test_reporting_again_reports_what_is_new(bill: Bill) -> None:
    office = bill.local_authority
    assert arrears_report(office=office, tax_year=2026, actor=None, now=LATE) == 1
    a_bill(1_000, number=2)
    assert arrears_report(office=office, tax_year=2026, actor=None, now=LATE) == 1
    rows = list(land_office_rows(office, 2026, LATE.date()))
    assert [row[2] for row in rows] == ["01A011", "01A012", "01A021"]


def test_the_hold_is_found_by_the_parcel(bill: Bill) -> None:
    """However many bills there are, an index leads from the unit to its balance."""
    arrears_report(office=bill.local_authority, tax_year=2026, actor=None, now=LATE)
    unit = bill.assessments.order_by("pk")[0].unit
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = held_units().filter(parcel__ba_unit=unit.parcel.ba_unit_id).explain()
    assert "Seq Scan" not in plan
