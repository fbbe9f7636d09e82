"""The parcel among its neighbours at a true scale: what is drawn and written where, in millimetres.

Whatever is written keeps clear of what was written before: sides first, the longest leading, then
the numbers of marks, then the neighbours. What finds no room stands in the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from parcels.drawing import Point, sides_joined
from parcels.extract.marks import Mark, Ring
from web.paper import Frame

WIDTH_MM: Final = 182
HEIGHT_MM: Final = 98
ROOM_MM: Final = 11
"""Kept free around the parcel, for lengths, numbers and a glimpse of the neighbours."""
SCALES: Final = (50, 100, 200, 250, 400, 500, 1_000, 1_500, 2_000, 2_500, 4_000, 5_000)
INVISIBLE_MM: Final = 0.02
"""Bends finer than this are not drawn; the lengths and the table come from the marks."""
MOST_LABELLED: Final = 250
"""Beyond so many sides or marks none is written into the picture: it would be black."""
DIGIT_MM: Final = 1.3
TEXT_MM: Final = 2.6
SIDE_MM: Final = 1.9
MARK_MM: Final = 2.3
LEAST_NEIGHBOUR_MM: Final = 2.2
NORTH_ARROW: Final = ((WIDTH_MM - 7, 6, 5), (WIDTH_MM - 7, 13, 5))
"""Where the arrow stands: middle and radius of two circles."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text whose middle lies at ``x``, ``y``, turned by ``angle`` degrees clockwise."""

    text: str
    x: float
    y: float
    angle: float = 0


@dataclass(slots=True)
class Picture:
    """What ``parcels/pdf/extract.html`` draws."""

    frame: Frame
    path: str
    around: list[str] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    sides: list[Written] = field(default_factory=list)
    numbers: list[Written] = field(default_factory=list)
    neighbours: list[Written] = field(default_factory=list)
    own: Written | None = None


def fitting_scale(bounds: tuple[float, float, float, float]) -> int:
    """The largest usual scale at which all of it lies within the frame."""
    across, along = bounds[2] - bounds[0], bounds[3] - bounds[1]
    for scale in _scales():
        wide, high = across * 1000 / scale, along * 1000 / scale
        if wide <= WIDTH_MM - 2 * ROOM_MM and high <= HEIGHT_MM - 2 * ROOM_MM:
            return scale
    raise AssertionError("scales have no end")


def _scales() -> Iterable[int]:
    yield from SCALES
    for power in count(4):
        yield from (10**power, 2 * 10**power, 5 * 10**power)


def picture_of(
    shape: MultiPolygon, rings: Sequence[Ring], own: str,
    neighbours: Iterable[tuple[str, BaseGeometry]],
) -> Picture:  # fmt: skip
    """Draw a parcel in the middle, north (of the grid) up.

    ``own`` is written into the parcel; ``neighbours`` are what is written into them (or nothing)
    and their shapes, in the same zone.
    """
    west, south, east, north = shape.bounds
    scale = fitting_scale(shape.bounds)
    width_m, height_m = WIDTH_MM * scale / 1000, HEIGHT_MM * scale / 1000
    frame = Frame(
        (west + east - width_m) / 2, (south + north - height_m) / 2, WIDTH_MM, HEIGHT_MM, scale
    )
    finest = INVISIBLE_MM * scale / 1000
    picture = Picture(frame, _path(shape.simplify(finest), frame))
    free = _Free()
    if sum(len(ring.marks) for ring in rings) <= MOST_LABELLED:
        for ring in rings:
            free.keep_clear(frame.to_paper(*mark.point) for mark in ring.marks)
        picture.dots = [
            _rounded(frame.to_paper(*mark.point)) for ring in rings for mark in ring.marks
        ]
        picture.sides = list(_sides(rings, frame, free))
        picture.numbers = list(_numbers(rings, frame, free))
    picture.own = _within(own, shape.simplify(finest), frame, free) if own else None
    window = (west - width_m, south - height_m, east + width_m, north + height_m)
    for text, other in neighbours:
        clipped = shapely.clip_by_rect(other, *window).simplify(finest)
        if clipped.is_empty or clipped.area == 0:
            continue
        picture.around.append(_path(clipped, frame))
        if text and (written := _within(text, clipped, frame, free)):
            picture.neighbours.append(written)
    return picture


class _Free:
    """Where on the paper something is written already: circles along each text."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float]] = list(NORTH_ARROW)

    def keep_clear(self, points: Iterable[Point]) -> None:
        self._taken += [(x, y, 0.5) for x, y in points]

    def take(self, written: Written) -> bool:
        """Whether there is room; then it is taken."""
        half = len(written.text) * DIGIT_MM / 2
        radius = TEXT_MM / 2
        turn = math.radians(written.angle)
        steps = max(1, math.ceil(half / radius))
        circles = [
            (written.x + math.cos(turn) * along, written.y + math.sin(turn) * along, radius)
            for along in ((2 * n / steps - 1) * max(half - radius, 0) for n in range(steps + 1))
        ]
        for x, y, r in circles:
            if not (r <= x <= WIDTH_MM - r and r <= y <= HEIGHT_MM - r):
                return False
            if any(math.hypot(x - a, y - b) < r + c for a, b, c in self._taken):
                return False
        self._taken += circles
        return True


def _sides(rings: Sequence[Ring], frame: Frame, free: _Free) -> Iterable[Written]:
    """The lengths of whole sides, outside of them; vertices within straight sides do not count."""
    found = []
    for ring in rings:
        corners = sides_joined([mark.point for mark in ring.marks])
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            found.append((math.dist(a, b), frame.to_paper(*a), frame.to_paper(*b), ring.hole > 0))
    for metres, a, b, hole in sorted(found, key=lambda side: -side[0]):
        drawn, text = math.dist(a, b), f"{metres:.2f}"
        if drawn < len(text) * DIGIT_MM:
            continue
        along = (b[0] - a[0]) / drawn, (b[1] - a[1]) / drawn
        # All rings run clockwise: what is not the parcel's lies left of a shell, right of a hole.
        away = (along[1], -along[0]) if not hole else (-along[1], along[0])
        angle = math.degrees(math.atan2(along[1], along[0]))
        upright = angle if -90 < angle <= 90 else angle - math.copysign(180, angle)
        written = Written(
            text, round((a[0] + b[0]) / 2 + away[0] * SIDE_MM, 2),
            round((a[1] + b[1]) / 2 + away[1] * SIDE_MM, 2), round(upright, 2),
        )  # fmt: skip
        if free.take(written):
            yield written


def _numbers(rings: Sequence[Ring], frame: Frame, free: _Free) -> Iterable[Written]:
    """The numbers of the marks, on the side where the boundary is farther away."""
    for ring in rings:
        marks = ring.marks
        for before, here, after in zip(
            [marks[-1], *marks[:-1]], marks, [*marks[1:], marks[0]], strict=True
        ):
            for x, y in _beside(before, here, after, frame):
                written = Written(str(here.number), round(x, 2), round(y, 2))
                if free.take(written):
                    yield written
                    break


def _beside(before: Mark, here: Mark, after: Mark, frame: Frame) -> Iterable[Point]:
    """Places for a number: outward along the bisector, then inward, then across."""
    a, p, b = (frame.to_paper(*mark.point) for mark in (before, here, after))
    one, two = _unit(p, a), _unit(p, b)
    outward = -(one[0] + two[0]), -(one[1] + two[1])
    if math.hypot(*outward) < 0.1:  # within a straight side
        outward = one[1], -one[0]
    size = math.hypot(*outward)
    dx, dy = outward[0] / size * MARK_MM, outward[1] / size * MARK_MM
    yield from ((p[0] + x, p[1] + y) for x, y in ((dx, dy), (-dx, -dy), (dy, -dx), (-dy, dx)))


def _unit(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length) if length else (0.0, 0.0)


def _within(text: str, shape: BaseGeometry, frame: Frame, free: _Free) -> Written | None:
    """What a parcel is called, where it shows within the frame and has room."""
    east, north = frame.easting + frame.width_m, frame.northing + frame.height_m
    seen = shapely.clip_by_rect(shape, frame.easting, frame.northing, east, north)
    if seen.is_empty:
        return None
    largest = max(shapely.get_parts(seen).tolist(), key=lambda part: part.area)
    if largest.area == 0:
        return None
    circle = shapely.maximum_inscribed_circle(largest, tolerance=frame.scale / 1000)
    if circle.length * 1000 / frame.scale < LEAST_NEIGHBOUR_MM:
        return None
    x, y = frame.to_paper(*circle.coords[0])
    written = Written(text, round(x, 2), round(y, 2))
    return written if free.take(written) else None


def _path(shape: BaseGeometry, frame: Frame) -> str:
    rings: list[LineString] = []
    for polygon in shapely.get_parts(shape).tolist():
        if polygon.geom_type == "Polygon":
            rings += [polygon.exterior, *polygon.interiors]
    parts = []
    for ring in rings:
        points = (frame.to_paper(x, y) for x, y, *_height in ring.coords[:-1])
        parts.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z")
    return "".join(parts)


def _rounded(point: Point) -> Point:
    return round(point[0], 2), round(point[1], 2)
