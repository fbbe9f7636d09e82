"""The error ellipse of a covariance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cadastre.cogo import Place, forward
from cadastre.pointquality.model import Matrix


class ErrorEllipse(NamedTuple):
    """Semi-axes in metres, the larger first, and its azimuth in degrees, 0 up to 180."""

    major_m: float
    minor_m: float
    azimuth: float

    def at(self, confidence: float) -> ErrorEllipse:
        """The standard ellipse enlarged to hold the point with this probability (0.95: 2.4477)."""
        if not 0 < confidence < 1:
            raise ValueError("a probability lies between 0 and 1")
        scale = math.sqrt(-2 * math.log1p(-confidence))
        return ErrorEllipse(self.major_m * scale, self.minor_m * scale, self.azimuth)

    def outline(self, centre: Place, corners: int = 48) -> list[Place]:
        """The ellipse as a closed ring of places around its centre, for a map."""
        ring = []
        for i in range(corners):
            angle = math.tau * i / corners
            along = forward(centre, self.azimuth, self.major_m * math.cos(angle))
            ring.append(forward(along, self.azimuth + 90, self.minor_m * math.sin(angle)))
        return [*ring, ring[0]]


def error_ellipse(covariance: Matrix) -> ErrorEllipse:
    """The standard ellipse of the first two axes, east and north, of a covariance in m²."""
    values, vectors = np.linalg.eigh(np.asarray(covariance)[:2, :2])
    minor, major = (math.sqrt(max(float(value), 0.0)) for value in values)
    azimuth = math.degrees(math.atan2(float(vectors[0, 1]), float(vectors[1, 1]))) % 180
    return ErrorEllipse(major, minor, azimuth)
