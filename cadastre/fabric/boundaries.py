"""A boundary laid down anew: a parcel registered for the first time, or corrected after survey."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastre.fabric.coverage import local, new_faults
from cadastre.fabric.errors import (
    EditUnsound,
    GapToNeighbour,
    GroundDisputed,
    OverlapsNeighbour,
)
from cadastre.fabric.faces import enclosed_by, point_within, polygon_of, united
from cadastre.fabric.grid import (
    Edge,
    Frame,
    Part,
    Spot,
    canonical,
    edges_of,
    interactive,
    undirected,
    valid,
)
from cadastre.fabric.model import Edit, Limits, Plot
from cadastre.fabric.noding import enter_marks

NOBODY = -1
SUBJECT = 0
OVERLAP_MM2 = 1.0


class _Fabric:
    """The plots around a boundary that is laid down anew, in millimetres."""

    def __init__(
        self, geometry: MultiPolygon, neighbours: Iterable[Plot], before: MultiPolygon | None = None
    ) -> None:
        interactive(int(shapely.get_num_coordinates(geometry)))
        valid(geometry)
        self.frame = Frame.of([geometry])
        self.drawn = canonical(self.frame.parts(geometry))
        bounds = shapely.bounds([geometry, before or geometry])
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        plots = sorted(neighbours, key=lambda plot: plot.key)
        around = shapely.bounds([plot.geometry for plot in plots]).reshape(-1, 4)
        near = (around[:, :2] <= high + 1).all(axis=1) & (around[:, 2:] >= low - 1).all(axis=1)
        self.plots = [plots[i] for i in np.flatnonzero(near).tolist()]
        self.before = {plot.key: self.frame.parts(plot.geometry) for plot in self.plots}

    def fit(self, parts: list[Part]) -> tuple[list[Part], dict[int, list[Part]]]:
        """The new boundary with its neighbours' marks, and the neighbours with its marks."""
        marks = {spot for rings in self.before.values() for spot, _ in edges_of(rings)}
        fitted = canonical(enter_marks(parts, marks, ()))
        own = {spot for spot, _ in edges_of(fitted)}
        after = {key: enter_marks(rings, own, ()) for key, rings in self.before.items()}
        return fitted, after

    def changed(self, after: dict[int, list[Part]]) -> dict[int, MultiPolygon]:
        """The neighbours whose rings are not what they were."""
        found = {}
        for plot in self.plots:
            if after[plot.key] != self.before[plot.key]:
                geometry = self.frame.geometry(after[plot.key])
                if not shapely.is_valid(geometry) and shapely.is_valid(plot.geometry):
                    raise EditUnsound(**self.frame.place(after[plot.key][0][0][0]))
                found[plot.key] = geometry
        return found

    def edit(
        self, fitted: list[Part], after: dict[int, list[Part]], subject: Sequence[Part] = ()
    ) -> Edit:
        """The edit, unless the new boundary does not fit among the plots around it."""
        changed = self.changed(after)
        piece = self.frame.geometry(fitted)
        self._refuse_misfit(piece, changed, subject)
        old = undirected(edge for rings in self.before.values() for edge in edges_of(rings))
        old |= undirected(edges_of(subject))
        now = undirected(edges_of(fitted))
        now |= undirected(edge for key in changed for edge in edges_of(after[key]))
        marks = {spot for edge in now for spot in edge} - {spot for edge in old for spot in edge}
        return Edit(
            pieces=(piece,),
            changed=changed,
            new_boundary=self.frame.lines(now - old),
            new_marks=tuple(self.frame.point(spot) for spot in sorted(marks)),
            keeps_ground=False,
        )

    def _refuse_misfit(
        self, piece: MultiPolygon, changed: dict[int, MultiPolygon], subject: Sequence[Part]
    ) -> None:
        was = [plot.geometry for plot in self.plots]
        now = [piece] + [changed.get(plot.key, plot.geometry) for plot in self.plots]
        own = [self.frame.geometry(subject)] if subject else []
        broken = new_faults(self.frame, own + was, now, Limits().gap_m)
        over = self._overlapped(now, own)
        if not broken and over is None:
            return
        (ax, ay), (bx, by) = broken[0] if broken else ((0, 0), (0, 0))
        place = over or ((ax + bx) / 2, (ay + by) / 2)
        kind = OverlapsNeighbour if over else GapToNeighbour
        raise kind(**self.frame.place(place), count=len(broken), edges=self.frame.edges(broken))

    def _overlapped(
        self, now: list[MultiPolygon], own: list[MultiPolygon]
    ) -> tuple[float, float] | None:
        """A place within ground that both the new boundary and a neighbour cover, if it is new."""
        mine, *others = local(self.frame, now)
        sound = [each for each in others if shapely.is_valid(each)]
        before = local(self.frame, own)[0] if own else MultiPolygon()
        for other in sound:
            shared = shapely.intersection(mine, other)
            known = shapely.intersection(before, other) if own else MultiPolygon()
            if shapely.area(shared) > shapely.area(known) + OVERLAP_MM2:
                inside = shapely.point_on_surface(_largest(shared))
                return inside.x, inside.y
        return None


def _largest(geometry: BaseGeometry) -> BaseGeometry:
    parts: list[BaseGeometry] = shapely.get_parts(shapely.get_parts(geometry)).tolist()
    return max(parts, key=lambda part: float(shapely.area(part)))


def place_new(geometry: MultiPolygon, neighbours: Sequence[Plot]) -> Edit:
    """A new plot among others: where it touches them, each gets the marks of the other.

    Raises `OverlapsNeighbour` or `GapToNeighbour` with the sides concerned: what is off by more
    than 1 mm must be decided by a person.
    """
    fabric = _Fabric(geometry, neighbours)
    return fabric.edit(*fabric.fit(fabric.drawn))


def replace_boundary(
    subject: Plot, geometry: MultiPolygon, neighbours: Sequence[Plot], gives: AbstractSet[int]
) -> Edit:
    """Give a plot its boundary after a survey; neighbours in ``gives`` gain or lose the ground.

    Ground that the subject gives up goes to the one such neighbour on whose boundary it lies;
    to nobody if there is none. Where several could claim it, their common marks move with those
    of the subject, if that leaves no gap. All other neighbours keep their ground.
    Raises `GroundDisputed`, `OverlapsNeighbour`, `GapToNeighbour`.
    """
    valid(subject.geometry)
    neighbours = [plot for plot in neighbours if plot.key != subject.key]
    fabric = _Fabric(geometry, neighbours, subject.geometry)
    before = canonical(fabric.frame.parts(subject.geometry))
    givers = sorted(gives & fabric.before.keys())
    try:
        return _laid_down(fabric, before, *_redistributed(fabric, before, givers))
    except GroundDisputed:
        moved = _moved_together(fabric, before, givers)
        if moved is None:
            raise
    return _laid_down(fabric, before, fabric.drawn, moved)


def _moved_together(
    fabric: _Fabric, before: list[Part], givers: Sequence[int]
) -> dict[int, list[Part]] | None:
    """The givers with the marks of the subject moved along, unless that leaves ground to nobody."""
    marks = _moved_marks(before, fabric.drawn)
    if marks is None:
        return None
    moved = {
        key: [[[marks.get(spot, spot) for spot in ring] for ring in part] for part in parts]
        for key, parts in fabric.before.items()
        if key in givers
    }
    old = [polygon_of(parts) for parts in (before, *(fabric.before[key] for key in givers))]
    new = [polygon_of(parts) for parts in (fabric.drawn, *moved.values())]
    if not all(shapely.is_valid(each) for each in (*old, *new)):
        return None
    left = shapely.difference(shapely.union_all(old), shapely.buffer(shapely.union_all(new), 1))
    return None if shapely.area(left) > 0 else moved


def _laid_down(
    fabric: _Fabric, before: list[Part], owned: list[Part], moved: dict[int, list[Part]]
) -> Edit:
    """The edit in which the subject has its new ground and the givers have theirs."""
    fitted, after = fabric.fit(owned)
    marks = {spot for parts in [fitted, *moved.values()] for spot, _ in edges_of(parts)}
    for key in after:
        after[key] = enter_marks(moved.get(key, fabric.before[key]), marks, ())
    return fabric.edit(fitted, after, before)


def _moved_marks(before: list[Part], drawn: list[Part]) -> dict[Spot, Spot] | None:
    """Where each mark of a ring went, if the new ring has the same marks at new places.

    Rings are laid upon each other where the sum of distances is smallest; a mark that came
    nearer to the old place of another is no moved mark.
    """
    if len(before) != 1 or len(drawn) != 1 or before[0][1:] != drawn[0][1:]:
        return None
    old, new = before[0][0], drawn[0][0]
    if len(old) != len(new):
        return None
    turns = [new[k:] + new[:k] for k in range(len(new))]
    best = min(turns, key=lambda ring: (math.fsum(map(math.dist, old, ring)), ring))
    strayed = any(
        math.dist(b, other) < math.dist(a, b)
        for a, b in zip(old, best, strict=True)
        for other in old
    )
    return None if strayed else dict(zip(old, best, strict=True))


def _redistributed(
    fabric: _Fabric, subject: list[Part], givers: Sequence[int]
) -> tuple[list[Part], dict[int, list[Part]]]:
    """The new ground of the subject, and that of the givers who gain or lose some."""
    grounds = [fabric.drawn, subject, *(canonical(fabric.before[key]) for key in givers)]
    faces = _overlay(grounds)
    points = np.array([point_within(face) for face in faces])
    inside = np.array([shapely.contains(polygon_of(parts), points) for parts in grounds])
    owner: list[int] = []
    for i in range(len(faces)):
        in_drawn, _, *of_givers = inside[:, i].tolist()
        owner.append(_owner(in_drawn=in_drawn, of_givers=of_givers))
    for i, who in enumerate(owner):
        if who == NOBODY and inside[1, i]:
            owner[i] = _heir(fabric.frame, faces, owner, i)
    moved = {}
    for number, key in enumerate(givers, start=1):
        mine = [i for i, who in enumerate(owner) if who == number]
        if mine != np.flatnonzero(inside[1 + number]).tolist():
            moved[key] = _united(fabric, (faces[i] for i in mine))
    own = (face for face, who in zip(faces, owner, strict=True) if who == SUBJECT)
    return _united(fabric, own), moved


def _united(fabric: _Fabric, faces: Iterable[Part]) -> list[Part]:
    """The faces of one owner; an owner of nothing had less than the grid can show."""
    own = canonical(faces)
    if not own:
        raise EditUnsound(**fabric.frame.place(fabric.drawn[0][0][0]))
    return canonical(united(own))


def _owner(*, in_drawn: bool, of_givers: Sequence[bool]) -> int:
    if in_drawn:
        return SUBJECT
    return of_givers.index(True) + 1 if any(of_givers) else NOBODY


def _heir(frame: Frame, faces: Sequence[Part], owner: Sequence[int], given_up: int) -> int:
    """The one giver whose ground borders on the ground given up; nobody if there is none."""
    sides = undirected(edges_of([faces[given_up]]))
    heirs = {
        who
        for face, who in zip(faces, owner, strict=True)
        if who > SUBJECT and sides & undirected(edges_of([face]))
    }
    if len(heirs) > 1:
        place = point_within(faces[given_up])
        raise GroundDisputed(**frame.place((place.x, place.y)))
    return heirs.pop() if heirs else NOBODY


def _overlay(grounds: Sequence[list[Part]]) -> list[Part]:
    """The smallest pieces of ground that boundaries make, noded on the grid (snap rounding)."""
    edges = undirected(edge for parts in grounds for edge in edges_of(parts))
    lines = np.asarray(shapely.linestrings(np.array(sorted(edges), dtype=float)))
    noded = shapely.union_all(lines, grid_size=1.0)
    segments: set[Edge] = set()
    for line in shapely.get_parts(noded).tolist():
        segments |= undirected(pairwise((round(x), round(y)) for x, y in line.coords))
    return enclosed_by(segments)
