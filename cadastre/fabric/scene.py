"""The subjects and neighbours of one edit, and the edit made from its pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon

from cadastre.fabric.errors import EditUnsound, LineCrossesItself, LineTooShort
from cadastre.fabric.grid import (
    Floats,
    Frame,
    Part,
    Spot,
    canonical,
    edges_of,
    interactive,
    undirected,
    valid,
    west_to_east,
)
from cadastre.fabric.model import TOUCH_MM, Edit, Plot, Point
from cadastre.fabric.noding import Outline, enter_marks

Piece = list[Part]


class Scene:
    """What an edit has before it: the subjects' rings and the plots around them."""

    def __init__(self, subjects: Sequence[Plot], neighbours: Iterable[Plot]) -> None:
        for plot in subjects:
            interactive(int(shapely.get_num_coordinates(plot.geometry)))
            valid(plot.geometry)
        keys = {plot.key for plot in subjects}
        self.frame = Frame.of(plot.geometry for plot in subjects)
        self.subjects = [canonical(self.frame.parts(plot.geometry)) for plot in subjects]
        self.neighbours = [plot for plot in neighbours if plot.key not in keys]
        self.others = self._vertices()

    def _vertices(self) -> NDArray[np.int64]:
        """Each vertex of a neighbour once, sorted: the order of the neighbours says nothing."""
        xy = shapely.get_coordinates([plot.geometry for plot in self.neighbours])
        return np.unique(self.frame.spots(xy), axis=0)

    def outline(self, index: int = 0) -> Outline:
        """The boundary of a subject with the marks of the neighbours on it."""
        return Outline(self.frame, self.subjects[index], self.others)

    def line(self, points: Sequence[Point]) -> Floats:
        """A drawn line on the grid, without repeated points, the same for both directions."""
        spots = [(x, y) for x, y in self.frame.rounded(points).tolist()]
        distinct = [b for a, b in pairwise([None, *spots]) if a != b]
        if len(distinct) < 2:
            raise LineTooShort
        interactive(len(distinct), *(sum(map(len, part)) for part in self.subjects[0]))
        line = np.array(min(distinct, distinct[::-1]), dtype=float)
        self.refuse_knots(line)
        return line

    def refuse_knots(self, line: Floats) -> None:
        """Refuse a line that meets itself."""
        drawn = LineString(line)
        if not shapely.is_simple(drawn):
            noded = shapely.node(drawn)
            count: dict[tuple[float, float], int] = {}
            for part in shapely.get_parts(noded).tolist():
                for end in (part.coords[0], part.coords[-1]):
                    count[end] = count.get(end, 0) + 1
            knot = max(count, key=lambda end: (count[end], end))
            raise LineCrossesItself(**self.frame.place(knot))

    def edit(
        self,
        pieces: Sequence[Piece],
        cuts: Sequence[Sequence[Spot]] = (),
        *,
        first: int = 0,
    ) -> Edit:
        """The edit that puts ``pieces`` in the place of the subjects.

        The first ``first`` pieces keep their place; the others are ordered west to east.
        """
        written = [canonical(piece) for piece in pieces]
        written = written[:first] + sorted(written[first:], key=west_to_east)
        before = {(x, y) for x, y in self.others.tolist()}
        before |= {
            spot for subject in self.subjects for a, b in edges_of(subject) for spot in (a, b)
        }
        after = {spot for piece in written for spot, _ in edges_of(piece)}
        new = sorted(after - before)
        return Edit(
            pieces=tuple(self.frame.geometry(piece) for piece in written),
            changed=self.entered(new, self._fellows(written)) if new else {},
            new_boundary=self.frame.lines(cuts),
            new_marks=tuple(self.frame.point(spot) for spot in new),
        )

    def _fellows(self, pieces: Sequence[Piece]) -> set[Spot]:
        """Marks on the sides of the subjects that are no sides of the pieces any more."""
        old = undirected(edge for subject in self.subjects for edge in edges_of(subject))
        now = undirected(edge for piece in pieces for edge in edges_of(piece))
        return {spot for edge in (old - now) | (now - old) for spot in edge}

    def entered(self, marks: Sequence[Spot], fellows: Iterable[Spot]) -> dict[int, MultiPolygon]:
        """The neighbours on whose sides the marks lie, with the marks in their rings."""
        xy = np.array(marks, dtype=float)
        low = self.frame.point((xy.min(axis=0) - 2 * TOUCH_MM).tolist())
        high = self.frame.point((xy.max(axis=0) + 2 * TOUCH_MM).tolist())
        changed = {}
        for plot in self.near(low, high):
            parts = self.frame.parts(plot.geometry)
            moved = enter_marks(parts, marks, fellows)
            if moved is not parts:
                changed[plot.key] = self.sound(plot, moved)
        return changed

    def near(self, low: Point, high: Point) -> list[Plot]:
        """The neighbours whose bounds reach into a box in metres."""
        bounds = shapely.bounds([plot.geometry for plot in self.neighbours]).reshape(-1, 4)
        meets = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
        return [self.neighbours[i] for i in np.flatnonzero(meets).tolist()]

    def sound(self, plot: Plot, parts: list[Part]) -> MultiPolygon:
        """A neighbour's new geometry; what was valid must stay so."""
        geometry = self.frame.geometry(parts)
        if not shapely.is_valid(geometry) and shapely.is_valid(plot.geometry):
            raise EditUnsound(**self.frame.place(parts[0][0][0]))
        return geometry
