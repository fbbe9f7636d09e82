"""Streets as a graph: crossings, loose ends, sides, and the way between places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from cadastre.routing import Place, Walks, network_of
from cadastre.routing.distances import UNREACHABLE
from cadastre.routing.network import JOIN_M, StreetNetwork

MAIN = LineString([(0, 0), (400, 0)])
SOI = LineString([(100, 0), (100, 200)])


def at(network: StreetNetwork, x: float, y: float) -> Place:
    place = network.place(Point(x, y).buffer(1))
    assert place is not None
    return place


def test_streets_are_cut_where_they_meet_and_cross() -> None:
    across = LineString([(300, -50), (300, 50)])
    network = network_of([MAIN, SOI, across])
    assert sorted((edge.street, round(edge.length)) for edge in network.edges) == [
        (0, 100), (0, 100), (0, 200), (1, 200), (2, 50), (2, 50),
    ]  # fmt: skip
    assert network.nodes == 7


def test_an_end_that_stops_at_the_kerb_meets_the_street() -> None:
    kerb = LineString([(100, 12), (100, 200)])
    network = network_of([MAIN, kerb])
    walks = Walks(network, [at(network, 0, 1), at(network, 101, 112)])
    assert walks.matrix[0, 1] == pytest.approx(100_000 + 112_000, abs=100)


def test_an_end_too_far_away_is_no_crossing() -> None:
    far = LineString([(100, JOIN_M + 1), (100, 200)])
    network = network_of([MAIN, far])
    walks = Walks(network, [at(network, 0, 1), at(network, 101, 112)])
    assert walks.matrix[0, 1] == UNREACHABLE
    assert walks.components() == [[0], [1]]
    assert walks.way(0, 1) == []


def test_a_plot_lies_on_the_side_it_lies_on() -> None:
    network = network_of([MAIN])
    left, right = at(network, 200, 30), at(network, 200, -30)
    assert (left.side, right.side) == (1, -1)
    assert left.along == pytest.approx(200)
    assert left.access == pytest.approx(29, abs=0.1)


def test_changing_the_side_of_a_street_costs_a_little() -> None:
    network = network_of([MAIN])
    places = [at(network, 200, 10), at(network, 210, 10), at(network, 200, -10)]
    walks = Walks(network, places, crossing_m=8).matrix
    assert walks[0, 1] == 10_000
    assert walks[0, 2] == 8_000


def test_a_plot_out_of_reach_has_no_place() -> None:
    network = network_of([MAIN])
    assert network.place(box(0, 300, 10, 310), reach_m=250) is None
    assert network.place(box(0, 200, 10, 310), reach_m=250) is not None


def test_no_streets_no_places() -> None:
    network = network_of([])
    assert network.place(box(0, 0, 1, 1)) is None
    assert Walks(network, []).matrix.shape == (0, 0)


@st.composite
def towns(draw: st.DrawFn) -> StreetNetwork:
    """A grid of streets with some left out, some short of the crossing, one apart."""
    lines = [
        LineString([(0, n * 90), (400, n * 90 + draw(st.integers(-20, 20)))])
        for n in range(draw(st.integers(1, 4)))
    ]
    for n in range(draw(st.integers(0, 4))):
        low = draw(st.sampled_from([0, 5, -30, 40]))
        lines.append(LineString([(n * 110 + 7, low), (n * 110, 90 + low)]))
    if draw(st.booleans()):
        lines.append(LineString([(2000, 0), (2000, 100), (2100, 100), (2000, 0)]))
    return network_of(lines)


@st.composite
def places_in_towns(draw: st.DrawFn) -> Walks:
    network = draw(towns())
    points = draw(
        st.lists(
            st.tuples(st.integers(0, 420), st.integers(-30, 320), st.booleans()),
            min_size=1, max_size=8,
        )
    )  # fmt: skip
    placed = [network.place(Point(x + (1900 if far else 0), y).buffer(2), 300)
              for x, y, far in points]  # fmt: skip
    return Walks(network, [place for place in placed if place is not None])


@settings(deadline=None, max_examples=60)
@given(places_in_towns())
def test_distances_are_those_of_a_plane_with_streets(walks: Walks) -> None:
    matrix = walks.matrix
    assert (matrix == matrix.T).all()
    assert (np.diagonal(matrix) == 0).all()
    count = len(walks.places)
    for i in range(count):
        for j in range(count):
            if matrix[i, j] >= UNREACHABLE:
                continue
            here, there = (
                walks.network.edges[place.edge].line.interpolate(place.along)
                for place in (walks.places[i], walks.places[j])
            )
            assert matrix[i, j] / 1000 >= here.distance(there) - 0.001


@settings(deadline=None, max_examples=60)
@given(places_in_towns())
def test_the_line_drawn_is_as_long_as_the_distance(walks: Walks) -> None:
    matrix = walks.matrix
    for i, here in enumerate(walks.places):
        for j, there in enumerate(walks.places):
            if i == j or matrix[i, j] >= UNREACHABLE:
                continue
            line = walks.way(i, j)
            drawn = LineString(line).length if len(line) > 1 else 0.0
            crossing = 8.0 if here.edge == there.edge and here.side != there.side else 0.0
            # Joints and crossings agree within the 5 cm that make two points one.
            assert drawn + crossing == pytest.approx(matrix[i, j] / 1000, abs=0.2)
            first, last = (
                walks.network.edges[place.edge].line.interpolate(place.along)
                for place in (here, there)
            )
            assert Point(line[0]).distance(first) < 0.01
            assert Point(line[-1]).distance(last) < 0.01
