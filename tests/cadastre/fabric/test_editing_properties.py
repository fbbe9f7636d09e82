"""What holds for every edit of a real fabric: the demo town, and files of three countries.

Ground and legal area are conserved, neighbours fit as before, merging undoes dividing, and no
answer depends on how a boundary happens to be written down.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import assume, example, given, seed, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from cadastre.area import Area, total_area
from cadastre.errors import LandError
from cadastre.fabric import (
    Edit,
    Plot,
    check_edit,
    cut_off_area,
    divide_by_line,
    divide_by_ring,
    divide_by_strip,
    divide_equally,
    insert_mark,
    merge,
    move_mark,
)
from cadastre.planar import Severity, area_of
from config.demo.generator import generate_town
from tests.conftest import SAMPLE_DATA

FILES = {
    "bubenec": ("parcels/bubenec/bubenec.gpkg", "plots", None),
    "ruian": ("parcels/ruian_obec/ruian_obec.gpkg", "parcels", None),
    "cambridge": ("parcels/cambridge_fy2013/parcels_fy2013.gpkg", "parcels", 32619),
    "dc": ("parcels/dirty/dc-parcel-lots.geojson", None, 32618),
}
FILE_EXAMPLES = [pytest.param(name, marks=pytest.mark.sample_data) for name in FILES]
FABRICS = ["town", *FILE_EXAMPLES]


def rounded(geometry):
    """Each vertex on the grid, faults and all: neighbours are as dirty as their file."""
    whole = MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry
    return shapely.transform(whole, lambda xy: np.rint(xy * 1000) / 1000 + 0.0)


class Fabric:
    def __init__(self, geometries):
        self.plots = [Plot(key, rounded(each)) for key, each in enumerate(geometries)]
        self.tree = shapely.STRtree([plot.geometry for plot in self.plots])
        self.subjects = [
            plot
            for plot in self.plots
            if plot.geometry.is_valid
            and plot.geometry.area > 30
            and shapely.get_num_coordinates(plot.geometry) < 150
        ]

    def around(self, plot):
        found = self.tree.query(shapely.buffer(plot.geometry.envelope, 0.1)).tolist()
        return [self.plots[i] for i in found if self.plots[i].key != plot.key]


@cache
def fabric(name):
    if name == "town":
        rings = generate_town(400, 7).parcels.rings
        return Fabric(Polygon(rings[i]) for i in range(len(rings)))
    path, layer, srid = FILES[name]
    file = SAMPLE_DATA / Path(path)
    if not file.exists():
        pytest.skip(f"no sample data in {SAMPLE_DATA}; set CHANOT_SAMPLE_DATA")
    _, _, wkb, _ = pyogrio.raw.read(file, layer=layer, columns=[])
    shapes = shapely.force_2d(shapely.from_wkb(wkb))
    if srid:
        to_metres = pyproj.Transformer.from_crs(4326, srid, always_xy=True)
        shapes = shapely.transform(
            shapes, lambda xy: np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1]))
        )
    return Fabric(each for each in shapes if each is not None and not each.is_empty)


# -- drawing ---------------------------------------------------------------------------------------

unit = st.floats(0, 1, allow_nan=False, allow_subnormal=False).map(lambda v: round(v, 6))
kinds = st.sampled_from(["line", "bent", "ring", "equally", "area", "strip"])
draws = st.tuples(st.integers(0, 10**6), kinds, unit, unit, unit, unit)
FEW = settings(max_examples=25, deadline=None, database=None)


def operation(kind, plot, u, v, w, t) -> Callable[[Plot, list[Plot]], Edit]:
    """An edit with arguments chosen by numbers from 0 to 1, to be made of any twin of the plot."""
    x0, y0, x1, y1 = plot.geometry.bounds
    x, y = x0 + (0.2 + 0.6 * u) * (x1 - x0), y0 + (0.2 + 0.6 * v) * (y1 - y0)
    angle, reach = math.tau * w, 1.5 * math.hypot(x1 - x0, y1 - y0)
    dx, dy = reach * math.cos(angle), reach * math.sin(angle)
    line = [(x - dx, y - dy), (x + dx, y + dy)]
    ring = list(plot.geometry.geoms[0].exterior.coords)
    a, b = max(pairwise(ring), key=lambda side: (math.dist(*side), side))
    if kind == "line":
        return lambda p, n: divide_by_line(p, line, n)
    if kind == "bent":
        bend = (x + (t - 0.5) * (x1 - x0), y + (u - 0.5) * (y1 - y0))
        return lambda p, n: divide_by_line(p, [line[0], bend, line[1]], n)
    if kind == "ring":
        r = 0.1 + 0.2 * t * min(x1 - x0, y1 - y0)
        corners = [(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
        return lambda p, n: divide_by_ring(p, corners, n)
    if kind == "equally":
        return lambda p, n: divide_equally(p, 2 + int(3 * t), None if u < 0.5 else (a, b), n)
    if kind == "area":
        area = Decimal(plot.geometry.area * (0.1 + 0.8 * t)).quantize(Decimal("0.01"))
        return lambda p, n: cut_off_area(p, area, (a, b), n)
    return lambda p, n: divide_by_strip(p, line, Decimal(2), n)


def drawn(name, draw):
    """The plot, its neighbours, the edit, and how to make it again; refusals are passed over."""
    index, kind, *numbers = draw
    here = fabric(name)
    plot = here.subjects[index % len(here.subjects)]
    make, around = operation(kind, plot, *numbers), here.around(plot)
    try:
        edit = make(plot, around)
    except LandError:
        assume(False)
    return plot, around, edit, make


def coordinates(geometry):
    return {tuple(xy) for xy in shapely.get_coordinates(geometry).tolist()}


def sides(geometries):
    found = set()
    for geometry in geometries:
        for ring in shapely.get_rings(shapely.get_parts(geometry)):
            found |= {tuple(sorted(side)) for side in pairwise(ring.coords)}
    return found


# -- what holds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(draw=draws)
def test_pieces_cover_the_parent_and_nothing_else(name, draw):
    plot, _, edit, _ = drawn(name, draw)
    assert all(piece.is_valid for piece in edit.pieces)
    for piece, other in ((a, b) for a in edit.pieces for b in edit.pieces if a is not b):
        assert not shapely.relate_pattern(piece, other, "T********")
    divided = sides([plot.geometry]) - sides(edit.pieces)
    new_boundary = edit.new_boundary.length + math.fsum(math.dist(*side) for side in divided)
    area = math.fsum(piece.area for piece in edit.pieces)
    assert abs(area - plot.geometry.area) <= 0.0005 * new_boundary + 1e-6
    assert coordinates(plot.geometry) <= set().union(*map(coordinates, edit.pieces))


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(draw=draws)
def test_neighbours_gain_marks_only_and_fit_as_before(name, draw):
    plot, around, edit, _ = drawn(name, draw)
    old = {each.key: each.geometry for each in around}
    marks = set(edit.new_marks)
    for key, geometry in edit.changed.items():
        assert coordinates(old[key]) < coordinates(geometry)
        assert marks & coordinates(geometry)
        assert shapely.hausdorff_distance(old[key], geometry) <= 0.001
    faults = {
        each.code for each in check_edit([plot], edit, around) if each.severity is Severity.FAULT
    }
    assert faults <= {"piece_too_small", "piece_too_narrow"}


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(draw=draws, legal=st.integers(1, 10**7))
def test_legal_area_is_conserved_exactly(name, draw, legal):
    _, _, edit, _ = drawn(name, draw)
    before = Area(Decimal(legal) / 10)
    parts = before.apportion([area_of(piece).square_metres for piece in edit.pieces])
    assert total_area(parts) == before


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(draw=draws)
def test_merging_undoes_dividing(name, draw):
    plot, around, edit, _ = drawn(name, draw)
    assume(len(plot.geometry.geoms) == 1)
    pieces = [Plot(-1 - i, piece) for i, piece in enumerate(edit.pieces)]
    after = [Plot(each.key, edit.changed.get(each.key, each.geometry)) for each in around]
    whole = merge(pieces, after).pieces[0]
    marks = coordinates(whole) - coordinates(plot.geometry)
    assert marks <= set().union(*(coordinates(each.geometry) for each in after), set())
    straightened = Polygon(
        [xy for xy in whole.geoms[0].exterior.coords if xy not in marks],
        [[xy for xy in hole.coords if xy not in marks] for hole in whole.geoms[0].interiors],
    )
    assert shapely.equals_exact(straightened, plot.geometry.geoms[0], normalize=True) or (
        # A mark that was there before lay straight between two others, and nobody used it.
        coordinates(straightened) < coordinates(plot.geometry)
        and shapely.hausdorff_distance(straightened, plot.geometry) <= 0.001
    )


def shifted(geometry, by):
    return shapely.transform(geometry, lambda xy: np.rint((xy + by) * 1000) / 1000)


def rewritten(geometry, start, *, backwards, twice):
    """The same boundary from another vertex, the other way round, with a point written twice."""
    polygons = []
    for part in reversed(geometry.geoms):
        rings = []
        for ring in (part.exterior, *reversed(part.interiors)):
            points = list(ring.coords)[:-1]
            turned = points[start % len(points) :] + points[: start % len(points)]
            turned = turned[::-1] if backwards else turned
            rings.append([turned[0], *turned] if twice else turned)
        polygons.append(Polygon(rings[0], rings[1:]))
    return MultiPolygon(polygons)


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(
    draw=draws,
    start=st.integers(0, 50),
    backwards=st.booleans(),
    twice=st.booleans(),
    order=st.randoms(use_true_random=False),
)
@example(draw=(0, "equally", 0.1, 0.5, 0.5, 0.9), start=1, backwards=True, twice=True, order=None)
def test_answers_do_not_depend_on_how_boundaries_are_written(
    name, draw, start, backwards, twice, order
):
    plot, around, edit, make = drawn(name, draw)
    twin = Plot(plot.key, rewritten(plot.geometry, start, backwards=backwards, twice=twice))
    others = list(around)
    if order is not None:
        order.shuffle(others)
    again = make(twin, others)
    assert again.pieces == edit.pieces
    assert again.new_marks == edit.new_marks
    assert again.new_boundary == edit.new_boundary
    assert dict(again.changed) == dict(edit.changed)


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(draw=draws, by=st.tuples(st.integers(-(10**7), 10**7), st.integers(-(10**7), 10**7)))
def test_answers_move_with_the_land(name, draw, by):
    """Shifted by whole millimetres, every coordinate of the answer is shifted, bit for bit."""
    index, _, *numbers = draw
    here = fabric(name)
    plot = here.subjects[index % len(here.subjects)]
    x0, y0, x1, y1 = plot.geometry.bounds
    u, v, w, _ = numbers
    line = np.rint(1000 * np.array([
        (x0 - 5, y0 + u * (y1 - y0)), (x0 + v * (x1 - x0), y1 + 5), (x1 + 5, y0 + w * (y1 - y0)),
    ])) / 1000  # fmt: skip
    around, metres = here.around(plot), np.array(by) / 1000
    moved = [Plot(each.key, shifted(each.geometry, metres)) for each in around]
    there = Plot(plot.key, shifted(plot.geometry, metres))
    count = 2 + index % 4
    for first, second in (
        (
            lambda: divide_by_line(plot, line.tolist(), around),
            lambda: divide_by_line(there, (np.rint((line + metres) * 1000) / 1000).tolist(), moved),
        ),
        (
            lambda: divide_equally(plot, count, None, around),
            lambda: divide_equally(there, count, None, moved),
        ),
    ):
        try:
            edit = first()
        except LandError as refusal:
            with pytest.raises(type(refusal)):
                second()
            continue
        again = second()
        assert again.pieces == tuple(shifted(piece, metres) for piece in edit.pieces)
        assert dict(again.changed) == {k: shifted(g, metres) for k, g in edit.changed.items()}


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(index=st.integers(0, 10**6), corner=st.integers(0, 200), u=unit, v=unit)
def test_marks_move_in_every_plot_that_has_them(name, index, corner, u, v):
    here = fabric(name)
    plot = here.subjects[index % len(here.subjects)]
    ring = list(plot.geometry.geoms[0].exterior.coords)[:-1]
    mark = ring[corner % len(ring)]
    everyone = [plot, *here.around(plot)]
    to = (round(mark[0] + u - 0.5, 3), round(mark[1] + v - 0.5, 3))
    try:
        edit = move_mark(mark, to, everyone)
    except LandError:
        assume(False)
    having = {each.key for each in everyone if mark in coordinates(each.geometry)}
    assert having <= edit.changed.keys() or to == mark
    back = [Plot(p.key, edit.changed.get(p.key, p.geometry)) for p in everyone]
    try:
        again = move_mark(to, mark, back)
    except LandError:  # the mark stood closer to that of somebody else than marks are put
        assume(False)
    for key in having if to != mark else ():
        assert again.changed[key] == next(p.geometry for p in everyone if p.key == key)


@pytest.mark.parametrize("name", FABRICS)
@seed(2569)
@FEW
@given(index=st.integers(0, 10**6), corner=st.integers(0, 200), u=unit)
def test_an_inserted_mark_takes_no_ground_from_anybody(name, index, corner, u):
    here = fabric(name)
    plot = here.subjects[index % len(here.subjects)]
    ring = list(plot.geometry.geoms[0].exterior.coords)
    a, b = list(pairwise(ring))[corner % (len(ring) - 1)]
    everyone = [plot, *here.around(plot)]
    place = (a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1]))
    try:
        edit = insert_mark((a, b), place, everyone)
    except LandError:
        assume(False)
    assert plot.key in edit.changed
    for each in everyone:
        after = edit.changed.get(each.key, each.geometry)
        assert abs(after.area - each.geometry.area) <= 0.0005 * math.dist(a, b) + 1e-6
    assert not [f for f in check_edit([], edit, everyone) if f.severity is Severity.FAULT]
