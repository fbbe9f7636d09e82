"""A traverse by least squares: the same angles and distances, weighed by what they are worth.

Apart from the package's own names, because the adjustment itself builds on coordinate geometry.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cadastre.adjustment import (
    Adjustment,
    Angle,
    Azimuth,
    Distance,
    Network,
    Observation,
    Point,
    Role,
    adjust,
)
from cadastre.cogo.points import Place
from cadastre.cogo.traverse import Traverse, traverse_adjust


class Precision(NamedTuple):
    """Standard deviations of the observations: an angle in seconds, a distance a + b ppm."""

    angle_seconds: float
    distance_m: float
    distance_ppm: float = 0.0

    def of_angle(self) -> float:
        """Radians."""
        return math.radians(self.angle_seconds / 3600)

    def of_distance(self, distance: float) -> float:
        """Metres: the constant and the part that grows with the distance, in quadrature."""
        return math.hypot(self.distance_m, self.distance_ppm * 1e-6 * distance)


class AdjustedTraverse(NamedTuple):
    """The points with both ends, the misclosures before, and the whole adjustment behind them.

    Point i is called ``names[i]`` in ``adjustment``, which tells its covariance and ellipse.
    """

    points: tuple[Place, ...]
    names: tuple[str, ...]
    before: Traverse
    adjustment: Adjustment


def traverse_least_squares(
    *,
    start: Place,
    start_azimuth: float,
    angles: Sequence[float],
    distances: Sequence[float],
    end: Place,
    end_azimuth: float | None = None,
    precision: Precision,
) -> AdjustedTraverse:
    """Adjust a link, given as for `traverse_adjust`, by least squares.

    The known directions are held, so the angles at both ends are azimuths of the first and the
    last leg. Raises what `traverse_adjust` and `cadastre.adjustment.adjust` raise; a single leg
    between known points leaves nothing to adjust.
    """
    before = traverse_adjust(
        start=start, start_azimuth=start_azimuth, angles=angles, distances=distances,
        end=end, end_azimuth=end_azimuth,
    )  # fmt: skip
    names = tuple(str(i) for i in range(len(before.points)))
    last = len(names) - 1
    held = (Role.FIXED, Role.FIXED, Role.ABSENT)
    points = {
        name: Point((*place, None), held) if i in {0, last} else Point((*place, None))
        for i, (name, place) in enumerate(zip(names, before.points, strict=True))
    }
    sigma = precision.of_angle()
    observations: list[Observation] = [
        Distance(start=names[i], end=names[i + 1], value=d, sigma=precision.of_distance(d))
        for i, d in enumerate(distances)
    ]
    observations += [
        Angle(station=names[i], back=names[i - 1], fore=names[i + 1],
              value=math.radians(angles[i] % 360), sigma=sigma)
        for i in range(1, last)
    ]  # fmt: skip
    first_leg = math.radians((start_azimuth + angles[0]) % 360)
    observations.append(Azimuth(start=names[0], end=names[1], value=first_leg, sigma=sigma))
    if end_azimuth is not None:
        last_leg = math.radians((end_azimuth - angles[-1] - 180) % 360)
        observations.append(
            Azimuth(start=names[last - 1], end=names[last], value=last_leg, sigma=sigma)
        )
    adjustment = adjust(Network(points, observations))
    places = tuple(Place(*adjustment.coordinates(name)[:2]) for name in names)
    return AdjustedTraverse(places, names, before, adjustment)
