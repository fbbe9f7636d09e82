"""Marks, new boundaries and the gate: what moves together, and what is never let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from cadastre.fabric import (
    Edit,
    GapToNeighbour,
    GroundDisputed,
    MarkNotOnSide,
    MarkShared,
    MarkTooCloseToMark,
    MarkUnknown,
    OverlapsNeighbour,
    Plot,
    RingWouldCollapse,
    SideUnknown,
    check_edit,
    delete_mark,
    divide_by_line,
    insert_mark,
    merge,
    move_mark,
    on_grid,
    place_new,
    replace_boundary,
)
from cadastre.planar import SelfCrossing, Severity

X, Y = 665_000.0, 1_520_000.0


def at(x, y):
    return round(X + x, 3), round(Y + y, 3)


def plot(key, *corners):
    return Plot(key, on_grid(MultiPolygon([Polygon([at(*corner) for corner in corners])])))


def land(x0, y0, x1, y1):
    return on_grid(box(*at(x0, y0), *at(x1, y1)))


PARENT = Plot(1, land(0, 0, 40, 40))
EAST, WEST = Plot(2, land(40, 0, 80, 40)), Plot(3, land(-40, 0, 0, 40))
NORTH, SOUTH = Plot(4, land(0, 40, 40, 80)), Plot(5, land(0, -40, 40, 0))
AROUND = [EAST, WEST, NORTH, SOUTH]
EVERYONE = [PARENT, *AROUND]


def vertices(geometry):
    return {tuple(xy) for xy in shapely.get_coordinates(geometry).tolist()}


def codes(findings):
    return {each.code for each in findings}


# -- marks -----------------------------------------------------------------------------------------


def test_all_plots_move_with_their_common_mark():
    edit = move_mark(at(40, 40), at(41, 42), EVERYONE)
    assert edit.changed.keys() == {1, 2, 4}
    assert all(at(41, 42) in vertices(each) for each in edit.changed.values())
    assert edit.new_marks == (at(41, 42),)
    assert not check_edit([], edit, EVERYONE)


def test_a_plot_whose_side_runs_through_the_mark_moves_with_it():
    corner = [
        plot(1, (0, 0), (10, 0), (10, 10), (0, 10)),
        plot(2, (10, 0), (20, 0), (20, 10), (10, 10)),
    ]
    above = plot(3, (0, 10), (20, 10), (20, 20), (0, 20))
    edit = move_mark(at(10, 10), at(10, 11), [*corner, above])
    assert edit.changed.keys() == {1, 2, 3}
    assert not check_edit([], edit, [*corner, above])


def test_a_mark_does_not_move_onto_another_or_across_its_own_boundary():
    with pytest.raises(MarkTooCloseToMark):
        move_mark(at(40, 40), at(40.005, 0), EVERYONE)
    with pytest.raises(SelfCrossing):
        move_mark(at(40, 40), at(20, -10), [PARENT])
    with pytest.raises(MarkUnknown):
        move_mark(at(39, 39), at(41, 41), EVERYONE)


def test_a_mark_moved_into_a_third_plot_is_found_by_the_gate():
    edit = move_mark(at(0, 40), at(-3, 20), [PARENT, NORTH])
    assert "coverage_broken" in codes(check_edit([], edit, EVERYONE))


def test_a_new_mark_enters_both_rings_on_the_side():
    edit = insert_mark((at(40, 0), at(40, 40)), at(40.002, 20), EVERYONE)
    assert edit.changed.keys() == {1, 2}
    assert edit.new_marks == (at(40, 20),)
    with pytest.raises(MarkNotOnSide):
        insert_mark((at(40, 0), at(40, 40)), at(40.02, 20), EVERYONE)
    with pytest.raises(SideUnknown):
        insert_mark((at(40, 0), at(0, 40)), at(20, 20), EVERYONE)
    with pytest.raises(MarkTooCloseToMark):
        insert_mark((at(40, 0), at(40, 40)), at(40, 0.004), EVERYONE)


def test_the_missing_mark_of_a_neighbour_is_inserted_at_its_place():
    halves = [Plot(2, land(40, 0, 80, 17.001)), Plot(3, land(40, 17.001, 80, 40))]
    edit = insert_mark((at(40, 0), at(40, 40)), at(40, 17.004), [PARENT, *halves])
    assert edit.changed.keys() == {1}
    assert at(40, 17.001) in vertices(edit.changed[1])


def test_a_mark_is_deleted_only_between_two_sides():
    inserted = insert_mark((at(40, 0), at(40, 40)), at(40, 20), EVERYONE)
    plots = [Plot(p.key, inserted.changed.get(p.key, p.geometry)) for p in EVERYONE]
    edit = delete_mark(at(40, 20), plots)
    assert edit.changed[1].equals_exact(PARENT.geometry)
    assert edit.changed[2].equals_exact(EAST.geometry)
    with pytest.raises(MarkShared) as refused:
        delete_mark(at(40, 40), EVERYONE)
    assert refused.value.place == at(40, 40)
    with pytest.raises(RingWouldCollapse):
        delete_mark(at(0, 0), [plot(1, (0, 0), (10, 0), (0, 10))])


# -- new boundaries --------------------------------------------------------------------------------


def test_a_new_plot_gets_the_marks_of_its_neighbours_and_gives_its_own():
    above = Plot(6, land(40, 40, 60, 60))
    edit = place_new(land(60, 40, 100, 80), [EAST, above])
    assert edit.changed.keys() == {2}
    assert vertices(edit.changed[2]) - vertices(EAST.geometry) == {at(60, 40)}
    assert vertices(edit.pieces[0]) >= {at(80, 40), at(60, 60)}
    assert not check_edit([], edit, [EAST, above])


@pytest.mark.parametrize("east", [40.003, 40.5, 70.0])
def test_a_new_plot_that_overlaps_is_refused_with_the_sides(east):
    with pytest.raises(OverlapsNeighbour) as refused:
        place_new(land(0, 0, east, 40), [EAST])
    assert refused.value.edges
    x, y = refused.value.place
    assert 40 <= x - X <= east
    assert 0 <= y - Y <= 40
    assert str(refused.value)


def test_a_new_plot_that_contains_another_or_is_contained_is_refused():
    for other in (land(10, 10, 20, 20), land(-10, -10, 50, 50), PARENT.geometry):
        with pytest.raises(OverlapsNeighbour):
            place_new(PARENT.geometry, [Plot(9, other)])


def test_a_gap_of_three_millimetres_is_refused_with_the_sides():
    with pytest.raises(GapToNeighbour) as refused:
        place_new(land(0, 0, 39.997, 40), [EAST])
    assert len(refused.value.edges) == 2


def test_a_neighbour_that_gives_loses_exactly_the_ground():
    shape = on_grid(Polygon([at(0, 0), at(42.5, 0), at(41.25, 40), at(0, 40)]))
    edit = replace_boundary(PARENT, shape, AROUND, {2})
    assert edit.changed.keys() == {2}
    ground = shapely.area(edit.pieces[0]) + shapely.area(edit.changed[2])
    assert ground == pytest.approx(3200, abs=1e-6)
    assert not check_edit([PARENT], edit, AROUND)


def test_ground_given_up_goes_to_the_neighbour_beside_it():
    edit = replace_boundary(PARENT, land(0, 0, 38, 40), AROUND, {2})
    assert shapely.area(edit.changed[2]) == pytest.approx(1680)
    assert edit.changed.keys() == {2, 4, 5}
    assert not check_edit([PARENT], edit, AROUND)


def test_who_does_not_give_keeps_the_ground():
    with pytest.raises(OverlapsNeighbour) as refused:
        replace_boundary(PARENT, land(0, 0, 42, 40), AROUND, {3})
    assert refused.value.edges
    with pytest.raises(GapToNeighbour):
        replace_boundary(PARENT, land(0, 0, 39.98, 40), AROUND, set())


def test_ground_that_two_neighbours_could_claim_is_left_to_a_person():
    lower, upper = Plot(2, land(40, 0, 80, 20)), Plot(6, land(40, 20, 80, 40))
    with pytest.raises(GroundDisputed):
        replace_boundary(PARENT, land(0, 0, 38, 40), [lower, upper], {2, 6})


@pytest.mark.parametrize("to", [(39, 39), (41, 39), (41.5, 42)])
def test_a_corner_of_several_neighbours_moves_with_all_who_give(to):
    shape = on_grid(Polygon([at(0, 0), at(40, 0), at(*to), at(0, 40)]))
    around = [*AROUND, Plot(6, land(40, 40, 80, 80))]
    edit = replace_boundary(PARENT, shape, around, {2, 4, 6})
    assert edit.changed.keys() >= {2, 4}
    assert shapely.hausdorff_distance(edit.pieces[0], shape) <= 0.001
    assert not check_edit([PARENT], edit, around)
    after = [edit.changed.get(each.key, each.geometry) for each in around]
    whole = shapely.union_all([*edit.pieces, *after])
    assert whole.area == pytest.approx(6 * 1600, abs=1e-3)


def test_a_common_mark_does_not_move_away_from_who_keeps_it():
    shape = on_grid(Polygon([at(0, 0), at(40, 0), at(39, 39), at(0, 40)]))
    around = [*AROUND, Plot(6, land(40, 40, 80, 80))]
    with pytest.raises(GroundDisputed):
        replace_boundary(PARENT, shape, around, {2, 4})
    assert replace_boundary(PARENT, shape, around, {2, 4, 6}).changed.keys() == {2, 4, 6}
    assert replace_boundary(PARENT, shape, around, {2}).changed.keys() == {2}


# -- the gate --------------------------------------------------------------------------------------


LINE = [at(-5, 10), at(50, 13)]


def test_the_gate_notices_a_neighbour_that_was_forgotten():
    """The failing twin of every test that finds nothing."""
    edit = divide_by_line(PARENT, LINE, AROUND)
    assert not check_edit([PARENT], edit, AROUND)
    for key in edit.changed:
        without = {k: v for k, v in edit.changed.items() if k != key}
        torn = replace(edit, changed=without)
        assert codes(check_edit([PARENT], torn, AROUND)) == {"coverage_broken"}


def test_the_gate_notices_lost_ground_and_moved_marks():
    edit = divide_by_line(PARENT, LINE, AROUND)
    half = replace(edit, pieces=edit.pieces[:1])
    assert {"area_not_conserved", "outline_moved"} <= codes(check_edit([PARENT], half, AROUND))
    key = next(iter(edit.changed))
    moved = replace(edit, changed={key: shapely.transform(edit.changed[key], lambda xy: xy + 1)})
    assert "mark_moved" in codes(check_edit([PARENT], moved, AROUND))
    stranger = replace(edit, changed={**edit.changed, 77: land(200, 200, 240, 240)})
    assert "mark_moved" in codes(check_edit([PARENT], stranger, AROUND))


@pytest.mark.parametrize(
    ("north", "found"),
    [
        (0.02, {"piece_too_small", "piece_too_narrow"}),
        (0.09, {"piece_too_narrow"}),
        (0.15, {"piece_thin"}),
        (5.0, set()),
    ],
)
def test_slivers_are_found(north, found):
    edit = divide_by_line(PARENT, [at(-1, north), at(41, north)], AROUND)
    findings = check_edit([PARENT], edit, AROUND)
    assert codes(findings) == found
    assert all(each.place is not None and str(each) for each in findings)


def test_warnings_do_not_forbid():
    edit = divide_by_line(PARENT, [at(-1, 0.15), at(41, 0.15)], AROUND)
    assert {each.severity for each in check_edit([PARENT], edit, AROUND)} == {Severity.WARNING}


def test_a_gap_enclosed_by_merging_is_found():
    left = plot(1, (0, 0), (20, 0), (20, 10), (19.98, 20), (20, 30), (20, 40), (0, 40))
    right = plot(2, (20, 0), (40, 0), (40, 40), (20, 40), (20, 30), (20, 10))
    edit = merge([left, right], [])
    assert codes(check_edit([left, right], edit, [])) == {"hole_too_narrow"}


def test_faults_that_were_there_before_are_not_the_edit_s():
    crooked = Plot(2, land(39.98, -10, 80, 60))
    beside = [crooked, WEST, NORTH, SOUTH]
    edit = divide_by_line(PARENT, LINE, beside)
    assert not check_edit([PARENT], edit, beside)


def test_an_edit_of_nothing_has_no_findings():
    nothing = Edit((), {}, shapely.MultiLineString(), (), keeps_ground=False)
    assert check_edit([], nothing, AROUND) == []
