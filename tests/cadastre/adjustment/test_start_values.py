"""Coordinates that the file does not give are found well enough to begin with."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.adjustment import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    HeightDifference,
    Network,
    Point,
    Role,
    SlopeDistance,
    StartValuesMissing,
    Vector,
    ZenithAngle,
    adjust,
)
from cadastre.adjustment.start import with_start_values
from tests.cadastre.adjustment.networks import FIXED, azimuth

S = 1e-4
TRUE = {
    "A": (0.0, 0.0),
    "B": (400.0, 50.0),
    "C": (150.0, 420.0),
    "D": (-220.0, 260.0),
    "P": (120.0, 180.0),
}


def length(a, b):
    return Distance(start=a, end=b, value=math.dist(TRUE[a], TRUE[b]), sigma=0.01)


def bearing(a, b):
    return Azimuth(start=a, end=b, value=azimuth(TRUE[a], TRUE[b]), sigma=S)


def round_(station, *targets, turn=1.0):
    return [
        Direction(start=station, end=end, value=azimuth(TRUE[station], TRUE[end]) + turn, sigma=S)
        for end in targets
    ]


def angle(station, back, fore):
    value = azimuth(TRUE[station], TRUE[fore]) - azimuth(TRUE[station], TRUE[back])
    return Angle(station=station, back=back, fore=fore, value=value, sigma=S)


def vector(a, b):
    east, north = np.subtract(TRUE[b], TRUE[a])
    return Vector(start=a, end=b, value=(east, north, 0.0), covariance=np.eye(3))


WAYS = {
    "an azimuth and a distance": [bearing("A", "P"), length("P", "A")],
    "an oriented round and a distance": [*round_("A", "B", "P"), length("A", "P")],
    "an angle and a distance": [angle("A", "B", "P"), length("A", "P")],
    "an angle read the other way": [angle("A", "P", "B"), length("A", "P")],
    "two angles": [angle("A", "B", "P"), angle("B", "P", "A")],
    "two rounds": [*round_("A", "B", "P"), *round_("C", "B", "P", turn=4)],
    "the round at the new point": [*round_("P", "A", "B", "C", "D")],
    "angles at the new point": [angle("P", "A", "B"), angle("P", "B", "C")],
    "an azimuth back and an angle": [bearing("P", "A"), angle("P", "A", "B")],
    "three distances": [length("A", "P"), length("B", "P"), length("D", "P")],
    "two distances and an angle": [length("A", "P"), length("B", "P"), angle("P", "A", "B")],
    "a ray and a distance from elsewhere": [bearing("A", "P"), length("C", "P"), length("B", "P")],
    "a vector": [vector("P", "B")],
    "its own coordinates": [
        Coordinate(point="P", component=Component.EAST, value=120.0, sigma=0.1),
        Coordinate(point="P", component=Component.NORTH, value=180.0, sigma=0.1),
    ],
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_a_point(way):
    points = {name: Point((*TRUE[name], None), FIXED) for name in "ABCD"} | {"P": Point()}
    found = with_start_values(Network(points, tuple(WAYS[way])))
    assert found.points["P"].at[:2] == pytest.approx(TRUE["P"], abs=1e-6)


def test_two_distances_alone_leave_two_places():
    points = {name: Point((*TRUE[name], None), FIXED) for name in "AB"} | {"P": Point()}
    with pytest.raises(StartValuesMissing, match="for: P"):
        with_start_values(Network(points, (length("A", "P"), length("B", "P"))))


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 9), st.integers(0, 1000))
def test_a_traverse_without_orientation_is_fitted_between_its_ends(number, seed):
    random = np.random.default_rng(seed)
    places = np.cumsum(
        np.stack(
            [random.uniform(80, 120, number + 2), random.uniform(-60, 60, number + 2)], axis=1
        ),
        axis=0,
    )
    true = {f"{i}": tuple(place) for i, place in enumerate(places)}
    names = list(true)
    points = {name: Point((*true[name], None), FIXED) for name in (names[0], names[-1])}
    points = {name: points.get(name, Point()) for name in names}
    observations = [
        Distance(
            start=a, end=b, value=math.dist(true[a], true[b]) + random.normal(0, 0.005), sigma=0.005
        )
        for a, b in pairwise(names)
    ]
    for back, at, fore in zip(names, names[1:], names[2:], strict=False):
        turn = azimuth(true[at], true[fore]) - azimuth(true[at], true[back])
        observations.append(Angle(station=at, back=back, fore=fore, value=turn, sigma=S))
    found = adjust(Network(points, tuple(observations)))
    for name in names:
        assert found.coordinates(name)[:2] == pytest.approx(true[name], abs=0.2)
    assert found.degrees_of_freedom == 1


def radians(text):
    return float(text) * math.pi / 200


@pytest.mark.parametrize("name", ["fixed-traverse-4", "fixed-traverse-8"])
def test_traverses_that_come_without_coordinates(sample_data, name):
    """A straight line of 100 m legs, and a bent one of seven, between two known points."""
    case = yaml.safe_load((sample_data / "survey" / "gama" / f"{name}.yaml").read_text())
    points, observations = {}, []
    for point in case["points"]:
        # Axes "sw".
        at = (-point["y"], -point["x"], None) if "x" in point else (None, None, None)
        points[point["id"]] = Point(at, FIXED if "fix" in point else Point().roles)
    for group in case["observations"]:
        for one in group["obs"]:
            if one["type"] == "distance":
                observations.append(
                    Distance(
                        start=group["from"],
                        end=one["to"],
                        value=one["val"],
                        sigma=one["stdev"] / 1000,
                    )
                )
            elif one["type"] == "angle":
                observations.append(
                    Angle(
                        station=group["from"],
                        back=one["bs"],
                        fore=one["fs"],
                        value=radians(one["val"]),
                        sigma=radians(one["stdev"]) / 10_000,
                    )
                )
            else:
                observations.append(
                    Direction(
                        start=group["from"],
                        end=one["to"],
                        value=radians(one["val"]),
                        sigma=radians(one["stdev"]) / 10_000,
                    )
                )
    found = adjust(Network(points, tuple(observations)))
    assert found.degrees_of_freedom == 1
    # The ends were placed so that everything fits.
    assert max(abs(each.residual) for each in found.residuals) < 1e-6
    _, north, _ = found.coordinates("B")
    assert -north == pytest.approx({"fixed-traverse-4": 100, "fixed-traverse-8": 124}[name])


def test_a_free_network_without_any_coordinates_stands_somewhere():
    names = "ABCDP"
    datum = (Role.DATUM, Role.DATUM, Role.ABSENT)
    observations = [*(length("A", end) for end in names[1:]), *round_("A", *names[1:])]
    observations += [*round_("B", "A", "C", "P"), length("B", "C"), length("C", "D")]
    found = adjust(Network(dict.fromkeys(names, Point((None,) * 3, datum)), tuple(observations)))
    for a, b in (("A", "P"), ("B", "D"), ("C", "P")):
        apart = math.dist(found.coordinates(a)[:2], found.coordinates(b)[:2])
        assert apart == pytest.approx(math.dist(TRUE[a], TRUE[b]), abs=1e-6)


def test_heights_are_carried_on():
    level = (Role.FIXED, Role.FIXED, Role.FREE)
    heights = {"A": 10.0, "B": 14.0, "C": 9.0, "D": 21.0, "P": 12.5}
    points = {name: Point((*TRUE[name], None), level) for name in heights}
    points["A"] = Point((*TRUE["A"], 10.0), (Role.FIXED,) * 3)

    def sight(a, b):
        flat, up = math.dist(TRUE[a], TRUE[b]), heights[b] + 1.7 - heights[a] - 1.5
        zenith = ZenithAngle(
            start=a, end=b, value=math.atan2(flat, up), sigma=S, instrument_m=1.5, target_m=1.7
        )
        slope = SlopeDistance(
            start=a, end=b, value=math.hypot(flat, up), sigma=0.01, instrument_m=1.5, target_m=1.7
        )
        return zenith, slope

    observations = (
        HeightDifference(start="B", end="A", value=-4.0, sigma=0.01),
        *sight("B", "C"),
        sight("C", "D")[0],
        Vector(
            start="P",
            end="D",
            value=(*np.subtract(TRUE["D"], TRUE["P"]), 8.5),
            covariance=np.eye(3),
        ),
    )
    started = with_start_values(Network(points, observations))
    for name, height in heights.items():
        assert started.points[name].at[2] == pytest.approx(height, abs=0.02)
    found = adjust(Network(points, observations))
    assert found.coordinates("D")[2] == pytest.approx(21.0, abs=1e-6)
