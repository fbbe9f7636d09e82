"""The steps of an edit that bring the surveyed points into the fabric.

docs/algorithms/survey-proposals.md; the steps are those of `parcels.editing.operations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cadastre.cogo import Place
from parcels.editing.operations import (
    DeleteMark,
    DivideLine,
    InsertMark,
    MoveMark,
    Replace,
    Step,
)
from parcels.editing.places import Coordinates
from parcels.models import Transaction
from surveys.models import SurveyJob
from surveys.proposing.ground import SAME_MM, Ground, key_of
from surveys.proposing.matching import Corner, Fate, Match

Kind = Transaction.Kind
KINDS: Final[Mapping[str, Transaction.Kind]] = {
    SurveyJob.Kind.BOUNDARY: Kind.BOUNDARY_CORRECTION,
    SurveyJob.Kind.RE_SURVEY: Kind.RE_SURVEY,
    SurveyJob.Kind.DIVISION: Kind.DIVIDE,
}
"""What a job proposes; others propose nothing."""

ON_THE_LINE_M: Final = 0.01
"""A new mark that lies this near to its side is set upon it: the side stays straight."""


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a new mark comes into a side: its foot on the side from ``a`` to ``b``."""

    match: Match
    a: Place
    b: Place
    at: Place
    part: float

    @property
    def offset_m(self) -> float:
        """How far the point lies off the side."""
        return math.dist(self.match.shot.at, self.at)

    @property
    def to(self) -> Place:
        """Where the mark comes to be."""
        return self.at if self.offset_m < ON_THE_LINE_M else self.match.shot.at


def feet_of(ground: Ground) -> list[Foot]:
    """Each new mark on the nearest side of the parcels of the job, along the sides."""
    sides = [
        (a.at, b.at)
        for boundary in ground.boundaries.values()
        for ring in boundary.rings
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        if a.at != b.at
    ]
    new = [each for each in ground.matches if each.fate is Fate.NEW]
    found = [min((_foot(each, a, b) for a, b in sides), key=lambda f: f.offset_m) for each in new]
    return sorted(found, key=lambda foot: (foot.a, foot.b, foot.part))


def _foot(found: Match, a: Place, b: Place) -> Foot:
    a, b = min(a, b), max(a, b)
    along = b.east - a.east, b.north - a.north
    x, y = found.shot.at.east - a.east, found.shot.at.north - a.north
    part = (x * along[0] + y * along[1]) / (along[0] ** 2 + along[1] ** 2)
    part = min(max(part, 0.0), 1.0)
    at = Place(round(a.east + part * along[0], 3), round(a.north + part * along[1], 3))
    return Foot(found, a, b, at, part)


def steps_of(ground: Ground) -> list[Step]:
    """The steps of the job's kind of transaction; empty when nothing would change."""
    kind = KINDS.get(ground.job.kind)
    return list(_STEPS[kind](ground)) if kind is not None and ground.boundaries else []


def moved(found: Match) -> Corner | None:
    """The corner that a point moves, by a millimetre at least."""
    far = (found.distance_m or 0) >= SAME_MM / 1000
    return found.corner if found.fate is Fate.MOVES and far else None


def gone(ground: Ground) -> list[Corner]:
    """The corners that are taken out."""
    kept = [ground.standing[key] for key in ground.decisions.gone if key in ground.standing]
    used = {each.corner.key for each in ground.matches if each.corner}
    return sorted((k.corner for k in kept if k.corner.key not in used), key=lambda c: c.key)


# -- boundary correction -------------------------------------------------------------------------


def _correction(ground: Ground) -> Iterator[Step]:
    """New marks first, on the sides as they are; then marks move; then marks go."""
    feet = feet_of(ground)
    begun: dict[tuple[Place, Place], Place] = {}
    for foot in feet:
        # The side was cut at the last foot; what is left of it runs on to the same end.
        start = begun.get((foot.a, foot.b), foot.a)
        yield InsertMark(
            op="insert_mark", side=_places(ground, start, foot.b), at=_places(ground, foot.at)
        )
        begun[foot.a, foot.b] = foot.at
    for found in ground.matches:
        corner = moved(found)
        if corner is not None:
            yield _move(ground, corner.at, found.shot.at)
    for foot in feet:
        if foot.to != foot.at:
            yield _move(ground, foot.at, foot.to)
    for corner in gone(ground):
        yield DeleteMark(op="delete_mark", mark=_places(ground, corner.at))


def _move(ground: Ground, mark: Place, to: Place) -> MoveMark:
    return MoveMark(op="move_mark", mark=_places(ground, mark), to=_places(ground, to))


def _places(ground: Ground, *places: Place) -> Coordinates:
    points = tuple((place.east, place.north) for place in places)
    return Coordinates(crs=ground.zone_srid, points=points)


# -- re-survey ------------------------------------------------------------------------------------


def _re_survey(ground: Ground) -> Iterator[Step]:
    """The marks move as in a correction; then each parcel is stated as measured anew as a whole."""
    feet = feet_of(ground)
    corners = {c.key: found.shot.at for found in ground.matches if (c := moved(found))}
    out = {corner.key for corner in gone(ground)}
    marks = list(_correction(ground))
    yield from marks
    for parcel in ground.parcels if marks else ():
        boundary = ground.boundaries.get(parcel.pk)
        if boundary is None or len(boundary.parts) != 1:
            continue
        rings = [
            _ring([corner.at for corner in ring], corners, out, feet) for ring in boundary.rings
        ]
        yield Replace(
            op="replace",
            parcel=parcel.public_id,
            rings=tuple(_places(ground, *ring) for ring in rings),
        )


def _ring(
    ring: list[Place], corners: Mapping[str, Place], out: set[str], feet: list[Foot]
) -> list[Place]:
    found: list[Place] = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        if key_of(a) not in out:
            found.append(corners.get(key_of(a), a))
        on = [foot for foot in feet if (foot.a, foot.b) == (min(a, b), max(a, b))]
        found += [foot.to for foot in (on if a < b else reversed(on))]
    return found


# -- division -------------------------------------------------------------------------------------


def line_of(ground: Ground) -> list[Match]:
    """The points of the dividing line: in the order decided, else the new ones by their names."""
    named = {each.shot.name: each for each in ground.matches}
    if ground.decisions.line:
        return [named[name] for name in ground.decisions.line if name in named]
    new = [each for each in ground.matches if each.fate is Fate.NEW]
    return sorted(new, key=lambda each: _by_number(each.shot.name))


def line_places(ground: Ground) -> dict[str, Place]:
    """The line, by the names of its points; its ends lie on the boundary: at a corner, or where
    the point meets its side.
    """
    line = line_of(ground)
    feet = {foot.match.shot.name: foot for foot in feet_of(ground)}
    places = {}
    for number, each in enumerate(line):
        foot = feet.get(each.shot.name)
        if each.corner is not None:
            places[each.shot.name] = each.corner.at
        elif number in {0, len(line) - 1} and foot is not None:
            places[each.shot.name] = foot.at
        else:
            places[each.shot.name] = each.shot.at
    return places


def _division(ground: Ground) -> Iterator[Step]:
    places = line_places(ground).values()
    if len(places) >= 2 and len(ground.parcels) == 1:
        yield DivideLine(
            op="divide_line", parcel=ground.parcels[0].public_id, line=_places(ground, *places)
        )


def _by_number(name: str) -> list[tuple[int, str]]:
    """P2 before P10."""
    parts: list[str] = []
    for letter in name:
        if parts and parts[-1][0].isdecimal() == letter.isdecimal():
            parts[-1] += letter
        else:
            parts.append(letter)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


_STEPS: Final[dict[Transaction.Kind, Callable[[Ground], Iterator[Step]]]] = {
    Kind.BOUNDARY_CORRECTION: _correction,
    Kind.RE_SURVEY: _re_survey,
    Kind.DIVIDE: _division,
}
