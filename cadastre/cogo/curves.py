"""Circular curves: an arc between two places, a curve between two tangents, rings with arcs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from cadastre.cogo.points import NoIntersection, Place, forward, intersect_azimuths, inverse
from cadastre.errors import LandError, gettext_noop


class CurveImpossible(LandError):
    """Radius, chord and tangents that fit no circle."""

    code = "curve_impossible"
    message = gettext_noop(
        "No circular curve fits: the radius of {radius} m must be at least half the chord "
        "({chord} m), and tangents must not run on in one line. Check the radius and the ends."
    )


@dataclass(frozen=True, slots=True)
class Arc:
    """A circular arc from ``start`` to ``end``, metres.

    ``clockwise`` as seen on the map. ``major`` takes the longer way round the same circle.
    """

    start: Place
    end: Place
    radius_m: float
    clockwise: bool
    major: bool = False

    def __post_init__(self) -> None:
        # A half circle whose chord was rounded up a little is still a half circle.
        if not self.radius_m * 2 >= self.chord_m * (1 - 1e-9) > 0:
            raise CurveImpossible(radius=f"{self.radius_m:.3f}", chord=f"{self.chord_m:.3f}")

    @property
    def chord_m(self) -> float:
        return math.dist(self.start, self.end)

    @property
    def angle_degrees(self) -> float:
        """The angle at the centre, 0 to 360."""
        half = math.degrees(math.asin(min(self.chord_m / 2 / self.radius_m, 1.0)))
        return 360 - 2 * half if self.major else 2 * half

    @property
    def length_m(self) -> float:
        return math.radians(self.angle_degrees) * self.radius_m

    @property
    def tangent_m(self) -> float:
        """From an end to where the tangents meet; infinite for a half circle and more."""
        half = math.radians(self.angle_degrees / 2)
        return self.radius_m * math.tan(half) if self.angle_degrees < 180 else math.inf

    @property
    def rise_m(self) -> float:
        """From the middle of the chord to the middle of the arc."""
        return self.radius_m * (1 - math.cos(math.radians(self.angle_degrees / 2)))

    @property
    def centre(self) -> Place:
        azimuth, chord = inverse(self.start, self.end)
        middle = forward(self.start, azimuth, chord / 2)
        # Clockwise on the map the centre lies on the right, for a minor arc.
        side = 90 if self.clockwise else -90
        away = self.radius_m - self.rise_m
        return forward(middle, azimuth + side, away)

    @property
    def segment_m2(self) -> float:
        """Area between arc and chord."""
        angle = math.radians(self.angle_degrees)
        return self.radius_m**2 * (angle - math.sin(angle)) / 2

    def at(self, along_m: float) -> Place:
        """The place so many metres along the arc from its start."""
        azimuth, _ = inverse(self.centre, self.start)
        turned = math.degrees(along_m / self.radius_m) * (1 if self.clockwise else -1)
        return forward(self.centre, azimuth + turned, self.radius_m)

    def vertices(self, farthest_m: float = 0.005) -> list[Place]:
        """Places along the arc, both ends included exactly, whose chords stay within that rise."""
        if farthest_m <= 0:
            raise ValueError("the rise allowed must be greater than zero")
        cosine = max(1 - farthest_m / self.radius_m, 0.0)
        widest = 2 * math.degrees(math.acos(cosine))
        parts = max(math.ceil(self.angle_degrees / widest), 1)
        inner = [self.at(self.length_m * i / parts) for i in range(1, parts)]
        return [self.start, *inner, self.end]


class TangentCurve(NamedTuple):
    """A curve that rounds the corner of two straight lines; ``corner`` is where they meet."""

    corner: Place
    arc: Arc
    external_m: float
    """From the corner to the middle of the arc."""


def curve_between_tangents(
    back: Place, corner: Place, ahead: Place, radius_m: float
) -> TangentCurve:
    """The arc of a radius from the line back–corner to the line corner–ahead.

    Its tangent points may lie beyond ``back`` or ``ahead``: compare the tangent length with the
    sides. Raises `CurveImpossible` when the three places lie on one line.
    """
    arriving, before = inverse(back, corner)
    leaving, after = inverse(corner, ahead)
    deflection = math.remainder(leaving - arriving, 360)
    if 0 in {before, after} or radius_m <= 0 or not 1e-6 < abs(deflection) < 180 - 1e-6:
        chord = math.dist(back, ahead)
        raise CurveImpossible(radius=f"{radius_m:.3f}", chord=f"{chord:.3f}")
    half = math.radians(abs(deflection) / 2)
    tangent = radius_m * math.tan(half)
    arc = Arc(
        forward(corner, arriving + 180, tangent),
        forward(corner, leaving, tangent),
        radius_m,
        clockwise=deflection > 0,
    )
    return TangentCurve(corner, arc, radius_m * (1 / math.cos(half) - 1))


def corner_of(arc: Arc) -> Place:
    """Where the tangents at both ends of an arc meet; `NoIntersection` from a half circle on."""
    if arc.angle_degrees >= 180:
        raise NoIntersection(reason="parallel")
    start, _ = inverse(arc.centre, arc.start)
    end, _ = inverse(arc.centre, arc.end)
    return intersect_azimuths(arc.start, start + 90, arc.end, end + 90)


Side = Place | Arc
"""A corner from which the side runs straight, or an arc that starts at its own first place."""


def ring_area(sides: Sequence[Side]) -> float:
    """Area in m² of a closed ring of straight sides and arcs: the polygon and its segments.

    Each straight side is given by its start; an arc must start where it stands in the ring and end
    where the next side starts (within 1 mm), else ``ValueError``. Positive whichever way round.
    """
    starts = [side.start if isinstance(side, Arc) else side for side in sides]
    origin = starts[0]
    closed = [(p.east - origin.east, p.north - origin.north) for p in [*starts, origin]]
    # Counter-clockwise positive; coordinates taken from the first corner keep their digits.
    doubled = math.fsum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(closed))
    segments = 0.0
    for side, following in zip(sides, [*starts[1:], origin], strict=True):
        if isinstance(side, Arc):
            if math.dist(side.end, following) > 0.001:
                raise ValueError("an arc of the ring does not end where the next side starts")
            segments += -side.segment_m2 if side.clockwise else side.segment_m2
    return abs(doubled / 2 + segments)
