"""The gate that each result passes before anybody may submit it; it finds and never repairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry import MultiLineString, MultiPolygon, Polygon

from cadastre.fabric.coverage import new_faults
from cadastre.fabric.errors import (
    AreaNotConserved,
    CoverageBroken,
    EditFinding,
    HoleTooNarrow,
    MarkMoved,
    OutlineMoved,
    PieceInParts,
    PieceInvalid,
    PieceThin,
    PieceTooNarrow,
    PieceTooSmall,
)
from cadastre.fabric.grid import (
    MM_PER_M,
    Edge,
    Frame,
    Part,
    canonical,
    doubled_area_of,
    edges_of,
    undirected,
)
from cadastre.fabric.model import Edit, Limits, Plot
from cadastre.fabric.noding import noded_together
from cadastre.planar import BoundaryFault, Severity, check_polygons, thinness

MM2_PER_M2 = MM_PER_M**2


def check_edit(
    before: Sequence[Plot], edit: Edit, neighbours: Sequence[Plot], limits: Limits | None = None
) -> list[EditFinding]:
    """What is wrong with the result of an edit, in a stable order; empty for a sound one.

    ``before`` are the subjects (none for moved marks), ``neighbours`` the plots around them, all
    that `Edit.changed` names among them. Faults that were there before are not reported.
    """
    limits = limits or Limits()
    keys = {plot.key for plot in before}
    others = [plot for plot in neighbours if plot.key not in keys]
    results = [*edit.pieces, *(edit.changed[key] for key in sorted(edit.changed))]
    if not results:
        return []
    frame = Frame.of(results)
    findings = [each for piece in edit.pieces for each in _piece(piece, limits)]
    old_holes = _holes([plot.geometry for plot in (*before, *others)])
    findings += [each for piece in edit.pieces for each in _narrow_holes(piece, old_holes, limits)]
    findings += _changed(edit, others, limits)
    if edit.keeps_ground:
        findings += _same_ground(frame, before, edit, limits)
        findings += _marks_stay(frame, edit, others)
    if not any(each.severity is Severity.FAULT for each in findings):
        findings += _coverage(frame, before, edit, others, limits)
    return findings


def _where(geometry: MultiPolygon | Polygon) -> dict[str, float]:
    point = shapely.point_on_surface(geometry)
    return {"x": float(point.x), "y": float(point.y)}


def _piece(piece: MultiPolygon, limits: Limits) -> Iterator[EditFinding]:
    fault = _fault(piece)
    if fault is not None:
        x, y = fault.place or shapely.get_coordinates(piece)[0].tolist()
        yield PieceInvalid(x=x, y=y)
        return
    area = float(shapely.area(piece))
    if area <= limits.area_m2:
        yield PieceTooSmall(
            **_where(piece), area_m2=f"{area:.2f}", limit_m2=f"{limits.area_m2:.2f}"
        )
    for part in piece.geoms:
        if (width := _width_below(part, limits.width_m)) is not None:
            yield PieceTooNarrow(
                **_where(part), width_m=f"{width:.3f}", limit_m=f"{limits.width_m:.3f}"
            )
        elif thinness(part) < limits.thinness:
            yield PieceThin(**_where(part))
    if len(piece.geoms) > 1:
        yield PieceInParts(**_where(piece), count=len(piece.geoms))


def _fault(geometry: MultiPolygon) -> BoundaryFault | None:
    if shapely.is_valid(geometry) and not geometry.is_empty:
        return None
    rings = [[list(r.coords) for r in (p.exterior, *p.interiors)] for p in geometry.geoms]
    return next(iter(check_polygons(rings).faults), None)


def _width_below(part: Polygon, limit: float) -> float | None:
    """The diameter of the largest circle within, if it is not above the limit.

    A polygon narrower than 2r everywhere lies within r of its boundary, so its area is at most
    r × perimeter and a sector of a circle at each corner; most need no circle to be fitted.
    """
    reach = limit / 2
    corners = shapely.get_num_coordinates(part)
    if part.area > reach * part.length + corners * math.pi * reach**2:
        return None
    circle = shapely.maximum_inscribed_circle(part, tolerance=limit / 100)
    width = 2 * float(shapely.length(circle))
    return width if width <= limit else None


def _holes(geometries: Sequence[MultiPolygon]) -> set[bytes]:
    return {
        shapely.to_wkb(shapely.normalize(Polygon(hole)))
        for geometry in geometries
        for part in geometry.geoms
        for hole in part.interiors
    }


def _narrow_holes(piece: MultiPolygon, old: set[bytes], limits: Limits) -> Iterator[EditFinding]:
    """New holes too narrow to be another plot: gaps that a merge has enclosed."""
    if not shapely.is_valid(piece):
        return
    for part in piece.geoms:
        for ring in part.interiors:
            hole = Polygon(ring)
            if shapely.to_wkb(shapely.normalize(hole)) in old:
                continue
            if (width := _width_below(hole, limits.gap_m)) is not None:
                yield HoleTooNarrow(**_where(hole), width_m=f"{width:.3f}")


def _changed(edit: Edit, others: Sequence[Plot], limits: Limits) -> Iterator[EditFinding]:
    """Changed neighbours are held to what they were held to before."""
    known = {plot.key: plot.geometry for plot in others}
    for key in sorted(edit.changed):
        old = known.get(key)
        faults = {type(each) for each in _piece(old, limits)} if old is not None else set()
        yield from (each for each in _piece(edit.changed[key], limits) if type(each) not in faults)


def _same_ground(
    frame: Frame, before: Sequence[Plot], edit: Edit, limits: Limits
) -> Iterator[EditFinding]:
    """The pieces cover the ground of the subjects and nothing else, but for the grid."""
    subjects = [canonical(frame.parts(plot.geometry)) for plot in before]
    pieces = [canonical(frame.parts(piece)) for piece in edit.pieces]
    old = {edge for parts in subjects for edge in edges_of(parts)}
    new = {edge for parts in pieces for edge in edges_of(parts)}
    difference = sum(map(doubled_area_of, pieces)) - sum(map(doubled_area_of, subjects))
    divided = undirected(old) - undirected(new)
    length = float(shapely.length(edit.new_boundary)) + _length(divided) / MM_PER_M
    limit = limits.area_per_metre * length
    if abs(difference) / 2 / MM2_PER_M2 > limit:
        yield AreaNotConserved(
            **_where(edit.pieces[0]),
            difference_m2=f"{difference / 2 / MM2_PER_M2:.4f}",
            limit_m2=f"{limit:.4f}",
        )
    was, now = _outline(subjects), _outline(pieces)
    moved = _apart(was - now, now - was)
    if moved > limits.outline_m * MM_PER_M:
        a = min(now - was, default=min(was - now))[0]
        yield OutlineMoved(**frame.place(a), distance_mm=f"{moved:.2f}")


def _outline(plots: Sequence[list[Part]]) -> set[Edge]:
    """The outer sides of several plots: those that no two of them share."""
    sides = {edge for parts in noded_together(plots) for edge in edges_of(parts)}
    return undirected(edge for edge in sides if edge[::-1] not in sides)


def _length(edges: set[Edge]) -> float:
    return math.fsum(math.dist(a, b) for a, b in edges)


def _apart(was: set[Edge], now: set[Edge]) -> float:
    """Hausdorff distance of the sides that differ, in mm."""
    if not was and not now:
        return 0.0
    if not was or not now:
        return math.inf
    return float(
        shapely.hausdorff_distance(MultiLineString(sorted(was)), MultiLineString(sorted(now)))
    )


def _marks_stay(frame: Frame, edit: Edit, others: Sequence[Plot]) -> Iterator[EditFinding]:
    """A neighbour gains marks and loses none; nobody is changed who is not a neighbour."""
    known = {plot.key: plot.geometry for plot in others}
    for key in sorted(edit.changed):
        if key not in known:
            yield MarkMoved(**_where(edit.changed[key]))
            continue
        old = {(x, y) for x, y in frame.spots(shapely.get_coordinates(known[key])).tolist()}
        new = {(x, y) for x, y in frame.spots(shapely.get_coordinates(edit.changed[key])).tolist()}
        if lost := old - new:
            yield MarkMoved(**frame.place(min(lost)))


def _coverage(
    frame: Frame, before: Sequence[Plot], edit: Edit, others: Sequence[Plot], limits: Limits
) -> Iterator[EditFinding]:
    """Overlaps and gaps with the neighbourhood that were not there before."""
    touched = [plot.geometry for plot in before] + [*edit.pieces, *edit.changed.values()]
    bounds = shapely.bounds(touched)
    low, high = bounds[:, :2].min(axis=0) - limits.gap_m, bounds[:, 2:].max(axis=0) + limits.gap_m
    around = shapely.bounds([plot.geometry for plot in others]).reshape(-1, 4)
    near = (around[:, :2] <= high).all(axis=1) & (around[:, 2:] >= low).all(axis=1)
    plots = [others[i] for i in np.flatnonzero(near).tolist()]
    was = [plot.geometry for plot in (*before, *plots)]
    now = [*edit.pieces, *(edit.changed.get(plot.key, plot.geometry) for plot in plots)]
    broken = new_faults(frame, was, now, limits.gap_m)
    if broken:
        (ax, ay), (bx, by) = broken[0]
        yield CoverageBroken(
            **frame.place(((ax + bx) / 2, (ay + by) / 2)),
            count=len(broken),
            edges=frame.edges(broken),
        )
