"""The demo town's fabric: gap-free, on the grid, the same every time."""

from __future__ import annotations

import dataclasses
import hashlib
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from config.demo.fabric import cut, node, to_lonlat, twice_area_mm2
from config.demo.generator import generate_town
from config.demo.town import LAND_CLASSES, Shapes, Town

TOWNS = [(50, 1), (77, 4), (500, 2), (5000, 1), (5000, 7)]


@cache
def town_of(parcels: int, seed: int) -> Town:
    return generate_town(parcels, seed)


def polygons(shapes: Shapes) -> np.ndarray:
    which = np.repeat(np.arange(len(shapes)), np.diff(shapes.offsets))
    return shapely.polygons(shapely.linearrings(shapes.xy, indices=which))


def digest(thing: object) -> str:
    """A hash of every array and text in a nest of dataclasses."""
    out = hashlib.sha256()

    def eat(value: object) -> None:
        if dataclasses.is_dataclass(value):
            for part in dataclasses.fields(value):
                eat(getattr(value, part.name))
        elif isinstance(value, np.ndarray):
            out.update(str(value.dtype).encode() + value.tobytes())
        else:
            out.update(repr(value).encode())

    eat(thing)
    return out.hexdigest()


@pytest.mark.parametrize(("parcels", "seed"), TOWNS)
def test_town_has_exactly_as_many_parcels_as_asked(parcels, seed):
    assert len(town_of(parcels, seed).parcels) == parcels


def test_the_same_numbers_make_the_same_town_and_another_seed_another():
    first = digest(generate_town(500, 3))
    assert digest(generate_town(500, 3)) == first
    assert digest(generate_town(500, 4)) != first


@pytest.mark.parametrize(("parcels", "seed"), TOWNS)
def test_fabric_has_no_gap_and_no_overlap(parcels, seed):
    town = town_of(parcels, seed)
    plots = polygons(town.parcels.rings)
    assert shapely.is_valid(plots).all()
    assert shapely.coverage_is_valid(plots)
    outline = shapely.Polygon(town.outline)
    assert outline.is_valid
    assert shapely.coverage_union_all(plots).equals(outline)
    assert (
        sum(twice_area_mm2(town.parcels.rings).tolist())
        == twice_area_mm2(Shapes(np.array([0, len(town.outline)]), town.outline)).item()
    )


@pytest.mark.parametrize(("parcels", "seed"), TOWNS)
def test_rings_are_closed_counter_clockwise_and_on_the_millimetre_grid(parcels, seed):
    rings = town_of(parcels, seed).parcels.rings
    first, last = rings.xy[rings.offsets[:-1]], rings.xy[rings.offsets[1:] - 1]
    assert (first == last).all()
    assert (twice_area_mm2(rings) > 0).all()
    assert (np.rint(rings.xy * 1000) / 1000 == rings.xy).all()
    assert np.diff(rings.offsets).min() >= 5


@settings(max_examples=25, deadline=None)
@given(parcels=st.integers(50, 1200), seed=st.integers(0, 2**31))
def test_any_number_and_seed_make_a_sound_town(parcels, seed):
    town = generate_town(parcels, seed)
    plots = polygons(town.parcels.rings)
    assert len(plots) == parcels
    assert shapely.is_valid(plots).all()
    assert shapely.coverage_is_valid(plots)
    standing = polygons(town.buildings.rings)
    assert shapely.covers(plots[town.buildings.parcel], standing).all()


def test_shared_vertices_stay_identical_in_degrees():
    xy = town_of(500, 2).parcels.rings.xy
    metres, back = np.unique(xy, axis=0, return_inverse=True)
    degrees = to_lonlat(xy)
    assert len(np.unique(degrees, axis=0)) == len(metres)
    assert (degrees == to_lonlat(metres)[back]).all()
    assert ((degrees > [100.3, 13.8]) & (degrees < [100.45, 13.9])).all()


def test_a_t_junction_gives_its_vertex_to_the_long_edge():
    boxes = np.array([[0, 0, 2000, 1000], [0, 1000, 750, 2000], [750, 1000, 2000, 2000]])
    noded = node(boxes)
    ring = noded.plan[noded.ring[noded.offsets[0] : noded.offsets[1]]].tolist()
    assert ring == [[0, 0], [2000, 0], [2000, 1000], [750, 1000], [0, 1000]]


@given(
    low=st.integers(-400, 400), extent=st.integers(40, 4000), pieces=st.integers(1, 9),
    axis=st.integers(0, 1), seed=st.integers(0, 99),
)  # fmt: skip
def test_slices_of_a_box_join_up_to_the_box(low, extent, pieces, axis, seed):
    box = np.array([[low, low, low + extent, low + extent]]) * 250
    slices, parent, order = cut(
        box, np.array([axis]), np.array([pieces]), np.random.default_rng(seed), 0.3
    )
    assert (parent == 0).all()
    assert order.tolist() == list(range(pieces))
    assert (slices[1:, axis] == slices[:-1, axis + 2]).all()
    assert slices[0, axis] == box[0, axis]
    assert slices[-1, axis + 2] == box[0, axis + 2]
    assert (slices[:, axis + 2] > slices[:, axis]).all()


def test_a_town_of_5000_has_every_kind_of_quarter():
    present = {LAND_CLASSES[c] for c in np.unique(town_of(5000, 1).parcels.land_class)}
    assert {
        "shop_house", "townhouse", "detached", "house", "orchard", "rice", "idle", "temple",
        "school", "hospital", "office", "market", "park", "condominium", "street", "canal",
    } <= present  # fmt: skip


@pytest.mark.parametrize(("parcels", "seed"), [(500, 2), (5000, 1)])
def test_zones_and_blocks_are_simple_and_cover_the_town(parcels, seed):
    town = town_of(parcels, seed)
    for areas in (town.zones, town.blocks):
        shapes = polygons(areas.rings)
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
        assert shapely.coverage_union_all(shapes).equals(shapely.Polygon(town.outline))


def test_too_small_a_town_is_refused():
    with pytest.raises(ValueError, match="at least 50"):
        generate_town(49, 1)
