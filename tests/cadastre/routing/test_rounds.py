"""Rounds: each plot once, closed, within the limit, never worse than going to the nearest."""

from __future__ import annotations

import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box
from shapely.geometry.base import BaseGeometry

from cadastre.routing import Limit, Pace, Plan, Walks, network_of, plan_rounds
from cadastre.routing.network import StreetNetwork
from cadastre.routing.tours import (
    improved,
    insertion_tour,
    length_of,
    nearest_tour,
    spanning_tree,
    tree_tour,
)

PACE = Pace()
unhurried = settings(deadline=None, max_examples=60)


def village(streets: int = 4, length: int = 300) -> StreetNetwork:
    """A main road with sois on one side."""
    main = LineString([(0, 0), (streets * 60, 0)])
    sois = [LineString([(n * 60 + 10, 3), (n * 60 + 10, length)]) for n in range(streets)]
    return network_of([main, *sois])


plot_corners = st.lists(
    st.tuples(st.integers(0, 230), st.integers(-40, 290)), min_size=1, max_size=25, unique=True
)
limits = st.builds(Limit, minutes=st.floats(1, 120), stops=st.integers(1, 30))


def plots_at(corners: list[tuple[int, int]]) -> list[BaseGeometry]:
    return [box(x, y, x + 6, y + 6) for x, y in corners]


@unhurried
@given(plot_corners, limits)
def test_every_plot_is_called_at_exactly_once(corners: list[tuple[int, int]], limit: Limit) -> None:
    plan = plan_rounds(village(), plots_at(corners), limit, PACE)
    called = [n for each in plan.rounds for n in each.stops]
    assert sorted([*called, *plan.unreached]) == list(range(len(corners)))


@unhurried
@given(plot_corners, limits)
def test_no_round_is_above_its_limit_unless_one_plot_alone_is(
    corners: list[tuple[int, int]], limit: Limit
) -> None:
    for each in plan_rounds(village(), plots_at(corners), limit, PACE).rounds:
        assert len(each.stops) <= limit.stops
        assert each.minutes == pytest.approx(each.metres / 65 + 4 * len(each.stops))
        if each.is_over:
            assert len(each.stops) == 1
        else:
            assert each.minutes <= limit.minutes


@unhurried
@given(plot_corners, limits)
def test_a_round_is_a_closed_walk_within_its_bounds(
    corners: list[tuple[int, int]], limit: Limit
) -> None:
    network, plots = village(), plots_at(corners)
    plan = plan_rounds(network, plots, limit, PACE)
    for each in plan.rounds:
        places = [place for n in each.stops if (place := plan.places[n])]
        walks = Walks(network, places)
        order = list(range(len(places)))
        access = sum(2 * place.access for place in places)
        assert sum(each.legs_m) == pytest.approx(length_of(order, walks.matrix) / 1000)
        assert each.metres == pytest.approx(sum(each.legs_m) + access, abs=0.05)
        assert each.bound_m <= each.metres + 1e-6
        lowest_first = sorted(order, key=lambda n: each.stops[n])
        own = walks.matrix[np.ix_(lowest_first, lowest_first)]
        assert length_of(order, walks.matrix) <= length_of(nearest_tour(own), own)


@unhurried
@given(plot_corners, limits)
def test_the_same_question_has_the_same_answer(
    corners: list[tuple[int, int]], limit: Limit
) -> None:
    first, again = (plan_rounds(village(), plots_at(corners), limit) for _ in range(2))
    assert first == again


@unhurried
@given(plot_corners)
def test_a_round_begins_with_its_lowest_plot(corners: list[tuple[int, int]]) -> None:
    rounds = plan_rounds(village(), plots_at(corners)).rounds
    firsts = [each.stops[0] for each in rounds]
    assert firsts == sorted(firsts)
    assert all(each.stops[0] == min(each.stops) for each in rounds)
    assert all(each.stops[1] < each.stops[-1] for each in rounds if len(each.stops) > 2)


def test_streets_that_do_not_meet_have_rounds_of_their_own() -> None:
    island = LineString([(5000, 0), (5200, 0)])
    network = network_of([LineString([(0, 0), (200, 0)]), island])
    plots = [box(x, 2, x + 5, 8) for x in (10, 100, 5010, 5100)]
    plan = plan_rounds(network, plots)
    assert [each.stops for each in plan.rounds] == [(0, 1), (2, 3)]


def test_plots_without_a_street_are_told() -> None:
    plan = plan_rounds(village(), [box(10, 5, 16, 11), box(900, 900, 910, 910)])
    assert plan.unreached == (1,)
    assert [each.stops for each in plan.rounds] == [(0,)]


def test_nothing_chosen_is_no_round() -> None:
    assert plan_rounds(village(), []) == Plan((), (), ())


def test_one_plot_that_takes_too_long_alone_is_marked() -> None:
    network = network_of([LineString([(0, 0), (100, 0)])])
    (far,) = plan_rounds(network, [box(0, 200, 5, 205)], Limit(minutes=5)).rounds
    assert far.is_over
    assert far.metres == pytest.approx(400, abs=1)


def test_up_one_side_and_down_the_other() -> None:
    network = network_of([LineString([(0, 0), (100, 0)])])
    plots = [box(x, y, x + 4, y + 4) for x in (10, 40, 70) for y in (3, -7)]
    (walk,) = plan_rounds(network, plots).rounds
    assert walk.stops == (0, 1, 3, 5, 4, 2)
    # 60 m there and back, two crossings, and 3 m from the middle of the street to each plot
    assert walk.metres == pytest.approx(2 * 60 + 2 * 8 + 6 * 2 * 3)


@st.composite
def metrics(draw: st.DrawFn) -> np.ndarray:
    """Distances between points of a plane, in whole millimetres."""
    points = np.array(
        draw(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1,
                      max_size=30)), dtype=float,
    )  # fmt: skip
    apart = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    return np.ceil(apart * 1000).astype(np.int64)


@unhurried
@given(metrics())
def test_tours_are_whole_and_improving_never_lengthens(walks: np.ndarray) -> None:
    for begun in (tree_tour(walks), nearest_tour(walks), insertion_tour(walks)):
        better = improved(begun, walks)
        assert sorted(begun) == sorted(better) == list(range(len(walks)))
        assert length_of(better, walks) <= length_of(begun, walks)


@unhurried
@given(metrics())
def test_the_tree_bounds_every_tour(walks: np.ndarray) -> None:
    _parent, tree = spanning_tree(walks)
    assert tree <= length_of(insertion_tour(walks), walks) or len(walks) < 2
    # Rounding up to millimetres may add one to each leg.
    assert length_of(tree_tour(walks), walks) <= 2 * tree + len(walks)


@unhurried
@given(metrics().filter(lambda walks: 4 <= len(walks) <= 7))
def test_few_places_are_walked_almost_as_well_as_possible(walks: np.ndarray) -> None:
    found = length_of(improved(insertion_tour(walks), walks), walks)
    best = min(length_of((0, *rest), walks) for rest in permutations(range(1, len(walks))))
    assert best <= found <= 1.15 * best


def test_a_thousand_plots_take_seconds() -> None:
    streets = [LineString([(0, n * 80), (1600, n * 80)]) for n in range(21)]
    streets += [LineString([(n * 160, 0), (n * 160, 1600)]) for n in range(11)]
    rng = np.random.default_rng(7)
    plots = [box(x, y, x + 9, y + 9) for x, y in rng.uniform(0, 1590, (1000, 2))]
    began = time.process_time()
    plan = plan_rounds(network_of(streets), plots)
    assert time.process_time() - began < 20
    assert sum(len(each.stops) for each in plan.rounds) == 1000
    walked = sum(each.metres for each in plan.rounds)
    assert walked < 2 * sum(each.bound_m for each in plan.rounds)
