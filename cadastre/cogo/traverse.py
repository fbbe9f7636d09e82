"""A traverse between known points or back to its start: misclosures, then Bowditch or transit.

The angular misclosure is shared equally by all angles; what remains in coordinates is shared
by a rule. See ``docs/algorithms/cogo.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from cadastre.cogo.points import Place, forward, inverse
from cadastre.errors import LandError, gettext_noop


class TraverseIncomplete(LandError):
    code = "traverse_incomplete"
    message = gettext_noop(
        "The traverse has {angles} angles and {distances} distances. It needs at least one leg, an "
        "angle at every station including both ends (at the last only where a direction is known "
        "there), and distances above zero."
    )


class TraverseOpen(LandError):
    code = "traverse_open"
    message = gettext_noop(
        "The traverse ends at no known point, so nothing checks it. Give the coordinates of its "
        "last point, lead it back to its start, or ask for an open traverse and mark its points "
        "as unchecked."
    )


class Rule(StrEnum):
    """How the misclosure in coordinates is shared: by the lengths or by the coordinate steps."""

    BOWDITCH = "bowditch"
    TRANSIT = "transit"


@dataclass(frozen=True, slots=True)
class Traverse:
    """The computed traverse. Misclosures are computed minus known, before adjustment.

    ``angular_misclosure_degrees`` is None where no direction was known at the end.
    """

    points: tuple[Place, ...]
    azimuths: tuple[float, ...]
    angular_misclosure_degrees: float | None
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


class OpenTraverse(NamedTuple):
    """Points that nothing checks, as computed from the angles and distances given."""

    points: tuple[Place, ...]
    azimuths: tuple[float, ...]
    length_m: float


def traverse_adjust(
    *,
    start: Place,
    start_azimuth: float,
    angles: Sequence[float],
    distances: Sequence[float],
    end: Place | None,
    end_azimuth: float | None = None,
    rule: Rule = Rule.BOWDITCH,
) -> Traverse:
    """Adjust a traverse that links known points.

    ``angles`` are clockwise from back to fore sight in degrees, one per station and both ends:
    at the first the back sight is the known ``start_azimuth``, at the last the fore sight is the
    known ``end_azimuth``. Without a direction at the end there is no last angle and the angles
    stay as measured. ``distances`` are horizontal on the grid, metres, one per leg. The points
    come back with both ends. Raises `TraverseOpen` without ``end``.
    """
    _complete(angles, distances, len(distances) + (end_azimuth is not None))
    if end is None:
        raise TraverseOpen
    angular = None
    if end_azimuth is not None:
        # At every station but the first the back sight is the reverse of the leg that led there.
        carried = start_azimuth + math.fsum(angles) + 180 * len(distances)
        angular = _turn(carried - end_azimuth)
    share = (angular or 0.0) / len(angles)
    azimuths = _carried(start_azimuth, [angle - share for angle in angles[: len(distances)]])
    closed = _closed(start, azimuths, distances, end, rule)
    return replace(closed, angular_misclosure_degrees=angular)


def traverse_loop(
    *,
    start: Place,
    first_azimuth: float,
    angles: Sequence[float],
    distances: Sequence[float],
    rule: Rule = Rule.BOWDITCH,
) -> Traverse:
    """Adjust a loop that comes back to its start, oriented by the azimuth of its first leg.

    One angle per station, clockwise from back to fore sight, in the order of the stations after
    the start; the last is the angle at the start itself, from the last leg to the first.
    """
    _complete(angles, distances, len(distances))
    angular = _turn(math.fsum(angles) + 180 * len(distances))
    share = angular / len(angles)
    # The first leg is as if it had been turned from its own reverse by half a circle.
    shared = [180.0, *(angle - share for angle in angles[:-1])]
    azimuths = _carried(first_azimuth + 180, shared)
    closed = _closed(start, azimuths, distances, start, rule)
    return replace(closed, angular_misclosure_degrees=angular)


def traverse_open(
    *, start: Place, start_azimuth: float, angles: Sequence[float], distances: Sequence[float]
) -> OpenTraverse:
    """The points of a traverse without a known end, for whoever asks for them unchecked."""
    _complete(angles, distances, len(distances))
    azimuths = _carried(start_azimuth, angles)
    return OpenTraverse(_run(start, azimuths, distances), azimuths, math.fsum(distances))


def _complete(angles: Sequence[float], distances: Sequence[float], expected: int) -> None:
    numbers = (*angles, *distances)
    if (
        len(angles) != expected
        or not distances
        or min(distances) <= 0
        or not all(map(math.isfinite, numbers))
    ):
        raise TraverseIncomplete(angles=len(angles), distances=len(distances))


def _turn(degrees: float) -> float:
    return (degrees + 180) % 360 - 180


def _carried(start_azimuth: float, angles: Sequence[float]) -> tuple[float, ...]:
    """The azimuth of each leg."""
    return tuple(
        (start_azimuth + total + 180 * i) % 360 for i, total in enumerate(accumulate(angles))
    )


def _run(start: Place, azimuths: Sequence[float], distances: Sequence[float]) -> tuple[Place, ...]:
    legs = zip(azimuths, distances, strict=True)
    return tuple(accumulate(legs, lambda place, leg: forward(place, *leg), initial=start))


def _closed(
    start: Place,
    azimuths: tuple[float, ...],
    distances: Sequence[float],
    end: Place,
    rule: Rule,
) -> Traverse:
    """The traverse with its coordinates shared out; its angular misclosure is not known here."""
    raw = _run(start, azimuths, distances)
    east, north = raw[-1].east - end.east, raw[-1].north - end.north
    length = math.fsum(distances)
    by_length = [d / length for d in distances]
    in_east = in_north = by_length
    if rule is Rule.TRANSIT:
        in_east = _shares([abs(b.east - a.east) for a, b in pairwise(raw)], by_length)
        in_north = _shares([abs(b.north - a.north) for a, b in pairwise(raw)], by_length)
    points = [
        Place(place.east - east * to_east, place.north - north * to_north)
        for place, to_east, to_north in zip(
            raw, accumulate(in_east, initial=0.0), accumulate(in_north, initial=0.0), strict=True
        )
    ]
    return Traverse((*points[:-1], end), azimuths, None, east, north, length)


def _shares(steps: Sequence[float], otherwise: list[float]) -> list[float]:
    """Each step's part in the whole; ``otherwise`` where the traverse makes no step this way."""
    total = math.fsum(steps)
    return [step / total for step in steps] if total > 1e-6 else otherwise
