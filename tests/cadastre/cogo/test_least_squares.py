from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.adjustment import NothingToAdjust
from cadastre.cogo import Place, TraverseOpen, forward, inverse, orientation, parse_bearing
from cadastre.cogo.least_squares import Precision, traverse_least_squares

GOOD = Precision(angle_seconds=5, distance_m=0.003, distance_ppm=2)


def measured(points, start_azimuth, end_azimuth):
    """Angles and distances without error between these points."""
    legs = [inverse(a, b) for a, b in pairwise(points)]
    back = [start_azimuth, *((azimuth + 180) % 360 for azimuth, _ in legs)]
    fore = [*(azimuth for azimuth, _ in legs), end_azimuth]
    return {
        "start": points[0],
        "start_azimuth": start_azimuth,
        "angles": [(f - b) % 360 for f, b in zip(fore, back, strict=True)],
        "distances": [distance for _, distance in legs],
        "end": points[-1],
        "end_azimuth": end_azimuth,
    }


def weighted_squares(points, given_as, precision):
    """vᵀPv of the angles and distances, were these the points."""
    at = measured(points, given_as["start_azimuth"], given_as["end_azimuth"])
    sigma = math.degrees(precision.of_angle())
    turns = zip(at["angles"], given_as["angles"], strict=True)
    lengths = zip(at["distances"], given_as["distances"], strict=True)
    return math.fsum((math.remainder(a - b, 360) / sigma) ** 2 for a, b in turns) + math.fsum(
        ((a - b) / precision.of_distance(b)) ** 2 for a, b in lengths
    )


legs = st.lists(st.tuples(st.floats(-60, 60), st.floats(30, 300)), min_size=2, max_size=6)


def drawn(steps):
    points = [Place(665_000.0, 1_520_000.0)]
    for azimuth, distance in steps:
        points.append(forward(points[-1], azimuth, distance))
    return points


@given(legs)
def test_perfect_observations_move_nothing(steps):
    points = drawn(steps)
    result = traverse_least_squares(**measured(points, 200, 40), precision=GOOD)
    assert all(math.dist(a, b) < 1e-6 for a, b in zip(result.points, points, strict=True))
    assert result.adjustment.degrees_of_freedom == 3


@given(legs, st.floats(-20, 20), st.floats(-0.02, 0.02), st.integers(0, 100))
def test_no_other_points_fit_the_observations_better(steps, seconds, metres, which):
    points = drawn(steps)
    seen = measured(points, 200, 40)
    seen["angles"][which % len(seen["angles"])] += seconds / 3600
    seen["distances"][which % len(seen["distances"])] += metres
    result = traverse_least_squares(**seen, precision=GOOD)
    least = weighted_squares(result.points, seen, GOOD)
    assert result.adjustment.chi2 == pytest.approx(least, rel=1e-4, abs=1e-4)
    assert least <= weighted_squares(result.before.points, seen, GOOD) + 1e-6  # Bowditch
    assert least <= weighted_squares(points, seen, GOOD) + 1e-6  # the truth
    nudged = [*result.points]
    nudged[1] = Place(nudged[1].east + 0.001, nudged[1].north)
    assert least <= weighted_squares(nudged, seen, GOOD) + 1e-6


def test_the_published_traverse_lies_within_its_own_precision_of_the_compass_rule(sample_data):
    path = sample_data / "survey" / "traverse" / "traverse_both_ends.json"
    data = json.loads(path.read_text())["traverse2_both_ends_fixed"]
    known = {name: Place(*xy) for name, xy in data["known"].items()}
    zero = {
        station: orientation(known[station], [(known[t], parse_bearing(r)) for t, r in o.items()])
        for station, o in data["orientation_obs"].items()
    }
    reading = {(a, b): parse_bearing(r) for a, b, r, _ in data["legs"]}
    length = {(a, b): d for a, b, _, d in data["legs"]}
    route = ["K", "1", "2", "3", "V"]
    inner = zip(route[:-2], route[1:-1], route[2:], strict=True)
    result = traverse_least_squares(
        start=known["K"],
        start_azimuth=zero["K"],
        angles=[reading["K", "1"], *(reading[h, n] - reading[h, b] for b, h, n in inner),
                -reading["V", "3"]],
        distances=[(length[a, b] + length[b, a]) / 2 for a, b in pairwise(route)],
        end=known["V"],
        end_azimuth=zero["V"],
        precision=Precision(10, 0.03),
    )  # fmt: skip
    assert result.adjustment.degrees_of_freedom == 3
    assert abs(result.before.angular_misclosure_degrees) * 3600 == pytest.approx(27.4, abs=0.1)
    for name, place in zip(result.names[1:-1], result.points[1:-1], strict=True):
        published = data["expected"][name]
        assert math.dist(place, published) < 3 * result.adjustment.error_ellipse(name).major
        assert math.dist(place, published) > 1e-4


def test_without_a_direction_at_the_end_one_freedom_is_left():
    points = drawn([(10, 100), (50, 120), (-20, 90)])
    seen = measured(points, 200, 40)
    seen |= {"angles": seen["angles"][:-1], "end_azimuth": None}
    result = traverse_least_squares(**seen, precision=GOOD)
    assert result.adjustment.degrees_of_freedom == 2
    assert math.dist(result.points[1], points[1]) < 1e-6


def test_better_angles_or_better_distances_move_different_things():
    seen = measured(drawn([(0, 100), (90, 100), (0, 100)]), 180, 0)
    seen["distances"][1] += 0.05
    by_tape = traverse_least_squares(**seen, precision=Precision(60, 0.001))
    by_angle = traverse_least_squares(**seen, precision=Precision(1, 0.05))
    kept = [abs(math.dist(r.points[1], r.points[2]) - 100.05) for r in (by_tape, by_angle)]
    assert kept[0] < kept[1]


def test_what_leaves_nothing_to_adjust_is_refused():
    seen = measured(drawn([(0, 100), (90, 100)]), 180, 0)
    with pytest.raises(TraverseOpen):
        traverse_least_squares(**(seen | {"end": None}), precision=GOOD)
    single = measured(drawn([(0, 100)]), 180, 0)
    with pytest.raises(NothingToAdjust):
        traverse_least_squares(**single, precision=GOOD)
