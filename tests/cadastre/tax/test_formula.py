"""Formulas of an explanation, evaluated apart from the code that made them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.tax import assess_properties, explain, schedule_for
from cadastre.tax.formula import evaluated, in_figures
from cadastre.tax.steps import exact_baht, figure
from tests.cadastre.tax.taxpayers import taxpayers


@given(taxpayers())
def test_every_step_is_told_twice_and_its_formula_gives_its_result(taxpayer):
    owner, things, year = taxpayer
    assessment = assess_properties(owner, things, schedule_for(year))
    for line in assessment.lines:
        steps = explain(assessment, line)
        for step in steps:
            assert step.place
            assert step.en.endswith(".")
            assert any("\u0e00" <= letter <= "\u0e7f" for letter in step.th)
            assert "None" not in step.th + step.en
            if step.formula:
                assert evaluated(step.formula, step.inputs) == Fraction(step.result), step
        assert Fraction(steps[-1].result) * 100 == line.tax_satang


@pytest.mark.parametrize(
    ("formula", "inputs", "value"),
    [
        ("round(area × price)", {"area": "96.5", "price": "5500.00"}, "530750"),
        ("round(a × b) − round(a × c)", {"a": "0.01", "b": "1/2", "c": "0"}, "0.01"),
        ("a × floor((b − 1) ÷ c)", {"a": "0.003", "b": "6", "c": "3"}, "0.003"),
        ("max(a, b) + min(a, b)", {"a": "1", "b": "2"}, "3"),
    ],
)  # fmt: skip
def test_a_formula_is_what_a_calculator_does(formula, inputs, value):
    assert evaluated(formula, inputs) == Fraction(value)


def test_half_a_satang_is_rounded_up():
    assert evaluated("round(x)", {"x": "0.005"}) == Fraction("0.01")
    assert evaluated("round(x)", {"x": "0.00499"}) == 0


@pytest.mark.parametrize(
    "formula",
    ["area.real", "open(1)", "area ** 9", "__import__(1)", "area if 1 else 2", "1.5", "area ÷ 0",
     "unknown", "area +", "lambda: 1", "round(area, area, area)", "[area]", "-area"],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(formula):
    with pytest.raises(ValueError, match="formula"):
        evaluated(formula, {"area": "1"})


def test_a_formula_is_read_with_its_figures():
    text = in_figures("round(part_1 + part_12 × part_1)", {"part_1": "5.00", "part_12": "0.1"})
    assert text == "round(5.00 + 0.1 × 5.00)"


@given(st.fractions())
@example(Fraction(1, 2**90))
@example(Fraction(-7, 20))
def test_a_figure_is_exact(number):
    assert Fraction(figure(number)) == number


@given(st.decimals(0, 10**15, places=8))
def test_exact_baht_loses_nothing(satang):
    assert Fraction(exact_baht(satang)) * 100 == Fraction(satang)
