"""Where boundaries come close without being shared: vertices a neighbour lacks, narrow gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from cadastre.coverage.edges import MATCHING_GRID_M, Edges
from cadastre.coverage.fabric import Fabric
from cadastre.coverage.faults import Fault, Finding, Floats, Ints, Tolerances


@dataclass(frozen=True, slots=True)
class Close:
    """Vertices near a side that does not end in them.

    Row ``i``: the vertex ``xy[i]`` of part ``vertex_of[i]`` lies ``distance[i]`` metres from a side
    of part ``side_of[i]`` and ``to_end[i]`` metres from the nearer end of that side.
    """

    xy: Floats
    vertex_of: Ints
    side_of: Ints
    distance: Floats
    to_end: Floats


def close_places(edges: Edges, within_m: float) -> Close:
    """All places where a vertex of the rim lies within ``within_m`` of a side of the rim.

    The rim are the edges without a twin: what lies beside an edge with a twin is covered on both
    sides, so whatever comes close to it is an overlap.
    """
    rim = np.flatnonzero(edges.twin < 0)
    a, b = edges.xy[edges.at[rim]], edges.xy[edges.to[rim]]
    sides = np.asarray(shapely.linestrings(np.stack((a, b), axis=1)), dtype=object)
    tree = shapely.STRtree(sides)
    vertex, side = tree.query(shapely.points(a), predicate="dwithin", distance=within_m)
    to_end = np.minimum(np.hypot(*(a[vertex] - a[side]).T), np.hypot(*(a[vertex] - b[side]).T))
    apart = to_end > MATCHING_GRID_M
    vertex, side, to_end = vertex[apart], side[apart], to_end[apart]
    distance = np.asarray(shapely.distance(shapely.points(a[vertex]), sides[side]))
    return Close(a[vertex], edges.part[rim[vertex]], edges.part[rim[side]], distance, to_end)


def unshared_vertices(fabric: Fabric, close: Close, tolerances: Tolerances) -> Iterator[Finding]:
    """Vertices within ``vertex_m`` of the side of another parcel that has no vertex there.

    One finding for each place and parcel that lacks it, however many parcels have it.
    """
    keys, owner = fabric.keys, fabric.parts.owner
    has, lacks = owner[close.vertex_of], owner[close.side_of]
    near = (close.distance <= tolerances.vertex_m) & (close.to_end > tolerances.vertex_m)
    near &= has != lacks
    rows = np.flatnonzero(near)
    grid = np.rint(close.xy[rows] / MATCHING_GRID_M).astype(np.int64)
    order = np.lexsort((keys[has[rows]], keys[lacks[rows]], grid[:, 1], grid[:, 0]))
    seen: set[tuple[int, int, int]] = set()
    for k in order.tolist():
        row = int(rows[k])
        place = (int(grid[k, 0]), int(grid[k, 1]), int(lacks[row]))
        if place in seen:
            continue
        seen.add(place)
        point = shapely.points(close.xy[row])
        corners = shapely.points(shapely.get_coordinates(fabric.geometries[lacks[row]]))
        # The side may end further away and another side of the same parcel still have a vertex.
        if shapely.distance(corners, point).min() <= tolerances.vertex_m:
            continue
        x, y = map(float, close.xy[row])
        yield Finding(
            Fault.UNSHARED_VERTEX, int(keys[has[row]]), int(keys[lacks[row]]), (x, y),
            float(close.distance[row]), "m", point,
        )  # fmt: skip
