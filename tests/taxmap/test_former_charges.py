"""What was charged before there were bills is not charged again when the roll is closed."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxmap.balances import Owed, balance_of
from taxmap.models import AccountPurpose as P
from taxmap.models import Assessment, Balance, Bill, Entry, Leg
from taxmap.services.arrears import arrears_report, held_units
from taxmap.services.ledger import Book, ledger_verify
from taxmap.services.payments import due_on
from tests.factories import NOW, a_local_authority, a_party, a_unit, an_assessment
from tests.taxmap.money import charge, number_and_charge, paid_at_counter

pytestmark = pytest.mark.django_db


def formerly(assessed: Assessment, charged: int, received: int) -> None:
    """The entries that the migration made of payments from before there were bills."""
    book = Book.of(assessed.unit.local_authority, actor=None, channel="former", now=NOW)
    for kind, satang, other in (
        (Entry.Kind.CHARGE, charged, P.LAND_BUILDING_TAX), (Entry.Kind.PAYMENT, -received, P.CASH)
    ):  # fmt: skip
        if satang:
            entry = Entry.objects.create(
                local_authority=assessed.unit.local_authority, kind=kind, channel="former",
                happened_on=NOW.date(), booked_on=NOW.date(), posted_at=NOW,
            )  # fmt: skip
            Leg.objects.bulk_create([
                Leg(entry=entry, account_id=book.accounts[P.TAX_DUE], satang=satang,
                    assessment=assessed),
                Leg(entry=entry, account_id=book.accounts[other], satang=-satang),
            ])  # fmt: skip


def a_draft(*taxes: int) -> Bill:
    """The draft bill of one owner for plots of these taxes."""
    owner = a_party()
    for place, tax in enumerate(taxes, start=1):
        unit = a_unit(owner, parcel={"tax_parcel_code": f"01A{place:03d}"})
        an_assessment(unit, tax_satang=tax)
    return Bill.objects.get()


def parts(bill: Bill) -> list[Assessment]:
    return list(bill.assessments.order_by("pk"))


def test_a_former_charge_is_taken_over_and_not_made_twice() -> None:
    bill = a_draft(10_000, 5_000)
    formerly(parts(bill)[0], charged=10_000, received=4_000)
    number_and_charge(bill, 1)
    assert balance_of(bill) == Owed(charged_satang=15_000, received_satang=4_000, due_satang=11_000)
    income = Leg.objects.filter(account__purpose=P.LAND_BUILDING_TAX)
    assert sum(leg.satang for leg in income) == -15_000
    assert ledger_verify() == []
    assert charge(bill) == 0


def test_the_rest_is_paid_by_the_bill_and_what_was_paid_stays_paid() -> None:
    bill = a_draft(10_000, 5_000)
    formerly(parts(bill)[0], charged=10_000, received=4_000)
    formerly(parts(bill)[1], charged=5_000, received=5_000)
    number_and_charge(bill, 1)
    assert due_on(bill, NOW.date()).tax == 6_000
    arrears_report(office=a_local_authority(), tax_year=2026, actor=None, now=NOW)
    assert [unit.pk for unit in held_units()] == [parts(bill)[0].unit_id]
    paid_at_counter(bill, due_on(bill, NOW.date()).total)
    assert balance_of(bill).due_satang == 0
    assert not held_units().exists()
    assert ledger_verify() == []


def test_a_bill_that_was_paid_before_owes_nothing() -> None:
    bill = a_draft(10_000)
    formerly(parts(bill)[0], charged=10_000, received=10_000)
    number_and_charge(bill, 1)
    assert due_on(bill, NOW.date()).total == 0
    assert Balance.objects.get().bill == bill
    assert ledger_verify() == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tax=st.integers(1, 10_000), charged=st.integers(1, 10_000), share=st.integers(0, 10_000))
def test_whatever_stood_before_the_bill_asks_for_the_tax_less_what_came(
    tax: int, charged: int, share: int, db: None
) -> None:
    """A tax that changed since is charged as it is now; nobody is owed through a balance."""
    received = charged * share // 10_000
    with transaction.atomic():
        bill = a_draft(tax)
        formerly(parts(bill)[0], charged, received)
        number_and_charge(bill, 1)
        found = balance_of(bill)
        assert found.due_satang == max(tax - received, 0)
        assert found.charged_satang == max(tax, received)
        assert found.received_satang == received
        assert ledger_verify() == []
        transaction.set_rollback(True)
