"""Parcels valued as one, and homes that stand on several of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.tax import (
    InvalidDeclaration,
    Kind,
    Owner,
    Property,
    Relief,
    TaxClass,
    Use,
    UsePart,
    assess_properties,
    schedule_for,
)
from cadastre.tax.assessment import slice_base
from cadastre.tax.money import EXACT, half_up

MILLION = 1_000_000_00
LAW = schedule_for(2026)
values = st.integers(0, 10**12)


def parcel(value, use=Use.OTHER, kind=Kind.LAND, **more):
    return Property(kind, (UsePart(use),), appraised_value_satang=value, **more)


def home(value, **more):
    return parcel(value, Use.MAIN_HOME, Kind.LAND_AND_BUILDING, in_house_registration=True, **more)


def lines_of(*things, owner=Owner.INDIVIDUAL, year=2026):
    return assess_properties(owner, things, schedule_for(year)).lines


@given(st.lists(values, min_size=2, max_size=8), st.sampled_from([2020, 2023, 2026]), st.booleans())
def test_the_tax_of_a_joint_base_is_rounded_once_and_divided_without_loss(parts, year, relieved):
    law = schedule_for(year)
    relief = Relief.POWER_PLANT if relieved else None
    things = [parcel(each, joint_base="a", relief=relief) for each in parts]
    lines = assess_properties(Owner.JURISTIC, things, law).lines
    with localcontext(EXACT):
        _slices, exact = slice_base(law.rates[TaxClass.OTHER].value, sum(parts))
        kept = (1 - law.every_property.value) * (1 - law.reliefs[Relief.POWER_PLANT].value.part)
        exact *= kept if relieved else 1 - law.every_property.value
    assert sum(line.tax_satang for line in lines) == half_up(exact)
    for line in lines:
        assert abs(line.tax_satang - line.exact_tax_satang) < 1
        assert line.reduction_satang >= 0


def test_the_garden_beside_a_main_home_shares_its_exemption():
    garden = parcel(30 * MILLION, Use.MAIN_HOME, joint_base="home")
    lines = lines_of(garden, home(40 * MILLION, joint_base="home"))
    assert [line.tax_class for line in lines] == [TaxClass.MAIN_HOME] * 2
    assert [line.exemption_satang for line in lines] == [10 * MILLION, 40 * MILLION]
    assert [line.tax_satang for line in lines] == [6_000_00, 0]


def test_a_garden_that_is_not_valued_with_the_home_is_another_dwelling():
    lines = lines_of(parcel(30 * MILLION, Use.MAIN_HOME), home(40 * MILLION))
    assert [line.tax_class for line in lines] == [TaxClass.RESIDENTIAL, TaxClass.MAIN_HOME]


def test_a_house_recorded_apart_from_the_two_parcels_it_stands_on_is_a_home_with_land():
    house = parcel(
        8 * MILLION, Use.MAIN_HOME, Kind.BUILDING, in_house_registration=True, joint_base="h"
    )
    ground = parcel(30 * MILLION, Use.MAIN_HOME, joint_base="h")
    lines = lines_of(house, ground, ground)
    assert {line.tax_class for line in lines} == {TaxClass.MAIN_HOME}
    assert [line.exemption_satang for line in lines] == [8 * MILLION, 30 * MILLION, 12 * MILLION]


def test_a_house_of_ones_own_on_land_of_the_state_is_a_home_without_land():
    house = parcel(
        12 * MILLION, Use.MAIN_HOME, Kind.BUILDING, in_house_registration=True, joint_base="h"
    )
    ground = parcel(3 * MILLION, Use.MAIN_HOME, possessed=True, joint_base="h")
    lines = lines_of(house, ground)
    assert [line.tax_class for line in lines] == [
        TaxClass.MAIN_HOME_BUILDING, TaxClass.RESIDENTIAL,
    ]  # fmt: skip
    assert [line.exemption_satang for line in lines] == [10 * MILLION, 0]


def test_who_farms_land_of_the_state_pays_without_exemption():
    own, possessed = (
        parcel(MILLION, Use.AGRICULTURE),
        parcel(MILLION, Use.AGRICULTURE, possessed=True),
    )
    assert [line.tax_satang for line in lines_of(own, possessed)] == [0, 100_00]


def test_one_home_on_two_parcels_is_not_a_second_home():
    part = home(10 * MILLION, joint_base="h")
    assert [line.tax_satang for line in lines_of(part, part)] == [0, 0]
    with pytest.raises(InvalidDeclaration, match="one main home"):
        lines_of(part, replace(part, joint_base="elsewhere"))


def test_vacant_parcels_of_different_ages_lie_on_different_scales():
    lines = lines_of(
        *(parcel(50 * MILLION, Use.VACANT, joint_base="v", years_vacant=n) for n in (3, 3, 4))
    )
    assert [line.slices[0].from_satang for line in lines] == [0, 50 * MILLION, 0]


@pytest.mark.parametrize(("year", "tax"), [(2020, 5_500_00), (2021, 7_000_00), (2022, 8_500_00)])
def test_section_97_adds_a_part_of_the_increase_to_the_old_tax(year, tax):
    law = schedule_for(year)
    (line,) = lines_of(
        parcel(50 * MILLION, Use.RESIDENTIAL, old_tax_satang=4_000_00), year=year,
    )  # fmt: skip
    with localcontext(EXACT):
        assert line.tax_satang == tax * (1 - law.every_property.value)
    assert line.old_tax_satang == 4_000_00


def test_an_old_tax_above_the_new_one_changes_nothing():
    (line,) = lines_of(parcel(MILLION, Use.RESIDENTIAL, old_tax_satang=4_000_00), year=2022)
    assert (line.tax_satang, line.old_tax_satang) == (200_00, None)
    with pytest.raises(InvalidDeclaration, match="2020 to 2022"):
        lines_of(parcel(MILLION, old_tax_satang=1), year=2023)


@given(st.lists(values, min_size=1, max_size=4), values, st.sampled_from([2020, 2021, 2022]))
def test_the_limit_never_raises_a_tax(parts, old, year):
    for value in parts:
        (with_old,) = lines_of(parcel(value, old_tax_satang=old), year=year)
        (without,) = lines_of(parcel(value), year=year)
        assert with_old.tax_satang <= without.tax_satang
        assert with_old.reduction_satang >= 0
