"""Lengths and areas in the plane, and the millimetre grid of legal coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import shapely
from shapely.geometry import MultiPolygon, Polygon

from cadastre.area import Area
from cadastre.planar.faults import SnappedAway

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = Sequence[Sequence[float]]
Rings: TypeAlias = Sequence[Ring]
"""One polygon: the shell, then its holes."""

MILLIMETRE: Final = 0.001


def ring_area_m2(ring: Ring) -> float:
    """Signed area by coordinates (Gauss): positive counter-clockwise. Closed or open ring.

    Computed from the first point, since UTM coordinates of seven digits would eat the precision.
    """
    if len(ring) < 3:
        return 0.0
    x0, y0 = ring[0][0], ring[0][1]
    local = [(point[0] - x0, point[1] - y0) for point in ring]
    local.append(local[0])
    return math.fsum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(local)) / 2


def area_of(geometry: Polygon | MultiPolygon) -> Area:
    """The area of a valid polygon in metres, holes taken out, on the 0.0001 m² grid."""
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    total = math.fsum(
        abs(ring_area_m2(part.exterior.coords[:]))
        - math.fsum(abs(ring_area_m2(hole.coords[:])) for hole in part.interiors)
        for part in parts
    )
    return Area.measured(total)


def perimeter_m(geometry: Polygon | MultiPolygon) -> float:
    """The length of all its rings, holes included."""
    return float(shapely.length(geometry))


def side_lengths_m(ring: Ring) -> list[float]:
    """The sides in order, the closing side included; repeated points make no side."""
    points = [(float(point[0]), float(point[1])) for point in ring]
    lengths = [math.dist(a, b) for a, b in pairwise([*points, points[0]])] if points else []
    return [length for length in lengths if length > 0]


def thinness(geometry: Polygon | MultiPolygon) -> float:
    """4πA/P²: 1 for a circle, 0.785 for a square, near 0 for a sliver."""
    length = perimeter_m(geometry)
    return 4 * math.pi * float(shapely.area(geometry)) / length**2 if length else 0.0


def snap(geometry: MultiPolygon, grid: float = MILLIMETRE) -> MultiPolygon:
    """The boundary on a grid of ``grid`` metres, valid again where rounding made points meet.

    Parts may merge at touching points but none may vanish: `SnappedAway` says that the
    boundary was thinner than the grid. Idempotent.
    """
    snapped = shapely.set_precision(geometry, grid, mode="valid_output")
    parts = shapely.get_parts(snapped).tolist()
    if snapped.is_empty or len(parts) != len(geometry.geoms):
        raise SnappedAway(grid=grid)
    # The grid stays in a geometry and would be applied to whatever is computed with it.
    return shapely.set_precision(MultiPolygon(parts), 0, mode="pointwise")
