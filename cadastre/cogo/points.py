"""From points to bearings and distances, and back."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from cadastre.errors import LandError, gettext_noop

SHARPEST_CROSSING_DEGREES: Final = 0.01


class Place(NamedTuple):
    """A point in the plane, metres."""

    east: float
    north: float


class NoIntersection(LandError):
    code = "no_intersection"
    message = gettext_noop(
        "The lines or circles do not meet in a definite point: they run parallel, or the distances "
        "do not reach. Check bearings, distances and the points they start from."
    )


def inverse(a: Place, b: Place) -> tuple[float, float]:
    """Azimuth in degrees (0 up to 360; 0 for one and the same point) and distance from a to b."""
    east, north = b.east - a.east, b.north - a.north
    # A tiny negative angle modulo 360 rounds to 360 itself.
    return math.degrees(math.atan2(east, north)) % 360 % 360, math.hypot(east, north)


def forward(a: Place, azimuth: float, distance: float) -> Place:
    """The point at an azimuth and distance."""
    angle = math.radians(azimuth)
    return Place(a.east + distance * math.sin(angle), a.north + distance * math.cos(angle))


def intersect_azimuths(a: Place, azimuth_a: float, b: Place, azimuth_b: float) -> Place:
    """Where two straight lines meet, ahead or behind; nearly parallel ones are refused."""
    ea, na = math.sin(math.radians(azimuth_a)), math.cos(math.radians(azimuth_a))
    eb, nb = math.sin(math.radians(azimuth_b)), math.cos(math.radians(azimuth_b))
    cross = na * eb - ea * nb
    if abs(cross) < math.sin(math.radians(SHARPEST_CROSSING_DEGREES)):
        raise NoIntersection(reason="parallel")
    east, north = b.east - a.east, b.north - a.north
    along = (north * eb - east * nb) / cross
    return Place(a.east + along * ea, a.north + along * na)


def intersect_distances(
    a: Place, distance_a: float, b: Place, distance_b: float
) -> tuple[Place, Place]:
    """Both points at these distances: first the one on the left of a-to-b, then on the right."""
    azimuth, base = inverse(a, b)
    if base == 0 or min(distance_a, distance_b) <= 0:
        raise NoIntersection(reason="no_base")
    along = (distance_a**2 - distance_b**2 + base**2) / (2 * base)
    squared = (distance_a - along) * (distance_a + along)
    if squared < 0:
        raise NoIntersection(reason="out_of_reach")
    aside = math.sqrt(squared)
    foot = forward(a, azimuth, along)
    return forward(foot, azimuth - 90, aside), forward(foot, azimuth + 90, aside)


def intersect_lines(a: Place, b: Place, c: Place, d: Place) -> Place:
    """Where the straight line through a and b meets the one through c and d, also beyond them."""
    azimuth_ab, length_ab = inverse(a, b)
    azimuth_cd, length_cd = inverse(c, d)
    if 0 in {length_ab, length_cd}:
        raise NoIntersection(reason="no_line")
    return intersect_azimuths(a, azimuth_ab, c, azimuth_cd)


def intersect_azimuth_distance(
    a: Place, azimuth: float, b: Place, distance: float
) -> tuple[Place, Place]:
    """Where a straight line through a meets the circle around b: first the one farther back.

    Both points lie on the whole line, ahead of a or behind it; where it only touches the circle
    they are one and the same.
    """
    if distance <= 0:
        raise NoIntersection(reason="no_radius")
    foot, aside = _foot(a, azimuth, b)
    squared = (distance - abs(aside)) * (distance + abs(aside))
    if squared < 0:
        raise NoIntersection(reason="out_of_reach")
    half = math.sqrt(squared)
    return forward(a, azimuth, foot - half), forward(a, azimuth, foot + half)


class Offset(NamedTuple):
    """A place beside a line: metres along it from its start, and across, right positive."""

    station_m: float
    offset_m: float


def offset_of(a: Place, b: Place, place: Place) -> Offset:
    """Station and perpendicular offset of a place from the line a to b, also beyond its ends."""
    azimuth, length = inverse(a, b)
    if length == 0:
        raise NoIntersection(reason="no_line")
    return Offset(*_foot(a, azimuth, place))


def place_at(a: Place, b: Place, offset: Offset) -> Place:
    """The place at a station along the line a to b and an offset to its right."""
    azimuth, length = inverse(a, b)
    if length == 0:
        raise NoIntersection(reason="no_line")
    return forward(forward(a, azimuth, offset.station_m), azimuth + 90, offset.offset_m)


def _foot(a: Place, azimuth: float, place: Place) -> tuple[float, float]:
    """Along and right of the line from a."""
    sine, cosine = math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))
    east, north = place.east - a.east, place.north - a.north
    return east * sine + north * cosine, east * cosine - north * sine
