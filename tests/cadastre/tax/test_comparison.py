"""Why the tax changed from one year to the next."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    Building,
    Factor,
    Kind,
    Land,
    Owner,
    Property,
    Relief,
    Structure,
    Use,
    UseArea,
    UsePart,
    assess_properties,
    compare,
    compare_traces,
    schedule_for,
    trace_of,
)
from cadastre.tax.errors import TraceDoesNotAgree
from tests.cadastre.tax.taxpayers import taxpayers

LAST, THIS = schedule_for(2025), schedule_for(2026)
SHOP = Property(
    Kind.LAND_AND_BUILDING,
    (UsePart(Use.OTHER),),
    land=Land(Area.from_square_wa(Decimal(100)), 10_000_00),
    buildings=(Building(Decimal(100), 10_000_00, Structure.MASONRY, 9, place="shop"),),
    place="50A001",
)


def causes(before, after, *, owner=Owner.INDIVIDUAL, laws=(LAST, THIS)):
    found = compare(
        assess_properties(owner, before, laws[0]), assess_properties(owner, after, laws[1])
    )
    assert sum(cause.satang for cause in found.causes) == found.difference_satang
    return {cause.factor: cause.satang for cause in found.causes}


@given(taxpayers(), taxpayers())
@settings(max_examples=60)
def test_the_causes_add_up_to_the_difference(one, other):
    """Also where the two years share little: the turns still lead from one to the other."""
    before = assess_properties(one[0], one[1], schedule_for(one[2]))
    after = assess_properties(other[0], other[1], schedule_for(other[2]))
    found = compare(before, after)
    assert sum(cause.satang for cause in found.causes) == found.difference_satang
    assert list(found.causes) == sorted(found.causes, key=lambda c: list(Factor).index(c.factor))
    for cause in found.causes:
        assert cause.en.endswith(".")
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in cause.th)
        assert "None" not in str(cause.details)


@given(taxpayers())
def test_nothing_changed_has_no_cause(taxpayer):
    owner, things, year = taxpayer
    same = assess_properties(owner, things, schedule_for(year))
    assert compare(same, same).causes == ()


@given(taxpayers(), st.data())
def test_who_turns_back_finds_the_difference_turned_back(taxpayer, data):
    owner, things, year = taxpayer
    fewer = things[: data.draw(st.integers(1, len(things)))]
    law = schedule_for(year)
    one, other = assess_properties(owner, things, law), assess_properties(owner, fewer, law)
    there, back = compare(one, other), compare(other, one)
    assert there.difference_satang == -back.difference_satang
    assert {cause.factor for cause in there.causes} <= {Factor.PROPERTY_GONE}
    assert {cause.factor for cause in back.causes} <= {Factor.PROPERTY_NEW}


def test_price_age_and_area_each_have_their_part():
    after = replace(
        SHOP,
        land=Land(Area.from_square_wa(Decimal(110)), 12_000_00),
        buildings=(replace(SHOP.buildings[0], age_years=10),),
    )
    assert causes([SHOP], [after]) == {
        Factor.LAND_PRICE: 600_00,  # 100 wa × 2,000 × 0.3 %
        Factor.LAND_AREA: 360_00,  # 10 wa × 12,000 × 0.3 %
        Factor.BUILDING_AGE: -30_00,  # 1 % of a million × 0.3 %
    }


def test_a_new_building_and_a_new_use():
    barn = Building(Decimal(50), 2_000_00, Structure.TIMBER, 0, place="barn")
    after = replace(SHOP, uses=(UsePart(Use.RESIDENTIAL),), buildings=(*SHOP.buildings, barn))
    found = causes([SHOP], [after], laws=(THIS, THIS))
    assert found == {Factor.BUILDINGS: 300_00, Factor.USE: -5_628_00}


def test_land_that_stays_vacant_for_a_fourth_year():
    vacant = replace(
        SHOP, kind=Kind.LAND, buildings=(), uses=(UsePart(Use.VACANT),), years_vacant=3
    )
    later = replace(vacant, years_vacant=4)
    found = compare(
        assess_properties(Owner.INDIVIDUAL, [vacant], THIS),
        assess_properties(Owner.INDIVIDUAL, [later], THIS),
    )
    (cause,) = found.causes
    assert (cause.factor, cause.satang, cause.places) == (Factor.VACANCY, 3_000_00, ("50A001",))
    assert cause.details[0].en == "year 3 → year 4"
    assert cause.th == "จำนวนปีที่ทิ้งไว้ว่างเปล่า: ภาษีเพิ่มขึ้น 3,000.00 บาท"


def test_the_law_itself_may_be_the_cause():
    home = replace(SHOP, uses=(UsePart(Use.RESIDENTIAL),))
    laws = (schedule_for(2023), schedule_for(2024))
    found = causes([home], [home], laws=laws)
    assert found == {Factor.LAW_REDUCTION: 57_30}  # 15 % of 382.00


def test_a_lost_registration_and_a_reduction():
    home = replace(
        SHOP, uses=(UsePart(Use.MAIN_HOME),), in_house_registration=True,
        relief=Relief.INHERITED_HOME, appraised_value_satang=60_000_000_00,
        land=None, buildings=(),
    )  # fmt: skip
    gone = replace(home, in_house_registration=False, relief=None)
    found = causes([home], [gone], laws=(THIS, THIS))
    assert set(found) == {Factor.EXEMPTION, Factor.REDUCTION}
    assert sum(found.values()) == 13_000_00 - 1_500_00


def test_a_property_that_was_measured_meanwhile_turns_with_its_use():
    floors = (UseArea(Use.OTHER, Decimal(60)), UseArea(Use.RESIDENTIAL, Decimal(40)))
    measured = replace(
        SHOP, uses=(), land=replace(SHOP.land, used=floors),
        buildings=(replace(SHOP.buildings[0], used=floors),),
    )  # fmt: skip
    found = causes([SHOP], [measured], laws=(THIS, THIS))
    assert set(found) == {Factor.USE}


def test_traces_of_two_years_are_compared():
    before = trace_of(assess_properties(Owner.INDIVIDUAL, [SHOP], LAST))
    after = trace_of(assess_properties(Owner.JURISTIC, [SHOP], THIS))
    found = compare_traces(before, after)
    assert {cause.factor for cause in found.causes} == {Factor.EXEMPTION}
    with pytest.raises(TraceDoesNotAgree, match=r"2026 tells a tax of 1\.00 baht"):
        compare_traces(before, {**after, "tax": "1.00"})
