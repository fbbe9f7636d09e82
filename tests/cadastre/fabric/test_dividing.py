"""Dividing and merging drawn plots: results by hand, refusals with their place."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from cadastre.errors import LandError
from cadastre.fabric import (
    AreaNotAvailable,
    LegUnusable,
    LineCrossesItself,
    LineEndsInside,
    LineMissesParcel,
    LineRunsAlongBoundary,
    LineTooCloseToBoundary,
    LineTooCloseToMark,
    LineTooShort,
    LineTurnsTooSharply,
    NotOnGrid,
    OverlapsNeighbour,
    ParcelsNotAdjacent,
    ParcelsTooFew,
    PiecesTooMany,
    Plot,
    RingLeavesParcel,
    RingTakesAll,
    SideUnknown,
    WidthUnusable,
    boundary_of_chain,
    check_edit,
    cut_off_area,
    divide_by_line,
    divide_by_ring,
    divide_by_strip,
    divide_equally,
    merge,
    on_grid,
)
from cadastre.planar import (
    CoordinateNotFinite,
    SelfCrossing,
    Spike,
    TooManyVertices,
)

X, Y = 665_000.0, 1_520_000.0


def at(*points):
    """Points in metres from a place in Bangkok."""
    return [(round(X + x, 3), round(Y + y, 3)) for x, y in points]


def plot(key, *corners, holes=()):
    polygon = Polygon(at(*corners), [at(*hole) for hole in holes])
    return Plot(key, on_grid(MultiPolygon([polygon])))


def square(key, x, y, size=40.0):
    return plot(key, (x, y), (x + size, y), (x + size, y + size), (x, y + size))


PARENT = square(1, 0, 0)
EAST, WEST, NORTH, SOUTH = square(2, 40, 0), square(3, -40, 0), square(4, 0, 40), square(5, 0, -40)
AROUND = [EAST, WEST, NORTH, SOUTH]
SIDE = tuple(at((0, 0), (0, 40)))
U_SHAPE = plot(7, (0, 0), (40, 0), (40, 30), (30, 30), (30, 10), (10, 10), (10, 30), (0, 30))


def areas(edit):
    return [round(piece.area, 2) for piece in edit.pieces]


def vertices(geometry):
    return {tuple(xy) for xy in shapely.get_coordinates(geometry).tolist()}


def sound(before, edit, neighbours=AROUND):
    return check_edit(before, edit, neighbours) == []


# -- results ---------------------------------------------------------------------------------------


def test_a_line_divides_and_its_marks_enter_the_neighbours():
    edit = divide_by_line(PARENT, at((-5, 10), (50, 10)), AROUND)
    assert areas(edit) == [400, 1200]
    assert edit.new_marks == tuple(at((0, 10), (40, 10)))
    assert edit.changed.keys() == {2, 3}
    assert vertices(edit.changed[2]) == vertices(EAST.geometry) | {at((40, 10))[0]}
    assert edit.new_boundary.length == pytest.approx(40)
    assert sound([PARENT], edit)


def test_pieces_are_ordered_west_to_east_then_south_to_north():
    assert areas(divide_by_line(PARENT, at((10, -5), (10, 50)), [])) == [400, 1200]
    assert areas(divide_by_line(PARENT, at((30, -5), (30, 50)), [])) == [1200, 400]
    assert areas(divide_by_line(PARENT, at((-5, 30), (50, 30)), [])) == [1200, 400]


def test_a_line_that_crosses_several_times_gives_several_pieces():
    edit = divide_by_line(U_SHAPE, at((-5, 20), (45, 20)), [])
    assert areas(edit) == [100, 600, 100]
    assert len(edit.new_boundary.geoms) == 2


def test_a_line_through_marks_makes_no_new_ones():
    edit = divide_by_line(PARENT, at((0, 0), (40, 40)), AROUND)
    assert areas(edit) == [800, 800]
    assert edit.new_marks == ()
    assert edit.changed == {}


def test_a_line_may_cross_a_hole_but_not_end_in_it():
    ring = plot(
        8, (0, 0), (40, 0), (40, 40), (0, 40), holes=[[(10, 10), (30, 10), (30, 30), (10, 30)]]
    )
    assert areas(divide_by_line(ring, at((-1, 20), (41, 20)), [])) == [600, 600]
    with pytest.raises(LandError):
        divide_by_line(ring, at((-1, 20), (20, 20)), [])


def test_the_corner_of_a_neighbour_on_a_side_becomes_a_mark_of_both():
    """The side of the parcel runs on past the corner where two neighbours meet (T-junction)."""
    upper = plot(10, (40, 17), (80, 17), (80, 40), (40, 40))
    lower = plot(11, (40, 0), (80, 0), (80, 17), (40, 17))
    edit = divide_by_line(PARENT, at((-5, 30), (50, 30)), [upper, lower])
    assert edit.changed.keys() == {10}
    southern = edit.pieces[0]
    assert at((40, 17))[0] in vertices(southern)
    assert sound([PARENT], edit, [upper, lower])


def test_a_neighbour_that_reaches_past_the_parcel_gets_the_mark_too():
    long = plot(12, (40, -20), (60, -20), (60, 70), (40, 70))
    edit = divide_by_line(PARENT, at((-5, 10), (50, 13)), [long])
    marks = vertices(edit.changed[12]) - vertices(long.geometry)
    assert {mark for mark in edit.new_marks if mark[0] == X + 40} < marks
    assert {at((40, 0))[0], at((40, 40))[0]} <= marks


def test_on_an_oblique_side_the_mark_deviates_least():
    oblique = plot(1, (0, 0), (37.123, 5.457), (35.311, 44.009), (-3.307, 40.213))
    edit = divide_by_line(oblique, at((-10, 21), (60, 23)), [])
    for mark in edit.new_marks:
        away = shapely.distance(shapely.boundary(oblique.geometry), shapely.Point(mark))
        assert away <= 0.0005
        assert mark == (round(mark[0], 3), round(mark[1], 3))


def test_the_ring_of_a_piece_may_share_sides_or_be_an_island():
    corner = divide_by_ring(PARENT, at((0, 0), (10, 0), (10, 10), (0, 10)), AROUND)
    assert areas(corner) == [100, 1500]
    assert corner.changed.keys() == {3, 5}
    assert sound([PARENT], corner)
    island = divide_by_ring(PARENT, at((10, 10), (20, 10), (20, 20), (10, 20)), AROUND)
    assert areas(island) == [100, 1500]
    assert len(island.pieces[1].geoms[0].interiors) == 1
    assert island.changed == {}


def test_a_ring_may_touch_the_boundary_in_one_point():
    edit = divide_by_ring(PARENT, at((40, 20), (30, 30), (20, 20), (30, 10)), AROUND)
    assert areas(edit) == [200, 1400]
    assert edit.changed.keys() == {2}


@pytest.mark.parametrize("count", [2, 3, 5, 7])
def test_equal_parts_are_equal(count):
    oblique = plot(1, (0, 0), (67.123, 5.457), (65.311, 44.009), (-3.307, 40.213))
    for side in (None, tuple(at((0, 0), (67.123, 5.457)))):
        edit = divide_equally(oblique, count, side, [])
        assert len(edit.pieces) == count
        share = oblique.geometry.area / count
        # Half a millimetre along the two cuts and the sides they end on.
        assert all(abs(piece.area - share) < 0.001 * 220 for piece in edit.pieces)


def test_without_a_side_the_long_axis_is_divided():
    lane = plot(1, (0, 0), (100, 0), (100, 10), (0, 10))
    edit = divide_equally(lane, 4, None, [])
    assert [piece.bounds[2] - piece.bounds[0] for piece in edit.pieces] == [25, 25, 25, 25]


@pytest.mark.parametrize("area", ["0.50", "333.33", "799.99", "1200", "1599.50"])
def test_an_area_is_cut_off_along_a_side(area):
    edit = cut_off_area(PARENT, Decimal(area), SIDE, AROUND)
    assert edit.pieces[0].area == pytest.approx(float(area), abs=0.001 * 40)
    assert edit.pieces[0].bounds[0] == X


def test_only_the_ground_at_the_side_is_cut_off():
    """Both arms of the U lie behind the cut; only the chosen one is meant."""
    side = tuple(at((0, 30), (10, 30)))
    edit = cut_off_area(U_SHAPE, Decimal(50), side, [])
    assert areas(edit) == [50, 750]
    assert edit.pieces[0].bounds[2] == X + 10


@pytest.mark.parametrize(("align", "south"), [("centre", 17.0), ("left", 20.0), ("right", 14.0)])
def test_a_strip_lies_where_it_is_aligned(align, south):
    edit = divide_by_strip(PARENT, at((0, 20), (40, 20)), Decimal(6), AROUND, align)
    assert areas(edit) == [240, south * 40, (34 - south) * 40]
    assert edit.pieces[0].bounds[1] == Y + south
    backwards = {"centre": "centre", "left": "right", "right": "left"}[align]
    again = divide_by_strip(PARENT, at((40, 20), (0, 20)), Decimal(6), AROUND, backwards)
    assert again == edit


def test_a_strip_follows_a_bent_line_and_reaches_oblique_sides():
    edit = divide_by_strip(PARENT, at((0, 5), (20, 10), (40, 35)), Decimal(4), AROUND)
    assert len(edit.pieces) == 3
    assert sound([PARENT], edit)
    middle = shapely.LineString(at((5, 6.25), (20, 10), (30, 22.5)))
    assert shapely.hausdorff_distance(middle, shapely.intersection(middle, edit.pieces[0])) < 0.01


def test_a_strip_along_the_boundary_has_one_edge():
    edit = divide_by_strip(PARENT, at((0, 0), (40, 0)), Decimal(3), AROUND, "left")
    assert areas(edit) == [120, 1480]


def test_merging_drops_the_marks_that_dividing_made():
    oblique = plot(1, (0, 0), (37.123, 5.457), (35.311, 44.009), (-3.307, 40.213))
    edit = divide_equally(oblique, 5, None, [])
    pieces = [Plot(10 + i, piece) for i, piece in enumerate(edit.pieces)]
    whole = merge(pieces, [])
    assert shapely.equals_exact(whole.pieces[0], oblique.geometry, normalize=True)
    assert whole.new_boundary.is_empty


def test_merging_keeps_the_marks_that_a_neighbour_uses():
    edit = divide_by_line(PARENT, at((-5, 10), (50, 10)), AROUND)
    pieces = [Plot(10 + i, piece) for i, piece in enumerate(edit.pieces)]
    around = [Plot(each.key, edit.changed.get(each.key, each.geometry)) for each in AROUND]
    whole = merge(pieces, around)
    assert vertices(whole.pieces[0]) == vertices(PARENT.geometry) | set(edit.new_marks)
    assert sound(pieces, whole, around)


def test_a_real_corner_is_never_dropped():
    edit = merge([PARENT, plot(9, (40, 0), (60, 0), (60, 30), (40, 30))], [])
    assert vertices(edit.pieces[0]) == set(
        at((0, 0), (60, 0), (60, 30), (40, 30), (40, 40), (0, 40))
    )


def test_a_chain_of_bearings_and_distances_is_rounded_once():
    chain = boundary_of_chain((X, Y), [(90.0, Decimal("10.0004"))] * 10 + [(0.0, Decimal(5))])
    assert chain[10] == (X + 100.004, Y)
    assert chain[11] == (X + 100.004, Y + 5)
    with pytest.raises(LegUnusable):
        boundary_of_chain((X, Y), [(math.nan, Decimal(1))])
    with pytest.raises(LegUnusable):
        boundary_of_chain((X, Y), [(10.0, Decimal(0))])


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "place"),
    [
        ([(50, 0), (60, 40)], LineMissesParcel, (40, None)),
        ([(-5, 5), (5, -5)], LineMissesParcel, (0, 0)),
        ([(-5, 0), (45, 0)], LineRunsAlongBoundary, (20, 0)),
        ([(-5, 20), (20, 20)], LineEndsInside, (20, 20)),
        ([(10, 20), (20, 20)], LineEndsInside, None),
        ([(-5, 0.004), (50, 0.004)], LineTooCloseToMark, (0, 0)),
        ([(-5, 20), (0.004, 20), (20, 50)], LineTooCloseToBoundary, (0.004, 20)),
        ([(-5, 10), (50, 10), (50, 30), (20, 30), (20, -5)], LineCrossesItself, (20, 10)),
        ([(10, 10), (10, 10)], LineTooShort, None),
        ([(-5, math.nan), (50, 10)], CoordinateNotFinite, None),
        ([(-5, 1e308), (50, 10)], CoordinateNotFinite, None),
    ],
)
def test_a_line_that_does_not_divide_is_refused_with_its_place(line, kind, place):
    with pytest.raises(kind) as refused:
        divide_by_line(PARENT, [(X + x, Y + y) for x, y in line], AROUND)
    assert str(refused.value)
    if place is not None:
        x, y = refused.value.place
        assert x == pytest.approx(X + place[0], abs=1e-6)
        assert place[1] is None or y == pytest.approx(Y + place[1], abs=1e-6)


def test_a_line_within_a_millimetre_of_a_mark_goes_through_it():
    """0.4 mm beside a mark: the result shows the mark itself."""
    edit = divide_by_line(PARENT, [(X - 40, Y - 40.0004), (X + 80, Y + 79.9996)], AROUND)
    assert edit.new_marks == ()
    assert areas(edit) == [800, 800]


@pytest.mark.parametrize(
    ("ring", "kind"),
    [
        ([(-5, 0), (10, 0), (10, 10), (-5, 10)], RingLeavesParcel),
        ([(0, 0), (40, 0), (40, 40), (0, 40)], RingTakesAll),
        ([(5, 5), (15, 15), (15, 5), (5, 15)], SelfCrossing),
        ([(5, 5), (15, 5), (25, 5), (15, 5)], Spike),
        ([(5, 5), (15, 5)], LineTooShort),
        ([(0.004, 0), (10, 0), (10, 10), (0, 10)], LineTooCloseToMark),
    ],
)
def test_a_ring_that_is_no_piece_is_refused(ring, kind):
    with pytest.raises(kind if kind is not Spike else LandError) as refused:
        divide_by_ring(PARENT, at(*ring), AROUND)
    assert str(refused.value)


def test_areas_counts_sides_and_widths_have_bounds():
    for area in ("0", "-1", "1600", "1e9", "NaN", "Infinity"):
        with pytest.raises(AreaNotAvailable):
            cut_off_area(PARENT, Decimal(area), SIDE, AROUND)
    for count in (0, 1, 101):
        with pytest.raises(PiecesTooMany):
            divide_equally(PARENT, count, None, AROUND)
    with pytest.raises(SideUnknown):
        divide_equally(PARENT, 2, tuple(at((0, 0), (40, 40))), AROUND)
    for width in ("0", "-3", "1001", "NaN"):
        with pytest.raises(WidthUnusable):
            divide_by_strip(PARENT, at((0, 20), (40, 20)), Decimal(width), AROUND)
    with pytest.raises(LineTurnsTooSharply):
        divide_by_strip(PARENT, at((-1, 20), (30, 20), (-1, 22)), Decimal(6), AROUND)


def test_an_area_that_jumps_where_arms_meet_is_not_available():
    """From the end of one arm, the connected ground grows from 200 m² at once past 500 m²."""
    side = tuple(at((0, 30), (10, 30)))
    with pytest.raises(AreaNotAvailable):
        cut_off_area(U_SHAPE, Decimal(300), side, [])


def test_what_does_not_touch_or_overlaps_is_not_merged():
    with pytest.raises(ParcelsNotAdjacent) as refused:
        merge([PARENT, square(9, 40.003, 0)], [])
    assert refused.value.place[0] > X + 40
    with pytest.raises(ParcelsNotAdjacent):
        merge([PARENT, square(9, 40, 40)], [])
    with pytest.raises(OverlapsNeighbour):
        merge([EAST, PARENT, plot(9, (40, 40), (80, 40), (80, 60), (30, 60), (30, 35))], [])
    with pytest.raises(ParcelsTooFew):
        merge([PARENT], [])
    with pytest.raises(ParcelsTooFew):
        merge([PARENT, PARENT], [])


# -- hostile geometry ------------------------------------------------------------------------------


def circle(count, radius=500.0):
    return [
        (radius * math.cos(2 * math.pi * i / count), radius * math.sin(2 * math.pi * i / count))
        for i in range(count)
    ]


def test_more_than_two_thousand_vertices_are_not_edited_on_a_screen():
    large = plot(1, *circle(2_100))
    with pytest.raises(TooManyVertices):
        divide_by_line(large, at((-600, 0.5), (600, 0.7)), [])
    with pytest.raises(TooManyVertices):
        divide_by_line(PARENT, at(*((i / 100, 10) for i in range(-100, 2_100))), [])


def test_a_parcel_off_the_grid_or_invalid_is_refused_not_repaired():
    off = Plot(1, shapely.transform(PARENT.geometry, lambda xy: xy + 0.0004))
    with pytest.raises(NotOnGrid) as refused:
        divide_by_line(off, at((-5, 10), (50, 10)), [])
    assert refused.value.place is not None
    bow_tie = MultiPolygon([Polygon(at((0, 0), (40, 40), (40, 0), (0, 40)))])
    with pytest.raises(SelfCrossing):
        divide_by_line(Plot(1, bow_tie), at((-5, 10), (50, 10)), [])


def test_on_grid_rounds_each_vertex_and_refuses_what_collapses():
    rough = Polygon([(0.00049, 0), (40.1234567, 0), (40, 40)])
    assert list(on_grid(rough).geoms[0].exterior.coords)[:2] == [(0.0, 0.0), (40.123, 0.0)]
    with pytest.raises(LandError):
        on_grid(Polygon([(0, 0), (40, 0.0004), (40, 0)]))
    with pytest.raises(CoordinateNotFinite):
        on_grid(Polygon([(0, 0), (1e308, 0), (1e308, 1e308)]))


def test_valid_combs_are_divided_quickly():
    """Two hundred teeth crossed at once: too many pieces to look over, said without delay."""
    teeth = [(i * 0.5, 30 if i % 4 in {1, 2} else 1) for i in range(800)]
    comb = plot(1, (-1, 0), (400.5, 0), (400.5, 1), *reversed(teeth), (-1, 1))
    with pytest.raises(PiecesTooMany):
        divide_by_line(comb, at((-5, 15), (410, 15.5)), [])


@pytest.mark.parametrize("factor", [2.0, 4.0, 0.5])
def test_answers_grow_with_the_land(factor):
    """Scaled by a power of two about a point of the grid; the crossings stay on the grid."""

    def scaled(geometry):
        return shapely.transform(geometry, lambda xy: (xy - [X, Y]) * factor + [X, Y])

    line = at((-4, 8), (44, 32))
    edit = divide_by_line(PARENT, line, AROUND)
    around = [Plot(each.key, scaled(each.geometry)) for each in AROUND]
    larger = [(X + (x - X) * factor, Y + (y - Y) * factor) for x, y in line]
    again = divide_by_line(Plot(1, scaled(PARENT.geometry)), larger, around)
    assert again.pieces == tuple(scaled(piece) for piece in edit.pieces)
    assert dict(again.changed) == {key: scaled(each) for key, each in edit.changed.items()}
    pieces = [Plot(10 + i, piece) for i, piece in enumerate(again.pieces)]
    assert merge(pieces, []).pieces[0].equals(scaled(PARENT.geometry))
