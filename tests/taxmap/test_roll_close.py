"""Closing a roll: numbers without gaps, references that check, bills that stand."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cadastre.payments.reference import has_check_digit
from offices.jobs import CommandRun
from offices.models import AuditEntry
from taxmap.balances import balance_of
from taxmap.errors import RollIsEmpty, RollOutOfTurn
from taxmap.models import Assessment, Bill, LandPrice, RollStage, TaxYear, ValuationUnit
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close, roll_digest
from taxmap.services.year import list_publish, prices_publish
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit

pytestmark = pytest.mark.django_db


def run() -> dict[str, Any]:
    job = CommandRun(io.StringIO())
    return roll_assess(local_authority=a_local_authority(), tax_year=2026, now=NOW, job=job)


def a_plot(number: int, *owners: Any) -> ValuationUnit:
    place = {"tax_parcel_code": f"01A{number:03d}", "geometry": a_square(lon=100.4 + number / 1000)}
    return a_unit(*owners, parcel=place, uses={"other": 100})


def announced() -> TaxYear:
    year = prices_publish(tax_year=TaxYear.objects.get(), actor=None, now=NOW)
    return list_publish(tax_year=year, actor=None, now=NOW)


def closed() -> dict[str, Any]:
    return roll_assess_close(tax_year=announced(), actor=None, now=NOW)


def test_closing_numbers_the_bills_by_parcel_code_and_charges_them() -> None:
    late, early = a_party(), a_party()
    a_plot(9, late)
    a_plot(3, early)
    a_plot(1, late)
    a_plot(5, a_party(), a_party())
    run()
    result = closed()
    bills = list(Bill.objects.order_by("number"))
    assert [bill.number for bill in bills] == [1, 2, 3]
    assert [bill.taxpayers for bill in bills[:2]] == [[late.pk], [early.pk]]
    assert all(has_check_digit(bill.reference_1) for bill in bills)
    assert len({bill.reference_1 for bill in bills}) == 3
    assert {len(bill.reference_1) for bill in bills} == {18}
    assert result["bills"] == result["charged"] == 3
    assert [balance_of(bill).due_satang for bill in bills] == [bill.tax_satang for bill in bills]
    year = TaxYear.objects.get()
    assert year.stage == RollStage.ASSESSED
    assert year.roll_digest == roll_digest(local_authority=year.local_authority, tax_year=2026)
    assert AuditEntry.objects.get(action="taxmap.roll_closed").data["bills"] == 3


def test_a_roll_is_closed_once_after_its_list_was_announced() -> None:
    a_plot(1, a_party())
    run()
    with pytest.raises(RollOutOfTurn):
        roll_assess_close(tax_year=TaxYear.objects.get(), actor=None, now=NOW)
    closed()
    with pytest.raises(RollOutOfTurn):
        roll_assess_close(tax_year=TaxYear.objects.get(), actor=None, now=NOW)


def test_an_empty_roll_is_not_closed() -> None:
    run()
    with pytest.raises(RollIsEmpty):
        closed()


def test_the_register_changes_and_the_bills_of_a_closed_year_stand() -> None:
    changed, same = a_plot(1, a_party()), a_plot(2, a_party())
    run()
    closed()
    digest = TaxYear.objects.get().roll_digest
    assert run()["differences"] == 0
    LandPrice.objects.filter(parcel=changed.parcel).update(satang_per_wa=200_000)
    told = run()
    assert (told["differences"], told["changed_since"]) == (1, 0)
    stored = Assessment.objects.get(unit=changed).tax_satang
    assert told["differing"] == [[changed.pk, stored, 2 * stored]]
    assert roll_digest(local_authority=same.local_authority, tax_year=2026) == digest


@pytest.mark.parametrize(
    "change",
    [
        lambda bill: Bill.objects.filter(pk=bill.pk).update(tax_satang=1),
        lambda bill: Bill.objects.filter(pk=bill.pk).update(number=99),
        lambda bill: Bill.objects.filter(pk=bill.pk).delete(),
        lambda bill: bill.assessments.update(tax_satang=1),
        lambda bill: bill.assessments.all().delete(),
        lambda bill: Assessment.objects.create(
            bill=bill, unit=a_plot(7, a_party()), tax_year=2026, value_satang=1, exemption_satang=0,
            tax_satang=1, lines={}, assessed_at=NOW,
        ),
    ],
)  # fmt: skip
def test_the_database_keeps_an_assessed_bill_as_it_is(change: Any) -> None:
    a_plot(1, a_party())
    run()
    closed()
    with pytest.raises(IntegrityError), transaction.atomic():
        change(Bill.objects.get())
    Bill.objects.update(notified_on=NOW.date())


def test_a_bill_that_is_not_the_sum_of_its_assessments_gets_no_number() -> None:
    a_plot(1, a_party())
    run()
    Assessment.objects.update(tax_satang=1)
    with pytest.raises(IntegrityError, match="its assessments"):
        closed()
