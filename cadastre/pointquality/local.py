"""Metres east, north and up around a point, for epochs that lie metres apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cadastre.cogo import Place
from cadastre.geodesy import WGS84, grid_factors, transform_point
from cadastre.pointquality.model import Matrix, Position

_A: Final = 6378137.0
_E2: Final = 0.00669437999014
"""WGS 84; for offsets of metres every modern ellipsoid is the same."""


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """Tangent metres at ``origin``: offsets of 30 m are right to 0.1 mm, of 1 km to 0.1 m."""

    origin: Position

    def _metres_per_degree(self) -> tuple[float, float]:
        lat = math.radians(self.origin.lat)
        height = self.origin.height_m or 0.0
        root = 1 - _E2 * math.sin(lat) ** 2
        east = (_A / math.sqrt(root) + height) * math.cos(lat)
        north = _A * (1 - _E2) / root**1.5 + height
        return math.radians(east), math.radians(north)

    def metres(self, positions: Sequence[Position]) -> Matrix:
        """Rows east, north, up; up is NaN where a height is missing."""
        east, north = self._metres_per_degree()
        base = self.origin.height_m
        rows = [
            (
                (p.lon - self.origin.lon) * east,
                (p.lat - self.origin.lat) * north,
                math.nan if p.height_m is None or base is None else p.height_m - base,
            )
            for p in positions
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def position(self, metres: Sequence[float]) -> Position:
        """The place so many metres east and north, and up where a third is given."""
        east, north = self._metres_per_degree()
        height = None
        if len(metres) > 2 and self.origin.height_m is not None:
            height = self.origin.height_m + float(metres[2])
        return Position(
            self.origin.lon + float(metres[0]) / east,
            self.origin.lat + float(metres[1]) / north,
            height,
        )


def in_zone(
    position: Position, covariance: Matrix | None, srid: int
) -> tuple[Place, Matrix | None]:
    """A position (EPSG:4326) on the grid of a zone, its plane covariance turned and scaled with it.

    True north and grid north differ by the convergence, up to 1° in Thailand.
    """
    place = Place(*transform_point(position.lon, position.lat, WGS84, srid))
    if covariance is None:
        return place, None
    factors = grid_factors(place, srid)
    angle = math.radians(factors.convergence_degrees)
    sine, cosine = math.sin(angle), math.cos(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]]) * factors.scale
    return place, turn @ covariance[:2, :2] @ turn.T
