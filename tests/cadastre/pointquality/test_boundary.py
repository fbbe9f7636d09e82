from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastre.cogo import Place, forward
from cadastre.geodesy import transform_point
from cadastre.pointquality import (
    UNKNOWN,
    Basis,
    Digitised,
    LocalFrame,
    Position,
    Step,
    Surveyed,
    corner_covariance,
    edge_quality,
    error_ellipse,
    in_zone,
    parcel_area,
)

A, B = Place(665_000, 1_520_000), Place(665_000, 1_520_040)  # due north


def covariance(major, minor, azimuth):
    """The covariance of an ellipse, east and north."""
    angle = math.radians(azimuth)
    axes = np.array([[math.sin(angle), math.cos(angle)], [math.cos(angle), -math.sin(angle)]])
    return axes.T @ np.diag([major**2, minor**2]) @ axes


@given(st.floats(0.001, 2), st.floats(0.01, 0.99), st.floats(0, 180, exclude_max=True))
def test_an_ellipse_is_found_again_in_its_covariance(major, share, azimuth):
    ellipse = error_ellipse(covariance(major, major * share, azimuth))
    assert ellipse.major_m == pytest.approx(major)
    assert ellipse.minor_m == pytest.approx(major * share)
    turn = math.remainder(ellipse.azimuth - azimuth, 180)
    assert abs(turn) < 1e-5 / (1 - share)


def test_ninety_five_per_cent_of_draws_lie_in_the_enlarged_ellipse():
    own = covariance(0.02, 0.007, 63)
    ellipse = error_ellipse(own).at(0.95)
    assert ellipse.major_m == pytest.approx(0.02 * 2.4477, abs=1e-5)
    drawn = np.random.default_rng(3).multivariate_normal((0, 0), own, 20_000)
    ring = shapely.Polygon(ellipse.outline(Place(0, 0), corners=720))
    inside = shapely.contains_xy(ring, drawn[:, 0], drawn[:, 1])
    assert np.mean(inside) == pytest.approx(0.95, abs=0.006)
    with pytest.raises(ValueError, match="probability"):
        ellipse.at(1)


def test_an_edge_is_as_good_as_its_worse_end_across_the_line():
    # The line runs north, so only east counts.
    good, worse = Surveyed(np.diag([0.01**2, 0.5**2])), Surveyed(np.diag([0.04**2, 0.001**2]))
    edge = edge_quality((A, B), (good, worse))
    assert edge.sigma_m == pytest.approx(0.04)
    assert edge.band_m == pytest.approx(0.04 * 1.959964)
    assert (edge.basis, edge.class_name) == (Basis.SURVEYED, "B")
    assert edge_quality((A, B), (good, good)).class_name == "A"


@given(st.floats(0, 360), st.integers(0, 100))
def test_no_place_on_the_edge_is_worse_than_its_worse_end(azimuth, seed):
    random = np.random.default_rng(seed)
    root = random.normal(size=(4, 4)) * 0.02
    both = root @ root.T
    edge = edge_quality(
        (A, forward(A, azimuth, 30)), (Surveyed(both[:2, :2]), Surveyed(both[2:, 2:]))
    )
    across = np.array([math.cos(math.radians(azimuth)), -math.sin(math.radians(azimuth))])
    for part in np.linspace(0, 1, 11):
        mix = np.hstack([np.eye(2) * (1 - part), np.eye(2) * part])
        variance = float(across @ mix @ both @ mix.T @ across)
        assert variance <= edge.sigma_m**2 * (1 + 1e-9)


def test_a_sheet_gives_its_paper_error_on_the_ground():
    sheet = Digitised(4000)
    assert sheet.sigma_m == pytest.approx(1.2)
    assert Digitised(4000, paper_mm=0.5, fit_sigma_m=1.5).sigma_m == pytest.approx(2.5)
    edge = edge_quality((A, B), (sheet, sheet))
    assert (edge.basis, edge.class_name, edge.scale) == (Basis.DIGITISED, "D", 4000)
    assert edge.band_m == pytest.approx(2.352, abs=0.001)
    template, figures = edge.words
    assert template.format_map(figures) == "digitised from sheet 1:4,000"


def test_one_end_surveyed_and_one_digitised_is_mixed():
    mixed = edge_quality((A, B), (Surveyed(np.eye(2) * 1e-4), Digitised(1000)))
    assert (mixed.basis, mixed.scale) == (Basis.MIXED, 1000)
    assert mixed.sigma_m == pytest.approx(0.3)
    template, figures = mixed.words
    assert "1:1,000" in template.format_map(figures)


def test_unknown_stays_unknown():
    edge = edge_quality((A, B), (Surveyed(np.eye(2) * 1e-4), UNKNOWN))
    assert (edge.basis, edge.class_name) == (Basis.UNKNOWN, "unknown")
    assert (edge.sigma_m, edge.band_m) == (None, None)
    assert np.isnan(corner_covariance(UNKNOWN)).all()
    template, figures = edge.words
    assert template.format_map(figures) == "not known"


def test_steps_are_a_setting_and_a_point_for_an_edge_takes_the_larger_axis():
    steps = (Step("fine", 0.02), Step("coarse", 0.2))
    own = Surveyed(covariance(0.1, 0.01, 90))
    assert edge_quality((A, B), (own, own), steps=steps).class_name == "coarse"
    assert edge_quality((A, A), (own, own)).sigma_m == pytest.approx(0.1)
    rough = Surveyed(np.eye(2))
    assert edge_quality((A, B), (rough, rough), steps=steps).class_name == "coarse"
    wide = edge_quality((A, B), (own, own), confidence=0.99)
    assert wide.band_m == pytest.approx(0.1 * 2.5758, abs=1e-4)


def test_the_area_of_a_parcel_carries_what_its_corners_are_worth():
    square = [A, B, Place(665_040, 1_520_040), Place(665_040, 1_520_000)]
    surveyed = parcel_area([(p, Surveyed(np.eye(2) * 0.02**2)) for p in square])
    assert surveyed.square_metres == pytest.approx(1600)
    assert surveyed.sigma_m2 == pytest.approx(0.02 * 40 * math.sqrt(2), rel=1e-5)
    drawn = parcel_area([(p, Digitised(4000)) for p in square])
    assert drawn.sigma_m2 == pytest.approx(1.2 * 40 * math.sqrt(2), rel=0.01)
    yard = [Place(665_010, 1_520_010), Place(665_020, 1_520_010), Place(665_015, 1_520_020)]
    half = parcel_area([(p, Digitised(4000)) for p in square], [[(p, UNKNOWN) for p in yard]])
    assert (half.square_metres, half.sigma_m2) == (1550, None)


thai_places = st.builds(Position, st.floats(97.5, 105.5), st.floats(6, 20), st.floats(-30, 2_000))


@given(thai_places, st.floats(-500, 500), st.floats(-500, 500), st.floats(-9, 9))
def test_local_metres_lead_back_and_agree_with_the_ellipsoid(origin, east, north, up):
    local = LocalFrame(origin._replace(height_m=0.0))
    place = local.position((east, north, up))
    assert local.metres([place])[0] == pytest.approx((east, north, up), abs=1e-6)
    geod = pyproj.Geod(ellps="WGS84")
    length = geod.inv(origin.lon, origin.lat, place.lon, place.lat)[2]
    assert length == pytest.approx(math.hypot(east, north), abs=0.05)
    near = local.position((east / 20, north / 20))
    length = geod.inv(origin.lon, origin.lat, near.lon, near.lat)[2]
    assert length == pytest.approx(math.hypot(east, north) / 20, abs=1e-4)


@given(thai_places, st.floats(0, 180), st.sampled_from([32647, 32648]))
def test_on_the_grid_an_ellipse_turns_by_the_convergence(position, azimuth, srid):
    own = covariance(3.0, 1.0, azimuth)
    place, on_grid = in_zone(position, own, srid)
    assert place == transform_point(position.lon, position.lat, 4326, srid)
    tip = LocalFrame(position._replace(height_m=0.0)).position(
        (3 * math.sin(math.radians(azimuth)), 3 * math.cos(math.radians(azimuth)))
    )
    east, north = transform_point(tip.lon, tip.lat, 4326, srid)
    seen = math.degrees(math.atan2(east - place.east, north - place.north))
    assert math.remainder(error_ellipse(on_grid).azimuth - seen, 180) == pytest.approx(0, abs=1e-3)
    assert in_zone(position, None, srid) == (place, None)
