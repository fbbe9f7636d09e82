"""The fast way finds what comparing every parcel with every other finds, however dirty the fabric.

Fabrics are layers of tiles, each layer clean by itself or not: corners moved, parcels missing,
joined to parcels of several parts, pierced by holes; layers cover the same ground alike or with
other corners. The second test makes the groups small, so that little fabrics have many.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

import cadastre.coverage.edges as edges_module
import cadastre.coverage.patches as patches_module
from cadastre.coverage import Fault, overlaps
from cadastre.coverage.edges import edges_of, parts_of
from cadastre.coverage.patches import patches_of

SIDE = 60.0
NEAR_M2 = 1e-6

layers = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32 - 1),
        "columns": st.integers(1, 6),
        "rows": st.integers(1, 6),
        "offset": st.sampled_from([0.0, 0.0, 3.7, 30.0]),
        "moved": st.sampled_from([0, 0, 1, 3]),
        "missing": st.sampled_from([0, 0, 1, 4]),
        "merged": st.sampled_from([0, 0, 2]),
        "pierced": st.sampled_from([0, 0, 2]),
        "angle": st.sampled_from([0.0, 0.0, 11.0]),
    }
)
fabrics = st.lists(layers, min_size=1, max_size=3)


def tiles(layer: dict[str, Any]) -> list[BaseGeometry]:
    """A bent grid of tiles with the dirt that the layer asks for."""
    rng = np.random.default_rng(layer["seed"])
    columns, rows = layer["columns"], layer["rows"]
    x, y = np.meshgrid(np.linspace(0, SIDE, columns + 1), np.linspace(0, SIDE, rows + 1))
    nodes = np.round(np.stack((x, y), axis=-1) + rng.uniform(-2, 2, (*x.shape, 2)), 3)
    found: list[BaseGeometry] = []
    own = set(rng.integers(0, columns * rows, layer["moved"]).tolist())
    for number in range(columns * rows):
        j, i = divmod(number, columns)
        ring = nodes[[j, j, j + 1, j + 1], [i, i + 1, i + 1, i]].copy()
        if number in own:
            ring[rng.integers(4)] += np.round(rng.uniform(-1.5, 1.5, 2), 3)
        found.append(shapely.Polygon(np.roll(ring, rng.integers(4), axis=0)))
    for _ in range(layer["pierced"]):
        k = int(rng.integers(len(found)))
        hole = shapely.buffer(found[k].centroid, rng.uniform(0.5, 4), quad_segs=2)
        found[k] = shapely.difference(found[k], hole)
        if rng.random() < 0.5:
            found.append(hole)
    for _ in range(layer["missing"]):
        if len(found) > 1:
            found.pop(int(rng.integers(len(found))))
    for _ in range(layer["merged"]):
        if len(found) > 2:
            a, b = (found.pop(int(rng.integers(len(found)))) for _ in range(2))
            found.append(shapely.MultiPolygon([*shapely.get_parts(a), *shapely.get_parts(b)]))
    turned = [shapely.affinity.rotate(each, layer["angle"], origin=(0, 0)) for each in found]
    return [shapely.affinity.translate(each, layer["offset"], 700_000) for each in turned]


def drawn(fabric: list[dict[str, Any]]) -> Any:
    parcels = [tile for layer in fabric for tile in tiles(layer)]
    given = np.empty(len(parcels), dtype=object)
    given[:] = parcels
    return given[shapely.is_valid(given)]


def truth(given: Any) -> dict[tuple[int, int], float]:
    """The common ground of all pairs, by comparing each with each."""
    pairs = combinations(range(len(given)), 2)
    return {(i, j): float(shapely.area(shapely.intersection(given[i], given[j]))) for i, j in pairs}


def assert_complete(given: Any) -> None:
    measured = truth(given)
    found = overlaps(np.arange(len(given)), given)
    told = {(min(f.first, f.second or 0), max(f.first, f.second or 0)): f for f in found}
    assert len(told) == len(found)
    assert {pair for pair, area in measured.items() if area > 0.01 + NEAR_M2} <= set(told)
    assert set(told) <= {pair for pair, area in measured.items() if area > 0.01 - NEAR_M2}
    for pair, finding in told.items():
        assert finding.measure == pytest.approx(measured[pair], abs=NEAR_M2)
        areas = [float(given[i].area) - measured[pair] <= 0.01 for i in pair]
        expected = [Fault.OVERLAP, Fault.CONTAINED, Fault.DUPLICATE][sum(areas)]
        assert finding.fault is expected


@given(fabrics)
@settings(max_examples=120, deadline=None)
def test_the_fast_way_finds_what_comparing_all_finds(fabric: list[dict[str, Any]]) -> None:
    assert_complete(drawn(fabric))


@given(fabrics, st.sampled_from([1, 2, 5, 9]))
@settings(max_examples=120, deadline=None)
def test_it_does_in_groups_of_any_size(fabric: list[dict[str, Any]], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches_module, "GROUP_PARTS", size)
        assert_complete(drawn(fabric))


@given(fabrics, st.sampled_from([1, 4, 7, 10, 14]))
@settings(max_examples=80, deadline=None)
def test_hashes_that_collide_cost_time_and_no_answer(
    fabric: list[dict[str, Any]], bits: int
) -> None:
    honest = edges_module._hashes
    few = np.uint64((2**bits - 1) << (64 - bits))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edges_module, "_hashes", lambda grid: honest(grid) & few)
        assert_complete(drawn(fabric))


@given(fabrics, st.lists(st.tuples(st.floats(-5, 70), st.floats(-5, 70)), min_size=5, max_size=20))
@settings(max_examples=80, deadline=None)
def test_every_place_lies_in_as_many_sheets_as_parcels(
    fabric: list[dict[str, Any]], places: list[tuple[float, float]]
) -> None:
    """What the proof rests on: the patches cover each place as often as the parcels do."""
    given_parcels = drawn(fabric)
    parts = parts_of(given_parcels)
    patches = patches_of(parts, edges_of(parts))
    assert shapely.is_valid(patches.polygons).all()
    boundaries = shapely.union_all(shapely.boundary(parts.polygons))
    for x, y in places:
        point = shapely.Point(x, y + 700_000)
        if boundaries.distance(point) > 1e-4:
            over_parcels = int(shapely.covers(given_parcels, point).sum())
            assert int(shapely.covers(patches.polygons, point).sum()) == over_parcels


def test_clean_ground_is_proved_clean_without_comparing_parcels() -> None:
    """A thousand tiles make a handful of patches; a moved corner costs those around it."""
    tiles = [
        shapely.box(x, y, x + 10, y + 10) for x in range(0, 400, 10) for y in range(0, 250, 10)
    ]
    clean = np.array(tiles, dtype=object)
    dirty = clean.copy()
    dirty[500] = shapely.Polygon([(200, 0), (210, 0), (212, 13), (200, 10)])
    for fabric, most in ((clean, 4), (dirty, 10)):
        parts = parts_of(fabric)
        assert len(patches_of(parts, edges_of(parts)).polygons) <= most
