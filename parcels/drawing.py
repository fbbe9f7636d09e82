"""A parcel drawn to scale as SVG: sides with their lengths, north arrow, scale bar.

Drawn from the geometry in the parcel's own zone, so lengths are metres on the grid. Everything is
an attribute; the strict content policy allows no inline style.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import shapely
from shapely.geometry import MultiPolygon, Polygon

from cadastre.geodesy import reproject
from parcels.models import Parcel

Point = tuple[float, float]

WIDTH: Final = 520.0
HEIGHT: Final = 430.0
MARGIN: Final = 56.0
FOOT: Final = 46.0
"""Room below the shape for the scale bar."""
LABEL_OFFSET: Final = 13.0
SMALLEST_LABELLED: Final = 40.0
"""Sides drawn shorter than this carry no number in the picture; the list of sides has them all."""
STRAIGHT_RAD: Final = math.radians(1.0)


@dataclass(frozen=True, slots=True)
class SideLabel:
    """The length of one side, written along it."""

    text: str
    x: float
    y: float
    angle: float


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of ``metres`` that is ``width`` units long."""

    metres: int
    width: float
    x: float
    y: float

    @property
    def path(self) -> str:
        """A line with a tick at either end."""
        return f"M{self.x} {self.y - 6} V{self.y} h{self.width} v-6"

    @property
    def end(self) -> float:
        return round(self.x + self.width + 10, 1)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What ``parcels/components/drawing.html`` draws, in units of its view box."""

    path: str
    corners: list[Point]
    labels: list[SideLabel]
    scale_bar: ScaleBar
    sides_m: list[str]
    perimeter_m: str
    middle: Point
    width: float = WIDTH
    height: float = HEIGHT


def parcel_drawing(parcel: Parcel) -> Drawing:
    """Draw the parcel as large as the picture allows, north (of the grid) up."""
    degrees = shapely.from_wkb(bytes(parcel.geometry.wkb))
    in_zone = reproject(degrees, 4326, parcel.zone_srid)
    assert isinstance(in_zone, MultiPolygon)
    return drawing_of(in_zone)


def drawing_of(shape: MultiPolygon) -> Drawing:
    """Draw a multi-polygon in metres."""
    rings = [sides_joined(ring) for polygon in shape.geoms for ring in rings_of(polygon)]
    place, scale = fitted(shape.bounds)
    inside = shapely.point_on_surface(shape)
    drawn = [[place(point) for point in ring] for ring in rings]
    sides = [math.dist(a, b) for ring in rings for a, b in pairwise([*ring, ring[0]])]
    labels = [
        label
        for ring, lengths in zip(drawn, side_lengths(rings), strict=True)
        for label in side_labels(ring, lengths)
    ]
    return Drawing(
        path=" ".join(ring_path(ring) for ring in drawn),
        corners=[rounded(point) for ring in drawn for point in ring],
        labels=labels,
        scale_bar=scale_bar_of(scale),
        sides_m=[f"{side:.2f}" for side in sides],
        perimeter_m=f"{math.fsum(sides):,.2f}",
        middle=rounded(place((inside.x, inside.y))),
    )


def rings_of(polygon: Polygon) -> list[list[Point]]:
    """The shell counter-clockwise, the holes clockwise: outside is always to the right."""
    oriented = shapely.geometry.polygon.orient(polygon)
    return [
        [(x, y) for x, y, *_ in ring.coords[:-1]]
        for ring in (oriented.exterior, *oriented.interiors)
    ]


def sides_joined(ring: list[Point]) -> list[Point]:
    """Without the vertices inside straight sides, which are there for the neighbours' corners."""
    kept = [
        here
        for before, here, after in zip(
            [ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True
        )
        if not _straight(before, here, after)
    ]
    return kept if len(kept) >= 3 else ring


def _straight(before: Point, here: Point, after: Point) -> bool:
    one = math.atan2(here[1] - before[1], here[0] - before[0])
    two = math.atan2(after[1] - here[1], after[0] - here[0])
    return abs(math.remainder(two - one, math.tau)) < STRAIGHT_RAD


def side_lengths(rings: Sequence[list[Point]]) -> list[list[float]]:
    return [[math.dist(a, b) for a, b in pairwise([*ring, ring[0]])] for ring in rings]


def fitted(
    bounds: tuple[float, float, float, float],
) -> tuple[Callable[[Point], Point], float]:
    """How a point in metres becomes one of the picture, and how many units a metre is."""
    west, south, east, north = bounds
    width, height = max(east - west, 0.01), max(north - south, 0.01)
    scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - 2 * MARGIN - FOOT) / height)
    left = (WIDTH - width * scale) / 2
    top = MARGIN + (HEIGHT - 2 * MARGIN - FOOT - height * scale) / 2

    def place(point: Point) -> Point:
        return left + (point[0] - west) * scale, top + (north - point[1]) * scale

    return place, scale


def rounded(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)


def ring_path(ring: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + " Z"


def side_labels(ring: list[Point], lengths_m: list[float]) -> list[SideLabel]:
    found = []
    for (a, b), metres in zip(pairwise([*ring, ring[0]]), lengths_m, strict=True):
        drawn = math.dist(a, b)
        if drawn < SMALLEST_LABELLED:
            continue
        along = (b[0] - a[0]) / drawn, (b[1] - a[1]) / drawn
        # y grows downward in the picture, so the outside of a counter-clockwise ring is here:
        x = (a[0] + b[0]) / 2 - along[1] * LABEL_OFFSET
        y = (a[1] + b[1]) / 2 + along[0] * LABEL_OFFSET
        angle = math.degrees(math.atan2(along[1], along[0]))
        upright = angle if -90 < angle <= 90 else angle - math.copysign(180, angle)
        found.append(SideLabel(f"{metres:.2f}", round(x, 1), round(y, 1), round(upright, 1)))
    return found


def scale_bar_of(units_per_metre: float) -> ScaleBar:
    """The longest of 1, 2, 5, 10 … metres that is at most a third of the picture."""
    most = WIDTH / 3 / units_per_metre
    power = 10 ** math.floor(math.log10(max(most, 1)))
    metres = max(step * power for step in (1, 2, 5) if step * power <= max(most, 1))
    return ScaleBar(int(metres), round(metres * units_per_metre, 1), 24.0, HEIGHT - 20)
