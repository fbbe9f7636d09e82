"""Narrow enclosed ground that no parcel covers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cadastre.coverage.closeness import Close
from cadastre.coverage.covered_twice import place_in
from cadastre.coverage.edges import MATCHING_GRID_M
from cadastre.coverage.fabric import Fabric
from cadastre.coverage.faults import Fault, Finding, Flags, Geometries, Ints, Tolerances
from cadastre.coverage.joining import joined
from cadastre.planar import MILLIMETRE

# In a polygon whose largest circle has the radius r some vertex lies within 3r of a side that does
# not end in it (docs/algorithms/fabric-checks.md), so 1.5 widths find a vertex of every gap.
SEARCH_WIDTHS: Final = 1.5


def gaps(fabric: Fabric, close: Close, doubled: Ints, tolerances: Tolerances) -> Iterator[Finding]:
    """Every hole of the fabric of at most ``gap_width_m`` and more than ``gap_m2``, once.

    ``doubled`` are indexes of parcels with an overlap: where boundaries cross, the corner of a gap
    need not be a vertex of any of them.
    """
    geometries, owner = fabric.geometries, fabric.parts.owner
    reach = tolerances.gap_width_m * SEARCH_WIDTHS
    near = close.distance <= reach
    a, b = owner[close.vertex_of[near]], owner[close.side_of[near]]
    suspects = np.unique(np.concatenate((a, b, doubled)))
    if not len(suspects):
        return
    tree = shapely.STRtree(geometries)
    seen: set[bytes] = set()
    for cluster in _clusters(geometries, tree, suspects, reach):
        for face in _uncovered(geometries[cluster]):
            beside = tree.query(face, predicate="dwithin", distance=reach)
            free = shapely.get_parts(
                shapely.difference(face, shapely.union_all(geometries[beside]))
            )
            for gap in free[_are_gaps(free, tolerances)]:
                # Neighbours are looked at with each of the groups that they touch.
                corners = np.rint(shapely.bounds(gap) / MILLIMETRE).tobytes()
                if corners not in seen:
                    seen.add(corners)
                    yield _finding(fabric, beside, gap)


def _clusters(
    geometries: Geometries, tree: shapely.STRtree, suspects: Ints, reach: float
) -> Iterator[Ints]:
    """Suspects that touch or nearly touch, each group with all its neighbours."""
    row, other = tree.query(geometries[suspects], predicate="dwithin", distance=reach)
    one = suspects[row]
    both = np.isin(other, suspects)
    group = joined(len(geometries), one[both], other[both])[one]
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        yield np.unique(other[rows])


def _uncovered(geometries: Geometries) -> Geometries:
    """The faces between the boundaries of what the parcels cover together.

    Faces and not the holes of the union: ground between two parcels that meet only in points at
    both of its ends is enclosed and no hole of either.
    """
    union = shapely.union_all(geometries)
    lines = shapely.get_parts(shapely.node(shapely.boundary(union)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    shapely.prepare(union)
    return faces[~np.asarray(shapely.contains(union, shapely.point_on_surface(faces)), np.bool_)]


def _are_gaps(ground: Geometries, tolerances: Tolerances) -> Flags:
    """Large enough to count, and without room for a circle wider than a gap."""
    large = shapely.area(ground) > tolerances.gap_m2
    return np.asarray(
        large & shapely.is_empty(shapely.buffer(ground, -tolerances.gap_width_m / 2)), np.bool_
    )


def _finding(fabric: Fabric, beside: Ints, gap: BaseGeometry) -> Finding:
    """The gap with the two parcels that have most of its boundary."""
    along = shapely.length(
        shapely.intersection(
            shapely.boundary(gap), shapely.buffer(fabric.geometries[beside], 2 * MATCHING_GRID_M)
        )
    )
    most = beside[np.argsort(-along, kind="stable")[:2]]
    first, *others = sorted(int(key) for key in fabric.keys[most])
    return Finding(
        Fault.GAP, first, others[0] if others else None, place_in(gap),
        float(shapely.area(gap)), "m2", gap,
    )  # fmt: skip
