"""What must hold for every network, whoever measured it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.adjustment import Group, Network, Point, Role, adjust, find_outliers
from tests.cadastre.adjustment.networks import DATUM, FREE, dense, scattered

numbers = st.integers(5, 14)
seeds = st.integers(0, 10_000)
few = settings(max_examples=15, deadline=None)


def residuals(adjustment):
    return np.array([each.residual for each in adjustment.residuals])


@few
@given(numbers, seeds)
def test_it_is_what_dense_algebra_gives(number, seed):
    network, _ = scattered(number, seed)
    found = adjust(network)
    a, free = dense(network, found)
    q = np.linalg.inv(a.T @ a)
    # At the minimum the residuals stand on the columns of A, to what differences can tell.
    weighted = np.array([each.residual / each.observation.sigma for each in found.residuals])
    assert np.abs(a.T @ weighted).max() < 1e-5 * np.linalg.norm(a, axis=0).max()
    assert found.chi2 == pytest.approx(float(weighted @ weighted))
    expected = 1 - np.einsum("ij,jk,ik->i", a, q, a)
    assert [each.redundancy for each in found.residuals] == pytest.approx(expected, abs=1e-5)
    names = list(network.points)[2:]
    places = [free.index((name, k)) for name in names for k in (0, 1)]
    ours = found.cofactors(names).reshape(len(names), 3, len(names), 3)[:, :2, :, :2]
    scale = np.abs(np.diag(q)[places]).max()
    assert ours.reshape(len(places), -1) == pytest.approx(
        q[np.ix_(places, places)], abs=1e-5 * scale
    )
    name = names[0]
    assert found.covariance(name) == pytest.approx(found.cofactors([name]) * found.sigma0**2)


@few
@given(numbers, seeds)
def test_redundancies_sum_to_the_degrees_of_freedom(number, seed):
    found = adjust(scattered(number, seed)[0])
    sum_ = sum(each.redundancy for each in found.residuals)
    assert sum_ == pytest.approx(found.degrees_of_freedom, abs=1e-6)
    assert all(-1e-9 <= each.redundancy <= 1 + 1e-9 for each in found.residuals)


@few
@given(numbers, seeds)
def test_the_order_of_observations_and_points_does_not_matter(number, seed):
    network, _ = scattered(number, seed)
    shuffled = list(network.observations)
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    turned = Network(dict(reversed(network.points.items())), tuple(shuffled))
    one, other = adjust(network), adjust(turned)
    for name in network.points:
        assert one.coordinates(name) == pytest.approx(other.coordinates(name), abs=1e-7)
        assert one.standard_deviations(name) == pytest.approx(
            other.standard_deviations(name), rel=1e-4
        )
    assert one.chi2 == pytest.approx(other.chi2, rel=1e-6)


@few
@given(numbers, seeds, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_moving_everything_moves_the_result(number, seed, east, north):
    network, _ = scattered(number, seed)
    moved = replace(
        network,
        points={
            name: Point((point.at[0] + east, point.at[1] + north, None), point.roles)
            for name, point in network.points.items()
        },
    )
    one, other = adjust(network), adjust(moved)
    for name in network.points:
        expected = np.add(one.coordinates(name), (east, north, 0))
        assert other.coordinates(name) == pytest.approx(expected, abs=1e-6)
    assert residuals(other) == pytest.approx(residuals(one), abs=1e-7)


@few
@given(numbers, seeds)
def test_a_free_network_has_the_residuals_of_a_barely_fixed_one(number, seed):
    names = [f"P{i}" for i in range(number)]
    network, _ = scattered(number, seed, roles=dict.fromkeys(names, DATUM))
    free = adjust(network)
    # Shifts and the turn are open; distances carry the scale.
    assert free.datum.defect == 3
    held = {"P0": (free.coordinates("P0"), 3), "P1": (free.coordinates("P1"), 1)}
    points = {}
    for name, point in network.points.items():
        at, parts = held.get(name, ((*point.at[:2], None), 0))
        roles = [Role.FIXED if parts >> k & 1 else Role.FREE for k in (0, 1)]
        points[name] = Point((at[0], at[1], None), (*roles, FREE[2]))
    barely = adjust(replace(network, points=points))
    assert barely.degrees_of_freedom == free.degrees_of_freedom
    assert residuals(barely) == pytest.approx(residuals(free), abs=1e-7)
    assert [each.redundancy for each in barely.residuals] == pytest.approx(
        [each.redundancy for each in free.residuals], abs=1e-4
    )
    trace = sum(np.trace(free.covariance(name)) for name in network.points)
    assert trace < sum(np.trace(barely.covariance(name)) for name in network.points)
    moves = np.array(
        [np.subtract(free.coordinates(n)[:2], p.at[:2]) for n, p in network.points.items()]
    )
    assert np.abs(moves.sum(axis=0)).max() < 1e-6


@few
@given(numbers, seeds)
def test_perfect_observations_are_met_exactly(number, seed):
    network, true = scattered(number, seed, noise=0.0)
    found = adjust(network)
    for name, place in true.items():
        assert found.coordinates(name)[:2] == pytest.approx(place, abs=1e-6)
    assert np.abs(residuals(found)).max() < 1e-6


@few
@given(numbers, seeds)
def test_a_diagonal_group_is_no_group(number, seed):
    network, _ = scattered(number, seed)
    singles = tuple(network.observations)
    covariance = np.diag([one.sigma**2 for one in singles])
    grouped = adjust(
        replace(network, observations=(Group(observations=singles, covariance=covariance),))
    )
    plain = adjust(network)
    for name in network.points:
        assert grouped.coordinates(name) == pytest.approx(plain.coordinates(name), abs=1e-8)
    for one, other in zip(grouped.residuals, plain.residuals, strict=True):
        assert one.redundancy == pytest.approx(other.redundancy, abs=1e-8)
        assert one.w == pytest.approx(other.w, abs=1e-5)
        assert one.w == pytest.approx(one.standardised, abs=1e-5)


def test_a_gross_error_is_found_and_only_it():
    network, true = scattered(12, 7)
    network = replace(network, a_posteriori=False)
    spoilt = network.observations[9]
    observations = list(network.observations)
    observations[9] = replace(spoilt, value=spoilt.value + 40 * spoilt.sigma)
    found = find_outliers(replace(network, observations=tuple(observations)))
    assert [each.observation for each in found.outliers] == [observations[9]]
    assert abs(found.outliers[0].w) > found.outliers[0].limit == pytest.approx(3.2905, abs=1e-4)
    assert found.adjustment.global_test().passed
    for name, place in true.items():
        assert found.adjustment.coordinates(name)[:2] == pytest.approx(place, abs=0.05)


def test_the_smallest_error_that_is_found_is_found_four_times_in_five():
    """The power of the test, by simulation of one observation."""
    network, _ = scattered(8, 3, noise=0.0)
    network = replace(network, a_posteriori=False)
    plain = adjust(network)
    place = 5
    size = plain.residuals[place].smallest_error
    random_ = np.random.default_rng(1)
    hits, rounds = 0, 150
    for _ in range(rounds):
        noisy = [
            replace(
                one, value=one.value + random_.normal(0, one.sigma) + (size if i == place else 0)
            )
            for i, one in enumerate(network.observations)
        ]
        found = adjust(replace(network, observations=tuple(noisy)))
        hits += abs(found.residuals[place].w) > 3.2905
    assert hits / rounds == pytest.approx(0.8, abs=0.12)


def test_relative_precision_is_that_of_the_difference():
    network, _ = scattered(9, 11)
    found = adjust(network)
    q = found.cofactors(["P4", "P7"]) * found.sigma0**2
    b = np.hstack([-np.eye(3), np.eye(3)])
    leg = np.subtract(found.coordinates("P7"), found.coordinates("P4"))[:2]
    covariance = (b @ q @ b.T)[:2, :2]
    relative = found.relative("P4", "P7")
    assert relative.distance_m == pytest.approx(math.hypot(*leg))
    unit = leg / relative.distance_m
    assert relative.sigma_m == pytest.approx(math.sqrt(unit @ covariance @ unit))
    assert relative.ratio == pytest.approx(relative.sigma_m / relative.distance_m)
    assert relative.ellipse.major >= relative.sigma_m >= relative.ellipse.minor > 0
    assert found.relative("P0", "P1").sigma_m == 0


def test_a_larger_network_is_dissected_and_stays_right():
    network, _ = scattered(120, 5, origin=(0.0, 0.0))
    found = adjust(network)
    assert len(found.plan.fronts) > 4
    a, free = dense(network, found)
    q = np.linalg.inv(a.T @ a)
    for name in ("P2", "P60", "P119"):
        places = [free.index((name, k)) for k in (0, 1)]
        ours = found.covariance(name)[:2, :2] / found.sigma0**2
        assert ours == pytest.approx(q[np.ix_(places, places)], rel=1e-4, abs=1e-9)
    expected = 1 - np.einsum("ij,jk,ik->i", a, q, a)
    assert [each.redundancy for each in found.residuals] == pytest.approx(expected, abs=1e-4)


def test_the_iterations_are_reported():
    heard = []
    found = adjust(scattered(6, 1)[0], report=heard.append)
    assert tuple(heard) == found.history
    assert [each.number for each in heard] == list(range(1, found.iterations + 1))
    assert heard[-1].largest_m < 1e-7 < heard[0].largest_m
    assert heard[0].point.startswith("P")
