"""The trace of a bill, and its recomputation by a stranger."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    Building,
    Kind,
    Land,
    Owner,
    Policy,
    Property,
    Structure,
    Use,
    UsePart,
    assess_properties,
    schedule_for,
    trace_of,
)
from cadastre.tax.errors import TraceUnreadable
from cadastre.tax.facts import policy_from, policy_json, property_from, property_json
from cadastre.tax.model import ExemptionOrder, LandDivision
from cadastre.tax.trace import canonical, digest_of, recompute
from tests.cadastre.tax.taxpayers import taxpayers

ROOT = Path(__file__).parents[3]


def a_trace(**more):
    home = Property(
        Kind.LAND_AND_BUILDING,
        (UsePart(Use.RESIDENTIAL, Decimal("0.75")), UsePart(Use.VACANT, Decimal("0.25"))),
        land=Land(Area.from_square_wa(Decimal(950)), 1_200_00),
        buildings=(Building(Decimal(120), 7_500_00, Structure.MASONRY, 12, place="house 7"),),
        years_vacant=5,
        place="50A001",
        **more,
    )
    farm = Property(
        Kind.LAND, (UsePart(Use.AGRICULTURE),),
        appraised_value_satang=60_000_000_00, place="50A002",
    )  # fmt: skip
    return trace_of(assess_properties(Owner.INDIVIDUAL, [home, farm], schedule_for(2026)))


def through_json(trace):
    return json.loads(canonical(trace))


def leaves(value, path=()):
    """Every figure of a trace with its path: numbers, and text that is made of digits."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    elif not isinstance(value, bool) and str(value).replace(".", "").isdigit():
        yield path, value


def changed(trace, path, value):
    other = copy.deepcopy(trace)
    *way, last = path
    inner = other
    for key in way:
        inner = inner[key]
    inner[last] = value
    return other


FIGURES = [path for path, _value in leaves(a_trace())]


@given(taxpayers())
@settings(max_examples=50)
def test_a_trace_travels_as_json_and_recomputes_to_itself(taxpayer):
    owner, things, year = taxpayer
    trace = trace_of(assess_properties(owner, things, schedule_for(year)))
    assert through_json(trace) == trace
    assert recompute(through_json(trace)) == []


@given(taxpayers())
def test_facts_survive_the_journey(taxpayer):
    _owner, things, _year = taxpayer
    for thing in things:
        assert property_from(json.loads(json.dumps(property_json(thing)))) == thing


@given(st.builds(
    Policy, st.sampled_from(ExemptionOrder), st.booleans(),
    st.none() | st.sampled_from(LandDivision),
))  # fmt: skip
def test_a_policy_survives_the_journey(policy):
    assert policy_from(policy_json(policy)) == policy


def test_a_trace_has_many_figures():
    assert len(FIGURES) > 100


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: ".".join(map(str, path)))
def test_any_figure_that_was_tampered_with_is_found(path):
    trace = a_trace()
    value = trace
    for key in path:
        value = value[key]
    other = value + 1 if isinstance(value, int) else str(Decimal(value) + 1)
    try:
        found = recompute(changed(trace, path, other))
    except TraceUnreadable:
        return
    assert "digest" in {each.path for each in found}
    assert len(found) > 1 or path[0] == "properties"


@pytest.mark.parametrize(
    "path", [path for path in FIGURES if path[0] != "properties"],
    ids=lambda path: ".".join(map(str, path)),
)  # fmt: skip
def test_a_new_digest_does_not_hide_a_result_that_was_tampered_with(path):
    trace = a_trace()
    value = trace
    for key in path:
        value = value[key]
    other = changed(trace, path, value + 1 if isinstance(value, int) else str(Decimal(value) + 1))
    other["digest"] = digest_of(other)
    try:
        found = recompute(other)
    except TraceUnreadable:
        return
    assert found
    assert "digest" not in {each.path for each in found}


def test_a_price_that_was_tampered_with_shows_in_every_figure_that_rests_on_it():
    trace = changed(a_trace(), ("properties", 0, "land", "price_per_wa"), "1201.00")
    trace["digest"] = digest_of(trace)
    found = {each.path: each for each in recompute(trace)}
    assert found["lines[0].steps[0].result"].recomputed == "1140950.00"
    assert found["lines[0].value"].written == "1435500.00"
    assert "tax" in found


def test_a_formula_that_does_not_give_its_result_is_found():
    trace = changed(a_trace(), ("lines", 0, "steps", 0, "formula"), "square_wa + price")
    found = {each.path: each for each in recompute(trace)}
    assert found["lines[0].steps[0].result"].recomputed == "2150"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("trace",), "chanot-tax-trace-0"),
        (("owner",), "nobody"),
        (("tax_year",), 2019),
        (("properties",), None),
        (("properties", 0, "land", "area_m2"), "1e999999999"),
        (("properties", 0, "land", "area_m2"), "99999999999999"),
        (("properties", 0, "uses", 0, "share"), "0.7"),
        (("lines",), [1]),
    ],
)
def test_what_is_no_trace_says_why(path, value):
    with pytest.raises(TraceUnreadable, match="cannot be recomputed"):
        recompute(changed(a_trace(), path, value))


def test_a_trace_names_its_parameters_with_their_source():
    parameters = a_trace()["parameters"]
    assert parameters["rate/residential"]["in_force_from"] == "2022-01-01"
    assert parameters["rate/residential"]["value"][0] == {"above": "0", "rate": "0.0002"}
    assert "มาตรา 43" in parameters["vacancy/ratchet"]["reference"]
    assert parameters["policy/rounding"]["unverified"]


def run(*arguments, text=None):
    return subprocess.run(
        [sys.executable, "-m", "cadastre.tax.recompute", *arguments],
        cwd=ROOT, input=text, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_the_command_prints_every_line_and_agrees(tmp_path):
    file = tmp_path / "trace.json"
    file.write_text(canonical(a_trace()), encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 0, done.stderr
    assert "การคำนวณภาษี ปีภาษี 2569" in done.stdout
    assert "round(square_wa × price) = round(950 × 1200.00) = 1140000.00" in done.stdout
    assert "คำนวณซ้ำแล้วตรงกันทุกตัวเลข" in done.stdout


def test_the_command_speaks_thai_on_any_terminal(tmp_path):
    file = tmp_path / "trace.json"
    file.write_text(canonical(a_trace()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cadastre.tax.recompute", str(file)],
        cwd=ROOT, capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "รวมภาษี" in done.stdout.decode("utf-8")


def test_the_command_fails_on_a_difference():
    trace = changed(a_trace(), ("tax",), "1.00")
    done = run("-", "--language", "en", "--differences-only", text=canonical(trace))
    assert done.returncode == 1
    assert done.stdout.startswith("2 figures differ.")
    assert "tax: written 1.00" in done.stdout


@pytest.mark.parametrize("text", ["", "[]", "{}", "nothing"])
def test_the_command_refuses_what_is_no_trace(text):
    done = run("-", text=text)
    assert done.returncode == 2
    assert done.stderr


def test_recomputing_needs_no_framework():
    code = "import sys, cadastre.tax.recompute; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0
