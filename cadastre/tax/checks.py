"""Facts that contradict each other, or the law, before anything is calculated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from cadastre.errors import FieldPath, InvalidInput
from cadastre.tax.bases import BaseKey, base_of, bases_of, is_main_home
from cadastre.tax.division import ground_of
from cadastre.tax.errors import (
    FieldMissing,
    NotPositive,
    NotVacant,
    OldTaxTooLate,
    OnlyPeopleAreRegistered,
    PartMissing,
    PartNotOfKind,
    ReliefNeedsRegistration,
    ReliefNotForOwner,
    ReliefNotForUse,
    ReliefOver,
    SecondMainHome,
    UseNotKnown,
    ValueTwice,
)
from cadastre.tax.model import Kind, LandDivision, Owner, Policy, Property, Use
from cadastre.tax.schedule import ReliefRule, Schedule
from cadastre.tax.valuation import depreciates

PARTS: Final = {
    Kind.LAND: ("land",),
    Kind.LAND_AND_BUILDING: ("land", "buildings"),
    Kind.BUILDING: ("buildings",),
    Kind.CONDOMINIUM_UNIT: ("buildings",),
}
"""What a property of each kind is valued by."""


def problems_of(
    owner: Owner,
    properties: Sequence[Property],
    schedule: Schedule,
    policy: Policy | None = None,
) -> Iterator[InvalidInput]:
    """Everything that keeps these properties from being assessed, each with its path."""
    division = (policy and policy.land_division) or schedule.land_division.value
    for index, thing in enumerate(properties):
        path: FieldPath = ("properties", index)
        yield from _value_problems(thing, path)
        if thing.is_measured:
            yield from _division_problems(thing, division, path)
        yield from _use_problems(owner, thing, schedule, path)
    if any(thing.relief is not None for thing in properties):
        yield from _relief_problems(owner, properties, schedule)
    yield from _second_main_homes(properties)


def is_assessable(thing: Property, schedule: Schedule, policy: Policy) -> bool:
    """Whether the property can be valued and divided among its uses."""
    division = policy.land_division or schedule.land_division.value
    problems = [*_value_problems(thing, ())]
    if thing.is_measured:
        problems += _division_problems(thing, division, ())
    return not problems


def _value_problems(thing: Property, path: FieldPath) -> Iterator[InvalidInput]:
    if thing.appraised_value_satang is not None:
        if thing.land is not None or thing.buildings:
            yield ValueTwice(path=(*path, "appraised_value"))
        return
    valued = False
    for each in thing.buildings:
        valued = valued or not each.valued_elsewhere
    parts = PARTS[thing.kind]
    for part, present in (("land", thing.land is not None), ("buildings", valued)):
        if present is not (part in parts):
            problem = PartNotOfKind if present else PartMissing
            yield problem(path=(*path, part), kind=thing.kind.value)
    if not depreciates(thing.kind):
        return
    for place, building in enumerate(thing.buildings):
        for field in ("structure", "age_years"):
            if getattr(building, field) is None and not building.valued_elsewhere:
                yield FieldMissing(path=(*path, "buildings", place, field))


def _division_problems(
    thing: Property, division: LandDivision, path: FieldPath
) -> Iterator[InvalidInput]:
    """Something that has neither measured areas nor declared uses, or areas of nothing."""
    by_buildings = thing.land is not None and not thing.land.used and not thing.uses
    if thing.land is not None and thing.land.used:
        if not sum(part.area_m2 for part in thing.land.used):
            yield NotPositive(path=(*path, "land", "used"))
    elif by_buildings and not thing.buildings:
        yield UseNotKnown(path=(*path, "land", "used"))
    for place, building in enumerate(thing.buildings):
        where: FieldPath = (*path, "buildings", place)
        if building.used and not sum(part.area_m2 for part in building.used):
            yield NotPositive(path=(*where, "used"))
        if not building.used and not thing.uses and (by_buildings or not building.valued_elsewhere):
            yield UseNotKnown(path=(*where, "used"))
        if by_buildings and not ground_of(building, division):
            yield FieldMissing(path=(*where, "footprint_m2"))


def _use_problems(
    owner: Owner, thing: Property, schedule: Schedule, path: FieldPath
) -> Iterator[InvalidInput]:
    if thing.years_vacant and Use.VACANT not in thing.used_as:
        yield NotVacant(path=(*path, "years_vacant"))
    if thing.in_house_registration and owner is not Owner.INDIVIDUAL:
        yield OnlyPeopleAreRegistered(path=(*path, "in_house_registration"), owner=owner.value)
    if thing.old_tax_satang is not None and schedule.old_tax_limit.value is None:
        yield OldTaxTooLate(path=(*path, "old_tax"), year=schedule.tax_year)


def _relief_problems(
    owner: Owner, properties: Sequence[Property], schedule: Schedule
) -> Iterator[InvalidInput]:
    bases = bases_of(properties)
    for index, thing in enumerate(properties):
        if thing.relief is None:
            continue
        rule = schedule.reliefs[thing.relief].value
        relief = thing.relief.value
        where = ("properties", index, "relief")
        members = bases[base_of(index, thing)]
        land_alone = all(each.kind is Kind.LAND for each in members)
        if (rule.house_registration and land_alone) or not set(thing.used_as) & set(rule.uses):
            yield ReliefNotForUse(path=where, relief=relief, expected=", ".join(rule.uses))
        elif owner not in rule.owners:
            yield ReliefNotForOwner(path=where, relief=relief, expected=", ".join(rule.owners))
        elif rule.house_registration and not any(each.in_house_registration for each in members):
            yield ReliefNeedsRegistration(path=where, relief=relief)
        elif _is_over(thing.relief_since, rule, schedule):
            yield ReliefOver(path=where, relief=relief, years=rule.not_longer_than_years)


def _is_over(since: date | None, rule: ReliefRule, schedule: Schedule) -> bool:
    """Whether a relief that lasts some years has ended before 1 January of the tax year."""
    years = rule.not_longer_than_years
    if since is None or years is None:
        return False
    return (since.year + years, since.month, since.day) <= (schedule.tax_year, 1, 1)


def _second_main_homes(properties: Sequence[Property]) -> Iterator[InvalidInput]:
    """A second base with a registered main home; one home may stand on several parcels."""
    first: tuple[BaseKey, int] | None = None
    for index, thing in enumerate(properties):
        if not is_main_home(thing):
            continue
        base = base_of(index, thing)
        if first is None:
            first = (base, index)
        elif base != first[0]:
            yield SecondMainHome(path=_claim(index, thing), first=first[1])


def _claim(index: int, thing: Property) -> FieldPath:
    """Where a property says that it is a main home."""
    if len(thing.uses) < 2:
        return ("properties", index, "use")
    place = next((at for at, part in enumerate(thing.uses) if part.use is Use.MAIN_HOME), 0)
    return ("properties", index, "uses", place, "use")
