"""Two rolls of one year, and a roll while the year is being closed, take turns."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from offices.jobs import CommandRun
from taxmap.models import Assessment, Bill, TaxYear
from taxmap.services import roll
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.year import list_publish, prices_publish, year_open
from tests.concurrency.racing import PATIENCE_S, race
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit

pytestmark = pytest.mark.django_db(transaction=True)


def run() -> dict[str, Any]:
    job = CommandRun(io.StringIO())
    return roll_assess(local_authority=a_local_authority(), tax_year=2026, now=NOW, job=job)


@pytest.fixture(autouse=True)
def plots() -> None:
    """Three plots of two owners, and an opened year."""
    one, two = a_party(), a_party()
    for number, owner in enumerate((one, one, two)):
        place = {"geometry": a_square(lon=100.4 + number / 1000)}
        a_unit(owner, uses={"other": 100}, parcel=place | {"tax_parcel_code": f"01A00{number}"})
    year_open(local_authority=a_local_authority(), year=2026, actor=None, now=NOW)


def test_two_rolls_at_one_moment_write_one_roll() -> None:
    outcomes = race([run, run])
    assert sorted(each["changed_since"] for each in outcomes) == [0, 3]
    assert Bill.objects.count() == 2
    assert Assessment.objects.count() == 3


def test_without_the_lock_of_the_year_they_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    barrier = threading.Barrier(2)
    has_bills = roll._has_bills

    def both_look(*given: Any) -> bool:
        found = has_bills(*given)
        barrier.wait(PATIENCE_S)
        return found

    monkeypatch.setattr(roll, "_has_bills", both_look)
    monkeypatch.setattr(roll, "_year_taken", lambda *_: TaxYear.objects.get())
    outcomes = race([run, run])
    assert [type(each) for each in outcomes if not isinstance(each, dict)] == [IntegrityError]


def test_a_roll_and_the_closing_of_its_year_take_turns() -> None:
    run()
    year = prices_publish(tax_year=TaxYear.objects.get(), actor=None, now=NOW)
    year = list_publish(tax_year=year, actor=None, now=NOW)
    outcomes = race([run, lambda: roll_assess_close(tax_year=year, actor=None, now=NOW), run])
    assert all(isinstance(each, dict) for each in outcomes), outcomes
    assert sorted(Bill.objects.values_list("number", flat=True)) == [1, 2]
    billed = Bill.objects.aggregate(total=Sum("tax_satang"))["total"]
    assert billed == Assessment.objects.aggregate(total=Sum("tax_satang"))["total"]
