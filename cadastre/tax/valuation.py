"""From area, price and age to value in satang (algorithm, section 1)."""

from __future__ import annotations

from decimal import Decimal

from cadastre.tax.model import Building, Kind, Land, Property
from cadastre.tax.money import EXACT, ONE, ZERO, half_up
from cadastre.tax.schedule import Schedule


def written_value(exact_satang: Decimal) -> int:
    """A value as it is written on the sheet: whole satang, half up."""
    return half_up(exact_satang)


def land_value_satang(land: Land) -> int:
    """Square wa × price per square wa."""
    exact = EXACT.multiply(land.area.square_wa, land.price_per_square_wa_satang)
    return written_value(exact)


def depreciation_of(building: Building, schedule: Schedule) -> Decimal:
    """The fraction of its value that the building has lost by its age; the last row is for ever.

    A condominium unit has neither structure nor age, and loses nothing.
    """
    if building.structure is None or building.age_years is None:
        return ZERO
    table = schedule.depreciation[building.structure].value
    return table[min(building.age_years, len(table) - 1)]


def new_value_satang(building: Building) -> int:
    """Floor area × price per square metre, before depreciation."""
    return written_value(EXACT.multiply(building.floor_area_m2, building.price_per_m2_satang))


def building_value_satang(building: Building, schedule: Schedule) -> int:
    """Floor area × price per square metre × what depreciation leaves, rounded once.

    A building that is valued elsewhere is worth nothing here.
    """
    if building.valued_elsewhere:
        return 0
    kept = ONE - depreciation_of(building, schedule)
    new = EXACT.multiply(building.floor_area_m2, building.price_per_m2_satang)
    return written_value(EXACT.multiply(new, kept))


def value_satang(thing: Property, schedule: Schedule) -> int:
    """What the property is worth as a whole, whoever owns shares of it."""
    if thing.appraised_value_satang is not None:
        return thing.appraised_value_satang
    total = land_value_satang(thing.land) if thing.land is not None else 0
    return total + sum(building_value_satang(each, schedule) for each in thing.buildings)


def depreciates(kind: Kind) -> bool:
    """Whether buildings of a property of this kind lose value by age."""
    return kind is not Kind.CONDOMINIUM_UNIT
