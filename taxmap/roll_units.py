"""From what the tax map records of a unit to the property that the law speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from cadastre.area import Area
from cadastre.tax import Building, Kind, Land, Owner, Property, Structure, Use, UsePart


class Unit(NamedTuple):
    """One row of roll_units.sql."""

    id: int
    tax_parcel_code: str
    legal_area_m2: Decimal | None
    calculated_area_m2: float | None  # only where the document tells no area
    satang_per_wa: int | None
    in_house_registration: bool
    vacant_since: int | None
    uses: list[list[str]]
    buildings: list[list[str | None]]
    is_building_only: bool = False
    """Buildings of somebody who does not own the ground."""
    flat_area_m2: Decimal | None = None
    flat_satang_per_m2: int | None = None


NO_PRICE: Final = "no_price"
NO_USE: Final = "no_use"
SHARES_NOT_WHOLE: Final = "shares_not_whole"


def owner_kind(kinds: Iterable[str]) -> Owner:
    """What the law makes of the owners of a unit.

    Persons together are taxed like one person; as soon as a company or a religious body is among
    them there is no exemption that only persons have.
    """
    found = set(kinds)
    if found == {"individual"}:
        return Owner.INDIVIDUAL
    return Owner.STATE if found == {"state"} else Owner.JURISTIC


def property_of(unit: Unit, owner: Owner, tax_year: int) -> Property | str:
    """The property of a unit; or why it cannot be assessed: no price, no use, shares not whole."""
    if _lacks_price(unit):
        return NO_PRICE
    if not unit.uses:
        return NO_USE
    uses = tuple(UsePart(Use(use), Decimal(percent) / 100) for use, percent in unit.uses)
    if sum(part.share for part in uses) != 1:
        return SHARES_NOT_WHOLE
    is_vacant = any(part.use is Use.VACANT for part in uses)
    years = tax_year - unit.vacant_since + 1 if unit.vacant_since and is_vacant else 0
    return Property(
        kind=_kind(unit),
        uses=uses,
        land=_land(unit),
        buildings=_buildings(unit, tax_year),
        in_house_registration=unit.in_house_registration and owner is Owner.INDIVIDUAL,
        years_vacant=max(years, 0),
    )


def _kind(unit: Unit) -> Kind:
    if unit.flat_area_m2 is not None:
        return Kind.CONDOMINIUM_UNIT
    if unit.is_building_only:
        return Kind.BUILDING
    return Kind.LAND_AND_BUILDING if unit.buildings else Kind.LAND


def _lacks_price(unit: Unit) -> bool:
    if unit.flat_area_m2 is not None:
        return unit.flat_satang_per_m2 is None
    if not unit.is_building_only and unit.satang_per_wa is None:
        return True
    if unit.is_building_only and not unit.buildings:
        return True
    return any(price is None for _structure, _area, price, _built in unit.buildings)


def _land(unit: Unit) -> Land | None:
    if unit.is_building_only or unit.flat_area_m2 is not None:
        return None
    assert unit.satang_per_wa is not None
    return Land(_area(unit), unit.satang_per_wa)


def _buildings(unit: Unit, tax_year: int) -> tuple[Building, ...]:
    if unit.flat_area_m2 is not None:
        assert unit.flat_satang_per_m2 is not None
        return (Building(unit.flat_area_m2, unit.flat_satang_per_m2),)
    return tuple(
        Building(
            Decimal(area or 0), int(price or 0), Structure(structure),
            max(tax_year - int(built or 0), 0),
        )
        for structure, area, price, built in unit.buildings
    )  # fmt: skip


def _area(unit: Unit) -> Area:
    """The area on the document; where there is none, that of the map."""
    if unit.legal_area_m2 is not None:
        return Area(unit.legal_area_m2)
    assert unit.calculated_area_m2 is not None
    return Area.measured(unit.calculated_area_m2)


def with_one_main_home(found: list[tuple[Unit, Property]]) -> tuple[list[Property], int]:
    """Nobody is registered in two houses: the lowest parcel code stays the main home.

    The others are taxed as other dwellings; how many there were is for the officer to look into.
    """
    homes = sorted(
        (unit.tax_parcel_code, index)
        for index, (unit, thing) in enumerate(found)
        if thing.in_house_registration
        and thing.kind is not Kind.LAND
        and any(part.use is Use.MAIN_HOME for part in thing.uses)
    )
    others = {index for _code, index in homes[1:]}
    things = [
        replace(thing, in_house_registration=False) if index in others else thing
        for index, (_unit, thing) in enumerate(found)
    ]
    return things, len(others)
