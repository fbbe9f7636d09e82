"""A traverse between known points or back to its start: misclosures, then Bowditch.

The angular misclosure is shared equally by all angles; what remains in coordinates is shared
by the length of the legs (compass rule). See ``docs/algorithms/cogo.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from cadastre.cogo.points import Place, forward, inverse
from cadastre.errors import LandError, gettext_noop


class TraverseIncomplete(LandError):
    code = "traverse_incomplete"
    message = gettext_noop(
        "The traverse has {angles} angles and {distances} distances. It needs at least one leg, an "
        "angle at every station including both ends, and distances above zero."
    )


@dataclass(frozen=True, slots=True)
class Traverse:
    """The computed traverse. Misclosures are computed minus known, before adjustment."""

    points: tuple[Place, ...]
    azimuths: tuple[float, ...]
    angular_misclosure_degrees: float
    misclosure_east_m: float
    misclosure_north_m: float
    length_m: float

    @property
    def misclosure_m(self) -> float:
        return math.hypot(self.misclosure_east_m, self.misclosure_north_m)

    @property
    def ratio(self) -> float:
        """n of the relative misclosure 1:n; infinite for a perfect closure."""
        return self.length_m / self.misclosure_m if self.misclosure_m else math.inf


def orientation(station: Place, sights: Sequence[tuple[Place, float]]) -> float:
    """Azimuth of the circle's zero, from readings (degrees) to known points.

    The mean of the single orientations, weighted by distance: a far mark fixes a direction best.
    """
    east = north = 0.0
    for target, reading in sights:
        azimuth, distance = inverse(station, target)
        angle = math.radians(azimuth - reading)
        east += distance * math.sin(angle)
        north += distance * math.cos(angle)
    if math.hypot(east, north) == 0:
        raise ValueError("an orientation needs a sight to another point")
    return math.degrees(math.atan2(east, north)) % 360


def traverse_adjust(
    *,
    start: Place,
    start_azimuth: float,
    angles: Sequence[float],
    distances: Sequence[float],
    end: Place,
    end_azimuth: float,
) -> Traverse:
    """Adjust a traverse closed on known points and directions (a loop closes on its start).

    ``angles`` are clockwise from back to fore sight in degrees, one per station and both ends:
    at the first the back sight is the known ``start_azimuth``, at the last the fore sight is the
    known ``end_azimuth``. ``distances`` are horizontal, metres, one per leg. The points come back
    with both ends.
    """
    if len(angles) != len(distances) + 1 or not distances or min(distances) <= 0:
        raise TraverseIncomplete(angles=len(angles), distances=len(distances))
    # At every station but the first the back sight is the reverse of the leg that led there.
    carried = start_azimuth + math.fsum(angles) + 180 * len(distances)
    angular = (carried - end_azimuth + 180) % 360 - 180
    share = angular / len(angles)
    azimuths = [
        (start_azimuth + total - (i + 1) * share + 180 * i) % 360
        for i, total in enumerate(accumulate(angles[:-1]))
    ]
    raw = list(
        accumulate(
            zip(azimuths, distances, strict=True),
            lambda place, leg: forward(place, *leg),
            initial=start,
        )
    )
    east, north = raw[-1].east - end.east, raw[-1].north - end.north
    length = math.fsum(distances)
    gone = accumulate(distances, initial=0.0)
    points = tuple(
        Place(place.east - east * part / length, place.north - north * part / length)
        for place, part in zip(raw, gone, strict=True)
    )
    return Traverse((*points[:-1], end), tuple(azimuths), angular, east, north, length)
