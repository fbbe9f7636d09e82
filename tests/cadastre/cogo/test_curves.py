from __future__ import annotations

import math
from itertools import pairwise

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from cadastre.cogo import (
    Arc,
    CurveImpossible,
    NoIntersection,
    Place,
    corner_of,
    curve_between_tangents,
    forward,
    inverse,
    ring_area,
)

places = st.builds(Place, st.floats(200_000, 800_000), st.floats(600_000, 2_200_000))
azimuths = st.floats(0, 360, exclude_max=True)
arcs = st.builds(
    lambda start, azimuth, chord, wider, clockwise, major: Arc(
        start, forward(start, azimuth, chord), chord / 2 * wider, clockwise, major
    ),
    places, azimuths, st.floats(1, 500), st.floats(1.01, 50), st.booleans(), st.booleans(),
)  # fmt: skip


def test_a_quarter_circle_by_hand():
    arc = Arc(Place(0, 100), Place(100, 0), 100, clockwise=True)
    assert arc.angle_degrees == pytest.approx(90)
    assert arc.length_m == pytest.approx(50 * math.pi)
    assert arc.chord_m == pytest.approx(100 * math.sqrt(2))
    assert arc.tangent_m == pytest.approx(100)
    assert arc.rise_m == pytest.approx(100 - 50 * math.sqrt(2))
    assert arc.centre == pytest.approx((0, 0), abs=1e-9)
    assert arc.segment_m2 == pytest.approx(100**2 * (math.pi / 4 - 0.5))
    assert corner_of(arc) == pytest.approx((100, 100))


@given(arcs)
def test_an_arc_keeps_its_distance_from_the_centre_and_ends_at_its_end(arc):
    for part in (0, 0.3, 0.5, 1):
        assert math.dist(arc.at(arc.length_m * part), arc.centre) == pytest.approx(arc.radius_m)
    assert math.dist(arc.at(arc.length_m), arc.end) < 1e-5 * max(arc.radius_m, 1)
    middle = arc.at(arc.length_m / 2)
    chord = shapely.LineString([arc.start, arc.end])
    assert chord.distance(shapely.Point(middle)) <= arc.rise_m + 1e-4
    # Clockwise from start to end: the middle of the arc lies on the left of the chord.
    turn = math.remainder(inverse(arc.start, middle)[0] - inverse(arc.start, arc.end)[0], 360)
    assert (turn < 0) is arc.clockwise


@given(arcs)
def test_vertices_stay_within_the_rise_allowed(arc):
    vertices = arc.vertices(0.01)
    assert (vertices[0], vertices[-1]) == (arc.start, arc.end)
    for a, b in pairwise(vertices):
        half = math.dist(a, b) / 2
        assert arc.radius_m - math.sqrt(max(arc.radius_m**2 - half**2, 0)) <= 0.0101


@given(arcs)
def test_the_tangents_meet_at_the_corner_the_curve_was_drawn_from(arc):
    assume(1 < arc.angle_degrees < 170)
    corner = corner_of(arc)
    back = forward(corner, inverse(corner, arc.start)[0], 5_000)
    ahead = forward(corner, inverse(corner, arc.end)[0], 5_000)
    again = curve_between_tangents(back, corner, ahead, arc.radius_m)
    tolerance = 1e-6 * arc.radius_m + 1e-4
    assert math.dist(again.arc.start, arc.start) < tolerance
    assert math.dist(again.arc.end, arc.end) < tolerance
    assert again.arc.clockwise is arc.clockwise
    assert again.external_m == pytest.approx(
        math.dist(corner, arc.at(arc.length_m / 2)), abs=tolerance
    )


@given(arcs)
def test_area_with_an_arc_is_what_fine_chords_converge_to(arc):
    middle = arc.at(arc.length_m / 2)
    away = inverse(middle, arc.centre)[0]
    beyond = forward(arc.centre, away, 3 * arc.radius_m)
    exact = ring_area([arc, arc.end, beyond])
    chords = shapely.Polygon([*arc.vertices(arc.radius_m / 1e6), beyond])
    assert exact == pytest.approx(chords.area, rel=5e-6, abs=1e-3)
    backwards = Arc(arc.end, arc.start, arc.radius_m, not arc.clockwise, arc.major)
    assert ring_area([beyond, backwards, arc.start]) == pytest.approx(exact, rel=1e-9)


def test_two_half_circles_are_a_circle():
    a, b = Place(500, 500), Place(700, 500)
    whole = ring_area([Arc(a, b, 100, clockwise=False), Arc(b, a, 100, clockwise=False)])
    assert whole == pytest.approx(math.pi * 100**2)


def test_a_ring_of_straight_sides_is_its_polygon():
    ring = [Place(650_000, 1_520_000), Place(650_040, 1_520_000), Place(650_040, 1_520_025)]
    assert ring_area(ring) == 500


def test_what_fits_no_circle_is_refused():
    a, b, c = Place(0, 0), Place(10, 0), Place(20, 0)
    with pytest.raises(CurveImpossible, match=r"radius of 4\.900 m .* \(10\.000 m\)"):
        Arc(a, b, 4.9, clockwise=True)
    with pytest.raises(CurveImpossible):
        Arc(a, a, 5, clockwise=True)
    with pytest.raises(CurveImpossible):
        Arc(a, b, math.nan, clockwise=True)
    with pytest.raises(CurveImpossible, match="one line"):
        curve_between_tangents(a, b, c, 5)
    with pytest.raises(NoIntersection):
        corner_of(Arc(a, b, 5, clockwise=True))
    assert Arc(a, b, 5, clockwise=True).tangent_m == math.inf
    with pytest.raises(ValueError, match="does not end"):
        ring_area([Arc(a, b, 6, clockwise=True), c, Place(0, 9)])
    with pytest.raises(ValueError, match="rise"):
        Arc(a, b, 6, clockwise=True).vertices(0)
