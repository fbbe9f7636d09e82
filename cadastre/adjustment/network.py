"""A network: points with their roles, and what was observed between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple, cast

import numpy as np
from pyproj import Geod

from cadastre.adjustment.observations import Group, Matrix, Observation, Single


class Role(Enum):
    """What the adjustment may do with one component of a point."""

    FREE = "free"
    FIXED = "fixed"
    DATUM = "datum"
    ABSENT = "absent"


class Ellipsoid(NamedTuple):
    """Half axis in metres and flattening."""

    a: float
    f: float

    @property
    def e2(self) -> float:
        """First eccentricity squared."""
        return self.f * (2 - self.f)

    @property
    def geod(self) -> Geod:
        """For geodesics."""
        return Geod(a=self.a, f=self.f)


GRS80: Final = Ellipsoid(6378137.0, 1 / 298.257222101)

Place = tuple[float | None, float | None, float | None]
Roles = tuple[Role, Role, Role]

PLANE_ROLES: Final[Roles] = (Role.FREE, Role.FREE, Role.ABSENT)


@dataclass(frozen=True, slots=True)
class Point:
    """Approximate or known coordinates and the roles of the three components.

    ``at`` is east, north, height in the plane and X, Y, Z in space, metres, None where unknown;
    ``roles`` speak of east, north and height in both. ``geoid_m`` is the undulation that height
    differences in space are freed from.
    """

    at: Place = (None, None, None)
    roles: Roles = PLANE_ROLES
    geoid_m: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether every component that takes part has a value."""
        (x, y, z), (east, north, up) = self.at, self.roles
        return (
            (x is not None or east is Role.ABSENT)
            and (y is not None or north is Role.ABSENT)
            and (z is not None or up is Role.ABSENT)
        )


@dataclass(frozen=True)
class Network:
    """Points by name and observations between them.

    With ``ellipsoid`` the coordinates are geocentric, without it those of a plane with heights.
    ``a_posteriori`` scales what is told about precision by σ₀; ``sigma_apriori`` is only the unit
    in which the file tells σ₀. ``confidence`` belongs to the global test.
    """

    points: Mapping[str, Point]
    observations: Sequence[Observation]
    ellipsoid: Ellipsoid | None = None
    a_posteriori: bool = True
    sigma_apriori: float = 1.0
    confidence: float = 0.95

    def singles(self) -> Iterator[Single]:
        """Every observation, those of groups one by one, in order."""
        if Group not in set(map(type, self.observations)):
            return iter(cast("Sequence[Single]", self.observations))
        return chain.from_iterable(
            each.observations if isinstance(each, Group) else (each,) for each in self.observations
        )

    def without(self, unwanted: Single) -> Network:
        """The same network less one observation, also out of its group."""
        return replace(
            self,
            observations=tuple(
                rest for each in self.observations if (rest := _left(each, unwanted)) is not None
            ),
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the points in order."""
        return tuple(self.points)


def _left(each: Observation, unwanted: Single) -> Observation | None:
    if each is unwanted:
        return None
    if not isinstance(each, Group) or not any(one is unwanted for one in each.observations):
        return each
    keep: list[bool] = []
    for one in each.observations:
        size = 3 if hasattr(one, "end") and isinstance(getattr(one, "value", None), tuple) else 1
        keep += [one is not unwanted] * size
    rest = tuple(one for one in each.observations if one is not unwanted)
    return (
        Group(observations=rest, covariance=each.covariance[np.ix_(keep, keep)]) if rest else None
    )


def geocentric(
    latitude: float, longitude: float, height: float, shape: Ellipsoid
) -> tuple[float, float, float]:
    """X, Y, Z of geodetic coordinates in radians and metres."""
    normal = shape.a / math.sqrt(1 - shape.e2 * math.sin(latitude) ** 2)
    level = (normal + height) * math.cos(latitude)
    return (
        level * math.cos(longitude),
        level * math.sin(longitude),
        (normal * (1 - shape.e2) + height) * math.sin(latitude),
    )


def geodetic(at: Matrix, shape: Ellipsoid) -> Matrix:
    """Latitude, longitude (radians) and height of geocentric rows; to 1e-8 m near the Earth."""
    x, y, z = at.T
    level = np.hypot(x, y)
    latitude = np.arctan2(z, level * (1 - shape.e2))
    for _ in range(6):
        normal = shape.a / np.sqrt(1 - shape.e2 * np.sin(latitude) ** 2)
        latitude = np.arctan2(z + shape.e2 * normal * np.sin(latitude), level)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    normal = shape.a / np.sqrt(1 - shape.e2 * sine**2)
    height = level * cosine + z * sine - normal * (1 - shape.e2 * sine**2)
    return np.stack([latitude, np.arctan2(y, x), height], axis=1)


def local_axes(places: Matrix) -> Matrix:
    """East, north and up as columns, one 3×3 matrix per row of latitude, longitude, height."""
    latitude, longitude, _ = places.T
    sp, cp, sl, cl = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    east = np.stack([-sl, cl, np.zeros_like(sl)], axis=1)
    north = np.stack([-sp * cl, -sp * sl, cp], axis=1)
    up = np.stack([cp * cl, cp * sl, sp], axis=1)
    return np.stack([east, north, up], axis=2)
