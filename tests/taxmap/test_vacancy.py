"""The roll counts years of vacancy in SQL; it is the count of the law."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from cadastre.tax import DatedUse, Use, years_vacant
from taxmap.models import UnitUse
from taxmap.roll_units import units_of
from tests.factories import a_unit

pytestmark = pytest.mark.django_db
YEARS = range(2020, 2029)


def a_history(seed: int) -> list[DatedUse]:
    """Uses that follow each other without a gap, some beginning on 1 January."""
    chance = random.Random(seed)  # noqa: S311
    day = date(2014, 1, 1)
    found = []
    while day < date(2028, 1, 1):
        until = day + timedelta(days=chance.randint(60, 1200))
        if chance.random() < 0.4:
            until = date(until.year + 1, 1, 1)
        use = chance.choice([Use.VACANT, Use.VACANT, Use.VACANT, Use.OTHER, Use.AGRICULTURE])
        found.append(DatedUse(use, day, until))
        day = until
    return [*found, DatedUse(Use.VACANT, day, None)]


@pytest.mark.parametrize("seed", range(12))
def test_the_roll_counts_as_the_law_does(seed: int) -> None:
    history = a_history(seed)
    unit = a_unit(uses={})
    UnitUse.objects.bulk_create(
        UnitUse(unit=unit, use=each.use, share_percent=100, valid_during=(each.since, each.until))
        for each in history
    )
    for year in YEARS:
        counted = units_of([unit.pk], date(year, 1, 1))[unit.pk].years_vacant
        assert counted == years_vacant(history, year), (year, history)


def test_the_histories_reach_the_higher_rates() -> None:
    """Guards the test above: counts of one or two would prove little."""
    longest = max(years_vacant(a_history(seed), year) for seed in range(12) for year in YEARS)
    assert longest >= 4
