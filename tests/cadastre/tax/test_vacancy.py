"""Years of vacancy, counted from the history of use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.tax import DatedUse, Use, schedule_for, vacant_since, years_vacant

days = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@st.composite
def histories(draw):
    found = []
    for _ in range(draw(st.integers(0, 6))):
        first, last = sorted((draw(days), draw(days)))
        use = draw(st.sampled_from([Use.VACANT, Use.VACANT, Use.OTHER]))
        found.append(
            DatedUse(
                use,
                None if draw(st.integers(0, 9)) == 0 else first,
                None if draw(st.integers(0, 9)) == 0 else last,
            )
        )
    return found


def day_by_day(history, tax_year):
    """The same question answered slowly: walk back from 1 January while the day is vacant."""
    vacant = [each for each in history if each.use is Use.VACANT]

    def is_vacant(day):
        return any((e.since or date.min) <= day < (e.until or date.max) for e in vacant)

    counted, day = 0, date(tax_year, 1, 1)
    while day >= date(2017, 1, 1) and is_vacant(day):
        if (day.month, day.day) == (1, 1) and day.year >= 2020:
            counted += 1
        day -= timedelta(days=1)
    return counted


@given(histories(), st.integers(2020, 2031))
@example([DatedUse(Use.VACANT, date(2019, 1, 1), date(2023, 1, 1))], 2023)
@example([DatedUse(Use.VACANT, None, None)], 2026)
def test_vacant_years_are_those_a_walk_back_through_the_days_would_count(history, tax_year):
    assert years_vacant(history, tax_year) == day_by_day(history, tax_year)


@given(histories(), st.integers(2020, 2030))
def test_one_more_vacant_year_is_one_more_or_the_count_begins_anew(history, tax_year):
    now, later = years_vacant(history, tax_year), years_vacant(history, tax_year + 1)
    assert later in (0, 1, now + 1)


@given(histories(), days, st.integers(2020, 2030))
def test_a_day_of_use_breaks_the_run(history, day, tax_year):
    broken = []
    for each in history:
        since, until = each.since or date.min, each.until or date.max
        if each.use is Use.VACANT and since <= day < until:
            broken.append(DatedUse(Use.VACANT, since, day))
            broken.append(DatedUse(Use.VACANT, day + timedelta(days=1), until))
        else:
            broken.append(each)
    after = years_vacant(broken, tax_year)
    assert after <= years_vacant(history, tax_year)
    if day <= date(tax_year, 1, 1):
        assert after <= tax_year - day.year


@pytest.mark.parametrize(
    ("since", "year", "years"),
    [
        (date(2020, 1, 1), 2026, 7),  # from the first counted year: the seventh, +0.6 points
        (date(2010, 5, 1), 2026, 7),  # years before the Act do not count
        (date(2022, 12, 31), 2023, 1),
        (date(2023, 1, 1), 2023, 1),
        (date(2023, 1, 2), 2023, 0),  # in use on 1 January 2023
        (date(2023, 1, 2), 2026, 3),
    ],
)
def test_the_count_begins_with_the_first_first_of_january(since, year, years):
    assert years_vacant([DatedUse(Use.VACANT, since, None)], year) == years


def test_records_that_touch_are_one_run():
    history = [
        DatedUse(Use.VACANT, date(2024, 7, 1), None),
        DatedUse(Use.VACANT, date(2021, 3, 1), date(2024, 7, 1)),
    ]
    assert vacant_since(history, date(2026, 1, 1)) == date(2021, 3, 1)
    assert years_vacant(history, 2026) == 5
    assert vacant_since(history, date(2021, 2, 28)) is None


def test_the_first_counted_year_is_that_of_the_law():
    assert schedule_for(2026).vacancy.value.first_counted_year == 2020
