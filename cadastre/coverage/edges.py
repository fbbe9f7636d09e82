"""The directed edges of a fabric, and which of them two neighbours share exactly.

Edges are matched by sorting 64-bit hashes of their ends and then compared by their coordinates, so
a collision of hashes costs time and never an answer. See docs/algorithms/fabric-checks.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from cadastre.coverage.faults import Floats, Geometries, Hashes, Ints

# A thousandth of the legal grid: rounding of a computed coordinate disappears, and a boundary
# would have to be seven kilometres long for what disappears with it to count.
MATCHING_GRID_M: Final = 1e-6
_POLYGON: Final = 3
_ODD: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Parts:
    """The polygons of a fabric; a parcel of several parts has several. ``owner`` is its index."""

    polygons: Geometries
    owner: Ints

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True)
class Edges:
    """Directed edges, ground to the left.

    Edge ``e`` of ``part[e]`` runs from ``xy[at[e]]`` to ``xy[to[e]]``; ``tail`` and ``head`` are
    the hashes of its ends. ``twin[e]`` is the one other edge on the same two points if there is
    exactly one and it runs the other way, or -1.
    """

    xy: Floats
    part: Ints
    at: Ints
    to: Ints
    tail: Hashes
    head: Hashes
    twin: Ints

    def __len__(self) -> int:
        return len(self.part)


def parts_of(geometries: Geometries) -> Parts:
    """The polygons of polygons and multipolygons, empty ones left out."""
    if (shapely.get_type_id(geometries) == _POLYGON).all():
        polygons, owner = geometries, np.arange(len(geometries))
    else:
        polygons, owner = shapely.get_parts(geometries, return_index=True)
    filled = ~shapely.is_empty(polygons)
    return Parts(polygons[filled], owner[filled].astype(np.int64))


def edges_of(parts: Parts) -> Edges:
    """All edges of valid polygons, each with its twin."""
    rings, part = shapely.get_rings(parts.polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring, minlength=len(rings))
    ends = np.cumsum(counts)
    starts = ends - counts
    grid = np.rint(xy / MATCHING_GRID_M).astype(np.int64)
    hashes = _hashes(grid)
    is_edge = np.ones(len(xy), np.bool_)
    is_edge[:-1] = (grid[:-1, 0] != grid[1:, 0]) | (grid[:-1, 1] != grid[1:, 1])
    is_edge[ends - 1] = False
    at = np.flatnonzero(is_edge)
    to = at + 1
    # Shells run counter-clockwise and holes clockwise; GEOS does not ask for either.
    is_hole = np.ones(len(rings), np.bool_)
    is_hole[np.unique(part, return_index=True)[1]] = False
    turned = (_ring_areas(xy, starts, ends) > 0) == is_hole
    of_edge = part[ring[at]].astype(np.int64)
    if turned.any():
        back = turned[ring[at]]
        at, to = np.where(back, to, at), np.where(back, at, to)
    tail, head = hashes[at], hashes[to]
    return Edges(xy, of_edge, at, to, tail, head, _twins(grid, at, to, tail + head))


def _hashes(grid: Ints) -> Hashes:
    x, y = grid.view(np.uint64).T
    mixed = x * _ODD[0] ^ y * _ODD[1]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(32)
    mixed *= _ODD[0]
    mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed, np.uint64)


def _ring_areas(xy: Floats, starts: Ints, ends: Ints) -> Floats:
    """Twice the signed areas of closed rings, each computed from its own first point."""
    if not len(starts):
        return np.empty(0)
    local = xy - np.repeat(xy[starts], ends - starts, axis=0)
    cross = np.empty(len(xy))
    cross[:-1] = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
    cross[ends - 1] = 0.0
    areas: Floats = np.add.reduceat(cross, starts)
    return areas


def _twins(grid: Ints, at: Ints, to: Ints, keys: Hashes) -> Ints:
    """For each edge the index of its twin, or -1. ``keys`` are the same for both directions."""
    count = len(at)
    twin = np.full(count, -1, np.int64)
    if count < 2:
        return twin
    # The index of an edge in the low bits of its key: one sort of plain numbers instead of two.
    low = np.uint64((1 << count.bit_length()) - 1)
    tagged = np.sort((keys & ~low) | np.arange(count, dtype=np.uint64))
    same = (tagged[:-1] ^ tagged[1:]) <= low
    alone = np.concatenate(([True], ~same, [True]))
    # Runs of exactly two equal keys.
    i = np.flatnonzero(same & alone[:-2] & alone[2:])
    one, other = ((tagged[j] & low).astype(np.int64) for j in (i, i + 1))
    x, y = grid[:, 0], grid[:, 1]
    a, b, c, d = at[one], to[one], at[other], to[other]
    reverse = (x[a] == x[d]) & (y[a] == y[d]) & (x[b] == x[c]) & (y[b] == y[c])
    one, other = one[reverse], other[reverse]
    twin[one], twin[other] = other, one
    return twin
