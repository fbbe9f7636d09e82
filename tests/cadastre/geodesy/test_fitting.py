from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import ControlPoint, ControlTooThin, ControlUnusable, FitKind, fit_sheet

SHEET = [(120.0, 80.0), (1450.0, 150.0), (1380.0, 1500.0), (90.0, 1420.0), (800.0, 700.0),
         (400.0, 1100.0)]  # fmt: skip


def turned(scale, degrees, east, north):
    a, b = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    return lambda x, y: (east + a * x + b * y, north - b * x + a * y)


def control(change, places=SHEET, errors=None, sigma=1.0):
    found = []
    for i, place in enumerate(places):
        east, north = change(*place)
        de, dn = (errors or {}).get(i, (0, 0))
        found.append(ControlPoint(f"C{i}", place, (east + de, north + dn), sigma))
    return found


similar = st.builds(
    turned, st.floats(0.5, 4), st.floats(-180, 180), st.floats(2e5, 8e5), st.floats(6e5, 2.2e6)
)


@given(similar, st.sampled_from(FitKind))
def test_a_perfect_sheet_fits_without_residuals_and_comes_back(change, kind):
    fit = fit_sheet(control(change), kind)
    assert max(r.length_m for r in fit.residuals) < 1e-6
    places = [(0.0, 0.0), (2000.0, 1000.0)]
    there = fit.forward(places)
    assert np.allclose(there, [change(*place) for place in places], atol=1e-5)
    assert np.allclose(fit.backward(there), places, atol=1e-6)
    assert not fit.mirrored
    assert fit.suspect is None


@given(st.floats(0.5, 4), st.floats(-179, 179))
def test_scale_and_turn_are_found(scale, degrees):
    fit = fit_sheet(control(turned(scale, degrees, 665_000, 1_520_000)))
    assert fit.scale == pytest.approx(scale, rel=1e-9)
    assert math.remainder(fit.rotation_degrees - degrees, 360) == pytest.approx(0, abs=1e-6)
    assert fit.degrees_of_freedom == 2 * len(SHEET) - 4


def test_two_points_fix_a_similarity_and_nothing_checks_it():
    fit = fit_sheet(control(turned(2, 30, 0, 0), SHEET[:2]))
    assert (fit.degrees_of_freedom, fit.sigma0, fit.suspect) == (0, None, None)
    assert [r.chance for r in fit.residuals] == [None, None]


def test_an_affine_takes_paper_that_shrank_one_way():
    def shrunk(x, y):
        return 665_000 + 0.996 * x, 1_520_000 + 1.001 * y

    affine = fit_sheet(control(shrunk), FitKind.AFFINE)
    similarity = fit_sheet(control(shrunk))
    assert max(r.length_m for r in affine.residuals) < 1e-6
    assert max(r.length_m for r in similarity.residuals) > 1
    assert not affine.mirrored
    swapped = fit_sheet(control(lambda x, y: (y, x)), FitKind.AFFINE)
    assert swapped.mirrored


def test_weights_pull_the_fit_to_the_better_points():
    change = turned(1, 0, 665_000, 1_520_000)
    points = control(change, errors={2: (0.5, -0.3)})
    light = [p._replace(sigma_m=10.0) if i == 2 else p for i, p in enumerate(points)]
    pulled, held = fit_sheet(points), fit_sheet(light)
    assert held.residuals[2].length_m > pulled.residuals[2].length_m
    assert held.residuals[0].length_m < pulled.residuals[0].length_m / 10


@given(st.integers(0, len(SHEET) - 1), st.floats(0, 360), st.integers(0, 50))
def test_the_point_with_the_blunder_is_named(wrong, azimuth, seed):
    random = np.random.default_rng(seed)
    errors = {i: tuple(random.normal(0, 0.05, 2)) for i in range(len(SHEET))}
    blunder = (3 * math.sin(math.radians(azimuth)), 3 * math.cos(math.radians(azimuth)))
    errors[wrong] = (errors[wrong][0] + blunder[0], errors[wrong][1] + blunder[1])
    fit = fit_sheet(control(turned(1, 5, 665_000, 1_520_000), errors=errors))
    assert fit.suspect is not None
    assert fit.suspect.point.name == f"C{wrong}"


def test_ordinary_scatter_seldom_names_anyone():
    random = np.random.default_rng(20_261_121)
    named = 0
    for _ in range(400):
        errors = {i: tuple(random.normal(0, 0.3, 2)) for i in range(len(SHEET))}
        fit = fit_sheet(control(turned(1, 5, 665_000, 1_520_000), errors=errors))
        named += fit.suspect is not None
    assert named <= 3  # 0.4 expected at one in a thousand


@pytest.mark.parametrize("kind", FitKind)
def test_the_covariance_is_the_scatter_of_drawn_fits(kind):
    random = np.random.default_rng(5)
    change = turned(1, 40, 665_000, 1_520_000)
    corners = [(100.0, 200.0), (1900.0, 300.0)]
    drawn = []
    for _ in range(3_000):
        errors = {i: tuple(random.normal(0, 0.2, 2)) for i in range(len(SHEET))}
        fit = fit_sheet(control(change, errors=errors, sigma=0.2), kind)
        drawn.append(np.ravel(fit.forward(corners)))
    scatter = np.cov(np.array(drawn).T)
    assert fit.sigma0 is not None
    told = fit.covariance_of(corners) / fit.sigma0**2
    assert told == pytest.approx(scatter, abs=0.08 * np.max(scatter))


def test_reading_the_sheet_adds_to_the_fit_and_turns_with_it():
    fit = fit_sheet(control(turned(2, 90, 0, 0), SHEET[:2], sigma=1e-6))
    reading = np.diag([0.09, 0.01, 0.04, 0.04])
    covariance = fit.covariance_of([(0, 0), (10, 10)], reading)
    # Turned by a quarter and doubled: what was uncertain in x is now uncertain in north.
    assert np.diag(covariance) == pytest.approx([0.04, 0.36, 0.16, 0.16], abs=1e-6)


def test_too_little_control_is_refused():
    change = turned(1, 0, 0, 0)
    line = [(0.0, 0.0), (100.0, 100.001), (200.0, 200.0), (300.0, 300.0)]
    with pytest.raises(ControlTooThin, match="1 different control points are given, 2"):
        fit_sheet(control(change, [SHEET[0], SHEET[0], SHEET[0]]))
    with pytest.raises(ControlTooThin, match="3 are needed"):
        fit_sheet(control(change, SHEET[:2]), FitKind.AFFINE)
    with pytest.raises(ControlTooThin, match="one line"):
        fit_sheet(control(change, line), FitKind.AFFINE)
    assert fit_sheet(control(change, line)).scale == pytest.approx(1)
    with pytest.raises(ControlTooThin):
        fit_sheet([])
    for broken in ({"sigma_m": 0.0}, {"local": (math.nan, 0.0)}):
        with pytest.raises(ControlUnusable, match="C0"):
            fit_sheet([p._replace(**broken) for p in control(change)])


def test_a_published_similarity():
    """Ghilani, Adjustment Computations, example 18.1; the sheet's axes are turned by 177°."""
    fit = fit_sheet(
        [
            ControlPoint("A", (121.622, -128.066), (1049422.40, 51089.20)),
            ControlPoint("B", (141.228, 187.718), (1049413.95, 49659.30)),
            ControlPoint("C", (175.802, 135.728), (1049244.95, 49884.95)),
        ]
    )
    ((a, b), _) = fit.matrix.tolist()
    assert (a, -b) == pytest.approx((-4.51249, -0.25371), abs=6e-6)
    assert fit.forward([(0, 0)])[0] == pytest.approx((1050003.715, 50542.131), abs=6e-4)
    assert fit.forward([(174.148, -120.262)])[0] == pytest.approx(
        (1049187.361, 51040.629), abs=6e-4
    )
    residuals = [(r.east_m, r.north_m) for r in fit.residuals]
    expected = [(0.004, -0.029), (0.101, -0.077), (-0.105, 0.106)]
    assert np.array(residuals) == pytest.approx(np.array(expected), abs=6e-4)
    assert (fit.degrees_of_freedom, fit.sigma0) == (2, pytest.approx(0.14, abs=0.005))
