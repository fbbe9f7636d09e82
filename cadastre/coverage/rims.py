"""Tracing the rim of a group of parts: its edges put together to rings, the rings to polygons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from cadastre.coverage.edges import MATCHING_GRID_M, Edges
from cadastre.coverage.faults import Flags, Floats, Geometries, Ints

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
# A group whose rim touches itself more often is not worth untangling.
MOST_PINCHES: Final = 16
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Rims:
    """The polygons that rims enclose, with their groups; and the groups where that failed.

    ``spoilt`` are numbers of groups; ``owners`` the parts that have an edge in a spoilt rim.
    """

    polygons: Geometries
    group_of: Ints
    spoilt: Ints
    owners: Ints


def rims_of(group: Ints, edges: Edges, only: Flags) -> Rims:
    """Trace the rims of the groups of all parts in ``only``; groups must lie in it as a whole."""
    of_edge = group[edges.part]
    rim = (edges.twin < 0) | (of_edge != of_edge[edges.twin])
    rim &= only[edges.part]
    rim = np.flatnonzero(rim)
    groups, of_rim = np.unique(of_edge[rim], return_inverse=True)
    whole = np.ones(len(groups), np.bool_)
    rings, of_ring = _rings(edges, rim, of_rim, whole)
    polygons, of_polygon = _polygons(rings, of_ring, whole)
    kept = whole[of_polygon]
    return Rims(
        polygons[kept],
        groups[of_polygon[kept]],
        groups[~whole],
        np.unique(edges.part[rim[~whole[of_rim]]]),
    )


def _rings(edges: Edges, rim: Ints, of_rim: Ints, whole: Flags) -> tuple[Geometries, Ints]:
    """The rings of all rims and their groups; clears ``whole`` where no ring can be made."""
    salt = of_rim.astype(np.uint64) * _GOLDEN
    tail, head = edges.tail[rim] ^ salt, edges.head[rim] ^ salt
    # As many edges of a rim end in a vertex as start there, so both sort to the same list.
    leaving, arriving = np.argsort(tail, kind="stable"), np.argsort(head, kind="stable")
    following = np.empty(len(rim), np.int64)
    following[arriving] = leaving
    start = edges.xy[edges.at[rim]]
    joined = _meet(edges.xy[edges.to[rim]], start[following]) & (of_rim == of_rim[following])
    whole[of_rim[~joined]] = False
    same = _meet(start[leaving[1:]], start[leaving[:-1]])
    pinched = np.flatnonzero(same & (of_rim[leaving[1:]] == of_rim[leaving[:-1]]))
    often = np.bincount(of_rim[leaving[pinched]], minlength=len(whole)) > MOST_PINCHES
    whole &= ~often
    path, starts = _walked(following, _runs(pinched), leaving, arriving, whole[of_rim])
    sizes = np.diff(np.append(starts, len(path)))
    of_ring = of_rim[path[starts]]
    whole[of_ring[sizes < 3]] = False
    kept = whole[of_ring]
    if not kept.any():
        return np.empty(0, object), of_ring[kept]
    xy = edges.xy[edges.at[rim[path]]][np.repeat(kept, sizes)]
    rings = shapely.linearrings(xy, indices=np.repeat(np.arange(int(kept.sum())), sizes[kept]))
    return np.asarray(rings, dtype=object), of_ring[kept]


def _meet(one: Floats, other: Floats) -> Flags:
    """Which points are the same, whatever their hashes say."""
    near = np.abs(one - other) < 2 * MATCHING_GRID_M
    return near[:, 0] & near[:, 1]


def _runs(pinched: Ints) -> list[list[int]]:
    """Runs of positions, each of which is equal to the next, as lists of all positions in them."""
    runs: list[list[int]] = []
    for k in pinched.tolist():
        if runs and runs[-1][-1] == k:
            runs[-1].append(k + 1)
        else:
            runs.append([k, k + 1])
    return runs


def _walked(
    following: Ints, pinches: list[list[int]], leaving: Ints, arriving: Ints, whole: Flags
) -> tuple[Ints, Ints]:
    """Edges in the order of their rings, and where each ring starts.

    Where a rim touches itself, the edges were paired as it happened. A ring that passes the same
    vertex twice is cut in two there, so no ring touches itself.
    """
    after = following.tolist()
    for run in pinches:
        if not whole[leaving[run[0]]]:
            continue
        for i, j in combinations(run, 2):
            one, other = int(arriving[i]), int(arriving[j])
            edge = after[one]
            while edge not in (one, other):
                edge = after[edge]
            if edge == other:
                after[one], after[other] = after[other], after[one]
    seen = bytearray(len(after))
    path: list[int] = []
    starts: list[int] = []
    for start in np.flatnonzero(whole).tolist():
        if seen[start]:
            continue
        starts.append(len(path))
        edge = start
        while not seen[edge]:
            seen[edge] = 1
            path.append(edge)
            edge = after[edge]
    return np.array(path, np.int64), np.array(starts, np.int64)


def _polygons(rings: Geometries, of_ring: Ints, whole: Flags) -> tuple[Geometries, Ints]:
    """Shells with their holes; clears ``whole`` for groups where one is not valid."""
    is_shell = np.asarray(shapely.is_ccw(rings), np.bool_)
    polygons = np.asarray(shapely.polygons(rings[is_shell]), dtype=object)
    of_polygon = of_ring[is_shell]
    by_group = np.argsort(of_polygon, kind="stable")
    holes, of_hole = rings[~is_shell], of_ring[~is_shell]
    order = np.argsort(of_hole, kind="stable")
    holes, of_hole = holes[order], of_hole[order]
    numbers, first = np.unique(of_hole, return_index=True)
    low, high = (np.searchsorted(of_polygon[by_group], numbers, s) for s in _SIDES)
    for i, mine in enumerate(np.split(holes, first[1:]) if len(numbers) else []):
        if not _pierced(polygons, by_group[low[i] : high[i]], mine):
            whole[numbers[i]] = False
    whole[of_polygon[~shapely.is_valid(polygons)]] = False
    return polygons, of_polygon


def _pierced(polygons: Geometries, shells: Ints, holes: NDArray[Any]) -> bool:
    """Put every hole into a shell that covers it; False if one has none."""
    mine: dict[int, list[Any]] = {}
    for hole in holes:
        found = shells if len(shells) == 1 else shells[shapely.covers(polygons[shells], hole)]
        if not len(found):
            return False
        least = found[np.argmin(shapely.area(polygons[found]))]
        mine.setdefault(int(least), []).append(hole)
    for shell, inner in mine.items():
        polygons[shell] = shapely.polygons(shapely.get_exterior_ring(polygons[shell]), inner)
    return True
