"""Facts that contradict each other, or the law, before anything is calculated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cadastre.errors import FieldPath, InvalidInput
from cadastre.tax.errors import (
    FieldMissing,
    NotVacant,
    OnlyPeopleAreRegistered,
    PartMissing,
    PartNotOfKind,
    ReliefNeedsRegistration,
    ReliefNotForOwner,
    ReliefNotForUse,
    SecondMainHome,
    ValueTwice,
)
from cadastre.tax.model import Kind, Owner, Property, Use
from cadastre.tax.schedule import Schedule
from cadastre.tax.valuation import depreciates

PARTS: Final = {
    Kind.LAND: ("land",),
    Kind.LAND_AND_BUILDING: ("land", "buildings"),
    Kind.BUILDING: ("buildings",),
    Kind.CONDOMINIUM_UNIT: ("buildings",),
}
"""What a property of each kind is valued by."""


def problems_of(
    owner: Owner, properties: Sequence[Property], schedule: Schedule
) -> Iterator[InvalidInput]:
    """Everything that keeps these properties from being assessed, each with its path."""
    for index, thing in enumerate(properties):
        path: FieldPath = ("properties", index)
        yield from _value_problems(thing, path)
        yield from _use_problems(owner, thing, path)
        yield from _relief_problems(owner, thing, schedule, path)
    yield from _second_main_homes(properties)


def is_main_home(thing: Property) -> bool:
    """Whether the property is claimed as main home by somebody registered there.

    Land alone is not a home: it is taxed as another dwelling, however often it is claimed.
    """
    return (
        thing.in_house_registration
        and thing.kind is not Kind.LAND
        and any(part.use is Use.MAIN_HOME for part in thing.uses)
    )


def _value_problems(thing: Property, path: FieldPath) -> Iterator[InvalidInput]:
    given = {"land": thing.land is not None, "buildings": bool(thing.buildings)}
    if thing.appraised_value_satang is not None:
        if any(given.values()):
            yield ValueTwice(path=(*path, "appraised_value"))
        return
    for part, present in given.items():
        if part in PARTS[thing.kind] and not present:
            yield PartMissing(path=(*path, part), kind=thing.kind.value)
        elif part not in PARTS[thing.kind] and present:
            yield PartNotOfKind(path=(*path, part), kind=thing.kind.value)
    if not depreciates(thing.kind):
        return
    for place, building in enumerate(thing.buildings):
        for field in ("structure", "age_years"):
            if getattr(building, field) is None:
                yield FieldMissing(path=(*path, "buildings", place, field))


def _use_problems(owner: Owner, thing: Property, path: FieldPath) -> Iterator[InvalidInput]:
    if thing.years_vacant and all(part.use is not Use.VACANT for part in thing.uses):
        yield NotVacant(path=(*path, "years_vacant"))
    if thing.in_house_registration and owner is not Owner.INDIVIDUAL:
        yield OnlyPeopleAreRegistered(path=(*path, "in_house_registration"), owner=owner.value)


def _relief_problems(
    owner: Owner, thing: Property, schedule: Schedule, path: FieldPath
) -> Iterator[InvalidInput]:
    if thing.relief is None:
        return
    rule = schedule.reliefs[thing.relief].value
    relief = thing.relief.value
    where = (*path, "relief")
    land_alone = rule.house_registration and thing.kind is Kind.LAND
    if land_alone or all(part.use not in rule.uses for part in thing.uses):
        yield ReliefNotForUse(path=where, relief=relief, expected=", ".join(rule.uses))
    elif owner not in rule.owners:
        yield ReliefNotForOwner(path=where, relief=relief, expected=", ".join(rule.owners))
    elif rule.house_registration and not thing.in_house_registration:
        yield ReliefNeedsRegistration(path=where, relief=relief)


def _second_main_homes(properties: Sequence[Property]) -> Iterator[InvalidInput]:
    homes = [index for index, thing in enumerate(properties) if is_main_home(thing)]
    for index in homes[1:]:
        uses = properties[index].uses
        place = next(i for i, part in enumerate(uses) if part.use is Use.MAIN_HOME)
        tail = ("uses", place, "use") if properties[index].is_mixed else ("use",)
        yield SecondMainHome(path=("properties", index, *tail), first=homes[0])
