"""What is valued as one, and what the law makes of a use in it (algorithm, section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from cadastre.tax.model import Kind, Owner, Property, TaxClass, Use
from cadastre.tax.schedule import Schedule

BaseKey: TypeAlias = str | int
"""A ``joint_base``, or the index of a property that is a base of its own."""

_WITH_LAND = frozenset({Kind.LAND, Kind.LAND_AND_BUILDING, Kind.CONDOMINIUM_UNIT})


def base_of(index: int, thing: Property) -> BaseKey:
    """The base that a property belongs to."""
    return thing.joint_base or index


def bases_of(properties: Sequence[Property]) -> dict[BaseKey, list[Property]]:
    """The properties of every base."""
    found: dict[BaseKey, list[Property]] = {}
    for index, thing in enumerate(properties):
        found.setdefault(base_of(index, thing), []).append(thing)
    return found


def is_main_home(thing: Property) -> bool:
    """Whether the property is claimed as main home by somebody registered there.

    Land alone is not a home: it is taxed as another dwelling, unless it is valued as one with the
    house that stands on it or beside it.
    """
    return (
        thing.in_house_registration
        and thing.kind is not Kind.LAND
        and Use.MAIN_HOME in thing.used_as
    )


def counts_as_owner(thing: Property, use: Use, schedule: Schedule) -> bool:
    """Whether who has the property is exempt as its owner would be (``exemption/possessor``)."""
    return not thing.possessed or use in schedule.possessor.value


def classify(
    owner: Owner, thing: Property, members: Sequence[Property], use: Use, schedule: Schedule
) -> TaxClass:
    """The class of the law for a declared use of ``thing``, valued as one with ``members``.

    A main home that does not qualify is another dwelling.
    """
    if use is not Use.MAIN_HOME:
        return TaxClass(use.value)
    owned = [each for each in members if counts_as_owner(each, use, schedule)]
    if (
        owner is not Owner.INDIVIDUAL
        or not counts_as_owner(thing, use, schedule)
        or not any(is_main_home(each) for each in owned)
    ):
        return TaxClass.RESIDENTIAL
    if any(each.kind in _WITH_LAND for each in owned):
        return TaxClass.MAIN_HOME
    return TaxClass.MAIN_HOME_BUILDING
