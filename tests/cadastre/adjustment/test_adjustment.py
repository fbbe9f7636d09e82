from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.adjustment import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    DatumDefect,
    Distance,
    HeightDifference,
    NothingToAdjust,
    PointMissing,
    Unknown,
    adjust,
)

EAST, NORTH, HEIGHT = Component.EAST, Component.NORTH, Component.HEIGHT
NAMESPACE = {"g": "http://www.gnu.org/software/gama/gama-local"}
ADJUSTED = {"g": "http://www.gnu.org/software/gama/gama-local-adjustment"}


def gama_points(root, axes):
    fixed, approximate = {}, {}
    for point in root.iterfind(".//g:point", NAMESPACE):
        target = fixed if point.get("fix") else approximate
        for letter, component in axes.items():
            target[Unknown(point.get("id"), component)] = float(point.get(letter))
    return fixed, approximate


def gama_case(sample_data, name):
    """A network with published results: GNU Gama's test files after Ghilani's book."""
    folder = sample_data / "survey" / "gama"
    files = [folder / f"{name}.gkf", folder / f"{name}.xml"]
    return [ET.parse(file).getroot() for file in files]  # noqa: S314  (files of our own set)


def check_statistics(ours, expected):
    """sigma0 (ours is 1 a priori), freedom, limits of the test, standardised residuals."""
    summary = expected.find(".//g:standard-deviation", ADJUSTED)
    ratio = float(summary.findtext("g:aposteriori", None, ADJUSTED)) / float(
        summary.findtext("g:apriori", None, ADJUSTED)
    )
    assert ours.sigma0 == pytest.approx(ratio, rel=1e-5)
    freedom = expected.findtext(".//g:degrees-of-freedom", None, ADJUSTED)
    assert ours.degrees_of_freedom == int(freedom)
    test = ours.global_test()
    assert test.lower == pytest.approx(float(summary.findtext("g:lower", "", ADJUSTED)), abs=6e-4)
    assert test.upper == pytest.approx(float(summary.findtext("g:upper", "", ADJUSTED)), abs=6e-4)
    assert test.passed is (summary.find("g:passed", ADJUSTED) is not None)
    published = expected.find("g:observations", ADJUSTED)
    for mine, theirs in zip(ours.residuals, published, strict=True):
        assert mine.adjusted == pytest.approx(float(theirs.findtext("g:adj", "", ADJUSTED)))
        standardised = float(theirs.findtext("g:std-residual", "", ADJUSTED))
        assert abs(mine.standardised) == pytest.approx(standardised, abs=6e-4)


def published_covariance(expected):
    """The upper band by rows, mm², as a full matrix in m²."""
    node = expected.find(".//g:cov-mat", ADJUSTED)
    size = int(node.findtext("g:dim", "", ADJUSTED))
    numbers = iter(float(flt.text) for flt in node.iterfind("g:flt", ADJUSTED))
    matrix = np.zeros((size, size))
    for row in range(size):
        for column in range(row, size):
            matrix[row, column] = matrix[column, row] = next(numbers) * 1e-6
    return matrix


def test_a_published_levelling_network(sample_data):
    network, expected = gama_case(sample_data, "Ghilani12_6_Height_fix")
    fixed, approximate = gama_points(network, {"z": HEIGHT})
    observations = [
        HeightDifference(
            start=dh.get("from"),
            end=dh.get("to"),
            value=float(dh.get("val")),
            sigma=float(dh.get("stdev")) / 1000,
        )
        for dh in network.iterfind(".//g:dh", NAMESPACE)
    ]
    ours = adjust(observations, approximate, fixed)
    for point in expected.iterfind(".//g:adjusted/g:point", ADJUSTED):
        name = point.findtext("g:id", "", ADJUSTED)
        height = float(point.findtext("g:z", "", ADJUSTED))
        assert ours.values[Unknown(name, HEIGHT)] == pytest.approx(height, abs=1e-9)
    assert [unknown.point for unknown in ours.unknowns] == ["B", "C", "D"]
    assert ours.covariance == pytest.approx(published_covariance(expected), rel=1e-5)
    assert ours.standard_deviation("B", HEIGHT) == pytest.approx(0.00229534, abs=1e-8)
    assert ours.standard_deviation("A", HEIGHT) == 0
    check_statistics(ours, expected)


def test_a_published_trilateration(sample_data):
    network, expected = gama_case(sample_data, "Ghilani14_5_Distance_fix")
    fixed, approximate = gama_points(network, {"x": EAST, "y": NORTH})
    observations = [
        Distance(
            start=distance.get("from"),
            end=distance.get("to"),
            value=float(distance.get("val")),
            sigma=float(distance.get("stdev")) / 1000,
        )
        for distance in network.iterfind(".//g:distance", NAMESPACE)
    ]
    ours = adjust(observations, approximate, fixed)
    for point in expected.iterfind(".//g:adjusted/g:point", ADJUSTED):
        name = point.findtext("g:id", "", ADJUSTED)
        for letter, component in (("x", EAST), ("y", NORTH)):
            published = float(point.findtext(f"g:{letter}", "", ADJUSTED))
            assert ours.values[Unknown(name, component)] == pytest.approx(published, abs=1e-5)
    # Both in the order Campus, Wisconsin; for this axis setting Gama computes with -y inside and
    # prints the covariances of that. Our signs are held by the test of derivatives below.
    mirror = np.diag([1, -1, 1, -1])
    published = mirror @ published_covariance(expected) @ mirror
    assert ours.covariance == pytest.approx(published, rel=1e-4)
    check_statistics(ours, expected)
    major, minor, azimuth = ours.error_ellipse("Campus")
    assert major >= minor > 0
    assert 0 <= azimuth < 180
    assert not ours.global_test().passed


def plane(points):
    return {
        Unknown(name, component): value
        for name, place in points.items()
        for component, value in zip((EAST, NORTH), place, strict=True)
    }


def azimuth(points, a, b):
    (ea, na), (eb, nb) = points[a], points[b]
    return math.atan2(eb - ea, nb - na)


corners = st.tuples(st.floats(-30, 30), st.floats(-30, 30))


@given(corners, corners, corners, st.sampled_from(["height", "distance", "azimuth", "angle"]))
def test_derivatives_are_those_of_the_equation(a, b, c, kind):
    places = {"A": a, "B": (b[0] + 100, b[1]), "C": (c[0], c[1] + 100)}
    heights = {Unknown(name, HEIGHT): place[0] for name, place in places.items()}
    at = {**plane(places), **heights}
    observation = {
        "height": HeightDifference(start="A", end="B", value=0, sigma=1),
        "distance": Distance(start="A", end="B", value=0, sigma=1),
        "azimuth": Azimuth(start="A", end="B", value=0, sigma=1),
        "angle": Angle(station="A", back="B", fore="C", value=0, sigma=1),
    }[kind]
    step = 1e-4
    for unknown, partial in observation.equation(at).partials.items():
        up = observation.equation({**at, unknown: at[unknown] + step}).computed
        down = observation.equation({**at, unknown: at[unknown] - step}).computed
        difference = math.remainder(up - down, math.tau)
        assert difference / (2 * step) == pytest.approx(partial, abs=1e-6)


@settings(deadline=None)
@given(corners, corners, corners, corners, st.lists(st.floats(-0.5, 0.5), min_size=4, max_size=4))
def test_perfect_observations_move_nothing_but_the_guess(a, b, c, d, errors):
    base = {"A": (0, 0), "B": (500, 0), "C": (500, 500), "D": (0, 500)}
    truth = {
        name: (665000 + x + dx, 1520000 + y + dy)
        for (name, (x, y)), (dx, dy) in zip(base.items(), (a, b, c, d), strict=True)
    }
    names = list(truth)
    observations = []
    for i, start in enumerate(names):
        for end in names[i + 1 :]:
            length = math.dist(truth[start], truth[end])
            observations.append(Distance(start=start, end=end, value=length, sigma=0.005))
    observations.append(
        Azimuth(start="A", end="C", value=azimuth(truth, "A", "C") + math.tau, sigma=1e-5)
    )
    turn = azimuth(truth, "B", "D") - azimuth(truth, "B", "A")
    observations.append(Angle(station="B", back="A", fore="D", value=turn, sigma=1e-5))
    known = plane({name: truth[name] for name in ("A", "B")})
    guess = plane(
        {
            "C": (truth["C"][0] + errors[0], truth["C"][1] + errors[1]),
            "D": (truth["D"][0] + errors[2], truth["D"][1] + errors[3]),
        }
    )
    result = adjust(observations, guess, known)
    for unknown, value in plane(truth).items():
        assert result.values[unknown] == pytest.approx(value, abs=1e-6)
    assert all(abs(each.residual) < 1e-6 for each in result.residuals)
    assert result.degrees_of_freedom == 4
    assert sum(each.redundancy for each in result.residuals) == pytest.approx(4, abs=1e-6)


def test_two_heights_of_one_point_meet_in_their_weighted_mean():
    observations = [
        Coordinate(point="P", component=HEIGHT, value=10.0, sigma=0.01),
        Coordinate(point="P", component=HEIGHT, value=10.3, sigma=0.02),
    ]
    result = adjust(observations, {Unknown("P", HEIGHT): 0.0}, {})
    assert result.values[Unknown("P", HEIGHT)] == pytest.approx(10.06)
    # Weighted squares: 0.06²/0.01² + 0.24²/0.02² = 36 + 144 = 180, one degree of freedom.
    assert result.sigma0 == pytest.approx(math.sqrt(180))
    assert result.standard_deviation("P", HEIGHT) == pytest.approx(
        math.sqrt(180 / (1 / 0.01**2 + 1 / 0.02**2))
    )


def test_without_redundancy_there_is_no_verdict():
    only = [HeightDifference(start="A", end="B", value=1.5, sigma=0.01)]
    result = adjust(only, {Unknown("B", HEIGHT): 0.0}, {Unknown("A", HEIGHT): 10.0})
    assert result.values[Unknown("B", HEIGHT)] == pytest.approx(11.5)
    assert result.sigma0 is None
    assert result.global_test() is None
    assert result.residuals[0].standardised is None
    assert result.standard_deviation("B", HEIGHT) == pytest.approx(0.01)


def test_networks_that_hang_in_the_air_are_refused():
    level = [HeightDifference(start="A", end="B", value=1.5, sigma=0.01)] * 2
    free = {Unknown("A", HEIGHT): 0.0, Unknown("B", HEIGHT): 0.0}
    with pytest.raises(DatumDefect, match="hold more known points"):
        adjust(level, free, {})
    unseen = {Unknown("B", HEIGHT): 0.0, Unknown("C", HEIGHT): 0.0}
    with pytest.raises(DatumDefect, match="C"):
        adjust(level, unseen, {Unknown("A", HEIGHT): 0.0})
    with pytest.raises(PointMissing, match="Point A"):
        adjust(level, {Unknown("B", HEIGHT): 0.0}, {})
    with pytest.raises(NothingToAdjust):
        adjust([], free, {})
    with pytest.raises(NothingToAdjust):
        adjust(level, {}, free)
    for value, sigma in ((float("nan"), 1), (1, 0), (1, -1)):
        with pytest.raises(ValueError, match="positive sigma"):
            HeightDifference(start="A", end="B", value=value, sigma=sigma)
