"""The value of a property divided among its uses and its owners (algorithm, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cadastre.tax.model import (
    WHOLE,
    Building,
    LandDivision,
    OwnedShare,
    Property,
    Use,
    UseArea,
    UsePart,
)
from cadastre.tax.money import ONE, ZERO, apportion
from cadastre.tax.schedule import Schedule
from cadastre.tax.valuation import building_value_satang, land_value_satang, value_satang


class UsedValue(NamedTuple):
    """A use with the satang of the property that belong to it, for the share that is assessed."""

    use: Use
    share: Decimal
    value_satang: int


def values_by_use(thing: Property, schedule: Schedule, division: LandDivision) -> list[UsedValue]:
    """The value of each use; together exactly what of the property is assessed.

    Declared shares divide the value of the whole. Measured areas divide the land and every
    building by itself, so that each figure can be recomputed from the line above it.
    """
    if not thing.is_measured:
        total = value_satang(thing, schedule)
        if len(thing.uses) == 1:
            found = [UsedValue(thing.uses[0].use, ONE, total)]
        else:
            values = apportion(total, [part.share for part in thing.uses])
            found = [
                UsedValue(part.use, part.share, value)
                for part, value in zip(thing.uses, values, strict=True)
            ]
    else:
        found = _measured(thing, schedule, division)
    return found if thing.owned is WHOLE else _owned(found, thing.owned)


class ValuedPart(NamedTuple):
    """The land, or one building, of a property that was measured, and by what it is divided."""

    value_satang: int
    weights: Mapping[Use, Fraction]
    building: Building | None
    by_buildings: bool = False


def parts_of(thing: Property, schedule: Schedule, division: LandDivision) -> list[ValuedPart]:
    """What a measured property is valued by: the land, then the buildings."""
    parts = []
    if thing.land is not None:
        own = thing.land.used or thing.uses
        weights = _weights(own) if own else _weights_of_buildings(thing, division)
        parts.append(ValuedPart(land_value_satang(thing.land), weights, None, not own))
    for each in thing.buildings:
        if not each.valued_elsewhere:
            weights = _weights(each.used or thing.uses)
            parts.append(ValuedPart(building_value_satang(each, schedule), weights, each))
    return parts


def ground_of(building: Building, division: LandDivision) -> Fraction:
    """The weight of a building when the land is divided among several."""
    if division is LandDivision.FLOOR_AREA:
        return Fraction(building.floor_area_m2)
    return Fraction(building.footprint_m2 or 0)


def part_of(value_satang: int, part: Fraction) -> int:
    """A part of a value, half up."""
    return int(value_satang * part + Fraction(1, 2))


def _weights_of_buildings(thing: Property, division: LandDivision) -> Mapping[Use, Fraction]:
    """The land by the buildings on it, each by its floors."""
    found: dict[Use, Fraction] = {}
    for building in thing.buildings:
        ground = ground_of(building, division)
        weights = _weights(building.used)
        whole = sum(weights.values())
        for use, weight in weights.items():
            found[use] = found.get(use, Fraction(0)) + ground * weight / whole
    return found


def _weights(parts: Sequence[UseArea] | Sequence[UsePart]) -> dict[Use, Fraction]:
    found: dict[Use, Fraction] = {}
    for part in parts:
        weight = Fraction(part.area_m2 if isinstance(part, UseArea) else part.share)
        found[part.use] = found.get(part.use, Fraction(0)) + weight
    return found


def _measured(thing: Property, schedule: Schedule, division: LandDivision) -> list[UsedValue]:
    values = dict.fromkeys(thing.used_as, 0)
    for part in parts_of(thing, schedule, division):
        shares = apportion(part.value_satang, list(part.weights.values()))
        for use, share in zip(part.weights, shares, strict=True):
            values[use] += share
    total = sum(values.values())
    return [UsedValue(use, _written_share(value, total), value) for use, value in values.items()]


def _written_share(value: int, total: int) -> Decimal:
    """A share for the sheet: nothing is calculated from it."""
    if value == total:
        return ONE
    if not total:
        return ZERO
    millionths = (2 * value * 1_000_000 + total) // (2 * total)
    return Decimal(millionths).scaleb(-6)


def _owned(values: Sequence[UsedValue], owned: OwnedShare) -> list[UsedValue]:
    upto = owned.before + owned.share
    return [
        each._replace(
            value_satang=part_of(each.value_satang, upto) - part_of(each.value_satang, owned.before)
        )
        for each in values
    ]
