"""What each step does on the bench: the arithmetic is that of `cadastre.fabric`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from shapely.geometry import MultiPolygon, Polygon

from cadastre import fabric
from cadastre.cogo import parse_bearing
from cadastre.fabric import Plot, Point, SideUnknown, on_grid
from cadastre.planar import check_polygons
from parcels.editing import operations as said
from parcels.editing.bench import Bench, sides_of
from parcels.editing.errors import StepNotOfKind
from parcels.editing.places import Coordinates
from parcels.models import Transaction

Kind = Transaction.Kind

_DIVIDING: Final = (
    said.DivideLine, said.DivideRing, said.DivideTraverse, said.DivideEqual, said.CutArea,
    said.DivideStrip, said.Merge, said.MoveMark, said.InsertMark, said.DeleteMark,
)  # fmt: skip
_CORRECTING: Final = (
    said.Replace, said.MoveMark, said.InsertMark, said.DeleteMark, said.Choose,
)  # fmt: skip

STEPS_OF_KIND: Final[dict[str, tuple[type[said.Step], ...]]] = {
    Kind.DIVIDE: _DIVIDING,
    Kind.DIVIDE_PUBLIC: _DIVIDING,
    Kind.MERGE: (said.Merge,),
    Kind.NEW_REGISTRATION: (said.NewParcel,),
    Kind.BOUNDARY_CORRECTION: _CORRECTING,
    Kind.RE_SURVEY: _CORRECTING,
    Kind.AREA_CORRECTION: (said.Choose,),
    Kind.DATA_REPAIR: _CORRECTING,
}
"""Which steps each kind of transaction is made of."""

CORRECTIONS: Final = (Kind.BOUNDARY_CORRECTION, Kind.RE_SURVEY, Kind.DATA_REPAIR)
DIVISIONS: Final = (Kind.DIVIDE, Kind.DIVIDE_PUBLIC)


def apply_steps(bench: Bench, kind: str, operations: Sequence[said.Step]) -> None:
    """Do the steps one after another; raises what is wrong with the first that cannot be done."""
    for number, step in enumerate(operations, start=1):
        if not isinstance(step, STEPS_OF_KIND[kind]):
            raise StepNotOfKind(number=number, kind=str(Kind(kind).label))
        _STEPS[type(step)](bench, step)
        if kind in DIVISIONS:
            _refuse_moving_others(bench, number, kind)


def _refuse_moving_others(bench: Bench, number: int, kind: str) -> None:
    if bench.moved:
        raise StepNotOfKind(number=number, kind=str(Kind(kind).label))


def _line(bench: Bench, places: Coordinates) -> list[Point]:
    return places.within(bench.frame.zone_srid)


def _side(bench: Bench, plot: Plot, side: said.Side) -> tuple[Point, Point]:
    if isinstance(side, int):
        sides = sides_of(plot.geometry)
        if not 0 <= side < len(sides):
            x, y = sides[0][0]
            raise SideUnknown(x=x, y=y)
        return sides[side]
    return _two_marks(bench, side)


def _two_marks(bench: Bench, places: Coordinates) -> tuple[Point, Point]:
    points = _line(bench, places)
    if len(points) != 2:
        x, y = points[0]
        raise SideUnknown(x=x, y=y)
    return bench.mark(points[0]), bench.mark(points[1])


def shape_of(bench: Bench, rings: Sequence[Coordinates]) -> MultiPolygon:
    """A boundary of its rings, outer first, checked by the gate; rings may be left open."""
    closed = []
    for ring in rings:
        points = _line(bench, ring)
        closed.append(points if points[0] == points[-1] else [*points, points[0]])
    found = check_polygons([closed])
    if found.geometry is None:
        raise found.faults[0]
    return on_grid(MultiPolygon([Polygon(closed[0], closed[1:])]))


# -- divisions and mergers -----------------------------------------------------------------------


def _divide_line(bench: Bench, step: said.DivideLine) -> None:
    plot = bench.plot(step.parcel)
    line = _line(bench, step.line)
    bench.put([plot], fabric.divide_by_line(plot, line, bench.around(step.parcel)))


def _divide_ring(bench: Bench, step: said.DivideRing) -> None:
    plot = bench.plot(step.parcel)
    ring = _line(bench, step.ring)
    bench.put([plot], fabric.divide_by_ring(plot, ring, bench.around(step.parcel)))


def _divide_traverse(bench: Bench, step: said.DivideTraverse) -> None:
    plot = bench.plot(step.parcel)
    start = bench.mark(step.start.one(bench.frame.zone_srid))
    legs = [(parse_bearing(leg.bearing), leg.distance) for leg in step.legs]
    line = fabric.boundary_of_chain(start, legs)
    bench.put([plot], fabric.divide_by_line(plot, line, bench.around(step.parcel)))


def _divide_equal(bench: Bench, step: said.DivideEqual) -> None:
    plot = bench.plot(step.parcel)
    side = None if step.side is None else _side(bench, plot, step.side)
    edit = fabric.divide_equally(plot, step.count, side, bench.around(step.parcel))
    bench.put([plot], edit)


def _cut_area(bench: Bench, step: said.CutArea) -> None:
    plot = bench.plot(step.parcel)
    area, side = said.square_metres(step.area), _side(bench, plot, step.side)
    bench.put([plot], fabric.cut_off_area(plot, area, side, bench.around(step.parcel)))


def _divide_strip(bench: Bench, step: said.DivideStrip) -> None:
    plot = bench.plot(step.parcel)
    around = bench.around(step.parcel)
    line = _line(bench, step.line)
    bench.put([plot], fabric.divide_by_strip(plot, line, step.width_m, around, step.align))


def _merge(bench: Bench, step: said.Merge) -> None:
    plots = [bench.plot(name) for name in dict.fromkeys(step.parcels)]
    bench.put(plots, fabric.merge(plots, bench.around(*step.parcels)))


# -- corrections ---------------------------------------------------------------------------------


def _move_mark(bench: Bench, step: said.MoveMark) -> None:
    zone = bench.frame.zone_srid
    mark, to = bench.mark(step.mark.one(zone)), step.to.one(zone)
    bench.move(fabric.move_mark(mark, to, bench.around()).changed)


def _insert_mark(bench: Bench, step: said.InsertMark) -> None:
    on, at = _two_marks(bench, step.side), step.at.one(bench.frame.zone_srid)
    bench.mend(fabric.insert_mark(on, at, bench.around()).changed)


def _delete_mark(bench: Bench, step: said.DeleteMark) -> None:
    mark = bench.mark(step.mark.one(bench.frame.zone_srid))
    bench.move(fabric.delete_mark(mark, bench.around()).changed)


def _replace(bench: Bench, step: said.Replace) -> None:
    plot = bench.plot(step.parcel)
    gives = {bench.plot(name).key for name in step.gives}
    shape = shape_of(bench, step.rings)
    edit = fabric.replace_boundary(plot, shape, bench.around(step.parcel), gives)
    bench.move({plot.key: edit.pieces[0]} | {k: s for k, s in edit.changed.items() if k in gives})
    bench.mend({key: shape for key, shape in edit.changed.items() if key not in gives})


def _new_parcel(bench: Bench, step: said.NewParcel) -> None:
    bench.put([], fabric.place_new(shape_of(bench, step.rings), bench.around()))


def _choose(bench: Bench, step: said.Choose) -> None:
    bench.chosen.append(bench.plot(step.parcel).key)


_STEPS: Final[dict[type[said.Step], Callable[[Bench, Any], None]]] = {
    said.DivideLine: _divide_line,
    said.DivideRing: _divide_ring,
    said.DivideTraverse: _divide_traverse,
    said.DivideEqual: _divide_equal,
    said.CutArea: _cut_area,
    said.DivideStrip: _divide_strip,
    said.Merge: _merge,
    said.MoveMark: _move_mark,
    said.InsertMark: _insert_mark,
    said.DeleteMark: _delete_mark,
    said.Replace: _replace,
    said.NewParcel: _new_parcel,
    said.Choose: _choose,
}
