"""What a taxpayer may have in one local authority: hypothesis strategies of lawful properties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    WHOLE,
    Building,
    Kind,
    Land,
    OwnedShare,
    Owner,
    Property,
    Relief,
    Structure,
    Use,
    UseArea,
    UsePart,
)

values = st.integers(0, 10**13)  # satang: up to a hundred billion baht
owners = st.sampled_from(Owner)
tax_years = st.integers(2020, 2030)
uses = st.sampled_from(Use)
areas = st.decimals(Decimal("0.01"), 10**5, places=2)
prices = st.integers(0, 10**8)
used = st.lists(st.builds(UseArea, uses, areas), min_size=1, max_size=3).map(tuple)


@st.composite
def shares(draw):
    found = draw(st.lists(uses, min_size=1, max_size=4, unique=True))
    if len(found) == 1:
        return (UsePart(found[0]),)
    cuts = st.integers(1, 999_999)
    inner = draw(st.lists(cuts, min_size=len(found) - 1, max_size=len(found) - 1, unique=True))
    bounds = pairwise([0, *sorted(inner), 1_000_000])
    return tuple(
        UsePart(use, Decimal(high - low) / 1_000_000)
        for use, (low, high) in zip(found, bounds, strict=True)
    )


@st.composite
def buildings(draw, *, measured):
    return Building(
        floor_area_m2=draw(areas),
        price_per_m2_satang=draw(st.integers(0, 10**7)),
        structure=draw(st.sampled_from(Structure)),
        age_years=draw(st.integers(0, 80)),
        used=draw(used) if measured else (),
        footprint_m2=draw(areas),
        valued_elsewhere=draw(st.booleans()),
        place=draw(st.sampled_from(["", "house", "barn"])),
    )


@st.composite
def measured_things(draw):
    found = draw(st.lists(buildings(measured=True), min_size=1, max_size=3))
    found[0] = replace(found[0], valued_elsewhere=False)
    land = Land(Area.from_square_wa(draw(areas)), draw(prices), draw(st.just(()) | used))
    return Property(Kind.LAND_AND_BUILDING, (), land, tuple(found))


@st.composite
def declared_things(draw):
    declared = draw(shares())
    if draw(st.booleans()):
        return Property(draw(st.sampled_from(Kind)), declared, appraised_value_satang=draw(values))
    found = replace(draw(buildings(measured=False)), valued_elsewhere=False)
    land = Land(Area.from_square_wa(draw(areas)), draw(prices))
    return Property(Kind.LAND_AND_BUILDING, declared, land, (found,))


@st.composite
def holdings(draw, owner, year):
    """Properties of one owner, with everything that the law may have to say of them."""
    found = draw(st.lists(measured_things() | declared_things(), min_size=1, max_size=4))
    return [_told(draw, thing, owner, year, place) for place, thing in enumerate(found)]


def _told(draw, thing, owner, year, place):
    person = owner is Owner.INDIVIDUAL
    vacant = Use.VACANT in thing.used_as
    relief = st.just(None)
    if Use.OTHER in thing.used_as and owner is not Owner.STATE:
        relief = st.sampled_from([None, Relief.PRIVATE_SCHOOL, Relief.POWER_PLANT])
    owned = WHOLE
    if draw(st.booleans()):
        owned = OwnedShare(Fraction(1, draw(st.integers(2, 7))), Fraction(1, 7))
    return replace(
        thing,
        # All homes are one home: they share the base.
        joint_base="home" if person and draw(st.booleans()) else None,
        years_vacant=draw(st.integers(0, 40)) if vacant else 0,
        relief=draw(relief),
        owned=owned,
        possessed=draw(st.booleans()),
        old_tax_satang=draw(st.none() | values) if year <= 2022 else None,
        place=f"parcel-{place}",
        relief_since=draw(st.none() | st.dates()),
    )


@st.composite
def taxpayers(draw):
    """An owner, what the owner has, and a tax year."""
    owner, year = draw(owners), draw(tax_years)
    things = draw(holdings(owner, year))
    if owner is Owner.INDIVIDUAL:
        home = draw(st.sampled_from(range(len(things))))
        things[home] = replace(things[home], in_house_registration=True)
    return owner, things, year
