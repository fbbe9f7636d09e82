"""What an edit comes to: each resulting parcel with its legal area, and all that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry import MultiPolygon

from cadastre.area import Area
from cadastre.errors import LandError
from cadastre.fabric import Plot
from parcels.editing.areas import LegalAreas, conserved, measured
from parcels.editing.bench import Bench
from parcels.editing.checking import KEEPS_GROUND, findings_of
from parcels.editing.choices import Choices
from parcels.editing.errors import (
    ChoiceUnusable,
    LegalAreaMissing,
    NothingEdited,
    NumberNotWrittenByHand,
)
from parcels.editing.operations import Replace, Step, square_metres
from parcels.editing.steps import DIVISIONS
from parcels.models import Parcel, Transaction

Kind = Transaction.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One parcel as it will be: a piece (``parcel`` None) or a registered parcel that changes."""

    index: int
    name: str
    shape: MultiPolygon
    legal_area: Area | None
    parcel: Parcel | None = None
    keeps_number: bool = False
    becomes_public: bool = False
    facts: dict[str, Any]

    @property
    def calculated_m2(self) -> float:
        return float(shapely.area(self.shape))


@dataclass(frozen=True, slots=True)
class Outcome:
    """An edit done: the bench after its steps, the resulting parcels, and the findings."""

    kind: str
    bench: Bench
    results: tuple[Result, ...]
    findings: tuple[LandError, ...]

    @property
    def subjects(self) -> list[Parcel]:
        """The registered parcels that end or change."""
        return [self.bench.parcels[key] for key in self.bench.subjects]

    @property
    def neighbours(self) -> dict[Parcel, MultiPolygon]:
        """The registered parcels that gain marks, with their new boundary."""
        return {self.bench.parcels[key]: self.bench.plots[key] for key in self.bench.neighbours}


def outcome_of(bench: Bench, kind: str, operations: Sequence[Step], choices: Choices) -> Outcome:
    """Weigh what the steps left on the bench. Raises `NothingEdited` when that is nothing."""
    keys = bench.results
    if not keys:
        raise NothingEdited
    shapes = [bench.plots[key] for key in keys]
    areas, problems = _legal_areas(bench, kind, operations, choices)
    problems += _unusable(kind, choices, len(keys))
    keeper = _keeper(bench, kind, choices)
    results = tuple(
        Result(
            index=index,
            name=bench.name(key),
            shape=shape,
            legal_area=areas[index],
            parcel=bench.parcels.get(key),
            keeps_number=index == keeper,
            becomes_public=kind == Kind.DIVIDE_PUBLIC and index in choices.public,
            facts=_facts(choices, index),
        )
        for index, (key, shape) in enumerate(zip(keys, shapes, strict=True))
    )
    subjects = {*bench.subjects}
    before = [Plot(key, bench.before[key]) for key in bench.subjects]
    others = [Plot(key, shape) for key, shape in bench.before.items() if key not in subjects]
    changed = {key: bench.plots[key] for key in bench.neighbours}
    found = findings_of(kind, before, shapes, changed, others)
    return Outcome(kind, bench, results, (*found, *problems))


def _facts(choices: Choices, index: int) -> dict[str, Any]:
    facts = choices.facts.get(index)
    return facts.model_dump(mode="json", exclude_none=True) if facts else {}


def _unusable(kind: str, choices: Choices, count: int) -> list[LandError]:
    named = [*choices.public, *choices.areas, *choices.facts]
    if choices.keeps_number is not None:
        named.append(choices.keeps_number)
    found: list[LandError] = [ChoiceUnusable(index=i + 1) for i in sorted(named) if i >= count]
    if kind != Kind.DATA_REPAIR:
        by_hand = {"land_number", "tax_parcel_code"}
        found += [
            NumberNotWrittenByHand(index=index + 1)
            for index in sorted(choices.facts)
            if by_hand & choices.facts[index].model_fields_set
        ]
    return found


def _keeper(bench: Bench, kind: str, choices: Choices) -> int | None:
    """The piece that goes on under the parent's number: the one chosen, else the largest."""
    if kind not in DIVISIONS:
        return None
    if choices.keeps_number is not None:
        return choices.keeps_number
    private = [i for i in range(len(bench.pieces)) if i not in choices.public]
    areas = {i: float(shapely.area(bench.plots[bench.pieces[i]])) for i in private}
    return max(private, key=lambda i: (areas[i], -i), default=None)


def _legal_areas(
    bench: Bench, kind: str, operations: Sequence[Step], choices: Choices
) -> LegalAreas:
    keys = bench.results
    calculated = [float(shapely.area(bench.plots[key])) for key in keys]
    stated = {
        index: square_metres(text) for index, text in choices.areas.items() if index < len(keys)
    }
    if kind in KEEPS_GROUND:
        legal = [bench.parcels[key].legal_area_m2 for key in bench.retired]
        return conserved(legal, calculated, stated)
    surveyed = {
        bench.plot(step.parcel).key
        for step in operations
        if kind == Kind.RE_SURVEY and isinstance(step, Replace)
    }
    areas: list[Area | None] = []
    problems: list[LandError] = []
    for index, key in enumerate(keys):
        if index in stated:
            areas.append(Area(stated[index]))
        elif key < 0 or key in surveyed:
            areas.append(measured(calculated[index]))
        else:
            areas.append(_as_it_was(bench.parcels[key].legal_area_m2))
            if kind == Kind.AREA_CORRECTION:
                problems.append(LegalAreaMissing(name=bench.parcels[key].land_number))
    return areas, problems


def _as_it_was(legal: Decimal | None) -> Area | None:
    return None if legal is None else Area(legal)
