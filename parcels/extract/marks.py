"""The boundary marks of a parcel, numbered the same whatever order the register keeps them in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shapely.geometry import MultiPolygon, Polygon

from parcels.drawing import Point, rings_of

MILLIMETRE: Final = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A boundary mark: metres in the zone, and the side from it to the next one of its ring."""

    number: int
    easting: float
    northing: float
    to_next_m: float

    @property
    def point(self) -> Point:
        return self.easting, self.northing


@dataclass(frozen=True, slots=True)
class Ring:
    """The marks of one ring; ``part`` counts from 1, ``hole`` is 0 for the outer boundary."""

    part: int
    hole: int
    marks: list[Mark]


def rings_numbered(shape: MultiPolygon) -> list[Ring]:
    """All marks, numbered on through all rings.

    Parts from the north-west, in each the outer boundary clockwise from its north-western mark,
    then its holes likewise.
    """
    found: list[Ring] = []
    number = 0
    for part, polygon in enumerate(sorted(shape.geoms, key=_place), start=1):
        for hole, points in enumerate(_rings(polygon)):
            sides = _sides(points)
            found.append(Ring(part, hole, [
                Mark(number + at, *point, side)
                for at, (point, side) in enumerate(zip(points, sides, strict=True), start=1)
            ]))  # fmt: skip
            number += len(points)
    return found


def _rings(polygon: Polygon) -> Iterator[list[Point]]:
    shell, *holes = (_from_north_west(_on_grid(ring)) for ring in rings_of(polygon))
    yield shell
    yield from sorted(holes, key=lambda ring: _order(ring[0]))


def _on_grid(ring: Sequence[Point]) -> list[Point]:
    """Legal coordinates lie on whole millimetres; the way to degrees and back is finer."""
    return [(round(x, MILLIMETRE), round(y, MILLIMETRE)) for x, y in ring]


def _from_north_west(ring: list[Point]) -> list[Point]:
    clockwise = ring[::-1] if _twice_area(ring) > 0 else ring
    first = clockwise.index(min(clockwise, key=_order))
    return clockwise[first:] + clockwise[:first]


def _order(point: Point) -> tuple[float, float]:
    """North-western points first."""
    x, y = point
    return round(x - y, MILLIMETRE), x


def _place(polygon: Polygon) -> tuple[float, float]:
    return min(_order(point) for point in _on_grid(rings_of(polygon)[0]))


def _twice_area(ring: Sequence[Point]) -> float:
    x0, y0 = ring[0]
    return math.fsum(
        (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def _sides(ring: Sequence[Point]) -> list[float]:
    return [math.dist(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
