"""The millimetre grid: metres to whole millimetres and back, and exact arithmetic on it.

Everything is computed in whole millimetres from the south-west corner of the subject, so that a
shift by whole millimetres changes no bit of any answer, and in a form of the rings that does not
depend on how they were written down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString, MultiPolygon, Polygon

from cadastre.fabric.errors import EditUnsound, NotOnGrid
from cadastre.fabric.model import Point
from cadastre.planar import (
    INTERACTIVE_VERTICES,
    LARGEST_COORDINATE_M,
    CoordinateNotFinite,
    GeometryUnsupported,
    TooManyVertices,
    check_polygons,
)

MM_PER_M = 1000
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Spot: TypeAlias = tuple[int, int]
"""A point in whole millimetres from the origin of its `Frame`."""
Ring: TypeAlias = list[Spot]
"""An open ring: the first point is not repeated at the end."""
Part: TypeAlias = list[Ring]
"""A polygon: the shell, then its holes."""
Edge: TypeAlias = tuple[Spot, Spot]


def on_grid(geometry: MultiPolygon | Polygon) -> MultiPolygon:
    """The boundary with each vertex rounded to the nearest millimetre, duplicates left alone.

    Vertices that neighbours share stay shared. Raises a `BoundaryFault` with its place when the
    boundary is or becomes invalid: nothing is repaired.
    """
    whole = MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry
    finite(shapely.get_coordinates(whole))
    # Adding zero turns -0.0 into 0.0, which is another bit pattern for the same place.
    return valid(shapely.transform(whole, lambda xy: np.rint(xy * MM_PER_M) / MM_PER_M + 0.0))


def valid(geometry: MultiPolygon) -> MultiPolygon:
    """The geometry, or the first fault of its boundary as an error."""
    if geometry.is_empty or not shapely.is_valid(geometry):
        found = check_polygons([_rings_of(part) for part in geometry.geoms])
        if found.faults:
            raise found.faults[0]
        x, y = shapely.get_coordinates(geometry)[0].tolist()
        raise EditUnsound(x=x, y=y)
    return geometry


def _rings_of(part: Polygon) -> list[list[Point]]:
    return [list(ring.coords) for ring in (part.exterior, *part.interiors)]


def finite(xy: NDArray[Any]) -> None:
    """Refuse coordinates that are no place."""
    wrong = ~(np.abs(xy) <= LARGEST_COORDINATE_M).all(axis=1) if len(xy) else np.array([])
    if wrong.any():
        position = int(np.argmax(wrong))
        raise CoordinateNotFinite(
            ring=0, position=position, value=f"{xy[position, 0]}, {xy[position, 1]}"
        )


def interactive(*counts: int) -> None:
    """Refuse more vertices than an edit on the screen may have."""
    if sum(counts) > INTERACTIVE_VERTICES:
        raise TooManyVertices(count=sum(counts), limit=INTERACTIVE_VERTICES)


def millimetres(xy: NDArray[Any]) -> Ints:
    """Coordinates that lie on the grid, as whole millimetres."""
    finite(xy)
    whole = np.rint(xy * MM_PER_M)
    off = (whole / MM_PER_M != xy).any(axis=1)
    if off.any():
        x, y = xy[int(np.argmax(off))].tolist()
        raise NotOnGrid(x=x, y=y)
    grid: Ints = whole.astype(np.int64)
    return grid


class Frame(NamedTuple):
    """The origin, in whole millimetres of the zone, that `Spot` counts from."""

    east: int
    north: int

    @classmethod
    def of(cls, geometries: Iterable[MultiPolygon]) -> Frame:
        """The south-west corner of the geometries."""
        corners = [shapely.bounds(each)[:2] for each in geometries]
        east, north = millimetres(np.array(corners)).min(axis=0).tolist()
        return cls(east, north)

    def spots(self, xy: NDArray[Any]) -> Ints:
        """Coordinates on the grid, as whole millimetres from the origin."""
        return millimetres(xy) - np.array(self, dtype=np.int64)

    def rounded(self, points: Sequence[Point]) -> Ints:
        """Points as people drew or typed them, at their nearest place on the grid."""
        xy = np.array(points, dtype=float).reshape(-1, 2)
        finite(xy)
        spots: Ints = np.rint(xy * MM_PER_M).astype(np.int64) - np.array(self, dtype=np.int64)
        return spots

    def point(self, spot: Sequence[float]) -> Point:
        """A place in metres; bit for bit the coordinate it came from."""
        return (spot[0] + self.east) / MM_PER_M, (spot[1] + self.north) / MM_PER_M

    def place(self, spot: Sequence[float]) -> dict[str, float]:
        """A place as the evidence of an error."""
        x, y = self.point(spot)
        return {"x": float(x), "y": float(y)}

    def edges(self, edges: Iterable[Edge]) -> tuple[tuple[Point, Point], ...]:
        """Sides as the evidence of an error, west to east."""
        return tuple((self.point(a), self.point(b)) for a, b in sorted(edges))

    def parts(self, geometry: MultiPolygon) -> list[Part]:
        """The rings as they are written, duplicates included."""
        if not isinstance(geometry, MultiPolygon):
            raise GeometryUnsupported(kind=type(geometry).__name__)
        return [
            [
                [(x, y) for x, y in self.spots(np.asarray(ring.coords)[:-1, :2]).tolist()]
                for ring in (part.exterior, *part.interiors)
            ]
            for part in geometry.geoms
        ]

    def geometry(self, parts: Iterable[Part]) -> MultiPolygon:
        """Rings in metres again."""
        return MultiPolygon([self._polygon(part) for part in parts])

    def _polygon(self, part: Part) -> Polygon:
        closed = [[self.point(spot) for spot in (*ring, ring[0])] for ring in part]
        return Polygon(closed[0], closed[1:])

    def lines(self, lines: Iterable[Sequence[Spot]]) -> MultiLineString:
        """Lines in metres, each from its western end, sorted."""
        return MultiLineString([
            [self.point(spot) for spot in line]
            for line in sorted(min(list(line), list(line)[::-1]) for line in lines)
        ])  # fmt: skip


# -- exact arithmetic ------------------------------------------------------------------------------


def doubled_area(ring: Sequence[Spot]) -> int:
    """Twice the signed area in mm², exactly; positive counter-clockwise."""
    return sum(
        ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*ring, ring[0]])
    )  # fmt: skip


def doubled_area_of(parts: Iterable[Part]) -> int:
    """Twice the area of canonical parts in mm², exactly."""
    return sum(doubled_area(ring) for part in parts for ring in part)


def canonical(parts: Iterable[Part]) -> list[Part]:
    """The same ground written in the one way that depends on nothing but its vertices.

    No repeated points; shells counter-clockwise, holes clockwise, each from its westernmost (then
    southernmost) vertex; holes and parts sorted.
    """
    found: list[Part] = []
    for part in parts:
        shell, *holes = (_distinct(ring) for ring in part)
        turned = [_from_west(shell, positive=True)]
        found.append(turned + sorted(_from_west(hole, positive=False) for hole in holes))
    return sorted(found)


def _distinct(ring: Ring) -> Ring:
    return [
        spot for before, spot in zip([ring[-1], *ring[:-1]], ring, strict=True) if spot != before
    ]


def _from_west(ring: Ring, *, positive: bool) -> Ring:
    """A ring that touches itself has its first vertex twice: the smaller way round is taken."""
    turned = ring if (doubled_area(ring) > 0) is positive else ring[::-1]
    if not turned:
        return turned
    first = min(turned)
    starts = [i for i, spot in enumerate(turned) if spot == first]
    return min(turned[i:] + turned[:i] for i in starts)


def edges_of(parts: Iterable[Part]) -> Iterator[Edge]:
    """The sides in the direction of their rings."""
    for part in parts:
        for ring in part:
            yield from pairwise([*ring, ring[0]])


def undirected(edges: Iterable[Edge]) -> set[Edge]:
    """Sides without direction, each from its western end."""
    return {(a, b) if a <= b else (b, a) for a, b in edges if a != b}


def west_to_east(piece: Sequence[Part]) -> tuple[Fraction, Fraction, list[Part]]:
    """The key by which pieces are ordered: the exact centre of gravity, then the rings."""
    weight = east = north = 0
    for part in piece:
        for ring in part:
            for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
                cross = ax * by - bx * ay
                weight += cross
                east += (ax + bx) * cross
                north += (ay + by) * cross
    if not weight:
        return Fraction(), Fraction(), list(piece)
    return Fraction(east, 3 * weight), Fraction(north, 3 * weight), list(piece)


def best_spot(near: Sequence[float], a: Spot, b: Spot) -> Spot:
    """The grid point about ``near`` that deviates least from the straight side a–b.

    Of the nine around it: first the smallest distance to the side (at most 0.5 mm), then to
    ``near``, then the western, then the southern one.
    """
    x, y = round(near[0]), round(near[1])
    dx, dy = b[0] - a[0], b[1] - a[1]
    choice = [
        (abs(dx * (v - a[1]) - dy * (u - a[0])), math.hypot(u - near[0], v - near[1]), (u, v))
        for u in (x - 1, x, x + 1)
        for v in (y - 1, y, y + 1)
    ]
    return min(choice)[2]


def distance_to_side(p: Sequence[float], a: Spot, b: Spot) -> float:
    """From a point to the straight side a–b, in mm."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = (dx * (p[0] - a[0]) + dy * (p[1] - a[1])) / length if length else 0.0
    if along <= 0 or along >= 1:
        return math.dist(p, a if along <= 0 else b)
    return abs(dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / math.sqrt(length)


def distances(points: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Distances in mm of points (rows) to sides a–b (columns), and how far along (0 to 1)."""
    side = b - a
    length = (side * side).sum(axis=1)
    apart = points[:, None, :] - a[None, :, :]
    along = (apart * side).sum(axis=2) / np.where(length > 0, length, 1)
    along = np.clip(along, 0.0, 1.0)
    rest = apart - along[..., None] * side
    return np.hypot(rest[..., 0], rest[..., 1]), along
