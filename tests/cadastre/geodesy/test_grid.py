"""Scale, convergence and lines of the grid against a published worked example and MGA points."""

from __future__ import annotations

import csv
import math

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.cogo import parse_packed
from cadastre.geodesy import (
    CoordinatesOutsideCrs,
    NoMapGrid,
    grid_distance,
    grid_factors,
    ground_distance,
    line_between,
    transform_point,
)

# Geocentric Datum of Australia Technical Manual (ICSM), chapter on the grid: MGA94 zone 55. Its
# convergence has the opposite sign.
MGA_55 = 28355
BUNINYONG, FLINDERS = (228854.052, 5828259.038), (273741.297, 5796489.777)
SECOND = 1 / 3600


def test_a_published_line_of_the_grid():
    at_start, at_end = grid_factors(BUNINYONG, MGA_55), grid_factors(FLINDERS, MGA_55)
    assert at_start.scale == pytest.approx(1.00050567, abs=5e-9)
    assert at_end.scale == pytest.approx(1.00023056, abs=5e-9)
    assert at_start.convergence_degrees == pytest.approx(
        parse_packed("1.524322"), abs=0.006 * SECOND
    )
    assert at_end.convergence_degrees == pytest.approx(parse_packed("1.350365"), abs=0.006 * SECOND)
    line = line_between(BUNINYONG, FLINDERS, MGA_55)
    assert line.ellipsoid_m == pytest.approx(54972.271, abs=0.001)
    assert line.grid_m == pytest.approx(54992.279, abs=0.001)
    assert line.scale == pytest.approx(1.00036397, abs=5e-9)
    assert line.true_azimuth == pytest.approx(parse_packed("127.102507"), abs=0.01 * SECOND)
    assert line.grid_azimuth == pytest.approx(parse_packed("125.174186"), abs=0.02 * SECOND)
    assert line.arc_to_chord_degrees == pytest.approx(-20.67 * SECOND, abs=0.01 * SECOND)
    back = line_between(FLINDERS, BUNINYONG, MGA_55)
    assert back.true_azimuth == pytest.approx(parse_packed("306.520537"), abs=0.01 * SECOND)
    assert back.arc_to_chord_degrees == pytest.approx(19.47 * SECOND, abs=0.02 * SECOND)


def test_the_radius_is_the_mean_of_both_curvatures():
    # The manual's rho and nu at Buninyong.
    expected = math.sqrt(6359253.8294 * 6386118.6742)
    assert grid_factors(BUNINYONG, MGA_55).radius_m == pytest.approx(expected, abs=0.01)


def test_published_points_go_to_the_grid_and_back(sample_data):
    folder = sample_data / "survey" / "geodepy"
    with (folder / "Test_Conversion_Geo.csv").open(encoding="utf-8-sig") as file:
        geographic = {row[0]: row[1:] for row in csv.reader(file)}
    with (folder / "Test_Conversion_Grid.csv").open(encoding="utf-8-sig") as file:
        grid = {row[0]: row[1:] for row in csv.reader(file)}
    assert len(grid) == len(geographic) > 100
    for name, (zone, east, north) in grid.items():
        lat, lon = (parse_packed(text) for text in geographic[name])
        srid = 7800 + int(zone)  # GDA2020 / MGA of the zone
        there = pyproj.Transformer.from_crs(7844, srid, always_xy=True).transform(lon, lat)
        assert there == pytest.approx((float(east), float(north)), abs=0.0006), name
        back = transform_point(float(east), float(north), srid, 7844)
        assert back == pytest.approx((lon, lat), abs=1e-8), name


thai_places = st.tuples(st.floats(200_000, 800_000), st.floats(630_000, 2_260_000))
zones = st.sampled_from([32647, 32648, 24047, 24048])


@given(thai_places, zones)
def test_convergence_and_scale_are_those_of_a_short_line(place, srid):
    factors = grid_factors(place, srid)
    line = line_between(place, (place[0], place[1] + 100), srid)
    assert line.scale == pytest.approx(factors.scale, abs=2e-8)
    # Along grid north the true azimuth is the convergence, but for the bend of 100 m.
    assert math.remainder(line.true_azimuth - factors.convergence_degrees, 360) == pytest.approx(
        0, abs=0.1 * SECOND
    )
    assert 0.99959 < factors.scale < 1.0011


@given(thai_places, zones, st.floats(0, 360), st.floats(1, 2_000), st.floats(-40, 2_600))
def test_ground_and_grid_are_each_others_inverse(place, srid, azimuth, length, height):
    turned = math.radians(azimuth)
    other = (place[0] + length * math.sin(turned), place[1] + length * math.cos(turned))
    middle = ((place[0] + other[0]) / 2, (place[1] + other[1]) / 2)
    ground = ground_distance(place, other, srid, height)
    assert grid_distance(ground, middle, srid, height) == pytest.approx(length, abs=1e-4)
    assert grid_distance(ground, place, srid, height) == pytest.approx(length, abs=0.02)


def test_height_shrinks_the_ground_onto_the_grid():
    on_meridian = (500_000.0, 1_500_000.0)
    factors = grid_factors(on_meridian, 32647)
    assert factors.scale == pytest.approx(0.9996, abs=1e-9)
    assert factors.convergence_degrees == pytest.approx(0, abs=1e-9)
    assert factors.combined_scale(300) == pytest.approx(0.9996 * (1 - 300 / 6_359_695), abs=1e-8)
    assert ground_distance(on_meridian, on_meridian, 32647, 0) == 0


def test_degrees_have_no_grid():
    with pytest.raises(NoMapGrid, match="32647 or 32648"):
        grid_factors((100.0, 15.0), 4326)
    with pytest.raises(NoMapGrid):
        grid_factors((100.0, 15.0), 2277)  # US feet
    with pytest.raises(CoordinatesOutsideCrs):
        grid_factors((1e9, 1e9), 32647)
    with pytest.raises(ValueError, match="two ends"):
        line_between((5e5, 1e6), (5e5, 1e6), 32647)
