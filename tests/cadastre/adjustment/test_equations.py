"""Every observation equation, its derivatives, and what another program computes."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.adjustment import (
    GRS80,
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Ellipsoid,
    HeightDifference,
    Network,
    Point,
    SlopeDistance,
    Vector,
    ZenithAngle,
)
from cadastre.adjustment.columns import columns_of
from cadastre.adjustment.equations import State, linearise
from cadastre.adjustment.network import geocentric, geodetic, local_axes

LEG = {"start": "A", "end": "B", "value": 0.0, "sigma": 1.0}
KINDS = [
    Distance(**LEG),
    SlopeDistance(**LEG, instrument_m=1.5, target_m=1.8),
    Azimuth(**LEG),
    Direction(**LEG, set="1"),
    ZenithAngle(**LEG, instrument_m=1.5, target_m=1.8),
    HeightDifference(**LEG),
    Angle(value=0.0, sigma=1.0, station="A", back="B", fore="C"),
    Vector(start="A", end="B", value=(0.0, 0.0, 0.0), covariance=np.eye(3)),
]
PLANE_ONLY = [
    Coordinate(point="A", value=0.0, sigma=1.0, component=component)
    for component in (Component.EAST, Component.NORTH, Component.HEIGHT)
]
SPACE_ONLY = [
    Coordinate(point="A", value=0.0, sigma=1.0, component=component)
    for component in (
        Component.X, Component.Y, Component.Z,
        Component.LATITUDE, Component.LONGITUDE, Component.HEIGHT,
    )
]  # fmt: skip
offsets = st.tuples(st.floats(-30, 30), st.floats(-30, 30), st.floats(-20, 20))
NAMES = ("A", "B", "C")


def linear(one, places, ellipsoid):
    network = Network(dict.fromkeys(NAMES, Point()), (one,), ellipsoid)
    columns = columns_of(network)
    state = State(np.array(places), np.zeros(len(columns.set_station)))
    return linearise(columns, state, ellipsoid, np.zeros(3), NAMES)


def check_derivatives(one, places, axes, ellipsoid, shortest):
    """Central differences along the axes of each point."""
    exact = linear(one, places, ellipsoid)
    order = [
        NAMES.index(name)
        for name in (
            getattr(one, "station", None),
            getattr(one, "back", None),
            getattr(one, "fore", None),
        )
        if name
    ]
    order = order or [
        NAMES.index(getattr(one, "start", getattr(one, "point", "A"))),
        *([1] if hasattr(one, "end") else []),
    ]
    step = 1e-2
    for slot, point in enumerate(order):
        for component in range(3):
            ends = []
            for sign in (1, -1):
                moved = [np.array(place, float) for place in places]
                moved[point] = moved[point] + sign * step * axes[point][:, component]
                ends.append(linear(one, moved, ellipsoid).misclosures)
            change = -(ends[0] - ends[1])
            change = np.where(np.abs(change) > math.pi, change - np.sign(change) * math.tau, change)
            assert exact.partials[:, slot, component] == pytest.approx(
                change / (2 * step), abs=2e-6 / shortest + 2e-6
            )


@settings(max_examples=10, deadline=None)
@given(offsets, offsets, offsets)
@pytest.mark.parametrize("one", [*KINDS, *PLANE_ONLY], ids=lambda one: type(one).__name__)
def test_derivatives_in_the_plane(one, a, b, c):
    places = [np.add((0, 0, 0), a), np.add((300, 100, 50), b), np.add((-100, 300, 20), c)]
    check_derivatives(one, places, [np.eye(3)] * 3, None, 100)


@settings(max_examples=10, deadline=None)
@given(st.floats(-1.4, 1.4), st.floats(-3, 3), offsets, offsets)
@pytest.mark.parametrize("one", [*KINDS, *SPACE_ONLY], ids=lambda one: type(one).__name__)
def test_derivatives_in_space(one, latitude, longitude, b, c):
    a = np.array(geocentric(latitude, longitude, 200.0, GRS80), float)
    local = local_axes(geodetic(a[None], GRS80))[0]
    places = [a, a + local @ np.add((3000, 1000, 50), b), a + local @ np.add((-1000, 3000, 20), c)]
    axes = list(local_axes(geodetic(np.array(places), GRS80)))
    check_derivatives(one, places, axes, GRS80, 1000)


@given(st.floats(-1.57, 1.57), st.floats(-3.14, 3.14), st.floats(-1000, 9000))
def test_geodetic_and_geocentric_coordinates_are_inverse(latitude, longitude, height):
    place = np.array([geocentric(latitude, longitude, height, GRS80)], float)
    found = geodetic(place, GRS80)[0]
    assert found[0] == pytest.approx(latitude, abs=1e-12)
    assert found[1] == pytest.approx(longitude, abs=1e-11 / max(math.cos(latitude), 1e-3))
    assert found[2] == pytest.approx(height, abs=2e-8)


# The listing of LINZ's SNAP: what each observation should be between stations that are given. It
# prints angles to 0.00001° and lengths to 0.1 mm.
INTERNATIONAL = Ellipsoid(6_378_388.0, 1 / 297)
DEGREE = math.pi / 180
SNAP = {
    "SD": (SlopeDistance, 1.0),
    "ED": (Distance, 1.0),
    "AZ": (Azimuth, DEGREE),
    "ZD": (ZenithAngle, DEGREE),
    "LV": (HeightDifference, 1.0),
}


def snap_stations(sample_data):
    path = sample_data / "survey" / "linz_snap" / "check" / "test1-stn.csv"
    for row in csv.DictReader(path.read_text().splitlines()):
        latitude, longitude = float(row["latitude"]) * DEGREE, float(row["longitude"]) * DEGREE
        at = geocentric(latitude, longitude, float(row["ellheight"]), INTERNATIONAL)
        yield row["code"], Point(at, geoid_m=float(row["geoidhgt"]))


def test_values_computed_by_snap(sample_data):
    points = dict(snap_stations(sample_data))
    path = sample_data / "survey" / "linz_snap" / "check" / "test1-obs.csv"
    seen = dict.fromkeys(SNAP, 0)
    for row in csv.DictReader(path.read_text().splitlines()):
        if row["obstype"] not in SNAP:
            continue
        kind, unit = SNAP[row["obstype"]]
        heights = {}
        if kind in {SlopeDistance, ZenithAngle}:
            heights = {"instrument_m": float(row["fromhgt"]), "target_m": float(row["tohgt"])}
        elif float(row["fromhgt"]) or float(row["tohgt"]):
            continue
        one = kind(
            start=row["fromstn"], end=row["tostn"], value=float(row["value"]) * unit,
            sigma=float(row["error"]) * unit, **heights,
        )  # fmt: skip
        network = Network(points, (one,), INTERNATIONAL)
        columns = columns_of(network)
        places = np.array([point.at for point in points.values()])
        geoid = np.array([point.geoid_m for point in points.values()])
        found = linearise(columns, State(places, np.empty(0)), INTERNATIONAL, geoid, network.names)
        residual = -float(found.misclosures[0]) / unit
        told = float(row["residual"])
        assert abs(residual) == pytest.approx(abs(told), abs=1.2e-4 if unit == 1 else 1.2e-5)
        seen[row["obstype"]] += 1
    assert all(number >= 4 for number in seen.values())
