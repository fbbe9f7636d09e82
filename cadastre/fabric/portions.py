"""Divide a parcel into equal parts, or cut off an area, by cuts parallel to one of its sides."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Point as Place
from shapely.geometry import Polygon

from cadastre.fabric.cutting import ends_of, refuse_ends, refuse_few_or_many, stretches
from cadastre.fabric.errors import AreaNotAvailable, EditUnsound, SideUnknown
from cadastre.fabric.faces import faces_of, point_within, polygon_of
from cadastre.fabric.grid import Edge, Floats, Part, Spot
from cadastre.fabric.model import SNAPPING_MM, Edit, Plot, Point
from cadastre.fabric.noding import Outline
from cadastre.fabric.scene import Scene

MM2_PER_M2: Final = 1_000_000
SOLVED_MM2: Final = 0.005 * MM2_PER_M2
"""Half of 0.01 m²: how near the solution before the grid comes to the area asked for."""
BEYOND_MM: Final = 1_000.0


class Sweep:
    """A parcel swept by a line: how much of it lies behind the line after so many millimetres.

    ``origin`` and ``along`` give the line at 0; it moves to its left.
    """

    def __init__(self, outline: Outline, origin: Spot, along: Spot) -> None:
        self.outline = outline
        self.origin = np.array(origin, dtype=float)
        self.along = np.array(along, dtype=float) / np.hypot(*along)
        self.ahead = np.array([-self.along[1], self.along[0]])
        ends = np.array(outline.sides, dtype=float) - self.origin
        self.how_far = ends @ self.ahead
        self.abreast = ends @ self.along
        self.first, self.last = float(self.how_far.min()), float(self.how_far.max())
        self.total = self.behind(self.last)

    def behind(self, distance: float) -> float:
        """The area in mm² behind the line; exact but for the rounding of floats (Green)."""
        clipped = np.minimum(self.how_far, distance)
        run = self.how_far[:, 1] - self.how_far[:, 0]
        slope = np.divide(
            self.abreast[:, 1] - self.abreast[:, 0], run, out=np.zeros_like(run), where=run != 0
        )
        begin, end = clipped[:, 0], clipped[:, 1]
        at_begin = self.abreast[:, 0] + slope * (begin - self.how_far[:, 0])
        at_end = self.abreast[:, 0] + slope * (end - self.how_far[:, 0])
        return float(((at_begin + at_end) / 2 * (end - begin)).sum())

    def distance_for(self, area: float) -> float:
        """How far the line has to move for ``area`` mm² to lie behind it."""
        low, high = self.first, self.last
        while (middle := (low + high) / 2) not in {low, high}:
            low, high = (middle, high) if self.behind(middle) < area else (low, middle)
        return high

    def line(self, distance: float) -> Floats:
        """The line there, from before the parcel to past it."""
        foot = self.origin + distance * self.ahead
        low, high = float(self.abreast.min()) - BEYOND_MM, float(self.abreast.max()) + BEYOND_MM
        return np.vstack([foot + low * self.along, foot + high * self.along])

    def of(self, face: Part) -> float:
        """How far ahead a point within a face lies."""
        point = point_within(face)
        return float((np.array([point.x, point.y]) - self.origin) @ self.ahead)

    def near(self, distance: float, place: Place) -> Polygon:
        """The connected ground behind the line that ``place`` belongs to."""
        back = self.line(self.first - BEYOND_MM)
        behind = Polygon([*back, *self.line(distance)[::-1]])
        parts = shapely.get_parts(shapely.intersection(self.outline.polygon, behind)).tolist()
        ground = [part for part in parts if isinstance(part, Polygon)]
        return min(ground, key=lambda part: float(shapely.distance(part, place)), default=Polygon())


def _side(scene: Scene, outline: Outline, side: tuple[Point, Point]) -> Edge:
    """The chosen side, with the parcel on its left."""
    a, b = ((x, y) for x, y in scene.frame.rounded(side).tolist())
    for edge in ((a, b), (b, a)):
        if edge in outline.sides:
            return edge
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    raise SideUnknown(**scene.frame.place(middle))


def divide_equally(
    parent: Plot, count: int, side: tuple[Point, Point] | None, neighbours: Sequence[Plot]
) -> Edit:
    """Divide into ``count`` pieces of equal area by parallel cuts.

    The cuts are parallel to ``side``, or perpendicular to the long axis without one. Areas are
    equal to 0.01 m² before marks are put on the grid. A parcel that is not convex may give
    pieces of several parts. Raises `PiecesTooMany`, `SideUnknown`, `LineTooCloseToMark`.
    """
    refuse_few_or_many(count)
    scene = Scene([parent], neighbours)
    outline = scene.outline()
    origin, along = _across_long_axis(outline) if side is None else _from_west(
        _side(scene, outline, side)
    )  # fmt: skip
    sweep = Sweep(outline, origin, along)
    reach = [sweep.distance_for(sweep.total * k / count) for k in range(1, count)]
    cuts: list[list[Spot]] = []
    for distance in reach:
        found = stretches(outline, sweep.line(distance))
        refuse_ends(outline, found)
        cuts += [each.spots for each in found if each.where == "inside"]
    faces = faces_of(scene.frame, outline.with_marks(ends_of(cuts)), cuts)
    pieces: list[list[Part]] = [[] for _ in range(count)]
    for face in faces:
        pieces[bisect.bisect(reach, sweep.of(face))].append(face)
    if not all(pieces):
        raise EditUnsound(**scene.frame.place(origin))
    return scene.edit(pieces, cuts)


def _from_west(side: Edge) -> tuple[Spot, Spot]:
    a, b = sorted(side)
    return a, (b[0] - a[0], b[1] - a[1])


def _across_long_axis(outline: Outline) -> tuple[Spot, Spot]:
    """A corner, and the direction of the short side of the smallest rectangle around the parcel.

    Exact integers decide; of equal rectangles that whose cuts run most nearly north is taken.
    """
    hull = outline.polygon.convex_hull
    assert isinstance(hull, Polygon)  # a valid parcel has area
    corners = [(round(x), round(y)) for x, y in hull.exterior.coords]
    best: tuple[tuple[float, float, Spot], Spot] | None = None
    for a, b in pairwise(corners):
        dx, dy = b[0] - a[0], b[1] - a[1]
        ahead = [dx * x + dy * y for x, y in corners]
        aside = [dx * y - dy * x for x, y in corners]
        long, wide = max(ahead) - min(ahead), max(aside) - min(aside)
        for cut, length, width in (((dx, dy), wide, long), ((-dy, dx), long, wide)):
            # ``length`` runs across the cut: the long axis is what the cuts are perpendicular to.
            if length < width:
                continue
            upward = cut if (cut[1], cut[0]) > (0, 0) else (-cut[0], -cut[1])
            steep = abs(upward[0]) / float(np.hypot(*upward))
            key = (long * wide / (dx * dx + dy * dy), round(steep, 12), upward)
            if best is None or key < best[0]:
                best = key, upward
    assert best is not None  # a valid parcel has a hull with corners
    return min(corners), best[1]


def cut_off_area(
    parent: Plot, area_m2: Decimal, side: tuple[Point, Point], neighbours: Sequence[Plot]
) -> Edit:
    """Cut off ``area_m2`` along a side by a cut parallel to it; ``pieces[0]`` is what is cut off.

    Solved to 0.01 m² before its marks are put on the grid. The piece is connected: where
    the parcel bends back behind the cut, only the ground at the side is cut off. Raises
    `AreaNotAvailable`, `SideUnknown`, `LineTooCloseToMark`.
    """
    scene = Scene([parent], neighbours)
    outline = scene.outline()
    a, b = _side(scene, outline, side)
    sweep = Sweep(outline, a, (b[0] - a[0], b[1] - a[1]))
    target = float(area_m2) * MM2_PER_M2
    if not 0 < target < sweep.total:
        raise _not_available(scene, a, area_m2, sweep.total)
    middle = Place((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    distance = sweep.distance_for(target)
    ground = sweep.near(distance, middle)
    if abs(ground.area - target) > SOLVED_MM2:
        distance, ground = _solved(sweep, target, middle)
    if abs(ground.area - target) > SOLVED_MM2:
        raise _not_available(scene, a, area_m2, ground.area)
    found = stretches(outline, sweep.line(distance))
    refuse_ends(outline, found)
    inside = [each.spots for each in found if each.where == "inside"]
    cuts = [spots for spots in inside if _bounds(ground, spots)]
    if not cuts:
        raise _not_available(scene, a, area_m2, sweep.total)
    faces = faces_of(scene.frame, outline.with_marks(ends_of(cuts)), cuts)
    refuse_few_or_many(len(faces))
    faces.sort(key=lambda face: float(shapely.distance(polygon_of([face]), middle)))
    return scene.edit([[face] for face in faces], cuts, first=1)


def _solved(sweep: Sweep, target: float, middle: Place) -> tuple[float, Polygon]:
    """The line behind which the connected ground at ``middle`` has the area, by bisection."""
    low, high = 0.0, sweep.last
    for _ in range(60):
        distance = (low + high) / 2
        if sweep.near(distance, middle).area < target:
            low = distance
        else:
            high = distance
    return high, sweep.near(high, middle)


def _bounds(ground: Polygon, spots: Sequence[Spot]) -> bool:
    (ax, ay), (bx, by) = spots[0], spots[-1]
    middle = Place((ax + bx) / 2, (ay + by) / 2)
    return float(shapely.distance(shapely.boundary(ground), middle)) < SNAPPING_MM


def _not_available(scene: Scene, at: Spot, area_m2: Decimal, available: float) -> AreaNotAvailable:
    return AreaNotAvailable(
        **scene.frame.place(at), area_m2=str(area_m2), available_m2=f"{available / MM2_PER_M2:.2f}"
    )
