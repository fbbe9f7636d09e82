"""Payments settle tax, penalty and surcharge: nothing lost, in whatever order they are heard of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.payments.settlement import (
    Charge,
    Lateness,
    Order,
    Paid,
    Settled,
    Waived,
    due_on_day,
    settle,
)
from cadastre.tax import penalty_and_surcharge

DUE = date(2026, 6, 30)
days = st.dates(date(2026, 5, 1), date(2027, 12, 31))
payments_made = st.lists(st.builds(Paid, days, st.integers(1, 9_000)), max_size=6)
charges_made = st.lists(
    st.builds(Charge, st.integers(1, 5_000), st.dates(DUE, date(2026, 8, 31))),
    min_size=1, max_size=3,
)  # fmt: skip
waivers = st.builds(Waived, st.integers(0, 900), st.integers(0, 900))
orders = st.sampled_from(Order)


def cost(tax: int, due_on: date, paid_on: date) -> Lateness:
    late = penalty_and_surcharge(tax_satang=tax, due_on=due_on, paid_on=paid_on)
    return Lateness(late.penalty_satang, late.surcharge_satang)


def test_in_time_every_satang_is_tax() -> None:
    got = settle(charges=[Charge(10_000, DUE)], payments=[Paid(DUE, 4_000)], late_cost=cost)
    assert got == Settled(tax_paid=4_000)


def test_a_part_paid_late_carries_its_own_penalty_and_surcharge() -> None:
    """10 % and one month at 1 %: 111.00 baht pay 100.00 of tax."""
    got = settle(
        charges=[Charge(30_000, DUE)], payments=[Paid(date(2026, 7, 15), 11_100)], late_cost=cost
    )
    assert (got.tax_paid, got.penalty_paid, got.surcharge_paid) == (10_000, 1_000, 100)
    assert got.late_due == 0


def test_with_tax_first_what_lateness_cost_stays_owed() -> None:
    got = settle(
        charges=[Charge(10_000, DUE)], payments=[Paid(date(2026, 7, 15), 10_050)],
        late_cost=cost, order=Order.TAX_FIRST,
    )  # fmt: skip
    assert (got.tax_paid, got.surcharge_paid, got.penalty_paid, got.late_due) == (
        10_000, 50, 0, 1_050
    )  # fmt: skip


def test_what_is_waived_is_not_asked_for_and_money_paid_for_it_comes_back() -> None:
    late = Paid(date(2026, 7, 15), 11_100)
    got = settle(
        charges=[Charge(10_000, DUE)], payments=[late], late_cost=cost, waived=Waived(penalty=600)
    )
    assert (got.penalty, got.penalty_waived, got.penalty_paid, got.left) == (1_000, 600, 400, 600)


def test_a_refund_takes_the_latest_money_that_had_come() -> None:
    got = settle(
        charges=[Charge(10_000, DUE)],
        payments=[Paid(DUE, 10_000), Paid(DUE, 3_000), Paid(date(2026, 9, 1), 500)],
        refunds=[Paid(date(2026, 7, 1), 3_000)],
        late_cost=cost,
    )
    assert (got.tax_paid, got.left) == (10_000, 500)
    assert settle(
        charges=[], payments=[], refunds=[Paid(DUE, 5)], late_cost=cost
    ).left == -5  # fmt: skip


@settings(max_examples=150)
@given(charges_made, payments_made, waivers, orders)
def test_every_satang_is_somewhere(
    charges: list[Charge], payments: list[Paid], waived: Waived, order: Order
) -> None:
    got = settle(charges=charges, payments=payments, late_cost=cost, waived=waived, order=order)
    used = got.tax_paid + got.penalty_paid + got.surcharge_paid
    assert used + got.left == sum(each.satang for each in payments)
    assert 0 <= got.tax_paid <= sum(each.satang for each in charges)
    assert 0 <= got.penalty_paid <= got.penalty - got.penalty_waived
    assert 0 <= got.surcharge_paid <= got.surcharge - got.surcharge_waived
    assert got.late_due >= 0
    if got.left:
        assert got.tax_paid == sum(each.satang for each in charges)
        assert got.late_due == 0


@settings(max_examples=100)
@given(charges_made, payments_made, orders, st.randoms())
def test_the_order_in_which_payments_are_heard_of_is_nothing(
    charges: list[Charge], payments: list[Paid], order: Order, random: object
) -> None:
    shuffled = list(payments)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = settle(charges=charges, payments=payments, late_cost=cost, order=order)
    assert settle(charges=charges, payments=shuffled, late_cost=cost, order=order) == first


@settings(max_examples=100)
@given(charges_made, payments_made, waivers, orders, st.integers(0, 400))
def test_what_is_said_to_be_due_settles_all_of_it(
    charges: list[Charge], payments: list[Paid], waived: Waived, order: Order, after: int
) -> None:
    last = max((each.on for each in payments), default=DUE)
    on = last + timedelta(days=after)
    now, cleared = due_on_day(
        on=on, charges=charges, payments=payments, late_cost=cost, waived=waived, order=order
    )
    amount = (
        cleared.tax_paid + cleared.penalty_paid + cleared.surcharge_paid
        - now.tax_paid - now.penalty_paid - now.surcharge_paid - now.left
    )  # fmt: skip
    assert amount >= 0 or now.left
    paid = [*payments, Paid(on, amount)] if amount > 0 else payments
    got = settle(charges=charges, payments=paid, late_cost=cost, waived=waived, order=order)
    assert got.tax_paid == sum(each.satang for each in charges)
    assert (got.late_due, got.left) == (0, max(now.left, 0))


@settings(max_examples=100)
@given(charges_made, payments_made)
def test_paying_earlier_never_costs_more(charges: list[Charge], payments: list[Paid]) -> None:
    earlier = [Paid(date(2026, 5, 1), each.satang) for each in payments]
    late = settle(charges=charges, payments=payments, late_cost=cost)
    soon = settle(charges=charges, payments=earlier, late_cost=cost)
    assert soon.penalty == soon.surcharge == 0
    assert soon.tax_paid >= late.tax_paid


@pytest.mark.parametrize("order", Order)
def test_the_published_case(order: Order) -> None:
    """948.86 baht due 31 August, paid 30 September at 10 %: 94.89 + 9.49."""
    now, cleared = due_on_day(
        on=date(2026, 9, 30), charges=[Charge(94_886, date(2026, 8, 31))], payments=[],
        late_cost=cost, order=order,
    )  # fmt: skip
    assert now == Settled()
    assert (cleared.tax_paid, cleared.penalty, cleared.surcharge) == (94_886, 9_489, 949)
