"""The published and derived cases, as written in tests/cases/*.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from cadastre.tax import (
    DatedUse,
    Reminder,
    Use,
    assess,
    compare,
    estimate,
    penalty_and_surcharge,
    read_declaration,
    schedule_for,
    trace_of,
    years_vacant,
)
from cadastre.tax.assessment import vacancy_addition
from cadastre.tax.money import baht_text, percent, satang
from cadastre.tax.trace import recompute

CASES = Path(__file__).parents[2] / "cases"


def cases_of(name: str) -> list[object]:
    cases = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def question_of(case):
    return {
        "tax_year": case.get("tax_year", 2026),
        "owner": case.get("owner", "individual"),
        "properties": [{"kind": "land"} | each for each in case["properties"]],
    }


@pytest.mark.parametrize("case", cases_of("land_and_building_tax.yaml"))
def test_the_assessment_is_as_signed(case):
    given = estimate(question_of(case))

    assert given["tax"] == case["tax"]
    expected = case.get("lines", [])
    assert len(given["lines"]) == (len(expected) or len(given["lines"]))
    for line, wanted in zip(given["lines"], expected, strict=False):
        assert {key: line[key] for key in wanted} == wanted
    doubts = {doubt["parameter"] for doubt in given["unverified"]}
    assert set(case.get("unverified", ())) <= doubts


@pytest.mark.parametrize("case", cases_of("late_payment.yaml"))
def test_late_payment_costs_as_published(case):
    reminder = Reminder(**case["reminder"]) if "reminder" in case else None

    late = penalty_and_surcharge(
        tax_satang=satang(Decimal(case["tax"])),
        due_on=case["due_on"],
        paid_on=case["paid_on"],
        reminder=reminder,
    )

    assert late.months == case["months"]
    assert baht_text(late.penalty_satang) == case["penalty"]
    assert baht_text(late.surcharge_satang) == case["surcharge"]
    assert baht_text(late.total_satang) == case["total"]


@pytest.mark.parametrize("case", cases_of("land_and_building_tax.yaml"))
def test_the_trace_of_a_case_can_be_recomputed(case):
    assert recompute(trace_of(assess(read_declaration(question_of(case))))) == []


@pytest.mark.parametrize("case", cases_of("vacancy.yaml"))
def test_vacant_years_are_counted_as_signed(case):
    history = [
        DatedUse(Use(each["use"]), each["since"], each.get("until")) for each in case["history"]
    ]
    years = years_vacant(history, case["tax_year"])
    assert years == case["years_vacant"]
    rule = schedule_for(case["tax_year"]).vacancy.value
    assert percent(vacancy_addition(years, rule)) == case["added_percent"]


@pytest.mark.parametrize("case", cases_of("why_it_changed.yaml"))
def test_a_change_has_the_causes_that_were_signed(case):
    before, after = (
        assess(read_declaration({"tax_year": year, "owner": "individual", "properties": things}))
        for year, things in zip(
            case.get("years", (2026, 2026)), (case["before"], case["after"]), strict=True
        )
    )
    found = compare(before, after)
    assert [(each.factor.value, written(each.satang)) for each in found.causes] == [
        (each["factor"], each["baht"]) for each in case["causes"]
    ]
    assert written(found.difference_satang) == case["difference"]


def written(satang):
    return f"{'-' if satang < 0 else ''}{baht_text(abs(satang))}"


def test_every_case_names_its_source():
    for name in (
        "land_and_building_tax.yaml", "late_payment.yaml", "vacancy.yaml", "why_it_changed.yaml",
    ):  # fmt: skip
        cases = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
        assert all(case["source"] for case in cases)
        assert len({case["name"] for case in cases}) == len(cases)


def test_dates_in_cases_are_dates():
    """A quoted date would compare as text and prove nothing."""
    cases = yaml.safe_load((CASES / "late_payment.yaml").read_text(encoding="utf-8"))
    assert all(isinstance(case["due_on"], date) for case in cases)
