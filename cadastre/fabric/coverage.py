"""Whether plots fit together: overlaps and narrow gaps that an edit brings, not those it found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPolygon

from cadastre.fabric.grid import MM_PER_M, Edge, Frame

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
    """
    gap_mm = gap_m * MM_PER_M
    now = invalid_sides(local(frame, after), gap_mm)
    if not now:
        return []
    old = invalid_sides(local(frame, before), gap_mm)
    if not old:
        return now
    known = shapely.buffer(MultiLineString(old), OLD_FAULT_MM)
    shapely.prepare(known)
    return [side for side in now if not shapely.covers(known, LineString(side))]
