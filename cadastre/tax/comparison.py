"""Why the tax of one owner is not what it was last year (algorithm, section 8).

The facts and the law of the first year are turned into those of the second one factor at a time, in
the order of `Factor`; what the tax changes by at each turn is what that factor did. The turns lead
from one year to the other, so the causes add up to the difference to the satang.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from cadastre.tax.assessment import Assessment, calculated
from cadastre.tax.checks import is_assessable
from cadastre.tax.compared_words import LABELS, detail_of
from cadastre.tax.dated import Provision, Text
from cadastre.tax.errors import TraceDoesNotAgree
from cadastre.tax.model import Building, Owner, Policy, Property
from cadastre.tax.money import baht_text, baht_written
from cadastre.tax.schedule import Schedule
from cadastre.tax.trace import assessment_of


class Factor(StrEnum):
    """What a tax may change by, in the order in which it is taken into account."""

    PROPERTY_GONE = "property_gone"
    LAND_PRICE = "land_price"
    LAND_AREA = "land_area"
    BUILDING_PRICE = "building_price"
    BUILDING_AGE = "building_age"
    BUILDINGS = "buildings"
    USE = "use"
    EXEMPTION = "exemption"
    OWNED_SHARE = "owned_share"
    JOINT_BASE = "joint_base"
    VACANCY = "vacancy"
    REDUCTION = "reduction"
    PROPERTY_NEW = "property_new"
    LAW_EXEMPTION = "law_exemption"
    LAW_RATE = "law_rate"
    LAW_REDUCTION = "law_reduction"
    LAW_OTHER = "law_other"


@dataclass(frozen=True, slots=True)
class Cause:
    """What one factor did to the tax; ``places`` where the facts changed, ``details`` how."""

    factor: Factor
    satang: int
    places: tuple[str, ...]
    th: str
    en: str
    details: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two years of one owner. The causes add up to the difference."""

    before: Assessment
    after: Assessment
    causes: tuple[Cause, ...]

    @property
    def difference_satang(self) -> int:
        return self.after.tax_satang - self.before.tax_satang


def compare(before: Assessment, after: Assessment) -> Comparison:
    """Why the tax became what it is; a factor that did not change is no cause.

    Properties are the same where their ``place`` is; without places, where they are listed.
    """
    causes: list[Cause] = []
    state, target = _State.of(before), _State.of(after)
    tax = before.tax_satang
    for factor in Factor:
        state, changes = _turned(factor, state, target)
        if changes:
            now = state.tax_satang()
            causes.append(_cause(factor, now - tax, changes))
            tax = now
    return Comparison(before, after, tuple(causes))


def compare_traces(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """`compare` for two traces, assessed anew under the law of their years.

    Raises `TraceUnreadable`, and `TraceDoesNotAgree` where a trace tells another tax.
    """
    found = []
    for trace in (before, after):
        assessment = assessment_of(trace)
        tax = baht_text(assessment.tax_satang)
        if tax != trace.get("tax"):
            raise TraceDoesNotAgree(
                year=assessment.schedule.tax_year, written=str(trace.get("tax")), recomputed=tax
            )
        found.append(assessment)
    return compare(*found)


class _Change(NamedTuple):
    """A fact that is another one: where, and how."""

    place: str
    detail: Text | None


_Step: TypeAlias = Callable[[Property, Property], Property]
"""One kind of fact of a property as it is in the second year."""


@dataclass(frozen=True, slots=True)
class _State:
    """Facts and law on the way from one year to the other."""

    owner: Owner
    things: Mapping[str, Property]
    schedule: Schedule
    policy: Policy

    @classmethod
    def of(cls, assessment: Assessment) -> _State:
        return cls(
            assessment.owner,
            _by_place(assessment.properties),
            assessment.schedule,
            assessment.policy,
        )

    def tax_satang(self) -> int:
        things = list(self.things.values())
        return calculated(self.owner, things, self.schedule, self.policy).tax_satang


def _by_place(properties: Sequence[Property]) -> dict[str, Property]:
    places = [thing.place for thing in properties]
    if "" in places or len(set(places)) < len(places):
        places = [str(index) for index in range(len(properties))]
    return dict(zip(places, properties, strict=True))


def _turned(factor: Factor, state: _State, after: _State) -> tuple[_State, list[_Change]]:
    """The state with one factor as it is in the second year, and what that changed."""
    if factor in STEPS:
        return _properties_turned(factor, state, after)
    if factor in LAW:
        return _law_turned(LAW[factor], state, after)
    match factor:
        case Factor.PROPERTY_GONE:
            gone = [place for place in state.things if place not in after.things]
            things = {each: state.things[each] for each in state.things if each not in gone}
            return replace(state, things=things), [_Change(place, None) for place in gone]
        case Factor.PROPERTY_NEW:
            # In the order of the second year, in which lines are stacked and exemptions given.
            things = {each: state.things.get(each, after.things[each]) for each in after.things}
            changes = [_Change(each, None) for each in things if each not in state.things]
            if list(things) != list(state.things):
                changes = changes or [_Change("", None)]
            return replace(state, things=things), changes
        case _:
            told = {name for names in LAW.values() for name in names} | {"tax_year"}
            rest = [each.name for each in fields(Schedule) if each.name not in told]
            _state, changes = _law_turned(rest, state, after)
            if state.policy != after.policy:
                changes.append(_Change("", None))
            return after, changes


def _properties_turned(
    factor: Factor, state: _State, after: _State
) -> tuple[_State, list[_Change]]:
    """Each property with one kind of fact as in the second year.

    A fact that makes no sense without a later one (a floor measured by use beside a share of use
    that is still declared) waits for it: the use turns all that is left of land and buildings.
    """
    changes: list[_Change] = []
    things = dict(state.things)
    for place, thing in state.things.items():
        target = after.things.get(place)
        turned = _possible(STEPS[factor], thing, target, state) if target is not None else thing
        if turned == thing:
            continue
        things[place] = turned
        changes.append(_Change(place, detail_of(factor, thing, turned)))
    owner = state.owner
    if factor is Factor.EXEMPTION and owner is not after.owner:
        owner = after.owner
        changes.append(_Change("", None))
    return replace(state, things=things, owner=owner), changes


def _possible(step: _Step, thing: Property, target: Property, state: _State) -> Property:
    """The property after the step; as it was, where there can be no such property yet."""
    try:
        turned = step(thing, target)
    except ValueError:
        return thing
    return turned if is_assessable(turned, state.schedule, state.policy) else thing


def _law_turned(names: Sequence[str], state: _State, after: _State) -> tuple[_State, list[_Change]]:
    changes = [
        _Change("", Text(each.reference, each.reference))
        for name in names
        for each in _changed(getattr(state.schedule, name), getattr(after.schedule, name))
    ]
    law = {name: getattr(after.schedule, name) for name in names}
    return replace(state, schedule=replace(state.schedule, **law)), changes


def _changed(old: Any, new: Any) -> Iterator[Provision[Any]]:
    """Provisions of the second year that say something else than those of the first."""
    if isinstance(new, Provision):
        if old.value != new.value:
            yield new
    else:
        for key in new:
            yield from _changed(old[key], new[key])


def _cause(factor: Factor, satang: int, changes: Sequence[_Change]) -> Cause:
    label, amount = LABELS[factor.value], baht_written(abs(satang))
    th, en = "ภาษีไม่เปลี่ยนแปลง", "the tax stays the same."
    if satang:
        th = f"ภาษี{'เพิ่มขึ้น' if satang > 0 else 'ลดลง'} {amount} บาท"
        en = f"the tax {'rises' if satang > 0 else 'falls'} by {amount} baht."
    return Cause(
        factor,
        satang,
        tuple(dict.fromkeys(change.place for change in changes if change.place)),
        f"{label.th}: {th}",
        f"{label.en}: {en}",
        tuple(change.detail for change in changes if change.detail is not None),
    )


def _price(thing: Property, target: Property) -> Property:
    if thing.appraised_value_satang != target.appraised_value_satang:
        return replace(
            thing,
            kind=target.kind,
            land=target.land,
            buildings=target.buildings,
            appraised_value_satang=target.appraised_value_satang,
        )
    if thing.land is None or target.land is None:
        return thing
    price = target.land.price_per_square_wa_satang
    return replace(thing, land=replace(thing.land, price_per_square_wa_satang=price))


def _area(thing: Property, target: Property) -> Property:
    if thing.land is None or target.land is None:
        return thing
    return replace(thing, land=replace(thing.land, area=target.land.area))


def _of_each_building(*names: str) -> _Step:
    """The named facts of every building that is there in both years."""

    def step(thing: Property, target: Property) -> Property:
        known = _buildings(target)
        turned = [
            replace(each, **{name: getattr(known[key], name) for name in names})
            if key in known
            else each
            for key, each in _buildings(thing).items()
        ]
        return replace(thing, buildings=tuple(turned))

    return step


def _buildings(thing: Property) -> dict[str, Building]:
    places = [each.place for each in thing.buildings]
    if "" in places or len(set(places)) < len(places):
        places = [str(index) for index in range(len(places))]
    return dict(zip(places, thing.buildings, strict=True))


def _standing(thing: Property, target: Property) -> Property:
    """The buildings of the second year, each used as it was."""
    known = _buildings(thing)
    turned = [
        replace(each, used=known[key].used) if key in known else each
        for key, each in _buildings(target).items()
    ]
    return replace(thing, kind=target.kind, buildings=tuple(turned))


def _facts(*names: str) -> _Step:
    """The named facts of the property itself."""

    def step(thing: Property, target: Property) -> Property:
        return replace(thing, **{name: getattr(target, name) for name in names})

    return step


STEPS: Final[Mapping[Factor, _Step]] = {
    Factor.LAND_PRICE: _price,
    Factor.LAND_AREA: _area,
    Factor.BUILDING_PRICE: _of_each_building("price_per_m2_satang"),
    Factor.BUILDING_AGE: _of_each_building("age_years"),
    Factor.BUILDINGS: _standing,
    Factor.USE: _facts("uses", "kind", "land", "buildings", "appraised_value_satang"),
    Factor.EXEMPTION: _facts("in_house_registration", "possessed"),
    Factor.OWNED_SHARE: _facts("owned"),
    Factor.JOINT_BASE: _facts("joint_base"),
    Factor.VACANCY: _facts("years_vacant"),
    Factor.REDUCTION: _facts("relief", "relief_since", "old_tax_satang"),
}
LAW: Final[Mapping[Factor, tuple[str, ...]]] = {
    Factor.LAW_EXEMPTION: ("exemptions", "state_exemption", "possessor"),
    Factor.LAW_RATE: ("rates", "vacancy"),
    Factor.LAW_REDUCTION: ("reliefs", "every_property", "reduction_order", "old_tax_limit"),
}
"""The provisions of a schedule, by the factor that they are; what is left is `LAW_OTHER`."""
