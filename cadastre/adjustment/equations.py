"""Observation equations: computed values and derivatives of all rows at once.

Derivatives are by the corrections of the points: east, north, height in the plane, the local east,
north, up of each point in space. See the table in ``docs/algorithms/adjustment.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from cadastre.adjustment.columns import Columns, Indices, Kind
from cadastre.adjustment.errors import PointsCoincide
from cadastre.adjustment.network import Ellipsoid, geodetic, local_axes
from cadastre.adjustment.observations import Matrix

LATITUDE_AXIS: Final = 3
LONGITUDE_AXIS: Final = 4
HEIGHT_AXIS: Final = 5


class State(NamedTuple):
    """Coordinates of all points (rows) and orientations of all sets."""

    places: Matrix
    orientations: Matrix


class Linear(NamedTuple):
    """Observed minus computed, derivatives by point (row, place in the observation, e n u)."""

    misclosures: Matrix
    partials: Matrix

    @property
    def derivatives(self) -> Matrix:
        """Row × 10: by the components of three points, and -1 for the orientation of a set."""
        rows = len(self.misclosures)
        return np.concatenate([self.partials.reshape(rows, 9), np.full((rows, 1), -1.0)], axis=1)


@dataclass(frozen=True, slots=True)
class _Space:
    """What the derivatives need of every point of a network in space."""

    shape: Ellipsoid
    geodetic: Matrix
    axes: Matrix
    meridian: Matrix
    normal: Matrix


def linearise(
    columns: Columns,
    state: State,
    ellipsoid: Ellipsoid | None,
    geoid: Matrix,
    names: tuple[str, ...],
) -> Linear:
    """Linearise every row at ``state``. Raises `PointsCoincide`."""
    at = _Equations(columns, state.places, _space(state.places, ellipsoid), names)
    at.legs()
    at.angles()
    at.heights(geoid)
    at.coordinates()
    at.vectors()
    directions = np.flatnonzero(columns.kind == Kind.DIRECTION)
    at.computed[directions] -= state.orientations[columns.sets[directions]]
    misclosures = columns.value - at.computed
    turning = _turning(columns)
    misclosures[turning] = _principal(misclosures[turning])
    return Linear(misclosures, at.partials)


def _principal(angle: Matrix) -> Matrix:
    return angle - np.round(angle / (2 * np.pi)) * (2 * np.pi)


def _turning(columns: Columns) -> Indices:
    """Rows whose values go round in a circle."""
    # Azimuths, directions and angles have successive numbers.
    bearings = (columns.kind >= Kind.AZIMUTH) & (columns.kind <= Kind.ANGLE)
    longitudes = (columns.kind == Kind.COORDINATE) & (columns.axis == LONGITUDE_AXIS)
    return np.flatnonzero(bearings | longitudes)


def _space(places: Matrix, shape: Ellipsoid | None) -> _Space | None:
    if shape is None:
        return None
    where = geodetic(places, shape)
    root = np.sqrt(1 - shape.e2 * np.sin(where[:, 0]) ** 2)
    normal = shape.a / root
    return _Space(shape, where, local_axes(where), normal * (1 - shape.e2) / root**2, normal)


class _Equations:
    """Fills ``computed`` and ``partials`` kind by kind."""

    def __init__(
        self, columns: Columns, places: Matrix, space: _Space | None, names: tuple[str, ...]
    ) -> None:
        self.columns, self.places, self.space, self.names = columns, places, space, names
        self.computed = np.zeros(len(columns.value))
        self.partials = np.zeros((len(columns.value), 3, 3))

    def rows(self, kind: Kind) -> Indices:
        return np.flatnonzero(self.columns.kind == kind)

    def leg(self, rows: Indices, end: int = 1) -> Matrix:
        """Parts of the leg from the first point to the one in place ``end``: east, north, up."""
        a, b = self.columns.points[rows, 0], self.columns.points[rows, end]
        up, down = self.columns.target[rows, None], self.columns.instrument[rows, None]
        if self.space is None:
            d: Matrix = self.places[b] - self.places[a]
            d[:, 2:] += up - down
            return d
        axes = self.space.axes
        v = self.places[b] + axes[b, :, 2] * up - self.places[a] - axes[a, :, 2] * down
        turned: Matrix = np.einsum("rji,rj->ri", axes[a], v)
        return turned

    def spread(self, rows: Indices, gradient: Matrix, d: Matrix, end: int = 1) -> None:
        """Add the derivative by the leg to both its points."""
        if self.space is None:
            self.partials[rows, 0] -= gradient
            self.partials[rows, end] += gradient
            return
        a, b = self.columns.points[rows, 0], self.columns.points[rows, end]
        fixed = np.einsum("rij,rj->ri", self.space.axes[a], gradient)
        self.partials[rows, end] += np.einsum("rji,rj->ri", self.space.axes[b], fixed)
        # The frame of the first point turns when the point moves.
        turn = np.cross(gradient, d)
        latitude, _, height = self.space.geodetic[a].T
        normal, meridian = self.space.normal[a] + height, self.space.meridian[a] + height
        self.partials[rows, 0] -= gradient
        self.partials[rows, 0, 0] += (turn[:, 1] + turn[:, 2] * np.tan(latitude)) / normal
        self.partials[rows, 0, 1] -= turn[:, 0] / meridian

    def apart(self, rows: Indices, length: Matrix, end: int = 1) -> None:
        """Refuse legs without length."""
        if rows.size and not length.all():
            a, b = self.columns.points[rows[np.argmin(length)], [0, end]]
            raise PointsCoincide(start=self.names[a], end=self.names[b])

    def legs(self) -> None:
        """Distances, slope distances and zenith angles."""
        rows = self.rows(Kind.DISTANCE)
        if self.space is not None and rows.size:
            self._geodesics(rows, self.space)
        elif rows.size:
            d = self.leg(rows)
            length = np.hypot(d[:, 0], d[:, 1])
            self.apart(rows, length)
            self.computed[rows] = length
            d[:, 2] = 0
            self.spread(rows, d / length[:, None], d)
        rows = self.rows(Kind.SLOPE_DISTANCE)
        if rows.size:
            d = self.leg(rows)
            length = np.linalg.norm(d, axis=1)
            self.apart(rows, length)
            self.computed[rows] = length
            self.spread(rows, d / length[:, None], d)
        rows = self.rows(Kind.ZENITH_ANGLE)
        if rows.size:
            d = self.leg(rows)
            level, up = np.hypot(d[:, 0], d[:, 1]), d[:, 2]
            self.apart(rows, level)
            squared = level**2 + up**2
            self.computed[rows] = np.arctan2(level, up)
            side = up / (level * squared)
            gradient = np.stack([d[:, 0] * side, d[:, 1] * side, -level / squared], axis=1)
            self.spread(rows, gradient, d)

    def _geodesics(self, rows: Indices, space: _Space) -> None:
        a, b = self.columns.points[rows, 0], self.columns.points[rows, 1]
        (lat_a, lon_a, h_a), (lat_b, lon_b, h_b) = space.geodetic[a].T, space.geodetic[b].T
        there, back, length = space.shape.geod.inv(lon_a, lat_a, lon_b, lat_b, radians=True)
        self.apart(rows, length)
        self.computed[rows] = length
        for place, at, azimuth, height in ((0, a, there, h_a), (1, b, back, h_b)):
            normal, meridian = space.normal[at], space.meridian[at]
            self.partials[rows, place, 0] = -np.sin(azimuth) * normal / (normal + height)
            self.partials[rows, place, 1] = -np.cos(azimuth) * meridian / (meridian + height)

    def angles(self) -> None:
        """Azimuths, directions (without their orientation) and angles."""
        self._bearing(self.rows(Kind.AZIMUTH), 1, 1)
        self._bearing(self.rows(Kind.DIRECTION), 1, 1)
        rows = self.rows(Kind.ANGLE)
        self._bearing(rows, 2, 1)
        self._bearing(rows, 1, -1)

    def _bearing(self, rows: Indices, end: int, sign: int) -> None:
        if not rows.size:
            return
        d = self.leg(rows, end)
        squared = d[:, 0] ** 2 + d[:, 1] ** 2
        self.apart(rows, squared, end)
        self.computed[rows] += sign * np.arctan2(d[:, 0], d[:, 1])
        gradient = np.stack([d[:, 1], -d[:, 0], np.zeros(len(d))], axis=1) / squared[:, None]
        self.spread(rows, sign * gradient, d, end)

    def heights(self, geoid: Matrix) -> None:
        """Height differences; in space freed from the geoid."""
        rows = self.rows(Kind.HEIGHT_DIFFERENCE)
        a, b = self.columns.points[rows, 0], self.columns.points[rows, 1]
        height = self.places[:, 2] if self.space is None else self.space.geodetic[:, 2] - geoid
        self.computed[rows] = height[b] - height[a]
        self.partials[rows, 0, 2], self.partials[rows, 1, 2] = -1.0, 1.0

    def coordinates(self) -> None:
        """Coordinates observed one by one."""
        rows = self.rows(Kind.COORDINATE)
        at, axis = self.columns.points[rows, 0], self.columns.axis[rows]
        if self.space is None:
            self.computed[rows] = self.places[at, axis]
            self.partials[rows, 0, axis] = 1.0
            return
        space = self.space
        plain = axis < LATITUDE_AXIS
        some, there, which = rows[plain], at[plain], axis[plain]
        self.computed[some] = self.places[there, which]
        self.partials[some, 0] = space.axes[there, which]
        some, there, which = rows[~plain], at[~plain], axis[~plain] - LATITUDE_AXIS
        self.computed[some] = space.geodetic[there, which]
        latitude, _, height = space.geodetic[there].T
        metres = np.stack([
            space.meridian[there] + height,
            (space.normal[there] + height) * np.cos(latitude),
            np.ones(len(there)),
        ])  # fmt: skip
        # Latitude follows north, longitude east, height up.
        self.partials[some, 0, np.array([1, 0, 2])[which]] = (
            1 / metres[which, np.arange(len(which))]
        )

    def vectors(self) -> None:
        """Parts of vectors, between instrument and target."""
        rows = self.rows(Kind.VECTOR)
        if not rows.size:
            return
        a, b = self.columns.points[rows, 0], self.columns.points[rows, 1]
        axis, each = self.columns.axis[rows], np.arange(len(rows))
        up, down = self.columns.target[rows], self.columns.instrument[rows]
        self.computed[rows] = self.places[b, axis] - self.places[a, axis]
        if self.space is None:
            self.computed[rows] += (axis == HEIGHT_AXIS - LATITUDE_AXIS) * (up - down)
            self.partials[rows, 0, axis], self.partials[rows, 1, axis] = -1.0, 1.0
            return
        axes = self.space.axes
        self.computed[rows] += axes[b, axis, 2] * up - axes[a, axis, 2] * down
        self.partials[rows[each], 0] = -axes[a, axis]
        self.partials[rows[each], 1] = axes[b, axis]
