"""The parameter files, and the tables that the law prints."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import cadastre.tax
from cadastre.errors import LandError
from cadastre.tax import Building, NotInForceYet, Structure, TaxClass, schedule_for
from cadastre.tax.assessment import vacancy_addition
from cadastre.tax.dated import dated
from cadastre.tax.model import Kind, Relief
from cadastre.tax.money import percent
from cadastre.tax.schedule import brackets, number, yes
from cadastre.tax.valuation import building_value_satang, depreciation_of

PARAMETERS = Path(cadastre.tax.__file__).parent / "parameters"
FILES = sorted(PARAMETERS.rglob("*.yaml"))

# Age, masonry, half timber, timber: the Treasury Department's table in percent.
DEPRECIATION = """
0 0 0 0    1 1 2 3    2 2 4 6    3 3 6 9    4 4 8 12    5 5 10 15    6 6 14 20    7 7 18 25
8 8 22 30  9 9 26 35  10 10 30 40  11 12 34 45  12 14 38 50  13 16 42 55  14 18 46 60
15 20 50 65  16 22 55 72  17 24 60 79  18 26 65 86  19 28 70 93  20 30 75 93  21 32 80 93
22 34 85 93  23 36 85 93  24 38 85 93  25 40 85 93  26 42 85 93  27 44 85 93  28 46 85 93
29 48 85 93  30 50 85 93  31 52 85 93  32 54 85 93  33 56 85 93  34 58 85 93  35 60 85 93
36 62 85 93  37 64 85 93  38 66 85 93  39 68 85 93  40 70 85 93  41 72 85 93  42 74 85 93
43 76 85 93  44 76 85 93  100 76 85 93
"""


def depreciation_rows() -> list[tuple[int, ...]]:
    figures = [int(word) for word in DEPRECIATION.split()]
    return [tuple(figures[place : place + 4]) for place in range(0, len(figures), 4)]


@pytest.mark.parametrize("row", depreciation_rows(), ids=lambda row: f"age {row[0]}")
def test_depreciation_is_the_treasury_table(row):
    schedule = schedule_for(2026)
    for structure, expected in zip(Structure, row[1:], strict=True):
        building = Building(Decimal(1), 100_00, structure, row[0])
        assert percent(depreciation_of(building, schedule)) == str(expected)
        assert building_value_satang(building, schedule) == (100 - expected) * 100


@pytest.mark.parametrize(
    ("years", "points"),
    [
        *[(n, "0") for n in (0, 1, 2, 3)],
        *[(n, "0.3") for n in (4, 5, 6)],
        *[(n, "0.6") for n in (7, 8, 9)],
        *[(10, "0.9"), (13, "1.2"), (25, "2.4"), (27, "2.4"), (28, "2.7"), (30, "2.7"), (31, "3")],
    ],
)
def test_the_vacancy_addition_rises_every_three_years(years, points):
    assert percent(vacancy_addition(years, schedule_for(2026).vacancy.value)) == points


MILLION = 1_000_000_00
SCALES = {
    TaxClass.AGRICULTURE: "0:0.01 75:0.03 100:0.05 500:0.07 1000:0.1",
    TaxClass.MAIN_HOME: "0:0.03 25:0.05 50:0.1",
    TaxClass.MAIN_HOME_BUILDING: "0:0.02 40:0.03 65:0.05 90:0.1",
    TaxClass.RESIDENTIAL: "0:0.02 50:0.03 75:0.05 100:0.1",
    TaxClass.OTHER: "0:0.3 50:0.4 200:0.5 1000:0.6 5000:0.7",
    TaxClass.VACANT: "0:0.3 50:0.4 200:0.5 1000:0.6 5000:0.7",
}


@pytest.mark.parametrize("year", range(2020, 2027))
@pytest.mark.parametrize("tax_class", TaxClass)
def test_the_scales_are_those_of_the_decree(tax_class, year):
    scale = schedule_for(year).rates[tax_class].value
    written = " ".join(f"{each.above_satang // MILLION}:{percent(each.rate)}" for each in scale)
    assert written == SCALES[tax_class]


@pytest.mark.parametrize(
    ("year", "part"),
    [(2020, "90"), (2021, "90"), (2022, "0"), (2023, "15"), (2024, "0"), (2025, "0"), (2026, "0")],
)
def test_the_general_reduction_of_each_year(year, part):
    assert percent(schedule_for(year).every_property.value) == part


def test_exemptions_by_year():
    assert schedule_for(2022).exemptions[TaxClass.AGRICULTURE].value is None
    assert schedule_for(2023).exemptions[TaxClass.AGRICULTURE].value == 50 * MILLION
    assert schedule_for(2020).exemptions[TaxClass.MAIN_HOME].value == 50 * MILLION
    assert schedule_for(2020).exemptions[TaxClass.MAIN_HOME_BUILDING].value == 10 * MILLION


def test_reliefs_of_the_decree():
    parts = {each: percent(rule.value.part) for each, rule in schedule_for(2026).reliefs.items()}
    assert parts == {
        Relief.INHERITED_HOME: "50",
        Relief.POWER_PLANT: "50",
        Relief.DAM: "50",
        Relief.NPA: "90",
        Relief.PROJECT_IN_DEVELOPMENT: "90",
        Relief.PRIVATE_SCHOOL: "90",
    }


def test_before_the_act_there_is_no_law_and_the_error_names_the_first_day():
    with pytest.raises(NotInForceYet, match="the first is in force from 2020-01-01") as caught:
        schedule_for(2019)
    assert isinstance(caught.value, LandError)
    assert isinstance(caught.value, LookupError)


def test_a_year_later_than_confirmed_is_unverified():
    assert not schedule_for(2026).rates[TaxClass.OTHER].unverified
    (doubt,) = schedule_for(2027).rates[TaxClass.OTHER].unverified
    assert "2026" in doubt.en
    assert "ยังไม่ได้ยืนยัน" in doubt.th


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PARAMETERS)))
def test_a_parameter_file_says_what_where_and_since_when(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    name = str(path.relative_to(PARAMETERS).with_suffix(""))

    history = dated(name, lambda raw: raw)

    assert set(document) <= {
        "description", "unit", "values", "references", "unverified", "last_confirmed",
    }  # fmt: skip
    assert document["unit"]
    assert has_thai(history.description.th)
    assert not has_thai(history.description.en)
    for provision in history.provisions:
        assert provision.in_force_from >= date(2020, 1, 1)
        assert provision.reference
        assert not has_numbers(provision.value), "figures are quoted, or YAML makes them floats"
        for doubt in provision.unverified:
            assert has_thai(doubt.th)
            assert doubt.en.endswith(".")


def has_thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


def has_numbers(value: object) -> bool:
    if isinstance(value, dict):
        return any(has_numbers(each) for each in value.values())
    if isinstance(value, list):
        return any(has_numbers(each) for each in value)
    return isinstance(value, bool | int | float)


def test_the_algorithm_page_names_parameters_that_exist():
    page = PARAMETERS.parents[2] / "docs" / "algorithms" / "land-and-building-tax.md"
    known = {str(path.relative_to(PARAMETERS).with_suffix("")) for path in FILES}
    folders = "|".join(sorted({name.partition("/")[0] for name in known}))
    named = set(re.findall(rf"`((?:{folders})/[a-z_]+)`", page.read_text(encoding="utf-8")))
    assert len(named) > 10
    assert named <= known


def test_a_scale_that_falls_or_starts_late_is_refused():
    with pytest.raises(ValueError, match="starts at 0 and rises"):
        brackets([{"above": "5", "rate": "0.1"}])
    with pytest.raises(ValueError, match="starts at 0 and rises"):
        brackets([{"above": "0", "rate": "0.1"}, {"above": "0", "rate": "0.2"}])


def test_a_bare_figure_in_a_file_is_refused():
    with pytest.raises(TypeError, match="quoted"):
        number(0.1)
    with pytest.raises(KeyError):
        yes("maybe")


def test_every_kind_is_known():
    assert {each.value for each in Kind} == {
        "land", "land_and_building", "building", "condominium_unit",
    }  # fmt: skip
