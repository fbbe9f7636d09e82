"""Columns of integers and the Decimal engine give the same satang, for every owner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    Building,
    Kind,
    Land,
    Owner,
    Property,
    Structure,
    Use,
    UsePart,
    assess_properties,
    columns,
    schedule_for,
)
from cadastre.tax.columns import (
    AREA_SCALE,
    KINDS,
    OWNERS,
    SHARE_SCALE,
    STRUCTURES,
    USES,
    Figures,
    Units,
    assess_columns,
)

Owned = tuple[Owner, list[Property]]
amounts = st.integers(0, 40_000_000_00)
areas = st.decimals(0, 2_000_000, places=2)


def columns_of(owners: list[Owned]) -> Units:
    """Each owner is a taxpayer of its own."""
    units = [
        (number, owner, thing) for number, (owner, things) in enumerate(owners) for thing in things
    ]
    uses = [
        (row, USES.index(part.use), int(part.share * SHARE_SCALE))
        for row, (_, _, thing) in enumerate(units)
        for part in thing.uses
    ]
    buildings = [
        (
            row, -1 if each.structure is None else STRUCTURES.index(each.structure),
            int(each.floor_area_m2 * AREA_SCALE), each.price_per_m2_satang, each.age_years or 0,
        )
        for row, (_, _, thing) in enumerate(units)
        for each in thing.buildings
    ]  # fmt: skip
    things = [
        (
            number, OWNERS.index(owner), KINDS.index(thing.kind), thing.in_house_registration,
            thing.years_vacant,
            int(thing.land.area.square_metres * AREA_SCALE) if thing.land else 0,
            thing.land.price_per_square_wa_satang if thing.land else 0,
            10 * number + int(thing.joint_base) if thing.joint_base else 0,
        )
        for number, owner, thing in units
    ]  # fmt: skip
    flags = (3,)
    columns = [
        np.array(column, np.bool_ if place in flags else np.int64)
        for place, column in enumerate(zip(*things, strict=True))
    ]
    tables = [
        np.array(rows, np.int64).reshape(-1, width).T for rows, width in ((uses, 3), (buildings, 5))
    ]
    return Units(*columns, *tables[0], *tables[1])


def assert_equal(owners: list[Owned], year: int) -> Figures:
    """What is simple agrees with the engine asked about the whole owner; returns the columns."""
    schedule = schedule_for(year)
    found = assess_columns(columns_of(owners), schedule)
    row = 0
    for owner, things in owners:
        assessed = assess_properties(owner, things, schedule)
        for index in range(len(things)):
            lines = [line for line in assessed.lines if line.property_index == index]
            if found.simple[row]:
                assert found.value[row] == sum(line.value_satang for line in lines)
                assert found.exemption[row] == sum(line.exemption_satang for line in lines)
                assert found.tax[row] == sum(line.tax_satang for line in lines)
            row += 1
    return found


@st.composite
def shares(draw: st.DrawFn) -> tuple[UsePart, ...]:
    uses = draw(st.lists(st.sampled_from(Use), min_size=1, max_size=4, unique=True))
    left = 1_000_000
    parts = []
    for place, use in enumerate(uses):
        rest = len(uses) - place - 1
        part = left if not rest else draw(st.integers(1, left - rest))
        left -= part
        parts.append(UsePart(use, Decimal(part) / 1_000_000))
    return tuple(parts)


@st.composite
def a_thing(draw: st.DrawFn) -> Property:
    kind = draw(st.sampled_from(Kind))
    uses = draw(shares())
    structured = kind is not Kind.CONDOMINIUM_UNIT
    building = st.builds(
        Building,
        floor_area_m2=areas.map(lambda area: area + 1),
        price_per_m2_satang=st.integers(1, 20_000_00),
        structure=st.sampled_from(Structure) if structured else st.none(),
        age_years=st.integers(0, 60) if structured else st.none(),
    )
    most = {Kind.LAND: 0, Kind.CONDOMINIUM_UNIT: 1}.get(kind, 3)
    land = Land(Area(draw(areas)), draw(st.integers(0, 1_000_000_00)))
    vacant = any(part.use is Use.VACANT for part in uses)
    return Property(
        kind=kind,
        uses=uses,
        land=land if kind in (Kind.LAND, Kind.LAND_AND_BUILDING) else None,
        buildings=tuple(draw(st.lists(building, min_size=min(most, 1), max_size=most))),
        years_vacant=draw(st.integers(0, 40)) if vacant else 0,
    )


@st.composite
def an_owner(draw: st.DrawFn) -> Owned:
    owner = draw(st.sampled_from(Owner))
    things = draw(st.lists(a_thing(), min_size=1, max_size=4))
    if owner is Owner.INDIVIDUAL and draw(st.booleans()):
        home = draw(st.integers(0, len(things) - 1))
        things[home] = replace(things[home], in_house_registration=True)
    if len(things) > 1 and draw(st.booleans()):
        labels = draw(st.lists(st.sampled_from((None, "1", "2")), min_size=len(things), max_size=4))
        things = [
            replace(each, joint_base=label) for each, label in zip(things, labels, strict=False)
        ]
    return owner, things


@settings(max_examples=150, deadline=None)
@given(
    owners=st.lists(an_owner(), min_size=1, max_size=5),
    year=st.sampled_from((2020, 2021, 2022, 2023, 2024, 2026)),
)
def test_columns_and_the_decimal_engine_agree(owners: list[Owned], year: int) -> None:
    assert_equal(owners, year)


def a_farm(rai: int, baht_per_wa: int = 1000) -> Property:
    land = Land(Area.from_rai(rai), baht_per_wa * 100)
    return Property(Kind.LAND, (UsePart(Use.AGRICULTURE),), land)


def test_farms_within_the_common_exemption_are_simple_and_those_beyond_are_not() -> None:
    within = assert_equal([(Owner.INDIVIDUAL, [a_farm(100), a_farm(25)])], 2026)
    assert within.simple.all()
    assert not within.tax.any()
    beyond = assert_equal([(Owner.INDIVIDUAL, [a_farm(100), a_farm(26)])], 2026)
    assert not beyond.simple.any()
    assert assert_equal([(Owner.JURISTIC, [a_farm(100), a_farm(26)])], 2026).simple.all()
    assert assert_equal([(Owner.INDIVIDUAL, [a_farm(100), a_farm(26)])], 2022).simple.all()


def test_one_large_farm_is_simple() -> None:
    found = assert_equal([(Owner.INDIVIDUAL, [a_farm(300)])], 2026)
    assert found.simple.all()
    assert found.exemption[0] == 50_000_000_00
    assert found.tax[0] > 0


def test_vacant_neighbours_beyond_the_cap_keep_to_the_scales_of_the_engine() -> None:
    """The rate is 3 % for both, but 33 and 40 years without use are two additions."""

    def vacant(years: int, wa: str, satang: int) -> Property:
        return Property(
            Kind.LAND, (UsePart(Use.VACANT),), Land(Area.from_rai(0, 0, Decimal(wa)), satang),
            years_vacant=years, joint_base="1",
        )  # fmt: skip

    for satang in range(101, 151):
        things = [vacant(40, "0.5", satang), vacant(33, "0.5", satang)]
        assert all(assert_equal([(Owner.JURISTIC, things)], 2026).simple)


def test_neighbours_are_stacked_in_columns_unless_a_home_is_among_them() -> None:
    shops = [replace(a_shop(wa), joint_base="1") for wa in (40_000, 30_001, 20_003)]
    found = assert_equal([(Owner.JURISTIC, [*shops, a_shop(100)])], 2026)
    assert found.simple.all()
    assert found.tax[1] > assert_equal([(Owner.JURISTIC, [a_shop(30_001)])], 2026).tax[0]
    garden = Property(Kind.LAND, (UsePart(Use.MAIN_HOME),), shops[0].land, joint_base="1")
    assert not assert_equal([(Owner.INDIVIDUAL, [garden, shops[1]])], 2026).simple.any()


def a_shop(square_wa: int) -> Property:
    return Property(
        Kind.LAND, (UsePart(Use.OTHER),), Land(Area.from_square_wa(square_wa), 1_000_01)
    )


@pytest.mark.parametrize("baht_per_wa", [10_000_000, 10_000_000_000])
def test_what_would_not_fit_is_left_to_the_decimal_engine(baht_per_wa: int) -> None:
    land = Land(Area(Decimal(10) ** 10), baht_per_wa * 100)
    giant = Property(Kind.LAND, (UsePart(Use.OTHER),), land)
    small = Property(Kind.LAND, (UsePart(Use.OTHER),), Land(Area(Decimal(400)), 100_000))
    found = assert_equal([(Owner.JURISTIC, [giant, small])], 2026)
    assert found.simple.tolist() == [False, True]


def test_a_farm_that_does_not_fit_leaves_no_exemption_to_the_others() -> None:
    farm = (UsePart(Use.AGRICULTURE),)
    giant = Property(Kind.LAND, farm, Land(Area(Decimal(10) ** 9), 1_000_000_00))
    small = Property(Kind.LAND, farm, Land(Area(Decimal(400)), 100_000))
    found = assert_equal([(Owner.INDIVIDUAL, [giant, small])], 2026)
    assert found.simple.tolist() == [False, False]


@lru_cache
def _largest() -> int:
    """Of the year whose figures need the most digits."""
    schedule = schedule_for(2023)
    return columns._law_of(schedule, schedule.policy.value).largest_value


@settings(max_examples=60, deadline=None)
@given(below=st.integers(0, 10_000), shares=shares(), years=st.integers(0, 40))
def test_nothing_overflows_up_to_the_largest_value(
    below: int, shares: tuple[UsePart, ...], years: int
) -> None:
    """A building of one square metre is worth exactly what is asked for."""
    vacant = any(part.use is Use.VACANT for part in shares)
    unit = Property(
        Kind.CONDOMINIUM_UNIT, shares, buildings=(Building(Decimal(1), _largest() - below),),
        years_vacant=years if vacant else 0,
    )  # fmt: skip
    assert_equal([(Owner.JURISTIC, [unit])], 2023)
