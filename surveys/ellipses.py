"""Error ellipses of points: 95 % of the positions lie inside, if the covariance tells the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from cadastre.pointquality import error_ellipse
from surveys.models import PointResult, SurveyJob, SurveyPoint

CONFIDENCE: Final = 0.95
EXAGGERATION: Final = 100
"""How much larger the map draws an ellipse: 1 cm becomes 1 m."""
METRES_IN_A_DEGREE: Final = 111_320.0
_SIDES: Final = 36


class Ellipse(NamedTuple):
    """Semi-axes in metres, and the bearing of the major one in degrees clockwise from north."""

    major_m: float
    minor_m: float
    bearing_degrees: float

    @property
    def bearing(self) -> float:
        """The same in radians."""
        return math.radians(self.bearing_degrees)


def ellipse_of(covariance: Sequence[float | None] | None) -> Ellipse | None:
    """The 95 % ellipse of [ee, en, eu, nn, nu, uu]; None where the variances are unknown.

    An unknown covariance of east and north is drawn as none: the ellipse then stands upright.
    """
    if not covariance or covariance[0] is None or covariance[3] is None:
        return None
    en = covariance[1] or 0.0
    found = error_ellipse(np.array([[covariance[0], en], [en, covariance[3]]])).at(CONFIDENCE)
    return Ellipse(found.major_m, found.minor_m, found.azimuth)


def results_in_force(job: SurveyJob) -> dict[int, PointResult]:
    """The latest result of every point of a job, by the key of the point."""
    latest = PointResult.objects.filter(point__job=job).order_by(
        "point_id", "-computed_at", "-pk"
    ).distinct("point_id")  # fmt: skip
    return {result.point_id: result for result in latest}


def ellipse_ring(
    point: SurveyPoint, covariance: Sequence[float | None] | None
) -> list[tuple[float, float]]:
    """The ellipse about a point as latitude, longitude, drawn `EXAGGERATION` times its size.

    For looking at: degrees of a sphere serve.
    """
    ellipse = ellipse_of(covariance)
    if ellipse is None:
        return []
    lat, lon = point.geometry.y, point.geometry.x
    shrink = max(math.cos(math.radians(lat)), 0.01)
    ring = []
    for side in range(_SIDES):
        turn = 2 * math.pi * side / _SIDES
        along = ellipse.major_m * math.cos(turn) * EXAGGERATION / METRES_IN_A_DEGREE
        across = ellipse.minor_m * math.sin(turn) * EXAGGERATION / METRES_IN_A_DEGREE
        north = along * math.cos(ellipse.bearing) - across * math.sin(ellipse.bearing)
        east = along * math.sin(ellipse.bearing) + across * math.cos(ellipse.bearing)
        ring.append((round(lat + north, 9), round(lon + east / shrink, 9)))
    return ring
