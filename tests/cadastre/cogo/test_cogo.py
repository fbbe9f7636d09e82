from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cadastre.cogo import (
    BearingUnreadable,
    NoIntersection,
    Place,
    Rule,
    TraverseIncomplete,
    TraverseOpen,
    format_azimuth,
    format_quadrant,
    forward,
    intersect_azimuths,
    intersect_distances,
    inverse,
    orientation,
    parse_bearing,
    traverse_adjust,
    traverse_loop,
    traverse_open,
)

azimuths = st.floats(0, 360, exclude_max=True)
places = st.builds(Place, st.floats(200_000, 800_000), st.floats(600_000, 2_200_000))
distances = st.floats(0.01, 5_000)


def near(a, b, tolerance=1e-6):
    return math.dist(a, b) <= tolerance


@given(places, azimuths, distances)
def test_forward_then_inverse_is_the_leg(place, azimuth, distance):
    back_azimuth, back_distance = inverse(place, forward(place, azimuth, distance))
    assert back_distance == pytest.approx(distance, abs=1e-8)
    turned = (back_azimuth - azimuth + 180) % 360 - 180
    assert abs(math.radians(turned)) * distance < 1e-8


@given(places, places)
def test_inverse_then_forward_is_the_point(a, b):
    assert near(forward(a, *inverse(a, b)), b)


@given(azimuths)
@example(359.99999999)  # must not write 360 or 60 seconds
def test_bearings_read_back_in_both_notations(azimuth):
    for written in (format_azimuth(azimuth, 2), format_quadrant(azimuth, 2)):
        turned = (parse_bearing(written) - azimuth + 180) % 360 - 180
        assert abs(turned) * 3600 <= 0.0051
    assert "60" not in format_azimuth(azimuth).split("-")[1:]
    assert not format_azimuth(azimuth).startswith("360")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("61-28-18", 61.471666667),
        ("๖๑-๒๘-๑๘", 61.471666667),
        ("61°28'18\"", 61.471666667),
        ("61 28 18.0", 61.471666667),
        ("N 61°28'18\" E", 61.471666667),
        ("N 61°28'18\" W", 298.528333333),
        ("s 45-30-00 w", 225.5),
        ("S 45.5 E", 134.5),
        ("0", 0),
        ("360-00-00", 0),
        ("N 90 W", 270),
    ],
)
def test_bearings_as_surveyors_write_them(text, degrees):
    assert parse_bearing(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    "text", ["", "361", "61-60-00", "61-00-60", "N 91 E", "N 45", "45 E", "-5", "abc", "٤٥"]
)
def test_what_is_no_bearing_is_refused(text):
    with pytest.raises(BearingUnreadable, match="61-28-18"):
        parse_bearing(text)


@given(places, azimuths, azimuths, distances, distances)
def test_two_rays_meet_where_they_were_sent(target, to_a, to_b, far_a, far_b):
    crossing = abs(math.sin(math.radians(to_a - to_b)))
    assume(crossing > 0.01)
    a, b = forward(target, to_a, far_a), forward(target, to_b, far_b)
    found = intersect_azimuths(a, to_a, b, to_b)
    assert near(found, target, 1e-5)


@given(places, azimuths, st.floats(10, 1000), st.floats(10, 1000), st.floats(5, 175))
def test_two_circles_meet_where_they_were_drawn(a, azimuth, far_a, far_c, angle):
    left = forward(a, azimuth, far_a)
    b = forward(a, azimuth + angle, far_c)
    found = intersect_distances(a, far_a, b, math.dist(left, b))
    assert near(found[0], left, 1e-4)  # turning right from the target leads to b: it lies left
    assert math.dist(found[1], a) == pytest.approx(far_a, abs=1e-6)


def test_no_intersection_says_why():
    a, b = Place(0, 0), Place(10, 0)
    for reason, attempt in {
        "parallel": lambda: intersect_azimuths(a, 30, b, 210),
        "out_of_reach": lambda: intersect_distances(a, 4, b, 5),
        "no_base": lambda: intersect_distances(a, 4, a, 4),
    }.items():
        with pytest.raises(NoIntersection, match="definite point") as refused:
            attempt()
        assert refused.value.evidence == {"reason": reason}


@given(
    places,
    st.lists(st.tuples(azimuths, st.floats(1, 500)), min_size=1, max_size=10),
    azimuths,
    azimuths,
)
def test_a_perfect_traverse_moves_nothing(start, legs, start_azimuth, end_azimuth):
    points = [start]
    for azimuth, distance in legs:
        points.append(forward(points[-1], azimuth, distance))
    back = [start_azimuth, *((azimuth + 180) % 360 for azimuth, _ in legs)]
    fore = [*(azimuth for azimuth, _ in legs), end_azimuth]
    angles = [(f - b) % 360 for f, b in zip(fore, back, strict=True)]
    result = traverse_adjust(
        start=start,
        start_azimuth=start_azimuth,
        angles=angles,
        distances=[d for _, d in legs],
        end=points[-1],
        end_azimuth=end_azimuth,
    )
    assert abs(result.angular_misclosure_degrees) < 1e-9
    assert result.misclosure_m < 1e-6
    assert all(near(p, q) for p, q in zip(result.points, points, strict=True))
    assert result.ratio > 1e4


@given(st.floats(-0.01, 0.01), st.floats(-0.05, 0.05))
def test_a_loop_closes_after_adjustment(angle_error, distance_error):
    start = Place(665000, 1520000)
    result = traverse_adjust(
        start=start,
        start_azimuth=180,
        angles=[270 + angle_error, 90, 90, 90, 90],  # a rectangle, first leg to the east
        distances=[100 + distance_error, 50, 100, 50],
        end=start,
        end_azimuth=90,
    )
    assert result.angular_misclosure_degrees == pytest.approx(angle_error, abs=1e-9)
    assert near(result.points[2], (665100, 1520050), 0.1)
    assert result.points[0] == result.points[-1] == start
    assert math.isclose(result.length_m, 300 + distance_error)


def degrees(text):
    d, m, s = text.split("-")
    return int(d) + int(m) / 60 + int(s) / 3600


def test_a_published_traverse_between_known_points(sample_data):
    """Recomputed by its authors with distance-weighted orientation and the compass rule."""
    path = sample_data / "survey" / "traverse" / "traverse_both_ends.json"
    data = json.loads(path.read_text())["traverse2_both_ends_fixed"]
    known = {name: Place(*xy) for name, xy in data["known"].items()}
    zero = {
        station: orientation(known[station], [(known[t], degrees(r)) for t, r in sights.items()])
        for station, sights in data["orientation_obs"].items()
    }
    for station, expected in data["expected"]["orientation"].items():
        assert format_azimuth(zero[station]) == expected
    reading = {(a, b): degrees(r) for a, b, r, _ in data["legs"]}
    length = {(a, b): d for a, b, _, d in data["legs"]}
    route = ["K", "1", "2", "3", "V"]
    angles = [reading["K", "1"]]
    for before, here, after in zip(route[:-2], route[1:-1], route[2:], strict=True):
        angles.append((reading[here, after] - reading[here, before]) % 360)
    angles.append(-reading["V", "3"] % 360)
    result = traverse_adjust(
        start=known["K"],
        start_azimuth=zero["K"],
        angles=angles,
        distances=[(length[a, b] + length[b, a]) / 2 for a, b in pairwise(route)],
        end=known["V"],
        end_azimuth=zero["V"],
    )
    for name, place in zip(route[1:-1], result.points[1:-1], strict=True):
        assert near(place, data["expected"][name], 0.0001)
    derived = data["derived_by_me"]
    assert abs(result.angular_misclosure_degrees) * 3600 == pytest.approx(
        derived["angular_misclosure_sec"], abs=0.05
    )
    assert result.misclosure_m == pytest.approx(derived["linear"], abs=0.0002)
    assert result.ratio == pytest.approx(8350, abs=15)


def test_incomplete_traverses_are_refused():
    a = Place(0, 0)
    for angles, lengths in (([], []), ([1.0], []), ([1.0], [5.0]), ([1.0, 2.0], [0.0])):
        with pytest.raises(TraverseIncomplete, match="both ends"):
            traverse_adjust(
                start=a,
                start_azimuth=0,
                angles=angles,
                distances=lengths,
                end=a,
                end_azimuth=0,
            )
    with pytest.raises(ValueError, match="sight"):
        orientation(a, [])


RECTANGLE = {"angles": [90.0, 90.0, 90.0, 90.0], "distances": [100.0, 60.0, 100.0, 60.0]}


def test_a_loop_by_its_first_azimuth_closes_exactly():
    start = Place(665000, 1520000)
    # Angles from back to fore sight: 90 turns left along the inside of a loop run clockwise.
    result = traverse_loop(start=start, first_azimuth=0, **RECTANGLE)
    assert result.angular_misclosure_degrees == pytest.approx(0, abs=1e-9)
    assert result.misclosure_m < 1e-6
    assert near(result.points[1], (665000, 1520100))
    assert near(result.points[2], (664940, 1520100))
    assert result.points[-1] == start


@given(st.floats(-0.02, 0.02), st.floats(-0.2, 0.2), st.sampled_from(Rule), azimuths)
def test_a_loop_shares_its_errors_and_closes(angle_error, distance_error, rule, first):
    errors = {
        "angles": [90 + angle_error, 90.0, 90.0, 90.0],
        "distances": [100.0, 60 + distance_error, 100.0, 60.0],
    }
    result = traverse_loop(start=Place(0, 0), first_azimuth=first, rule=rule, **errors)
    assert result.angular_misclosure_degrees == pytest.approx(angle_error, abs=1e-9)
    assert result.misclosure_m <= abs(distance_error) + math.radians(abs(angle_error)) * 200 + 1e-9
    assert near(result.points[0], result.points[-1], 1e-9)
    legs = [math.dist(a, b) for a, b in pairwise(result.points)]
    assert all(abs(a - b) < 0.5 for a, b in zip(legs, errors["distances"], strict=True))


def test_transit_leaves_a_leg_without_a_step_where_it_was():
    legs = {"angles": [180.0, 270.0, 90.0], "distances": [100.0, 50.0, 50.0]}
    known = {"start": Place(0, 0), "start_azimuth": 0, "end": Place(-49.94, -150.02)}
    transit = traverse_adjust(**known, **legs, rule=Rule.TRANSIT)
    compass = traverse_adjust(**known, **legs, rule=Rule.BOWDITCH)
    # The first leg runs due south: it takes part of the north misclosure only.
    assert transit.points[1] == pytest.approx((0, -100 - 0.02 * 100 / 150), abs=1e-9)
    assert compass.points[1] == pytest.approx((0.06 / 2, -100 - 0.02 / 2), abs=1e-9)
    straight = traverse_adjust(
        start=Place(0, 0), start_azimuth=0, angles=[180.0], distances=[10.0],
        end=Place(0.01, 10), rule=Rule.TRANSIT,
    )  # fmt: skip
    assert straight.points[-1] == (0.01, 10)  # no east step at all: shared by length


def test_a_link_without_a_direction_at_its_end_keeps_its_angles():
    legs = {"angles": [45.0, 190.0], "distances": [100.0, 80.0]}
    free = traverse_open(start=Place(0, 0), start_azimuth=10, **legs)
    link = traverse_adjust(start=Place(0, 0), start_azimuth=10, end=free.points[-1], **legs)
    assert link.angular_misclosure_degrees is None
    assert link.azimuths == free.azimuths == (55, 65)
    assert link.misclosure_m == pytest.approx(0, abs=1e-9)
    assert free.length_m == 180


def test_an_open_traverse_is_given_only_to_whoever_asks_for_it():
    with pytest.raises(TraverseOpen, match="ask for an open traverse"):
        traverse_adjust(start=Place(0, 0), start_azimuth=0, angles=[1], distances=[1], end=None)
    with pytest.raises(TraverseIncomplete):
        traverse_open(start=Place(0, 0), start_azimuth=0, angles=[1, 2], distances=[1])
    with pytest.raises(TraverseIncomplete):
        traverse_loop(start=Place(0, 0), first_azimuth=0, angles=[math.nan], distances=[1])
