"""Gaps and unshared vertices are those that looking at everything finds."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.coverage import Fault, Tolerances, find_faults

LIMITS = Tolerances()
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
slips = st.lists(st.tuples(seeds, st.sampled_from([0.004, 0.03, 0.06, 0.3])), max_size=8)


def drawn(columns: int, rows: int, slips: list[tuple[int, float]], seed: int) -> Any:
    """Tiles of a bent grid; some corners have slipped, some tiles lack or have a vertex more."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 50, columns + 1), np.linspace(0, 50, rows + 1))
    nodes = np.stack((x, y), axis=-1) + rng.uniform(-2, 2, (*x.shape, 2))
    rings = []
    for j in range(rows):
        for i in range(columns):
            corners = nodes[[j, j, j + 1, j + 1], [i, i + 1, i + 1, i]]
            between = (corners + np.roll(corners, -1, axis=0)) / 2
            rings.append(np.stack((corners, between), axis=1).reshape(-1, 2))
    for slip, size in slips:
        own = np.random.default_rng(slip)
        k, vertex = int(own.integers(len(rings))), int(own.integers(8))
        rings[k] = rings[k].copy()
        rings[k][vertex] += own.uniform(-size, size, 2)
        if own.random() < 0.3 and len(rings[k]) == 8:
            rings[k] = np.delete(rings[k], 2 * own.integers(4) + 1, axis=0)[: len(rings[k])]
            rings[k] = np.vstack((rings[k], rings[k][-1:]))
    polygons = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    return polygons[shapely.is_valid(polygons)]


fabrics = st.builds(drawn, sizes, sizes, slips, seeds)


def every_gap(fabric: Any, width_m: float, area_m2: float) -> Any:
    """Faces of the whole drawing that no parcel covers, by size alone."""
    union = shapely.union_all(fabric)
    lines = shapely.get_parts(shapely.node(shapely.boundary(union)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    free = faces[~shapely.contains(union, shapely.point_on_surface(faces))]
    narrow = shapely.is_empty(shapely.buffer(free, -width_m / 2))
    return free[narrow & (shapely.area(free) > area_m2)]


@given(fabrics)
@settings(max_examples=150, deadline=None)
def test_every_gap_is_found_once(fabric: Any) -> None:
    found = list(find_faults(range(len(fabric)), fabric, only={Fault.GAP}))
    areas = sorted(each.measure for each in found)
    # Of what lies within one per cent of a limit either answer is right.
    certain = every_gap(fabric, LIMITS.gap_width_m * 0.99, LIMITS.gap_m2 * 1.01)
    possible = every_gap(fabric, LIMITS.gap_width_m * 1.01, LIMITS.gap_m2 * 0.99)
    assert len(certain) <= len(found) <= len(possible)
    if len(certain) == len(possible):
        assert areas == pytest.approx(sorted(shapely.area(certain)), abs=1e-6)
    for each in found:
        assert each.second is not None or len(fabric) == 1


def unshared_sides(fabric: Any) -> list[list[shapely.LineString]]:
    """For each parcel its sides that are no side of exactly one other."""
    sides = [list(pairwise(shapely.get_coordinates(each).tolist())) for each in fabric]
    often = Counter(frozenset(map(tuple, side)) for own in sides for side in own)
    return [
        [shapely.LineString(side) for side in own if often[frozenset(map(tuple, side))] != 2]
        for own in sides
    ]


def lacking(fabric: Any, from_m: float, to_m: float) -> set[tuple[float, float, int]]:
    """Vertices up to ``from_m`` from a side of another, with no vertex of it within ``to_m``."""
    found = set()
    sides = [shapely.MultiLineString(own) for own in unshared_sides(fabric)]
    for i, one in enumerate(sides):
        corners = shapely.points(shapely.get_coordinates(one))
        for j, other in enumerate(fabric):
            if i == j:
                continue
            side = shapely.distance(sides[j], corners)
            ends = shapely.distance(shapely.multipoints(shapely.get_coordinates(other)), corners)
            for corner in corners[(side <= from_m) & (ends > to_m)]:
                found.add((round(corner.x, 6), round(corner.y, 6), j))
    return found


@given(fabrics)
@settings(max_examples=100, deadline=None)
def test_every_unshared_vertex_is_found_once(fabric: Any) -> None:
    found = list(find_faults(range(len(fabric)), fabric, only={Fault.UNSHARED_VERTEX}))
    told = {(round(f.place[0], 6), round(f.place[1], 6), int(f.second or 0)) for f in found}
    assert len(told) == len(found)
    limit = LIMITS.vertex_m
    assert lacking(fabric, limit * 0.999, limit * 1.001) <= told
    assert told <= lacking(fabric, limit * 1.001, limit * 0.999)
