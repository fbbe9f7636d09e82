"""Which point is which corner: clear cases by rule, doubtful ones by a person, no corner twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.cogo import Place
from surveys.proposing.ground import key_of
from surveys.proposing.matching import (
    Corner,
    Decision,
    Doubt,
    Fate,
    How,
    Match,
    Shot,
    match,
    plain_name,
)

REACH_M = 1.0


def a_corner(east: float, north: float = 0.0, number: str = "", name: str = "") -> Corner:
    place = Place(east, north)
    numbers, names = frozenset({number} - {""}), frozenset({name} - {""})
    return Corner(key_of(place), place, numbers, names)


def a_shot(name: str, east: float, north: float = 0.0, *codes: str) -> Shot:
    return Shot(name, Place(east, north), frozenset(codes))


def matched(shots: list[Shot], corners: list[Corner], **decided: Decision) -> dict[str, Match]:
    found = match(shots, corners, reach_m=REACH_M, decided=decided)
    return {each.shot.name: each for each in found}


def test_the_number_of_a_mark_counts_before_the_nearest_corner() -> None:
    near, far = a_corner(0, number="12"), a_corner(3, number="ก 13")
    found = matched([a_shot("ก๑๓", 0.1), a_shot("x", 0.2, 0, "12")], [near, far])
    assert (found["ก๑๓"].corner, found["ก๑๓"].how) == (far, How.NUMBER)
    assert (found["x"].corner, found["x"].how) == (near, How.NUMBER)


def test_the_name_of_an_earlier_point_counts_where_no_number_does() -> None:
    corner = a_corner(5, name="P7")
    found = matched([a_shot("p 7", 0)], [a_corner(0), corner])["p 7"]
    assert (found.corner, found.how) == (corner, How.NAME)


def test_the_nearest_corner_is_taken_only_if_it_is_clearly_nearer() -> None:
    corners = [a_corner(0), a_corner(0.8)]
    assert matched([a_shot("a", 0.1)], corners)["a"].corner == corners[0]
    doubtful = matched([a_shot("a", 0.3)], corners)["a"]
    assert (doubtful.fate, doubtful.doubt) == (Fate.OPEN, Doubt.TWO_CORNERS)
    assert [corner for corner, _ in doubtful.candidates] == corners


def test_a_point_out_of_reach_stays_open_with_the_nearest_corner_to_choose() -> None:
    found = matched([a_shot("a", 1.5)], [a_corner(0), a_corner(9)])["a"]
    assert (found.fate, found.doubt, len(found.candidates)) == (Fate.OPEN, Doubt.FAR, 1)


def test_two_points_of_one_corner_stay_open_until_one_is_decided() -> None:
    corner = a_corner(0)
    shots = [a_shot("a", 0.01), a_shot("b", 0.02)]
    assert {each.doubt for each in matched(shots, [corner]).values()} == {Doubt.TWO_POINTS}
    found = matched(shots, [corner], a=Decision(Fate.MOVES, corner.key))
    assert found["a"].corner == corner
    assert found["b"].doubt == Doubt.TWO_POINTS


def test_a_decision_on_a_corner_that_is_gone_is_no_decision() -> None:
    corner = a_corner(0)
    found = matched([a_shot("a", 0.01)], [corner], a=Decision(Fate.MOVES, "1,2"))["a"]
    assert (found.corner, found.how) == (corner, How.NEAREST)


def test_names_are_compared_without_blanks_in_either_digits() -> None:
    assert plain_name(" A๑ 2") == plain_name("a12")


places = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=6, unique=True),
    st.lists(places, max_size=6),
    st.randoms(use_true_random=False),
)
def test_no_corner_is_given_twice_and_the_order_of_corners_does_not_matter(
    at: list[tuple[int, int]], shot_at: list[tuple[int, int]], chance: object
) -> None:
    corners = [a_corner(x / 100, y / 100) for x, y in at]
    shots = [a_shot(f"s{n}", x / 100, y / 100) for n, (x, y) in enumerate(shot_at)]
    found = matched(shots, corners)
    claims = Counter(each.corner.key for each in found.values() if each.corner)
    assert set(claims.values()) <= {1}
    assert all((each.distance_m or 0) <= REACH_M for each in found.values())
    mixed = corners[:]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert {n: e.corner for n, e in matched(shots, mixed).items()} == {
        n: e.corner for n, e in found.items()
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=1, max_size=8, unique=True))
def test_a_point_upon_a_corner_is_that_corner(at: list[tuple[int, int]]) -> None:
    corners = [a_corner(float(x), float(y)) for x, y in at]
    shots = [Shot(corner.key, corner.at) for corner in corners]
    for each in match(shots, corners, reach_m=REACH_M, decided={}):
        assert each.corner is not None
        assert each.corner.key == each.shot.name
