"""Months late, instalments and the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.tax import (
    Milestone,
    NotInForceYet,
    Reminder,
    announced,
    calendar_of,
    instalments,
    penalty_and_surcharge,
)
from cadastre.tax.errors import DaysOutOfOrder
from cadastre.tax.late import Lateness, months_late

days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("due", "paid", "months"),
    [
        ("2026-04-30", "2026-04-30", 0),
        ("2026-04-30", "2026-05-01", 1),
        ("2026-04-30", "2026-05-31", 1),
        ("2026-04-30", "2026-06-01", 2),
        ("2026-08-31", "2026-09-30", 1),
        ("2026-08-31", "2026-10-01", 2),
        ("2026-06-15", "2026-07-15", 1),
        ("2026-06-15", "2026-07-16", 2),
        ("2026-01-30", "2026-02-28", 1),  # the month begun on 31 January ends with February
        ("2026-01-30", "2026-03-01", 2),
        ("2026-12-31", "2027-12-31", 12),
    ],
)
def test_a_begun_month_is_a_month(due, paid, months):
    assert months_late(date.fromisoformat(due), date.fromisoformat(paid)) == months


@given(days, st.integers(0, 4000))
def test_waiting_never_costs_less(due, wait):
    paid = due + timedelta(days=wait)
    one, next_day = (
        penalty_and_surcharge(tax_satang=123_456_78, due_on=due, paid_on=day).total_satang
        for day in (paid, paid + timedelta(days=1))
    )
    assert 123_456_78 <= one <= next_day <= 3 * 123_456_78


@given(days, st.integers(1, 400), st.integers(0, 400))
def test_a_reminder_never_makes_it_cheaper(due, received, wait):
    letter = Reminder(due + timedelta(days=received))
    paid = due + timedelta(days=wait)
    without = penalty_and_surcharge(tax_satang=100_00, due_on=due, paid_on=paid)
    reminded = penalty_and_surcharge(tax_satang=100_00, due_on=due, paid_on=paid, reminder=letter)
    assert reminded.penalty_satang >= without.penalty_satang
    assert reminded.surcharge_satang == without.surcharge_satang


def test_lateness_has_a_name():
    letter = Reminder(date(2026, 8, 1), pay_by=date(2026, 8, 31))
    names = [
        penalty_and_surcharge(
            tax_satang=1, due_on=date(2026, 6, 30), paid_on=paid, reminder=letter
        ).lateness
        for paid in (date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 1))
    ]
    assert names == list(Lateness)


@given(st.integers(3_000_00, 10**15))
def test_instalments_total_the_tax(tax):
    parts = instalments(tax_satang=tax, due_on=date(2026, 6, 30))
    assert len(parts) == 3
    assert sum(parts) == tax
    assert max(parts) - min(parts) <= 1
    assert sorted(parts, reverse=True) == list(parts)


def test_a_small_tax_is_paid_at_once():
    assert instalments(tax_satang=2_999_99, due_on=date(2026, 6, 30)) == (2_999_99,)


@pytest.mark.parametrize(
    ("year", "last_day"),
    [
        (2022, "2022-07-31"),
        (2023, "2023-06-30"),
        (2024, "2024-06-30"),
        (2025, "2025-04-30"),
        (2026, "2026-06-30"),
    ],
)
def test_the_last_day_to_pay(year, last_day):
    assert calendar_of(year).last_day[Milestone.PAYMENT] == date.fromisoformat(last_day)


def test_the_year_2026_is_as_announced():
    calendar = calendar_of(2026)
    assert list(calendar.last_day.values()) == [
        date(2026, 1, 31),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 6, 30),
        date(2026, 7, 31),
        date(2026, 8, 31),
    ]
    assert calendar.instalments == (date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31))
    assert not calendar.unverified


def test_the_statutory_year_begins_in_november():
    calendar = calendar_of(2025)
    assert calendar.last_day[Milestone.PROPERTY_LIST] == date(2024, 11, 30)
    assert calendar.unverified


def test_the_calendar_begins_with_the_act():
    with pytest.raises(NotInForceYet):
        calendar_of(2019)


def test_an_announced_day_of_payment_moves_the_instalments_with_it():
    calendar = announced(
        calendar_of(2026),
        {
            Milestone.PAYMENT: date(2026, 8, 31),
            Milestone.REMINDER: date(2026, 9, 30),
            Milestone.ARREARS_REPORTED: date(2026, 10, 31),
        },
        reference="ประกาศเทศบาล",
    )
    assert calendar.instalments == (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))
    assert calendar.last_day[Milestone.ASSESSMENT] == date(2026, 4, 30)
    assert calendar.references[0] == "ประกาศเทศบาล"


def test_a_day_inside_a_month_stays_that_day():
    later = {Milestone.REMINDER: date(2026, 7, 31), Milestone.ARREARS_REPORTED: date(2026, 8, 31)}
    calendar = announced(calendar_of(2026), {Milestone.PAYMENT: date(2026, 6, 15), **later})
    assert calendar.instalments == (date(2026, 6, 15), date(2026, 7, 15), date(2026, 8, 15))
    again = announced(calendar, {}, instalments=[date(2026, 6, 15), date(2026, 12, 1)])
    assert again.instalments == (date(2026, 6, 15), date(2026, 12, 1))


def test_steps_follow_each_other():
    law = calendar_of(2026)
    with pytest.raises(DaysOutOfOrder, match="payment on 2026-04-29 comes before assessment"):
        announced(law, {Milestone.PAYMENT: date(2026, 4, 29)})
    with pytest.raises(DaysOutOfOrder, match="instalment 1 on 2026-06-29 comes before payment"):
        announced(law, {}, instalments=[date(2026, 6, 29)])


@given(st.dictionaries(st.sampled_from(Milestone), st.dates(date(2025, 11, 1), date(2026, 12, 31))))
def test_an_announced_calendar_is_in_order_or_refused(days):
    in_order = {step: days.get(step, calendar_of(2026).last_day[step]) for step in Milestone}
    if list(in_order.values()) != sorted(in_order.values()):
        with pytest.raises(DaysOutOfOrder):
            announced(calendar_of(2026), days)
        return
    calendar = announced(calendar_of(2026), days)
    assert calendar.last_day == in_order
    assert list(calendar.instalments) == sorted(calendar.instalments)
    assert calendar.instalments[0] >= calendar.last_day[Milestone.PAYMENT]
