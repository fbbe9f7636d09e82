"""Patches: what groups of neighbours cover, from their common rim alone.

Add up the boundaries of the parts of a group: edges that two of them share cancel out, and what is
left, the rim, bounds the sum of the parts, ground that lies in two of them counted twice. So if the
rim is the boundary of some valid polygons, ground is covered twice only where two of *these*
overlap. The argument in full: docs/algorithms/fabric-checks.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from cadastre.coverage.edges import Edges, Parts
from cadastre.coverage.faults import Flags, Geometries, Ints
from cadastre.coverage.joining import joined
from cadastre.coverage.rims import rims_of

# Larger groups have less rim to compare with their neighbours' but lose more to one fault.
GROUP_PARTS: Final = 256


@dataclass(frozen=True, slots=True)
class Patches:
    """Valid polygons whose indicator functions add up to those of all parts.

    ``group[i]`` is the group of part ``i``; ``group_of[j]`` the group whose rim gave polygon ``j``.
    """

    polygons: Geometries
    group_of: Ints
    group: Ints


def patches_of(parts: Parts, edges: Edges) -> Patches:
    """Divide the parts into groups and trace the rim of each.

    Parts at a rim that is no boundary of valid polygons are taken out of their group, and what is
    left of it is grouped and traced again; if that fails too, each part is a group of its own.
    """
    group = _grouped(_cells(parts.polygons), edges)
    traced = _in_company(group)
    rims = rims_of(group, edges, traced)
    polygons, group_of = [rims.polygons], [rims.group_of]
    spoilt = np.isin(group, rims.spoilt)
    if spoilt.any():
        cell = np.where(spoilt, group, -1)
        cell[rims.owners] = -1
        group = np.where(spoilt, len(parts) + _grouped(cell, edges), group)
        traced &= ~spoilt
        again = spoilt & _in_company(group)
        rims = rims_of(group, edges, again)
        polygons.append(rims.polygons)
        group_of.append(rims.group_of)
        traced |= again & ~np.isin(group, rims.spoilt)
    alone = np.flatnonzero(~traced)
    group[alone] = 2 * len(parts) + alone
    polygons.append(parts.polygons[alone])
    group_of.append(group[alone])
    return Patches(np.concatenate(polygons), np.concatenate(group_of), group)


def _in_company(group: Ints) -> Flags:
    """Which parts are not the only one of their group."""
    _, row, size = np.unique(group, return_inverse=True, return_counts=True)
    return np.asarray(size[row] > 1, np.bool_)


def _cells(polygons: Geometries) -> Ints:
    """A number for each part, the same for about `GROUP_PARTS` that lie together."""
    bounds = shapely.bounds(polygons)
    middle = bounds[:, :2] + bounds[:, 2:]
    count = len(polygons)
    slabs = max(1, math.isqrt(count // GROUP_PARTS))
    rank = np.empty(count, np.int64)
    rank[np.argsort(middle[:, 0], kind="stable")] = np.arange(count)
    slab = rank * slabs // max(count, 1)
    cell = np.empty(count, np.int64)
    cell[np.lexsort((middle[:, 1], slab))] = np.arange(count) // GROUP_PARTS
    return cell


def _grouped(cell: Ints, edges: Edges) -> Ints:
    """For each part the least index of those that it reaches over twins within its cell."""
    once = np.flatnonzero(edges.twin > np.arange(len(edges)))
    a, b = edges.part[once], edges.part[edges.twin[once]]
    within = (cell[a] == cell[b]) & (cell[a] >= 0)
    return joined(len(cell), a[within], b[within])
