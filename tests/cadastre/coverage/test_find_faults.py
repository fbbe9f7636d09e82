"""What a fabric can have wrong, on drawings that one can check by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box

from cadastre.coverage import Fault, Finding, Tolerances, find_faults, overlaps

SQUARE = box(0, 0, 10, 10)


def found(*geometries: Any, keys: Any = None, **options: Any) -> list[Finding]:
    given = np.empty(len(geometries), dtype=object)
    given[:] = geometries
    return list(find_faults(keys or range(1, len(given) + 1), given, **options))


def told(*geometries: Any, **options: Any) -> list[tuple[str, int, int | None]]:
    return [(each.fault.value, each.first, each.second) for each in found(*geometries, **options)]


def test_neighbours_that_share_their_corners_are_clean() -> None:
    assert found(SQUARE, box(10, 0, 20, 10), Polygon([(0, 10), (10, 10), (20, 10), (9, 30)])) == []


def test_an_empty_fabric_is_clean() -> None:
    assert found() == []


def test_ground_covered_twice_is_measured_and_drawn() -> None:
    (one,) = found(SQUARE, box(9, -5, 20, 15), only={Fault.OVERLAP})
    assert (one.first, one.second, one.measure, one.unit) == (1, 2, 10.0, "m2")
    assert one.shape is not None
    assert one.shape.equals(box(9, 0, 10, 10))
    assert one.shape.contains(shapely.Point(one.place))


def test_overlaps_up_to_the_tolerance_pass() -> None:
    other = box(9.999, 0, 20, 10)
    assert told(SQUARE, other, only={Fault.OVERLAP}) == []
    strict = Tolerances(overlap_m2=0.009)
    assert told(SQUARE, other, tolerances=strict, only={Fault.OVERLAP}) == [("overlap", 1, 2)]


def test_a_parcel_within_another_is_contained_whichever_comes_first() -> None:
    assert told(SQUARE, box(2, 2, 3, 3)) == [("contained", 2, 1)]
    assert told(box(2, 2, 3, 3), SQUARE) == [("contained", 1, 2)]


def test_a_parcel_in_the_hole_of_another_is_clean() -> None:
    ring = SQUARE.difference(box(2, 2, 3, 3))
    assert told(ring, box(2, 2, 3, 3)) == []


def test_the_same_parcel_twice_is_a_duplicate_however_it_is_written() -> None:
    other = Polygon([(10, 10), (10, 5), (10, 0), (0, 0), (0, 10)])
    assert told(SQUARE, MultiPolygon([other]), only={Fault.DUPLICATE}) == [("duplicate", 1, 2)]


def test_two_parts_that_overlap_one_parcel_make_one_finding() -> None:
    two = MultiPolygon([box(9, 1, 11, 2), box(9, 4, 11, 6)])
    (one,) = found(SQUARE, two, only={Fault.OVERLAP})
    assert one.measure == pytest.approx(3)


def test_a_block_drawn_twice_with_other_corners_is_found_to_its_heart() -> None:
    """Within each layer every edge has its twin; only far away, at the rims, something shows."""
    coarse = [box(x, y, x + 10, y + 10) for x in range(0, 100, 10) for y in range(0, 100, 10)]
    fine = [box(x, y, x + 7, y + 7) for x in range(15, 85, 7) for y in range(15, 85, 7)]
    truth = {
        (i + 1, len(coarse) + j + 1)
        for i, a in enumerate(coarse)
        for j, b in enumerate(fine)
        if a.intersection(b).area > 0.01
    }
    assert {(min(a, b), max(a, b)) for _, a, b in told(*coarse, *fine, only={
        Fault.OVERLAP, Fault.CONTAINED}) if b} == truth  # fmt: skip


def test_a_block_drawn_twice_alike_is_found() -> None:
    block = [box(x, y, x + 10, y + 10) for x in range(0, 50, 10) for y in range(0, 50, 10)]
    both = told(*block, *block)
    assert both == [("duplicate", i, i + 25) for i in range(1, 26)]


def test_an_invalid_ring_is_told_with_its_place_and_kept_out_of_the_rest() -> None:
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    (one,) = found(bow, SQUARE)
    assert (one.fault, one.first, one.second, one.place) == (Fault.INVALID_RING, 1, None, (5, 5))


@pytest.mark.parametrize("nothing", [None, Polygon(), MultiPolygon()])
def test_a_parcel_without_ground_is_an_invalid_ring_nowhere(nothing: Any) -> None:
    (one,) = found(nothing, SQUARE)
    assert one.fault is Fault.INVALID_RING
    assert all(map(math.isnan, one.place))


def test_a_narrow_strip_between_two_parcels_is_a_gap() -> None:
    right = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.04, 5)])
    (one,) = found(SQUARE, right, only={Fault.GAP})
    assert (one.first, one.second) == (1, 2)
    assert one.measure == pytest.approx(0.2)
    assert one.shape is not None
    assert one.shape.covers(shapely.Point(one.place))


def test_a_road_without_a_title_is_no_gap() -> None:
    around = (box(0, 10, 26, 20), box(0, -9, 26, 0))
    assert told(SQUARE, box(16, 0, 26, 10), *around, only={Fault.GAP}) == []


def test_a_gap_open_at_one_end_is_none() -> None:
    assert told(SQUARE, box(10.03, 0, 20, 10), only={Fault.GAP}) == []


def test_a_gap_between_many_parcels_is_found_once() -> None:
    row = [box(x, 0, x + 10, 10) for x in range(0, 100, 10)]
    other = [box(x, 10.04, x + 10, 20) for x in range(0, 100, 10)]
    ends = [box(-5, 0, 0, 20), box(100, 0, 105, 20)]
    (one,) = found(*row, *other, *ends, only={Fault.GAP})
    assert one.measure == pytest.approx(4)


def test_a_vertex_on_the_side_of_a_neighbour_needs_a_vertex_there() -> None:
    right = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.01, 5)])
    (one,) = found(SQUARE, right, only={Fault.UNSHARED_VERTEX})
    assert (one.first, one.second, one.place) == (2, 1, (10.01, 5))
    assert one.measure == pytest.approx(0.01)


def test_a_vertex_that_two_parcels_have_and_a_third_lacks_is_told_once() -> None:
    told_once = told(SQUARE, box(10, 0, 20, 10), box(0, 10, 20, 20))
    assert told_once == [("unshared_vertex", 1, 3)]


def test_a_strip_of_land_is_a_sliver_only_when_narrow_and_thin() -> None:
    strip, crumb, long = box(0, 0, 15, 0.4), box(20, 0, 20.3, 0.3), box(0, 50, 900, 52)
    assert told(strip, crumb, long) == [("sliver", 1, None)]


def test_the_answer_does_not_depend_on_ring_start_direction_or_type() -> None:
    a, b, c = SQUARE, box(9, 0, 20, 10), box(20, 0, 30, 10)
    turned = [
        Polygon([(10, 0), (10, 10), (0, 10), (0, 0)]).reverse(),
        MultiPolygon([b]),
        shapely.force_3d(c, 7.0),
    ]
    assert told(a, b, c) == told(*turned)


def test_progress_ends_where_it_said() -> None:
    heard: list[tuple[str, int, int]] = []
    found(SQUARE, box(9, 0, 20, 10), progress=lambda *step: heard.append(step))
    assert heard[0][1:] == (0, 4)
    assert heard[-1][1:] == (4, 4)


def test_overlaps_takes_dirty_files() -> None:
    given = np.array([SQUARE, None, Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), box(5, 5, 6, 6)])
    assert [(f.fault, f.first, f.second) for f in overlaps([7, 8, 9, 4], given)] == [
        (Fault.CONTAINED, 4, 7)
    ]


def test_a_line_is_not_taken_for_a_parcel() -> None:
    with pytest.raises(TypeError, match="LineString"):
        found(SQUARE, LineString([(0, 0), (1, 1)]))
