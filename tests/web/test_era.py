from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.digits import to_thai_digits
from web.era import (
    FIRST_SOLAR_DAY,
    MONTHS,
    MONTHS_SHORT,
    DateDoesNotExist,
    DateUnreadable,
    be_year,
    date_of_be,
    parse_date,
)

solar_days = st.dates(min_value=FIRST_SOLAR_DAY, max_value=dt.date(2200, 12, 31))


@given(solar_days)
@example(dt.date(1940, 3, 31))  # the last day of 2482
@example(dt.date(1940, 4, 1))  # the first of the nine months of 2483
@example(dt.date(1941, 1, 1))  # the year begins in January from now on
@example(dt.date(2024, 2, 29))
def test_every_day_keeps_its_place_through_the_buddhist_era(day):
    assert date_of_be(be_year(day), day.month, day.day) == day


@given(solar_days)
def test_what_is_written_in_the_buddhist_era_is_read_back(day):
    written = f"{day.day}/{day.month}/{be_year(day)}"
    assert parse_date(written) == day
    assert parse_date(to_thai_digits(written)) == day


@given(solar_days.filter(lambda day: be_year(day) >= 2433))
def test_month_names_of_both_languages_are_read_back(day):
    for language in ("th", "en"):
        with translation.override(language):
            for months in (MONTHS, MONTHS_SHORT):
                assert parse_date(f"{day.day} {months[day.month - 1]} {be_year(day)}") == day
                assert parse_date(f"{day.day} {months[day.month - 1]} {day.year}") == day


def test_the_old_new_year():
    assert be_year(dt.date(1940, 3, 31)) == 2482
    assert be_year(dt.date(1940, 4, 1)) == 2483
    assert be_year(dt.date(1941, 1, 1)) == 2484


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("21/11/2569", dt.date(2026, 11, 21)),
        ("21-11-2569", dt.date(2026, 11, 21)),
        ("21.11.2569", dt.date(2026, 11, 21)),
        (" ๒๑ / ๑๑ / ๒๕๖๙ ", dt.date(2026, 11, 21)),
        ("29 ก.พ. 2567", dt.date(2024, 2, 29)),
        ("29/2/2567", dt.date(2024, 2, 29)),
        ("วันที่ ๕ ธันวาคม พ.ศ. ๒๔๗๐", dt.date(1927, 12, 5)),
        ("1 มกราคม พ.ศ. 2480", dt.date(1938, 1, 1)),
        ("21 พ.ย.2569", dt.date(2026, 11, 21)),
        ("5 June, 2020", dt.date(2020, 6, 5)),
        ("21 Nov B.E. 2569", dt.date(2026, 11, 21)),
        ("21 พฤศจิกายน ค.ศ. 2026", dt.date(2026, 11, 21)),
        ("2026-11-21", dt.date(2026, 11, 21)),
        ("2569-11-21", dt.date(2026, 11, 21)),
    ],
)
def test_dates_as_people_write_them(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text", ["29/2/2566", "31/4/2569", "1/1/2483", "0/1/2569", "1/13/2569", "31/3/2431"]
)
def test_a_day_that_never_was_is_refused(text):
    with pytest.raises(DateDoesNotExist) as refused:
        parse_date(text)
    assert text in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "21/11/69", "2569", "21 Brumaire 2569", "21/11/2300", "tomorrow", "9" * 100]
)
def test_what_is_no_date_is_refused_with_an_example(text):
    with pytest.raises(DateUnreadable) as refused:
        parse_date(text)
    assert "21/11/2569" in str(refused.value)
