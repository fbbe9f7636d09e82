"""Boundary marks: move, insert, delete, and chains by bearing and distance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from cadastre.cogo import Place, forward
from cadastre.fabric.errors import (
    LegUnusable,
    MarkNotOnSide,
    MarkShared,
    MarkTooCloseToMark,
    MarkUnknown,
    RingWouldCollapse,
    SideUnknown,
)
from cadastre.fabric.grid import (
    Frame,
    Part,
    Spot,
    best_spot,
    distance_to_side,
    edges_of,
    interactive,
    undirected,
    valid,
)
from cadastre.fabric.model import SNAPPING_MM, TOUCH_MM, Edit, Plot, Point
from cadastre.fabric.noding import enter_marks

LONGEST_LEG_M = 100_000
FEWEST_MARKS = 3


def boundary_of_chain(start: Point, legs: Sequence[tuple[float, Decimal]]) -> list[Point]:
    """The points of a chain of legs, each an azimuth in degrees and a distance in metres.

    Rounded to the millimetre at the end only, so that roundings do not add up. Raises
    `LegUnusable` with the number of the leg.
    """
    interactive(len(legs) + 1)
    places = [Place(*start)]
    for number, (azimuth, distance) in enumerate(legs, start=1):
        if not (math.isfinite(azimuth) and 0 < distance <= LONGEST_LEG_M):
            raise LegUnusable(number=number, azimuth=azimuth, distance_m=str(distance))
        places.append(forward(places[-1], azimuth, float(distance)))
    frame = Frame(0, 0)
    return [frame.point(spot) for spot in frame.rounded(places).tolist()]


class _Marks:
    """The rings of all plots around a mark, as they are written."""

    def __init__(self, plots: Sequence[Plot]) -> None:
        self.plots = {plot.key: plot for plot in plots}
        self.frame = Frame.of(plot.geometry for plot in plots) if plots else Frame(0, 0)
        self.before = {plot.key: self.frame.parts(plot.geometry) for plot in plots}

    def spot(self, point: Point) -> Spot:
        x, y = self.frame.rounded([point])[0].tolist()
        return x, y

    def having(self, spot: Spot) -> list[int]:
        """The plots that have the mark; refused when there is none."""
        keys = [
            key for key, parts in self.before.items()
            if any(spot in ring for part in parts for ring in part)
        ]  # fmt: skip
        if not keys:
            raise MarkUnknown(**self.frame.place(spot))
        return keys

    def refuse_close(self, spot: Spot, *leaving: Spot) -> None:
        """Refuse a place beside a mark that is already there."""
        vertices = {v for parts in self.before.values() for v, _ in edges_of(parts)}
        near = [(math.dist(v, spot), v) for v in vertices - {*leaving}]
        distance, at = min(near, default=(math.inf, spot))
        if distance < SNAPPING_MM:
            raise MarkTooCloseToMark(**self.frame.place(at), distance_mm=f"{distance:.1f}")

    def edit(self, after: Mapping[int, list[Part]]) -> Edit:
        """The edit that gives these plots these rings; each must be a sound boundary."""
        moved = {key: parts for key, parts in after.items() if parts != self.before[key]}
        changed = {key: self._geometry(key, parts) for key, parts in moved.items()}
        old = undirected(e for parts in self.before.values() for e in edges_of(parts))
        new = undirected(e for parts in moved.values() for e in edges_of(parts)) - old
        marks = {spot for edge in new for spot in edge} - {spot for edge in old for spot in edge}
        return Edit(
            pieces=(),
            changed=changed,
            new_boundary=self.frame.lines(new),
            new_marks=tuple(self.frame.point(spot) for spot in sorted(marks)),
            keeps_ground=False,
        )

    def _geometry(self, key: int, parts: list[Part]) -> MultiPolygon:
        """The new boundary; one that was faulty before is not this edit's to refuse."""
        geometry = self.frame.geometry(parts)
        return valid(geometry) if shapely.is_valid(self.plots[key].geometry) else geometry


def move_mark(mark: Point, to: Point, plots: Sequence[Plot]) -> Edit:
    """Move a boundary mark in all plots that have it.

    A plot whose side runs through the mark without having it gets it at its new place, or the
    move would tear the two apart. Raises `MarkUnknown`, `MarkTooCloseToMark`, and the faults of a
    boundary that would cross itself.
    """
    marks = _Marks(plots)
    at, new = marks.spot(mark), marks.spot(to)
    having = marks.having(at)
    marks.refuse_close(new, at)
    after = {}
    for key, parts in marks.before.items():
        with_mark = parts if key in having else enter_marks(parts, [at], ())
        after[key] = [
            [[new if s == at else s for s in ring] for ring in part] for part in with_mark
        ]
    return marks.edit(after)


def insert_mark(on: tuple[Point, Point], at: Point, plots: Sequence[Plot]) -> Edit:
    """Put a new mark on the side ``on``, into the rings of all plots that share the side.

    It gets the grid point near ``at`` that deviates least from the side; where a neighbour has a
    corner on the side there, that corner becomes the common mark. Raises `SideUnknown`,
    `MarkNotOnSide`, `MarkTooCloseToMark`.
    """
    marks = _Marks(plots)
    a, b = sorted((marks.spot(on[0]), marks.spot(on[1])))
    if not any((a, b) in undirected(edges_of(parts)) for parts in marks.before.values()):
        raise SideUnknown(**marks.frame.place(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)))
    wanted = marks.spot(at)
    if distance_to_side(wanted, a, b) >= SNAPPING_MM:
        raise MarkNotOnSide(**marks.frame.place(wanted))
    spot = _corner_of_other(marks, wanted, a, b)
    if spot is None:
        along = np.array(b, dtype=float) - a
        part = float((np.array(wanted, dtype=float) - a) @ along / (along @ along))
        spot = best_spot((a + part * along).tolist(), a, b)
        marks.refuse_close(spot)
    return marks.edit({key: enter_marks(parts, [spot], ()) for key, parts in marks.before.items()})


def _corner_of_other(marks: _Marks, wanted: Spot, a: Spot, b: Spot) -> Spot | None:
    """A vertex of some plot that lies on the side near the wanted place."""
    near = [
        (math.dist(spot, wanted), spot)
        for parts in marks.before.values()
        for spot, _ in edges_of(parts)
        if math.dist(spot, wanted) < SNAPPING_MM
        and distance_to_side(spot, a, b) <= TOUCH_MM
        and min(math.dist(spot, a), math.dist(spot, b)) >= SNAPPING_MM
    ]
    return min(near)[1] if near else None


def delete_mark(mark: Point, plots: Sequence[Plot]) -> Edit:
    """Take a mark out of all rings that have it; its two sides become one.

    Raises `MarkUnknown`, `MarkShared` where three or more boundaries meet, `RingWouldCollapse`,
    and the faults of a boundary that would cross itself.
    """
    marks = _Marks(plots)
    at = marks.spot(mark)
    having = marks.having(at)
    sides = undirected(e for key in having for e in edges_of(marks.before[key]) if at in e)
    if len(sides) > 2:
        raise MarkShared(**marks.frame.place(at), count=len(sides))
    after = {}
    for key in having:
        after[key] = [[[s for s in ring if s != at] for ring in part] for part in marks.before[key]]
        if any(len(set(ring)) < FEWEST_MARKS for part in after[key] for ring in part):
            raise RingWouldCollapse(**marks.frame.place(at))
    return marks.edit(after)
