"""Which surveyed point is which corner of the register. Pure; metres of one zone.

The rules and their order stand in docs/algorithms/survey-proposals.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from cadastre.cogo import Place
from cadastre.digits import typed_text

CLEARLY_NEARER: Final = 3.0
"""The nearest corner is taken without asking if the next one is this many times as far."""


class How(StrEnum):
    """What a point was matched by."""

    NUMBER = "number"
    NAME = "name"
    NEAREST = "nearest"
    DECIDED = "decided"


class Fate(StrEnum):
    """What a point does to the boundary."""

    MOVES = "moves"
    KEEPS = "keeps"
    NEW = "new"
    NONE = "none"
    OPEN = "open"


class Doubt(StrEnum):
    """Why nobody but a person can say."""

    FAR = "far"
    TWO_CORNERS = "two_corners"
    TWO_POINTS = "two_points"


@dataclass(frozen=True, slots=True)
class Corner:
    """A vertex of a parcel of the job; ``key`` are its whole millimetres, as ``E,N``."""

    key: str
    at: Place
    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shot:
    """A surveyed point of the boundary; ``codes`` are what was written of it in the field."""

    name: str
    at: Place
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a point: its fate, and for a corner which one."""

    fate: Fate
    corner: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A point with its corner, or why it has none; ``candidates`` are near corners, by distance."""

    shot: Shot
    fate: Fate
    how: How | None = None
    corner: Corner | None = None
    doubt: Doubt | None = None
    candidates: tuple[tuple[Corner, float], ...] = field(default=())

    @property
    def distance_m(self) -> float | None:
        """How far the point lies from its corner."""
        return None if self.corner is None else math.dist(self.shot.at, self.corner.at)


def plain_name(name: str) -> str:
    """A name as it is compared: digits of either script, letters of either case, no blanks."""
    return "".join(typed_text(name).casefold().split())


def match(
    shots: Sequence[Shot],
    corners: Sequence[Corner],
    *,
    reach_m: float,
    decided: Mapping[str, Decision],
) -> list[Match]:
    """Every point with its corner, in the order of the points.

    A decision counts first, then the number of a mark, then the name of the point that gave the
    corner its place, then the nearest corner within ``reach_m``. What is not clear stays open. A
    corner that two points claim belongs to the one decided upon, else to neither.
    """
    known = _Known(corners)
    found = [_of(shot, known, reach_m, decided.get(shot.name)) for shot in shots]
    claims = Counter(each.corner.key for each in found if each.corner)
    said = Counter(each.corner.key for each in found if each.corner and each.how is How.DECIDED)
    return [_alone(each, claims, said) for each in found]


class _Known:
    """The corners by key, by the numbers of their marks, and by the names of their points."""

    def __init__(self, corners: Sequence[Corner]) -> None:
        self.corners = corners
        self.by_key = {corner.key: corner for corner in corners}
        self.called: dict[How, dict[str, set[Corner]]] = {How.NUMBER: {}, How.NAME: {}}
        for corner in corners:
            for how, names in ((How.NUMBER, corner.numbers), (How.NAME, corner.names)):
                for name in names:
                    self.called[how].setdefault(plain_name(name), set()).add(corner)


def _of(shot: Shot, known: _Known, reach_m: float, decision: Decision | None) -> Match:
    near = sorted(
        ((corner, math.dist(shot.at, corner.at)) for corner in known.corners),
        key=lambda each: (each[1], each[0].key),
    )
    within = tuple(each for each in near if each[1] <= reach_m)
    open_ = Match(shot, Fate.OPEN, candidates=within or tuple(near[:1]))
    if decision is not None and (decision.corner in known.by_key or not decision.corner):
        corner = known.by_key.get(decision.corner)
        if corner is not None or decision.fate in {Fate.NEW, Fate.NONE}:
            return replace(open_, fate=decision.fate, how=How.DECIDED, corner=corner)
    said = {plain_name(each) for each in (shot.name, *shot.codes)}
    for how, called in known.called.items():
        found = set().union(*(called.get(name, ()) for name in said))
        if len(found) == 1:
            return replace(open_, fate=Fate.MOVES, how=how, corner=found.pop())
    if not within:
        return replace(open_, doubt=Doubt.FAR)
    if len(within) > 1 and within[1][1] < CLEARLY_NEARER * within[0][1]:
        return replace(open_, doubt=Doubt.TWO_CORNERS)
    return replace(open_, fate=Fate.MOVES, how=How.NEAREST, corner=within[0][0])


def _alone(found: Match, claims: Mapping[str, int], decided: Mapping[str, int]) -> Match:
    """The match, unless another point has as good a claim to its corner."""
    if found.corner is None or claims[found.corner.key] == 1:
        return found
    if found.how is How.DECIDED and decided[found.corner.key] == 1:
        return found
    return replace(found, fate=Fate.OPEN, how=None, corner=None, doubt=Doubt.TWO_POINTS)
