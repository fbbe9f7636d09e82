"""What was measured: each kind knows its own equation and its derivatives.

Metres and radians; azimuths and angles clockwise, azimuths from grid north. ``sigma`` is the
standard deviation before the adjustment, in the unit of ``value``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Component(StrEnum):
    """One coordinate of a point."""

    EAST = "east"
    NORTH = "north"
    HEIGHT = "height"


class Unknown(NamedTuple):
    """A coordinate to be found, or held fixed."""

    point: str
    component: Component


Values: TypeAlias = Mapping[Unknown, float]


class Equation(NamedTuple):
    """The observation computed from approximate coordinates, and its partial derivatives."""

    computed: float
    partials: dict[Unknown, float]


@dataclass(frozen=True, slots=True)
class _Measured:
    value: float
    sigma: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.sigma) and self.sigma > 0):
            raise ValueError("an observation is a finite number with a positive sigma")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightDifference(_Measured):
    """Levelled from ``start`` to ``end``, positive upward."""

    start: str
    end: str

    def equation(self, at: Values) -> Equation:
        a, b = Unknown(self.start, Component.HEIGHT), Unknown(self.end, Component.HEIGHT)
        return Equation(at[b] - at[a], {a: -1.0, b: 1.0})

    def misclosure(self, computed: float) -> float:
        return self.value - computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance(_Measured):
    """Horizontal, on the grid."""

    start: str
    end: str

    def equation(self, at: Values) -> Equation:
        east, north, length = _leg(at, self.start, self.end)
        return Equation(length, _along(self.start, self.end, east / length, north / length))

    def misclosure(self, computed: float) -> float:
        return self.value - computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Azimuth(_Measured):
    """Grid azimuth from ``start`` to ``end``."""

    start: str
    end: str

    def equation(self, at: Values) -> Equation:
        east, north, length = _leg(at, self.start, self.end)
        return Equation(
            math.atan2(east, north),
            _along(self.start, self.end, north / length**2, -east / length**2),
        )

    def misclosure(self, computed: float) -> float:
        return math.remainder(self.value - computed, math.tau)


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle(_Measured):
    """At ``station``, clockwise from ``back`` to ``fore``."""

    station: str
    back: str
    fore: str

    def equation(self, at: Values) -> Equation:
        fore = Azimuth(value=0, sigma=1, start=self.station, end=self.fore).equation(at)
        back = Azimuth(value=0, sigma=1, start=self.station, end=self.back).equation(at)
        partials = dict(fore.partials)
        for unknown, partial in back.partials.items():
            partials[unknown] = partials.get(unknown, 0.0) - partial
        return Equation(fore.computed - back.computed, partials)

    def misclosure(self, computed: float) -> float:
        return math.remainder(self.value - computed, math.tau)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate(_Measured):
    """One coordinate observed directly, as GNSS gives it, or known with a standard deviation."""

    point: str
    component: Component

    def equation(self, at: Values) -> Equation:
        unknown = Unknown(self.point, self.component)
        return Equation(at[unknown], {unknown: 1.0})

    def misclosure(self, computed: float) -> float:
        return self.value - computed


Observation: TypeAlias = HeightDifference | Distance | Azimuth | Angle | Coordinate


def _leg(at: Values, start: str, end: str) -> tuple[float, float, float]:
    east = at[Unknown(end, Component.EAST)] - at[Unknown(start, Component.EAST)]
    north = at[Unknown(end, Component.NORTH)] - at[Unknown(start, Component.NORTH)]
    length = math.hypot(east, north)
    if length == 0:
        raise ValueError(f"{start} and {end} have the same approximate place")
    return east, north, length


def _along(start: str, end: str, by_east: float, by_north: float) -> dict[Unknown, float]:
    return {
        Unknown(start, Component.EAST): -by_east,
        Unknown(start, Component.NORTH): -by_north,
        Unknown(end, Component.EAST): by_east,
        Unknown(end, Component.NORTH): by_north,
    }
