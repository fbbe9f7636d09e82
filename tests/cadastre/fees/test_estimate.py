"""Fees of registration: the arithmetic written out, and what must hold for every amount."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import cadastre.fees
from cadastre.fees import Act, Estimate, FactsUnusable, FeeFacts, estimate
from cadastre.tax import NotInForceYet

DAY = date(2026, 1, 1)
BAHT = 100
PARAMETERS = sorted((Path(cadastre.fees.__file__).parent / "parameters").glob("*.yaml"))
amounts = st.integers(0, 10**12)


def cost(act: Act, baht: int = 0, **facts: object) -> Estimate:
    return estimate(FeeFacts(act=act, appraised_satang=baht * BAHT, **facts), on=DAY)  # type: ignore[arg-type]


def lines(found: Estimate) -> dict[str, int]:
    return {line.code: line.amount_satang for line in found.lines}


def test_a_house_sold_after_ten_years() -> None:
    found = cost(Act.SALE, 2_000_000, years_held=10)
    # Deduction 50 % leaves 1,000,000: 100,000 a year at 5 %, ten years.
    assert lines(found) == {
        "application": 5 * BAHT,
        "transfer": 40_000 * BAHT,
        "withholding_person": 50_000 * BAHT,
        "stamp": 10_000 * BAHT,
    }
    assert found.total_satang == 100_005 * BAHT


def test_a_house_sold_soon_pays_business_tax_instead_of_stamp_duty() -> None:
    found = cost(Act.SALE, 1_000_000, price_satang=1_200_000 * BAHT, years_held=3)
    # Deduction 77 % leaves 230,000: 76,666.67 a year at 5 %, three years.
    assert lines(found) == {
        "application": 5 * BAHT,
        "transfer": 20_000 * BAHT,
        "withholding_person": 11_500 * BAHT,
        "business_tax": 39_600 * BAHT,
    }
    assert "stamp" in lines(cost(Act.SALE, 1_000_000, years_held=3, resident=True))


def test_income_of_several_slices() -> None:
    found = cost(Act.SALE, 10_000_000, years_held=1)
    # Deduction 92 % leaves 800,000: 15,000 + 20,000 + 37,500 + 10,000.
    assert lines(found)["withholding_person"] == 82_500 * BAHT


def test_a_company_pays_one_percent_of_the_higher_of_price_and_value() -> None:
    found = cost(Act.SALE, 1_000_000, price_satang=3_000_000 * BAHT, company=True, years_held=20)
    assert lines(found)["withholding_company"] == 30_000 * BAHT
    assert lines(found)["business_tax"] == 99_000 * BAHT


@pytest.mark.parametrize(
    ("act", "family", "code", "baht"),
    [
        (Act.GIFT, True, "transfer_family", 5_000),
        (Act.GIFT, False, "transfer", 20_000),
        (Act.INHERITANCE, True, "transfer_family", 5_000),
        (Act.INHERITANCE, False, "transfer", 20_000),
    ],
)
def test_within_the_family_half_a_percent(act: Act, family: bool, code: str, baht: int) -> None:
    assert lines(cost(act, 1_000_000, family=family))[code] == baht * BAHT


def test_an_inheritance_pays_no_tax_and_no_stamp_duty() -> None:
    assert set(lines(cost(Act.INHERITANCE, 1_000_000))) == {"application", "transfer"}


def test_a_mortgage_has_a_ceiling() -> None:
    small = cost(Act.MORTGAGE, secured_satang=1_000_000 * BAHT)
    assert lines(small)["mortgage"] == 10_000 * BAHT
    assert lines(small)["stamp_loan"] == 500 * BAHT
    large = cost(Act.MORTGAGE, secured_satang=50_000_000 * BAHT)
    assert lines(large)["mortgage"] == 200_000 * BAHT
    assert lines(large)["stamp_loan"] == 10_000 * BAHT


def test_each_parcel_is_applied_for() -> None:
    found = cost(Act.REDEMPTION, parcels=3)
    assert lines(found) == {"application": 15 * BAHT, "redemption": 150 * BAHT}


def test_a_part_of_a_step_counts_as_a_whole_for_stamp_duty() -> None:
    facts = FeeFacts(act=Act.SALE, appraised_satang=200 * BAHT + 1, years_held=10)
    assert lines(estimate(facts, on=DAY))["stamp"] == 2 * BAHT


def test_half_a_satang_goes_up() -> None:
    facts = FeeFacts(act=Act.INHERITANCE, appraised_satang=25)  # 2 % of 25 satang is half a satang
    assert lines(estimate(facts, on=DAY))["transfer"] == 1


@given(value=amounts, more=amounts, years=st.integers(1, 40), company=st.booleans())
def test_more_worth_never_costs_less(value: int, more: int, years: int, company: bool) -> None:
    def total(satang: int) -> int:
        facts = FeeFacts(act=Act.SALE, appraised_satang=satang, years_held=years, company=company)
        return estimate(facts, on=DAY).total_satang

    assert total(value) <= total(value + more)


@given(value=amounts, years=st.integers(1, 40))
def test_income_tax_is_never_above_its_ceiling(value: int, years: int) -> None:
    facts = FeeFacts(act=Act.SALE, appraised_satang=value, years_held=years)
    withheld = lines(estimate(facts, on=DAY))["withholding_person"]
    assert 0 <= withheld <= (value * 20 + 50) // 100


def test_a_day_before_the_law_at_hand_is_not_guessed() -> None:
    with pytest.raises(NotInForceYet):
        estimate(FeeFacts(act=Act.SALE), on=date(1990, 1, 1))


@pytest.mark.parametrize("satang", [-1, 10**15 + 1])
def test_an_impossible_amount_is_refused(satang: int) -> None:
    with pytest.raises(FactsUnusable):
        FeeFacts(act=Act.SALE, appraised_satang=satang)


@pytest.mark.parametrize("file", PARAMETERS, ids=lambda file: file.stem)
def test_no_figure_is_a_float_and_all_say_what_is_not_verified(file: Path) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))

    def walk(value: object) -> None:
        assert not isinstance(value, float | int), file.name
        if isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(document["values"])
    assert set(document["unverified"]) == set(document["values"])
    found = estimate(FeeFacts(act=Act.SALE, appraised_satang=1), on=DAY)
    assert all(line.unverified for line in found.lines)
