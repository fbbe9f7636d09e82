from __future__ import annotations

import math
import random
import struct
import time

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.planar import (
    AreaTooSmall,
    CoordinateNotFinite,
    DuplicatePoint,
    GeometryNestedTooDeep,
    GeometryUnreadable,
    GeometryUnsupported,
    HoleEqualsShell,
    HoleOutside,
    PartsOverlap,
    RingNotClosed,
    RingTooShort,
    SelfCrossing,
    SnappedAway,
    Spike,
    TooManyVertices,
    area_of,
    check_geojson,
    check_polygons,
    check_wkb,
    perimeter_m,
    ring_area_m2,
    side_lengths_m,
    snap,
    thinness,
)

X, Y = 665_000.0, 1_520_000.0


def ring(*points):
    """A ring of the points, moved to Bangkok, closed."""
    moved = [(X + x, Y + y) for x, y in points]
    return [*moved, moved[0]]


SQUARE = ring((0, 0), (40, 0), (40, 40), (0, 40))
HOLE = ring((10, 10), (20, 10), (20, 20), (10, 20))


def kinds(findings):
    return [type(each) for each in findings.findings]


def test_a_good_parcel_passes_as_it_is():
    findings = check_polygons([[SQUARE, HOLE]])
    assert findings.accepted
    assert not findings.findings
    assert area_of(findings.geometry) == Area.parse("1500 m²")


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("polygons", "kind", "place"),
    [
        ([[ring((0, 0), (40, 40), (40, 0), (0, 40))]], SelfCrossing, (20, 20)),
        ([[ring((0, 0), (40, 0), (40, 40), (40, 60), (40, 40), (0, 40))]], Spike, (40, 60)),
        ([[ring((0, 0), (40, 0), (40, 40), (40.0001, 60), (40, 40.0001), (0, 40))]], Spike, None),
        ([[SQUARE[:-1]]], RingNotClosed, (0, 40)),
        ([[ring((0, 0), (40, 0))]], RingTooShort, None),
        ([[ring((0, 0), (20, 0), (40, 0))]], AreaTooSmall, None),
        ([[ring((0, 0), (0, 0), (0, 0))]], RingTooShort, None),
        ([[SQUARE, SQUARE]], HoleEqualsShell, None),
        ([[SQUARE, ring((50, 0), (60, 0), (60, 10))]], HoleOutside, None),
        ([[SQUARE, ring((30, 10), (50, 10), (50, 20), (30, 20))]], HoleOutside, None),
        ([[SQUARE, HOLE, HOLE]], PartsOverlap, None),
        ([[SQUARE], [HOLE]], PartsOverlap, None),
        ([[SQUARE], [SQUARE]], PartsOverlap, None),
        ([[ring((0, 0), (40, 0), (NAN, 40))]], CoordinateNotFinite, None),
        ([[ring((0, 0), (40, 0), (INF, 40))]], CoordinateNotFinite, None),
        ([[ring((0, 0), (1e308, 0), (1e308, 1e308), (0, 1e308))]], CoordinateNotFinite, None),
        ([], RingTooShort, None),
        ([[]], RingTooShort, None),
        ([[[]]], RingTooShort, None),
    ],
)
def test_each_fault_is_named_with_its_place(polygons, kind, place):
    findings = check_polygons(polygons)
    assert not findings.accepted
    fault = findings.faults[0]
    assert type(fault) is kind
    assert str(fault)
    if place is not None:
        assert fault.place == pytest.approx((X + place[0], Y + place[1]))


def test_a_repeated_point_is_only_a_warning():
    findings = check_polygons([[ring((0, 0), (40, 0), (40, 0), (40, 40), (0, 40))]])
    assert kinds(findings) == [DuplicatePoint]
    assert findings.accepted


def test_every_part_is_reported_not_only_the_first():
    bow_tie = ring((0, 0), (40, 40), (40, 0), (0, 40))
    far = [(x + 1000, y) for x, y in bow_tie]
    assert kinds(check_polygons([[bow_tie], [far]])) == [SelfCrossing, SelfCrossing]


def test_a_hostile_ring_is_refused_in_milliseconds():
    rng = random.Random(1)  # noqa: S311
    tangle = ring(*((rng.uniform(0, 1000), rng.uniform(0, 1000)) for _ in range(800)))
    started = time.perf_counter()
    findings = check_polygons([[tangle]])
    assert time.perf_counter() - started < 1
    assert SelfCrossing in kinds(findings)


def test_too_many_points_never_reach_geos():
    circle = ring(*((math.cos(i / 1000) * 100, math.sin(i / 1000) * 100) for i in range(6000)))
    assert kinds(check_polygons([[circle]], limit=2000)) == [TooManyVertices]


def nested_wkb(depth):
    return struct.pack("<BII", 1, 7, 1) * depth + shapely.to_wkb(shapely.box(0, 0, 1, 1))


def test_nests_and_false_headers_never_reach_geos():
    assert kinds(check_wkb(nested_wkb(30_000))) == [GeometryNestedTooDeep]
    assert kinds(check_wkb(nested_wkb(3))) == [GeometryNestedTooDeep]
    assert check_wkb(nested_wkb(2)).accepted
    assert kinds(check_wkb(struct.pack("<BIII", 1, 3, 1, 2**31 - 1))) == [GeometryUnreadable]
    assert kinds(check_wkb(struct.pack("<BII", 1, 6, 2**32 - 1))) == [GeometryUnreadable]
    assert kinds(check_wkb(b"")) == [GeometryUnreadable]
    assert kinds(check_wkb(b"\x07")) == [GeometryUnreadable]
    assert kinds(check_wkb(shapely.to_wkb(shapely.Point(1, 2)))) == [GeometryUnsupported]
    assert kinds(check_wkb(shapely.to_wkb(shapely.box(0, 0, 1, 1)) + b"x")) == [GeometryUnreadable]
    collection: dict[str, object] = {"type": "Polygon", "coordinates": [SQUARE]}
    for _ in range(500):
        collection = {"type": "GeometryCollection", "geometries": [collection]}
    assert kinds(check_geojson(collection)) == [GeometryNestedTooDeep]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, "1"], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[0, 1], [1, 1]]},
        {"type": "Polygon", "coordinates": None},
        {"type": "Polygon", "coordinates": [[[True, 0], [1, 1]]]},
        {"type": "GeometryCollection", "geometries": [1]},
    ],
)
def test_malformed_geojson_is_refused(geometry):
    assert kinds(check_geojson(geometry)) == [GeometryUnreadable]


def test_other_geojson():
    assert kinds(check_geojson({"type": "Point", "coordinates": [1, 2]})) == [GeometryUnsupported]
    assert kinds(check_geojson({})) == [GeometryUnsupported]
    huge = {"type": "Polygon", "coordinates": [[[10**400, 0], [1, 1], [1, 0], [10**400, 0]]]}
    assert kinds(check_geojson(huge)) == [CoordinateNotFinite]


@given(st.binary(max_size=200))
def test_any_bytes_end_in_findings(data):
    check_wkb(data)


coordinates = st.floats(0, 500).map(lambda v: round(v, 3))
points = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12)


@given(points)
def test_what_passes_is_valid_and_what_fails_has_a_reason(corners):
    findings = check_polygons([[ring(*corners)]])
    if findings.accepted:
        assert shapely.is_valid(findings.geometry)
    else:
        assert findings.faults
    whole = shapely.Polygon(ring(*corners))
    if not findings.accepted and shapely.is_valid(whole):
        assert {type(f) for f in findings.faults} <= {AreaTooSmall, Spike, RingTooShort}


@given(points, st.booleans(), st.integers(0, 11), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_verdict_does_not_depend_on_start_or_direction(corners, backwards, start, factor):
    """Equivalent pictures of one boundary: turned, reversed, scaled by a power of two."""
    turned = corners[start % len(corners) :] + corners[: start % len(corners)]
    other = [(x * factor, y * factor) for x, y in (turned[::-1] if backwards else turned)]
    first = check_polygons([[[*corners, corners[0]]]])
    second = check_polygons([[[*other, other[0]]]])
    thin = {Spike, AreaTooSmall}  # absolute limits in metres do not scale
    if factor == 1.0 or not (thin & {*kinds(first), *kinds(second)}):
        assert first.accepted is second.accepted
    if first.accepted and second.accepted:
        area = ring_area_m2(corners)
        assert abs(ring_area_m2(other)) == pytest.approx(abs(area) * factor**2, rel=1e-9)


@given(points)
def test_wkb_geojson_and_rings_get_one_verdict(corners):
    closed = ring(*corners)
    direct = check_polygons([[closed]])
    wkb = check_wkb(shapely.to_wkb(shapely.Polygon(closed)))
    ewkb = check_wkb(
        shapely.to_wkb(
            shapely.set_srid(shapely.force_3d(shapely.Polygon(closed), 5.0), 32647),
            include_srid=True,
            byte_order=0,
        )
    )
    geojson = check_geojson({"type": "Polygon", "coordinates": [closed]})
    assert kinds(direct) == kinds(wkb) == kinds(ewkb) == kinds(geojson)


def test_measures_of_a_known_parcel():
    parcel = shapely.MultiPolygon([shapely.Polygon(SQUARE, [HOLE])])
    assert perimeter_m(parcel) == 200
    assert side_lengths_m(SQUARE) == [40, 40, 40, 40]
    assert side_lengths_m([]) == []
    assert thinness(shapely.Polygon(SQUARE)) == pytest.approx(math.pi / 4)
    assert ring_area_m2(SQUARE) == 1600
    assert ring_area_m2(SQUARE[::-1]) == -1600
    assert ring_area_m2(SQUARE[:2]) == 0


@given(points)
def test_snapping_twice_is_snapping_once(corners):
    findings = check_polygons([[ring(*corners)]])
    if not findings.accepted:
        return
    try:
        once = snap(findings.geometry)
    except SnappedAway:
        return
    assert shapely.is_valid(once)
    assert shapely.equals_exact(shapely.normalize(snap(once)), shapely.normalize(once))
    assert shapely.get_precision(once) == 0
    limit = 0.0005 * perimeter_m(once) * 2 + 1e-3
    assert abs(shapely.area(once) - shapely.area(findings.geometry)) <= limit


def test_what_is_thinner_than_the_grid_snaps_away():
    sliver = shapely.MultiPolygon([shapely.box(X, Y + 0.0001, X + 1000, Y + 0.0003)])
    with pytest.raises(SnappedAway, match=r"0\.001"):
        snap(sliver)
