"""Small networks whose answer is known by hand, and networks that have none."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cadastre.adjustment import (
    GRS80,
    Azimuth,
    Component,
    Coordinate,
    CovarianceUnusable,
    DatumDefect,
    Direction,
    Distance,
    Group,
    HeightDifference,
    Network,
    NotConverged,
    NothingToAdjust,
    ObservationUnsuitable,
    Point,
    PointMissing,
    PointsCoincide,
    Role,
    StartValuesMissing,
    Vector,
    adjust,
    find_outliers,
)
from config.errors import STATUS

HEIGHT = Component.HEIGHT
LEVELLED = (Role.ABSENT, Role.ABSENT, Role.FREE)
BENCH_MARK = (Role.ABSENT, Role.ABSENT, Role.FIXED)
SOLID = (Role.FIXED,) * 3
LOOSE = (Role.FREE,) * 3


def level(start, end, value=1.5, sigma=0.01):
    return HeightDifference(start=start, end=end, value=value, sigma=sigma)


def test_two_heights_of_one_point_meet_in_their_weighted_mean():
    observations = (
        Coordinate(point="P", component=HEIGHT, value=10.0, sigma=0.01),
        Coordinate(point="P", component=HEIGHT, value=10.3, sigma=0.02),
    )
    found = adjust(Network({"P": Point((None, None, 0.0), LEVELLED)}, observations))
    assert found.coordinates("P")[2] == pytest.approx(10.06)
    # Weighted squares: 0.06²/0.01² + 0.24²/0.02² = 36 + 144 = 180, one degree of freedom.
    assert found.chi2 == pytest.approx(180)
    assert found.sigma0 == pytest.approx(math.sqrt(180))
    plain = math.sqrt(1 / (1 / 0.01**2 + 1 / 0.02**2))
    assert found.standard_deviations("P")[2] == pytest.approx(math.sqrt(180) * plain)
    kept = adjust(replace(found.network, a_posteriori=False))
    assert kept.standard_deviations("P")[2] == pytest.approx(plain)
    assert not kept.global_test().passed
    assert [each.redundancy for each in kept.residuals] == pytest.approx([0.2, 0.8])


def test_correlated_heights_weigh_as_their_covariance_says():
    """Two observations with a common error: the textbook mean of correlated values."""
    covariance = np.array([[4e-4, 1e-4], [1e-4, 1e-4]])
    pair = tuple(
        Coordinate(point="P", component=HEIGHT, value=value, sigma=1.0) for value in (10.0, 10.3)
    )
    network = Network(
        {"P": Point((None, None, 0.0), LEVELLED)},
        (Group(observations=pair, covariance=covariance),),
    )
    found = adjust(network)
    weights = np.linalg.inv(covariance).sum(axis=0)
    assert found.coordinates("P")[2] == pytest.approx(weights @ (10.0, 10.3) / weights.sum())
    assert sum(each.redundancy for each in found.residuals) == pytest.approx(1)


def test_without_redundancy_there_is_no_verdict():
    points = {"A": Point((None, None, 10.0), BENCH_MARK), "B": Point((), LEVELLED)}
    points["B"] = Point((None, None, None), LEVELLED)
    found = adjust(Network(points, (level("A", "B"),)))
    assert found.coordinates("B")[2] == pytest.approx(11.5)
    assert found.sigma0 is None
    assert found.global_test() is None
    only = found.residuals[0]
    assert only.standardised is None
    assert only.w is None
    assert only.smallest_error is None
    assert found.standard_deviations("B")[2] == pytest.approx(0.01)
    assert found.standard_deviations("A") == (0, 0, 0)
    assert find_outliers(found.network).outliers == ()


def test_what_lies_between_fixed_points_is_checked_wholly():
    points = {
        "A": Point((None, None, 10.0), BENCH_MARK),
        "B": Point((None, None, 11.0), BENCH_MARK),
        "C": Point((None, None, None), LEVELLED),
    }
    found = adjust(
        Network(points, (level("A", "B", 1.02), level("B", "C"), level("C", "B", -1.52)))
    )
    assert found.residuals[0].redundancy == pytest.approx(1)
    assert found.residuals[0].residual == pytest.approx(-0.02)
    assert found.degrees_of_freedom == 2


def test_networks_that_hang_in_the_air_are_refused():
    free = {"A": Point((None, None, 0.0), LEVELLED), "B": Point((None, None, 0.0), LEVELLED)}
    with pytest.raises(DatumDefect, match="hold more known points") as caught:
        adjust(Network(free, (level("A", "B"), level("A", "B"))))
    assert {"A", "B"} == set(caught.value.evidence["unknowns"].split(", "))
    unseen = {"A": Point((None, None, 0.0), BENCH_MARK), **dict.fromkeys("BC", free["B"])}
    with pytest.raises(DatumDefect, match="among others: C"):
        adjust(Network(unseen, (level("A", "B"),)))
    # A point on two legs of one line: nothing tells how far it lies beside them.
    far = {
        "A": Point((0.0, 0.0, None), (Role.FIXED, Role.FIXED, Role.ABSENT)),
        "B": Point((200.0, 0.0, None), (Role.FIXED, Role.FIXED, Role.ABSENT)),
        "P": Point((100.0, 0.0, None)),
    }
    legs = tuple(Distance(start=name, end="P", value=100.0, sigma=0.01) for name in "AB")
    with pytest.raises(DatumDefect, match="P"):
        adjust(Network(far, legs))
    # Datum points that cannot carry the turn.
    one = (Role.DATUM, Role.DATUM, Role.ABSENT)
    free = {
        "A": Point((0.0, 0.0, None), one),
        "B": Point((0.0, 90.0, None)),
        "C": Point((90.0, 0.0, None)),
    }
    sides = tuple(
        Distance(start=a, end=b, value=length, sigma=0.01)
        for a, b, length in (("A", "B", 90.0), ("A", "C", 90.0), ("B", "C", 127.28))
    )
    with pytest.raises(DatumDefect, match="A"):
        adjust(Network(free, sides))


def test_what_is_missing_is_named():
    with pytest.raises(NothingToAdjust):
        adjust(Network({"A": Point((None, None, 0.0), LEVELLED)}, ()))
    with pytest.raises(NothingToAdjust):
        adjust(Network({"A": Point((None, None, 0.0), BENCH_MARK)}, ()))
    with pytest.raises(PointMissing, match="Point B"):
        adjust(Network({"A": Point((None, None, 0.0), LEVELLED)}, (level("A", "B"),)))
    fixed = {"A": Point((None, None, None), BENCH_MARK), "B": Point((None, None, 1.0), LEVELLED)}
    with pytest.raises(StartValuesMissing, match="A"):
        adjust(Network(fixed, (level("B", "B"),)))
    apart = {"A": Point((0.0, 0.0, None)), "B": Point()}
    with pytest.raises(StartValuesMissing, match="for: B"):
        adjust(Network(apart, (Azimuth(start="A", end="B", value=0.0, sigma=1e-4),)))
    for value, sigma in ((float("nan"), 1), (1, 0), (1, -1), (1, float("inf"))):
        with pytest.raises(ValueError, match="positive sigma"):
            level("A", "B", value, sigma)
    with pytest.raises(ValueError, match="three finite parts"):
        Vector(start="A", end="B", value=(0.0, 0.0, float("inf")))


def test_what_cannot_be_used_is_named():
    same = {"A": Point((1.0, 1.0, None)), "B": Point((1.0, 1.0, None))}
    with pytest.raises(PointsCoincide, match="Points A and B"):
        adjust(Network(same, (Distance(start="A", end="B", value=1.0, sigma=0.01),)))
    with pytest.raises(ObservationUnsuitable, match="Distance A–A"):
        adjust(Network(same, (Distance(start="A", end="A", value=1.0, sigma=0.01),)))
    with pytest.raises(ObservationUnsuitable, match="no such coordinate"):
        adjust(Network(same, (Coordinate(point="A", component=Component.X, value=1.0, sigma=1.0),)))
    solid = {"A": Point((0.0,) * 3, SOLID), "B": Point((1.0,) * 3, LOOSE)}
    for covariance in (None, np.eye(2), np.diag([1.0, 1.0, 0.0]), np.triu(np.ones((3, 3)))):
        vector = Vector(start="A", end="B", value=(1.0, 1.0, 1.0), covariance=covariance)
        with pytest.raises(CovarianceUnusable, match="Vector A–B"):
            adjust(Network(solid, (vector,)))


def test_a_network_without_a_minimum_gives_up():
    """Two circles that do not meet and one bearing that contradicts both."""
    fixed = (Role.FIXED, Role.FIXED, Role.ABSENT)
    points = {
        "A": Point((0.0, 0.0, None), fixed),
        "B": Point((100.0, 0.0, None), fixed),
        "P": Point((50.0, 0.01, None)),
    }
    legs = tuple(Distance(start=name, end="P", value=1e-3, sigma=1e-3) for name in "AB")
    with pytest.raises((NotConverged, DatumDefect)):
        adjust(Network(points, legs))


def test_vectors_in_space_close_and_go_out_whole():
    a = (-1_131_000.0, 6_090_000.0, 1_500_000.0)
    points = {"A": Point(a, SOLID), "B": Point((None,) * 3, LOOSE), "C": Point((None,) * 3, LOOSE)}
    q = np.diag([4e-6, 9e-6, 4e-6])
    legs = {
        ("A", "B"): (900.0, 20.0, -35.0),
        ("B", "C"): (-400.0, 600.0, 11.0),
        ("A", "C"): (500.0, 620.0, -24.0),
    }
    vectors = [Vector(start=s, end=e, value=v, covariance=q) for (s, e), v in legs.items()]
    found = adjust(Network(points, tuple(vectors), GRS80, a_posteriori=False))
    assert found.coordinates("C") == pytest.approx(np.add(a, (500, 620, -24)), abs=1e-6)
    # Two ways to B: one direct, one over C with twice the variance.
    assert found.covariance_xyz("B") == pytest.approx(q * 2 / 3, rel=1e-6)
    assert np.trace(found.covariance("B")) == pytest.approx(np.trace(q) * 2 / 3)
    assert found.iterations <= 3
    wrong = Vector(start="A", end="C", value=(500.0, 620.0, -20.0), covariance=q)
    snooped = find_outliers(replace(found.network, observations=(*vectors, wrong, vectors[2])))
    assert [each.observation for each in snooped.outliers] == [wrong]
    assert snooped.adjustment.degrees_of_freedom == 6


def test_outliers_leave_their_group():
    points = {"A": Point((None, None, 0.0), BENCH_MARK), "B": Point((None, None, 1.5), LEVELLED)}
    several = tuple(level("A", "B", value, 1.0) for value in (1.5, 1.51, 1.49, 2.5))
    covariance = 1e-4 * (np.eye(4) + 0.2)
    network = Network(
        points, (Group(observations=several, covariance=covariance),), a_posteriori=False
    )
    found = find_outliers(network)
    assert [each.observation.value for each in found.outliers] == [2.5]
    rest = found.adjustment.network.observations[0]
    assert rest.covariance == pytest.approx(covariance[:3, :3])


def test_orientations_alone_can_be_the_unknowns():
    fixed = (Role.FIXED, Role.FIXED, Role.ABSENT)
    points = {
        "A": Point((0.0, 0.0, None), fixed),
        "B": Point((0.0, 100.0, None), fixed),
        "P": Point((100.0, 0.0, None)),
    }
    observations = (
        Direction(start="A", end="B", value=0.3, sigma=1e-4),
        Direction(start="A", end="P", value=0.3 + math.pi / 2, sigma=1e-4),
        Distance(start="A", end="P", value=100.01, sigma=0.01),
    )
    found = adjust(Network(points, observations))
    assert found.coordinates("P")[:2] == pytest.approx((100.01, 0.0), abs=1e-9)
    assert found.degrees_of_freedom == 0


def test_every_refusal_has_its_status():
    for error in (
        DatumDefect, NotConverged, NothingToAdjust, PointMissing, StartValuesMissing,
        PointsCoincide, CovarianceUnusable, ObservationUnsuitable,
    ):  # fmt: skip
        assert STATUS[error.code] == 422
