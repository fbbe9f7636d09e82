"""Deed numbers, land numbers and survey pages while many are registered at one moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from parcels.models import NumberSeries, Parcel
from parcels.registration import numbers
from parcels.registration.numbers import draw_numbers
from parcels.services import transactions
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.concurrency.test_registration_race import cut, registers
from tests.factories import a_district, a_party, a_title, a_transaction
from tests.parcels.editing.block import a_plot, approved, drafted, is_coverage

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20
DEED = (NumberSeries.Kind.DEED, "1204")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no fault of the locks."""
    monkeypatch.setattr(transactions, "LOCK_TIMEOUT", "30s")


def test_twenty_registrations_get_twenty_numbers_without_a_gap() -> None:
    """One district, one sub-district, one sheet and one block of the tax map for all of them."""
    plots = [a_plot(2 * column) for column in range(MANY)]
    acts = [
        approved(drafted("divide", cut(plot, 20, 80.0 * index))) for index, plot in enumerate(plots)
    ]
    outcomes = race([registers(act) for act in acts])
    assert {type(each).__name__ for each in outcomes} == {"Transaction"}
    new = Parcel.objects.filter(retired_by=None).exclude(ba_unit__in=[p.ba_unit_id for p in plots])
    last = int(plots[-1].land_number)
    consecutive = list(range(last + 1, last + 1 + MANY))
    for given, first in (("land_number", 0), ("ba_unit__deed_number", 1000),
                         ("ba_unit__survey_page", 200)):  # fmt: skip
        found = sorted(int(number) for number in new.values_list(given, flat=True))
        assert found == [first + number for number in consecutive]
    codes = set(new.values_list("tax_parcel_code", flat=True))
    assert codes == {f"{plot.tax_parcel_code}/001" for plot in plots}
    assert is_coverage()


def test_parts_of_parts_at_one_moment_get_codes_of_their_own() -> None:
    plots = [a_plot(2 * column, tax_parcel_code="01A001") for column in range(6)]
    acts = [
        approved(drafted("divide", cut(plot, 20, 80.0 * index))) for index, plot in enumerate(plots)
    ]
    race([registers(act) for act in acts])
    codes = Parcel.objects.filter(tax_parcel_code__startswith="01A001/")
    assert sorted(codes.values_list("tax_parcel_code", flat=True)) == [
        f"01A001/{number:03d}" for number in range(1, 7)
    ]


def draws(count: int = 1) -> Act:
    act = a_transaction()

    def draw() -> list[int]:
        with transaction.atomic():
            return draw_numbers(act, {DEED: count})[DEED]

    return draw


def test_a_number_is_given_once() -> None:
    outcomes = race([draws(3) for _ in range(8)])
    given = sorted(number for each in outcomes for number in each)
    assert given == list(range(1, 25))


def test_without_the_lock_on_the_series_a_number_is_given_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guards the tests above. Behind the lock stands the constraint, which is taken away here."""
    looked = threading.Barrier(2)

    def look_and_wait(series: Any) -> int:
        last = numbers._highest(series)
        looked.wait(PATIENCE_S)
        return last

    acts = [draws(), draws()]
    monkeypatch.setattr(numbers, "series_lock", look_and_wait)
    outcomes = race(acts)
    assert sorted(type(each).__name__ for each in outcomes) == ["IntegrityError", "list"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE parcels_assignednumber DROP CONSTRAINT a_number_is_given_once")
    try:
        given = [number for each in race([draws(), draws()]) for number in each]
        assert len(set(given)) == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM parcels_assignednumber")
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute(
                "ALTER TABLE parcels_assignednumber ADD CONSTRAINT a_number_is_given_once"
                " UNIQUE (kind, scope, number)"
            )


def test_numbers_that_came_by_import_are_passed_over() -> None:
    assert draws()() == [1]
    a_title(a_party(), deed_number="2", district=a_district())
    assert draws(2)() == [3, 4]
