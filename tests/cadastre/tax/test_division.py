"""Value divided among uses and owners, by shares, measured areas, footprints."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    Building,
    Kind,
    Land,
    LandDivision,
    OwnedShare,
    Owner,
    Policy,
    Property,
    Structure,
    Use,
    UseArea,
    UsePart,
    assess_properties,
    owned_by_each,
    owner_of,
    schedule_for,
)

LAW = schedule_for(2026)
areas = st.decimals(Decimal("0.01"), 10**5, places=2)
uses = st.sampled_from([Use.RESIDENTIAL, Use.OTHER, Use.AGRICULTURE, Use.VACANT])


def building(area, *used, footprint=None, elsewhere=False):
    return Building(
        Decimal(area), 10_000_00, Structure.MASONRY, 0,
        used=used, footprint_m2=footprint, valued_elsewhere=elsewhere,
    )  # fmt: skip


def land(wa, price=10_000_00, *used):
    return Land(Area.from_square_wa(Decimal(wa)), price, used)


def area_of(use, area):
    return UseArea(use, Decimal(area))


def values(thing, owner=Owner.JURISTIC, policy=None):
    lines = assess_properties(owner, [thing], LAW, policy).lines
    return {line.use: line.value_satang for line in lines}


@st.composite
def measured(draw):
    floors = draw(st.lists(st.builds(UseArea, uses, areas), min_size=1, max_size=3))
    buildings = draw(
        st.lists(
            st.builds(
                Building,
                areas, st.integers(1, 10**7), st.sampled_from(Structure), st.integers(0, 50),
                st.just(tuple(floors)), areas, st.booleans(),
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    buildings.append(replace(buildings[0], valued_elsewhere=False))
    ground = draw(st.lists(st.builds(UseArea, uses, areas), max_size=3))
    return Property(
        Kind.LAND_AND_BUILDING,
        land=Land(Area.from_square_wa(draw(areas)), draw(st.integers(1, 10**7)), tuple(ground)),
        buildings=tuple(buildings),
    )


@given(measured(), st.sampled_from(LandDivision))
def test_measured_areas_divide_every_satang_once(thing, division):
    shown = values(thing, policy=Policy(land_division=division))
    whole = values(replace(
        thing, uses=(UsePart(Use.OTHER),), land=replace(thing.land, used=()),
        buildings=tuple(replace(each, used=()) for each in thing.buildings),
    ))  # fmt: skip
    assert sum(shown.values()) == whole[Use.OTHER]
    assert tuple(shown) == thing.used_as


@given(measured(), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_co_owners_are_assessed_for_all_of_it_and_no_more(thing, weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    each = [values(part) for part in owned_by_each(thing, shares)]
    whole = values(thing)
    assert {use: sum(part[use] for part in each) for use in whole} == whole
    for part, share in zip(each, shares, strict=True):
        assert all(abs(part[use] - whole[use] * share) < 1 for use in whole)


def test_land_under_two_buildings_is_divided_by_the_ground_they_cover():
    thing = Property(
        Kind.LAND_AND_BUILDING,
        land=land(100),
        buildings=(
            building(200, area_of(Use.RESIDENTIAL, 200), footprint=Decimal(100)),
            building(300, area_of(Use.OTHER, 300), footprint=Decimal(300)),
        ),
    )
    assert values(thing) == {Use.RESIDENTIAL: 2_250_000_00, Use.OTHER: 3_750_000_00}
    by_floors = values(thing, policy=Policy(land_division=LandDivision.FLOOR_AREA))
    assert by_floors == {Use.RESIDENTIAL: 2_400_000_00, Use.OTHER: 3_600_000_00}


def test_a_building_of_another_owner_takes_its_ground_and_not_its_value():
    thing = Property(
        Kind.LAND,
        land=land(100),
        buildings=(
            building(50, area_of(Use.RESIDENTIAL, 50), footprint=Decimal(25), elsewhere=True),
            building(50, area_of(Use.OTHER, 50), footprint=Decimal(75), elsewhere=True),
        ),
    )
    assert values(thing) == {Use.RESIDENTIAL: 250_000_00, Use.OTHER: 750_000_00}


def test_declared_shares_serve_what_was_not_measured():
    thing = Property(
        Kind.LAND_AND_BUILDING,
        (UsePart(Use.RESIDENTIAL),),
        land=land(4000, 1_000_00, area_of(Use.AGRICULTURE, 14400), area_of(Use.RESIDENTIAL, 1600)),
        buildings=(building(100),),
    )
    assert values(thing) == {Use.AGRICULTURE: 3_600_000_00, Use.RESIDENTIAL: 1_400_000_00}


def test_who_owns_together_is_taxed_as_one():
    assert owner_of([Owner.INDIVIDUAL, Owner.INDIVIDUAL]) is Owner.INDIVIDUAL
    assert owner_of([Owner.INDIVIDUAL, Owner.JURISTIC]) is Owner.JURISTIC
    assert owner_of([Owner.STATE]) is Owner.STATE
    assert owner_of([Owner.STATE, Owner.INDIVIDUAL]) is Owner.JURISTIC


def test_shares_that_are_not_the_whole_are_refused():
    thing = Property(Kind.LAND, (UsePart(Use.OTHER),), appraised_value_satang=1)
    with pytest.raises(ValueError, match="total one"):
        owned_by_each(thing, [Fraction(1, 2), Fraction(1, 3)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        OwnedShare(Fraction(1, 2), Fraction(2, 3))
