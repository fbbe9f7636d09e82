"""What was measured, in metres and radians.

Azimuths and angles run clockwise, azimuths from north. ``sigma`` is the standard deviation before
the adjustment, in the unit of ``value``; inside a `Group` the covariance matrix counts instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]


class Component(StrEnum):
    """One coordinate of a point; what may be observed depends on the frame of the network."""

    EAST = "east"
    NORTH = "north"
    HEIGHT = "height"
    X = "x"
    Y = "y"
    Z = "z"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scalar:
    value: float
    sigma: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.sigma) and self.sigma > 0):
            raise ValueError("an observation is a finite number with a positive sigma")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Between(_Scalar):
    start: str
    end: str


class Distance(_Between):
    """Horizontal on the grid; in space along the ellipsoid."""

    __slots__ = ()


class Azimuth(_Between):
    """From grid north; in space from geodetic north."""

    __slots__ = ()


class HeightDifference(_Between):
    """From ``start`` to ``end``, positive upward."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction(_Between):
    """Reading of a horizontal circle; all of one ``set`` share an unknown orientation."""

    set: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighted(_Between):
    instrument_m: float = 0.0
    target_m: float = 0.0


class SlopeDistance(_Sighted):
    """From the instrument's height above ``start`` to the target's above ``end``."""

    __slots__ = ()


class ZenithAngle(_Sighted):
    """From the zenith at the instrument to the target, refraction already removed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle(_Scalar):
    """At ``station``, clockwise from ``back`` to ``fore``."""

    station: str
    back: str
    fore: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate(_Scalar):
    """One coordinate observed directly, or known with a standard deviation."""

    point: str
    component: Component


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vector:
    """End minus start along the axes of the frame (space: geocentric), as GNSS gives it.

    ``covariance`` is 3×3 in m²; None in a `Group`, which has one for all.
    """

    start: str
    end: str
    value: tuple[float, float, float]
    covariance: Matrix | None = None
    instrument_m: float = 0.0
    target_m: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(part) for part in self.value):
            raise ValueError("a vector has three finite parts")


Single: TypeAlias = (
    Distance
    | SlopeDistance
    | Azimuth
    | Direction
    | Angle
    | ZenithAngle
    | HeightDifference
    | Coordinate
    | Vector
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Correlated observations; ``covariance`` over their rows in order, in squared units."""

    observations: tuple[Single, ...]
    covariance: Matrix


Observation: TypeAlias = Single | Group


def points_of(observation: Single) -> tuple[str, ...]:
    """The points an observation touches, the one it was made at first."""
    if isinstance(observation, Angle):
        return observation.station, observation.back, observation.fore
    if isinstance(observation, Coordinate):
        return (observation.point,)
    return observation.start, observation.end


def rows_of(observation: Single) -> int:
    """How many numbers were observed."""
    return 3 if isinstance(observation, Vector) else 1


def named(observation: Single) -> str:
    """For people: the kind and the points."""
    return f"{type(observation).__name__} {'–'.join(points_of(observation))}"
