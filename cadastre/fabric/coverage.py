"""Whether plots fit together: overlaps and narrow gaps that an edit brings, not those it found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from cadastre.fabric.grid import MM_PER_M, Edge, Frame, Spot
from cadastre.fabric.model import TOUCH_MM

OLD_FAULT_MM = 1.5
"""A side that was at fault stays so when a mark moves it by less than a millimetre."""


def local(frame: Frame, geometries: Sequence[MultiPolygon]) -> NDArray[Any]:
    """Geometries in millimetres from the origin of the frame."""
    origin = np.array(frame, dtype=float)
    moved = shapely.transform(
        np.array(geometries, dtype=object), lambda xy: np.rint(xy * MM_PER_M) - origin
    )
    return np.asarray(moved)


def invalid_sides(geometries: NDArray[Any], gap_mm: float) -> list[Edge]:
    """Sides that do not match: they overlap, lie on a narrow gap, or miss a mark."""
    lines = shapely.coverage_invalid_edges(geometries, gap_width=gap_mm)
    found = set()
    for line in shapely.get_parts(lines).tolist():
        spots = [(round(x), round(y)) for x, y in line.coords]
        found |= {(min(edge), max(edge)) for edge in pairwise(spots)}
    return sorted(found)


def new_faults(
    frame: Frame, before: Sequence[MultiPolygon], after: Sequence[MultiPolygon], gap_m: float
) -> list[Edge]:
    """The sides at fault after an edit that were not at fault before it.

    Real fabrics are not clean; whoever divides a parcel is not asked to mend its neighbourhood.
    GEOS names the suspects; one that was none before is looked at closely.
    """
    gap_mm = gap_m * MM_PER_M
    now = local(frame, after)
    suspects = invalid_sides(now, gap_mm)
    if not suspects:
        return []
    was = local(frame, before)
    known = shapely.buffer(MultiLineString(invalid_sides(was, gap_mm)), OLD_FAULT_MM)
    shapely.prepare(known)
    return [
        side
        for side in suspects
        if not shapely.covers(known, LineString(side)) and _is_new(was, now, side, gap_mm)
    ]


def _is_new(was: NDArray[Any], now: NDArray[Any], side: Edge, gap_mm: float) -> bool:
    """Whether ground beside a side is now held twice or by nobody, or a mark is not shared."""
    near = shapely.buffer(LineString(side), 2 * gap_mm)
    before, after = _around(was, near, gap_mm), _around(now, near, gap_mm)
    old = shapely.buffer(_held_twice(before), OLD_FAULT_MM)
    if shapely.area(shapely.intersection(shapely.difference(_held_twice(after), old), near)) > 1:
        return True
    if _missing(after, side) - _missing(before, side):
        return True
    gap = shapely.difference(_gaps(after, gap_mm), shapely.buffer(_gaps(before, gap_mm), 1))
    return float(shapely.area(shapely.intersection(gap, near))) > gap_mm**2 / 5


def _around(plots: NDArray[Any], near: Polygon, gap_mm: float) -> NDArray[Any]:
    """The sound plots about a place, cut to it: only what lies within ``near`` is judged."""
    sound = plots[shapely.is_valid(plots) & shapely.intersects(plots, near)]
    return np.asarray(shapely.intersection(sound, shapely.buffer(near, 2 * gap_mm)))


def _held_twice(plots: NDArray[Any]) -> BaseGeometry:
    """Ground that two plots hold; a boundary drawn across it is at fault from the start."""
    first, second = shapely.STRtree(plots).query(plots, predicate="intersects")
    pairs = [(i, j) for i, j in zip(first.tolist(), second.tolist(), strict=True) if i < j]
    shared = [shapely.intersection(plots[i], plots[j]) for i, j in pairs]
    return shapely.union_all([each for each in shared if shapely.area(each) > 0])


def _gaps(plots: NDArray[Any], gap_mm: float) -> BaseGeometry:
    """Ground of nobody that a circle as wide as the gap cannot reach.

    GEOS also suspects short sides at sharp corners, where the land is narrow and not the gap; less
    than a fifth of the gap squared is the rounding of a corner.
    """
    land = shapely.union_all(plots)
    closed = shapely.buffer(shapely.buffer(land, gap_mm / 2), -gap_mm / 2)
    return shapely.difference(closed, land)


def _missing(plots: NDArray[Any], side: Edge) -> set[tuple[Spot, int]]:
    """Marks at the ends of the side, each as often as a plot has it on a side but not as a mark."""
    found = set()
    for spot in side:
        near = shapely.distance(shapely.boundary(plots), Point(spot)) <= TOUCH_MM
        marks = [spot in _vertices(plot) for plot in plots[near].tolist()]
        if any(marks):
            found |= {(spot, k) for k in range(marks.count(False))}
    return found


def _vertices(plot: BaseGeometry) -> set[Spot]:
    return {(round(x), round(y)) for x, y in shapely.get_coordinates(plot).tolist()}
