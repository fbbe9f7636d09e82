from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastre.cogo import MeasuredArea, Place, area_with_sigma, forward, independent_corners

ORIGIN = Place(665_000.0, 1_520_000.0)
L_SHAPE = [
    Place(ORIGIN.east + east, ORIGIN.north + north)
    for east, north in ((0, 0), (40, 3), (42, 25), (20, 24), (19, 50), (-2, 48))
]
YARD = [
    Place(ORIGIN.east + east, ORIGIN.north + north) for east, north in ((5, 8), (12, 9), (11, 20))
]

rings = st.lists(st.floats(5, 60), min_size=3, max_size=9).map(
    lambda rays: [forward(ORIGIN, i * 360 / len(rays), ray) for i, ray in enumerate(rays)]
)


def mixed(corners, sigma, seed):
    """A full covariance: every coordinate leans on every other."""
    random = np.random.default_rng(seed)
    root = random.normal(size=(2 * corners, 2 * corners)) * sigma / math.sqrt(2 * corners)
    return root @ root.T + np.eye(2 * corners) * sigma**2 / 4


def _counter_clockwise(ring):
    return shapely.LinearRing([np.subtract(corner, ORIGIN) for corner in ring]).is_ccw


def drawn_areas(outer, holes, covariance, draws=20_000):
    random = np.random.default_rng(20_261_121)
    corners = np.concatenate([np.array(ring) for ring in (outer, *holes)]) - ORIGIN
    noise = random.multivariate_normal(np.zeros(covariance.shape[0]), covariance, draws)
    moved = corners + noise.reshape(draws, -1, 2)
    areas, first = np.zeros(draws), 0
    for place, ring in enumerate((outer, *holes)):
        own = moved[:, first : first + len(ring)]
        ahead = np.roll(own, -1, axis=1)
        signed = np.sum(own[..., 0] * ahead[..., 1] - ahead[..., 0] * own[..., 1], axis=1) / 2
        # The side of the drawing, not of a draw: errors of 6 m turn a small yard inside out.
        areas += signed * (1 if _counter_clockwise(ring) == (place == 0) else -1)
        first += len(ring)
    return areas


@given(rings)
def test_the_area_is_that_of_the_polygon_either_way_round(ring):
    polygon = shapely.Polygon([(p.east - ORIGIN.east, p.north - ORIGIN.north) for p in ring])
    assert area_with_sigma(ring).square_metres == pytest.approx(polygon.area, abs=1e-6)
    assert area_with_sigma(ring[::-1]).square_metres == pytest.approx(polygon.area, abs=1e-6)


@pytest.mark.parametrize("sigma", [0.02, 1.0, 6.0])
def test_the_sigma_of_an_area_is_that_of_drawn_parcels(sigma):
    covariance = mixed(len(L_SHAPE) + len(YARD), sigma, seed=7)
    area = area_with_sigma(L_SHAPE, [YARD], covariance)
    drawn = drawn_areas(L_SHAPE, [YARD], covariance)
    assert area.sigma_m2 == pytest.approx(np.std(drawn), rel=0.02)
    inside = np.abs(drawn - np.mean(drawn)) <= area.band_m2()
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_without_the_curvature_of_the_area_large_errors_would_look_smaller():
    """Guards the test above: at 6 m the first-order formula alone misses it by a tenth."""
    covariance = independent_corners([np.eye(2) * 36.0] * len(L_SHAPE))
    exact = area_with_sigma(L_SHAPE, (), covariance).sigma_m2
    drawn = np.std(drawn_areas(L_SHAPE, [], covariance))
    local = np.array(L_SHAPE) - ORIGIN
    span = np.roll(local, -1, axis=0) - np.roll(local, 1, axis=0)
    first_order = math.sqrt(float(np.sum(span**2)) / 4 * 36.0)
    assert exact == pytest.approx(drawn, rel=0.02)
    assert first_order < 0.98 * drawn


@given(rings, st.floats(0.001, 0.5))
def test_equal_independent_corners_follow_the_textbook_formula(ring, sigma):
    covariance = independent_corners([np.eye(2) * sigma**2] * len(ring))
    around = zip(ring[1:] + ring[:1], ring[-1:] + ring[:-1], strict=True)
    diagonals = sum(math.dist(a, b) ** 2 for a, b in around)
    first = sigma * math.sqrt(diagonals) / 2
    # ½ tr((HΣ)²) = n σ⁴ / 2 for equal independent corners of four and more; 3 for a triangle too.
    expected = math.sqrt(first**2 + len(ring) * sigma**4 / 2)
    assert area_with_sigma(ring, (), covariance).sigma_m2 == pytest.approx(expected, rel=1e-6)


@given(rings, st.floats(0.01, 2))
def test_a_shift_that_all_corners_share_leaves_the_area(ring, sigma):
    shared = np.tile(np.eye(2), (len(ring), len(ring))) * sigma**2
    assert area_with_sigma(ring, (), shared).sigma_m2 == pytest.approx(0, abs=1e-4)


def test_unknown_quality_stays_unknown():
    corners = [np.eye(2) * 0.0004] * (len(L_SHAPE) - 1) + [np.full((2, 2), np.nan)]
    area = area_with_sigma(L_SHAPE, (), independent_corners(corners))
    assert (area.sigma_m2, area.band_m2()) == (None, None)
    assert area_with_sigma(L_SHAPE).sigma_m2 is None
    assert MeasuredArea(100.0, 2.0).band_m2() == 3.92


def test_rings_and_covariances_of_the_wrong_size_are_refused():
    with pytest.raises(ValueError, match="three corners"):
        area_with_sigma(L_SHAPE[:2])
    with pytest.raises(ValueError, match="two rows"):
        area_with_sigma(L_SHAPE, (), np.eye(4))
