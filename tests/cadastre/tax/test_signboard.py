"""The tax of signs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cadastre.tax import Lettering, NotInForceYet, Sign, assess_signboard, late_sign
from cadastre.tax.errors import SignNotUpYet, SignWithoutSize
from cadastre.tax.formula import evaluated
from cadastre.tax.money import baht_text, satang
from cadastre.tax.signboard import days_of_signs
from cadastre.tax.steps import doubts

CASES = Path(__file__).parents[2] / "cases" / "signboard_tax.yaml"
signs = st.builds(
    Sign,
    st.sampled_from(Lettering),
    st.integers(1, 10_000),
    st.integers(1, 10_000),
    st.integers(1, 6),
    st.none() | st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.just("P001"),
)


def cases():
    found = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_the_sign_is_taxed_as_signed(case):
    assert case["source"]
    sign = Sign(**case["sign"] | {"lettering": Lettering(case["sign"]["lettering"])})
    assessed = assess_signboard(sign, 2026)

    assert baht_text(assessed.tax_satang) == case["tax"]
    found = {parameter for parameter, _text in doubts(assessed.steps)}
    assert set(case.get("unverified", ())) <= found
    if "total" in case:
        late = late_sign(
            tax_satang=satang(Decimal(case["tax"])), tax_year=2026,
            filed_late=case["filed_late"], due_on=case["due_on"], paid_on=case["paid_on"],
        )  # fmt: skip
        assert baht_text(late.late_filing_satang) == case["late_filing"]
        assert baht_text(late.surcharge_satang) == case["surcharge"]
        assert baht_text(late.total_satang) == case["total"]


@given(signs)
def test_every_step_of_a_sign_can_be_recomputed(sign):
    assessed = assess_signboard(sign, 2026)
    for step in assessed.steps:
        assert evaluated(step.formula, step.inputs) == Fraction(step.result)
        assert step.place == "P001"
        assert step.en.endswith(".")
        assert step.reference
    assert assessed.tax_satang >= 200_00 * sign.sides
    assert assessed.tax_satang % sign.sides == 0


@given(signs, st.integers(0, 500), st.integers(0, 500))
def test_a_larger_sign_never_pays_less(sign, wider, higher):
    larger = Sign(
        sign.lettering, sign.width_cm + wider, sign.height_cm + higher, sign.sides,
        sign.installed_on,
    )  # fmt: skip
    assert assess_signboard(larger, 2026).tax_satang >= assess_signboard(sign, 2026).tax_satang


@given(signs, st.integers(1, 12))
def test_a_sign_put_up_later_in_the_year_never_pays_more(sign, month):
    taxes = [
        assess_signboard(
            Sign(sign.lettering, sign.width_cm, sign.height_cm, 1, date(2026, each, 1)), 2026
        ).tax_satang
        for each in range(1, month + 1)
    ]
    assert taxes == sorted(taxes, reverse=True)


def test_what_cannot_be_taxed_says_why():
    with pytest.raises(SignWithoutSize, match="more than zero"):
        assess_signboard(Sign(Lettering.THAI_STILL, 0, 100), 2026)
    with pytest.raises(SignNotUpYet, match="after the tax year 2026"):
        assess_signboard(Sign(Lettering.THAI_STILL, 1, 1, 1, date(2027, 1, 1)), 2026)
    with pytest.raises(NotInForceYet, match="2021-01-01"):
        assess_signboard(Sign(Lettering.THAI_STILL, 1, 1), 2020)


def test_nothing_is_added_in_time():
    late = late_sign(tax_satang=1040_00, tax_year=2026, filed_late=False)
    assert (late.total_satang, late.months) == (1040_00, 0)
    assert days_of_signs(2026) == (3, 15)
