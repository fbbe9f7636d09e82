"""Intersections with circles and lines, offsets, and bearings in the words of the field."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cadastre.cogo import (
    BearingUnreadable,
    NoIntersection,
    Offset,
    Place,
    format_packed,
    format_quadrant,
    forward,
    intersect_azimuth_distance,
    intersect_lines,
    inverse,
    offset_of,
    parse_bearing,
    parse_packed,
    place_at,
)
from cadastre.digits import to_thai_digits

azimuths = st.floats(0, 360, exclude_max=True)
places = st.builds(Place, st.floats(200_000, 800_000), st.floats(600_000, 2_200_000))
distances = st.floats(1, 2_000)


@given(places, azimuths, distances, st.floats(-3_000, 3_000), st.floats(-3_000, 3_000))
def test_an_offset_leads_back_to_its_place(a, azimuth, length, station, aside):
    b = forward(a, azimuth, length)
    place = place_at(a, b, Offset(station, aside))
    # Coordinates of 2,200 km end at half a nanometre, which a short line turns into more.
    assert offset_of(a, b, place) == pytest.approx((station, aside), abs=1e-5)


def test_right_of_the_line_is_positive():
    a, b = Place(0, 0), Place(0, 100)
    assert offset_of(a, b, Place(5, 30)) == Offset(30, 5)
    assert offset_of(a, b, Place(-5, -30)) == Offset(-30, -5)
    assert place_at(a, b, Offset(30, 5)) == pytest.approx((5, 30))


@given(places, azimuths, distances, azimuths, distances)
def test_both_meetings_lie_on_line_and_circle(a, azimuth, far, turn, radius):
    on_line = forward(a, azimuth, far)
    b = forward(on_line, turn, radius)
    assume(abs(math.cos(math.radians(turn - azimuth))) > 0.01)  # a touch is a badly set root
    near, farther = intersect_azimuth_distance(a, azimuth, b, radius)
    assert min(math.dist(near, on_line), math.dist(farther, on_line)) < 1e-4
    for place in (near, farther):
        assert math.dist(place, b) == pytest.approx(radius, abs=1e-6)
        assert abs(offset_of(a, forward(a, azimuth, 1000), place).offset_m) < 1e-5
    along = [offset_of(a, forward(a, azimuth, 1000), p).station_m for p in (near, farther)]
    assert along == sorted(along)


@given(places, azimuths, azimuths, distances, distances)
def test_lines_meet_where_they_were_drawn_through(target, to_a, to_c, far, farther):
    assume(abs(math.sin(math.radians(to_a - to_c))) > 0.05)
    a, c = forward(target, to_a, far), forward(target, to_c, farther)
    b, d = forward(target, to_a, -far), forward(target, to_c, 3 * farther)
    assert math.dist(intersect_lines(a, b, c, d), target) < 1e-4


def test_what_cannot_meet_is_refused_with_the_reason():
    a, b = Place(0, 0), Place(0, 10)
    for reason, attempt in {
        "no_line": lambda: intersect_lines(a, a, b, Place(3, 3)),
        "parallel": lambda: intersect_lines(a, b, Place(1, 0), Place(1, 10)),
        "no_radius": lambda: intersect_azimuth_distance(a, 0, b, 0),
        "out_of_reach": lambda: intersect_azimuth_distance(a, 0, Place(5, 5), 4.99),
    }.items():
        with pytest.raises(NoIntersection) as refused:
            attempt()
        assert refused.value.evidence == {"reason": reason}
    with pytest.raises(NoIntersection):
        offset_of(a, a, b)
    with pytest.raises(NoIntersection):
        place_at(a, a, Offset(1, 1))


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("ภาคของทิศ ๖๑-๒๘-๑๘", 61.471666667),
        ("Az. 61-28-18", 61.471666667),
        ("เหนือ 61°28'18\" ตะวันออก", 61.471666667),
        ("ใต้ ๔๕ องศา ๓๐ ลิปดา ๐๐ พิลิปดา ตะวันตก", 225.5),
        ("ทิศเหนือ 10 องศา 15 ลิปดา ทิศตะวันตก", 349.75),
        ("แบริง S 10°15' E", 169.75),
        ("359°59.5'", 359.991666667),
    ],
)
def test_bearings_in_thai_words(text, degrees):
    assert parse_bearing(text) == pytest.approx(degrees, abs=1e-9)


@given(azimuths)
def test_thai_bearings_read_back_also_in_thai_digits(azimuth):
    written = to_thai_digits(format_quadrant(azimuth, 3, thai=True))
    assert abs(math.remainder(parse_bearing(written) - azimuth, 360)) * 3600 <= 0.00051
    assert not set(written) & set("NSEW0123456789")


@given(st.floats(-359.99, 359.99))
def test_packed_degrees_read_back(degrees):
    assert parse_packed(format_packed(degrees, 6)) == pytest.approx(degrees, abs=2e-10)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("61.2818", 61.471666667),
        ("-0.3", -0.5),
        ("12", 12),
        ("0.00005", 0.5 / 3600),
        ("5.1", 5 + 1 / 6),
    ],
)
def test_packed_degrees_of_files(text, degrees):
    assert parse_packed(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize("text", ["61.6", "61.0060", "", "1.2.3", "abc", "61.", "1e5"])
def test_what_is_no_packed_angle_is_refused(text):
    with pytest.raises(BearingUnreadable):
        parse_packed(text)


@given(places, places)
def test_there_and_back_differ_by_half_a_circle(a, b):
    assume(math.dist(a, b) > 1)
    there, back = inverse(a, b), inverse(b, a)
    assert there[1] == back[1]
    assert abs(math.remainder(there[0] - back[0], 360)) == pytest.approx(180, abs=1e-9)
