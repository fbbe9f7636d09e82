"""Where a line meets a boundary, and which grid points become marks there.

Decisions use two distances: up to `TOUCH_MM` a point *is* on a side or mark, and between that and
`SNAPPING_MM` from a mark the line is refused. So no two marks come to lie next to each other
by accident, and nothing is decided by the last bits of a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadastre.fabric.errors import LineTooCloseToMark
from cadastre.fabric.faces import polygon_of
from cadastre.fabric.grid import (
    Edge,
    Floats,
    Frame,
    Part,
    Ring,
    Spot,
    best_spot,
    distances,
    edges_of,
    undirected,
)
from cadastre.fabric.model import SNAPPING_MM, TOUCH_MM


@dataclass(frozen=True, slots=True)
class Node:
    """A mark at which a line meets the boundary; ``at`` is its place along the line."""

    at: float
    spot: Spot


class Outline:
    """The boundary of a subject in canonical form, with the marks that others have on its sides.

    A neighbour's corner on a side of ours is a mark like our own vertices; it enters the result
    only where the side gets a new mark as well.
    """

    def __init__(self, frame: Frame, parts: list[Part], others: NDArray[np.int64]) -> None:
        self.frame = frame
        self.parts = parts
        self.sides: list[Edge] = list(edges_of(parts))
        self.vertices = {a for a, _ in self.sides}
        self.side_of: dict[Spot, int] = {}
        self._marks: list[list[Spot]] = [[] for _ in self.sides]
        self._take_in(others)
        self.polygon = polygon_of(parts)
        worked = [(a, b, i) for i in range(len(self.sides)) for a, b in self._divided(i)]
        self.a: Floats = np.array([a for a, _, _ in worked], dtype=float)
        self.b: Floats = np.array([b for _, b, _ in worked], dtype=float)
        self.side = [i for _, _, i in worked]

    def _take_in(self, others: NDArray[np.int64]) -> None:
        a, b = (np.array(ends, dtype=float) for ends in zip(*self.sides, strict=True))
        low, high = a.min(axis=0) - TOUCH_MM, a.max(axis=0) + TOUCH_MM
        inside = ((others >= low) & (others <= high)).all(axis=1)
        spots = [s for s in map(_spot, others[inside].tolist()) if s not in self.vertices]
        if not spots:
            return
        apart, _ = distances(np.array(spots, dtype=float), a, b)
        nearest = apart.argmin(axis=1).tolist()
        for spot, side, near in zip(spots, nearest, apart.min(axis=1).tolist(), strict=True):
            ends = np.array(self.sides[side], dtype=float)
            if near <= TOUCH_MM and np.hypot(*(ends - spot).T).min() >= SNAPPING_MM:
                self._marks[side].append(spot)
                self.side_of[spot] = side

    def _divided(self, side: int, marks: Iterable[Spot] = ()) -> Iterable[Edge]:
        a, b = self.sides[side]
        inner = {*self._marks[side], *marks} - {a, b}
        return pairwise([a, *sorted(inner, key=lambda s: _along(s, a, b)), b])

    def with_marks(self, marks: Iterable[Spot]) -> list[Part]:
        """The rings with these marks; a side that gets one also gets those of its neighbours."""
        entering: dict[int, set[Spot]] = {}
        for spot in marks:
            if spot in self.side_of:
                entering.setdefault(self.side_of[spot], set()).add(spot)
        number = 0
        parts: list[Part] = []
        for part in self.parts:
            rings: Part = []
            for ring in part:
                turned: Ring = []
                for _ in ring:
                    side = self.sides[number]
                    new = entering.get(number)
                    turned += [a for a, _ in self._divided(number, new)] if new else [side[0]]
                    number += 1
                rings.append(turned)
            parts.append(rings)
        return parts

    def with_every_mark(self) -> set[Edge]:
        """All sides, without direction, divided at every mark that was found on them."""
        found: dict[int, set[Spot]] = {}
        for spot, side in self.side_of.items():
            found.setdefault(side, set()).add(spot)
        return undirected(
            edge for i in range(len(self.sides)) for edge in self._divided(i, found.get(i, ()))
        )

    # -- lines -------------------------------------------------------------------------------------

    def nodes(self, line: Floats) -> list[Node]:
        """Where the line meets the boundary, in order along it.

        Raises `LineTooCloseToMark` where it passes a mark without going through it.
        """
        through = self._through_marks(line)
        on_side = self._ends_on_sides(line, through)
        crossing = self._crossings(line, through, on_side)
        found = [Node(at, spot) for spot, at in through.items()]
        found += [Node(float(i), spot) for i, (spot, _) in on_side.items()]
        return sorted(found + crossing, key=lambda node: (node.at, node.spot))

    def _through_marks(self, line: Floats) -> dict[Spot, float]:
        """The marks that the line goes through, with their place along it."""
        marks = self.a
        apart, along = distances(marks, line[:-1], line[1:])
        at_points = np.hypot(*(marks[:, None, :] - line[None, :, :]).transpose(2, 0, 1))
        near = apart.min(axis=1)
        slips = np.flatnonzero((near > TOUCH_MM) & (near < SNAPPING_MM))
        if len(slips):
            worst = min((float(near[i]), _spot(marks[i])) for i in slips.tolist())
            raise LineTooCloseToMark(**self.frame.place(worst[1]), distance_mm=f"{worst[0]:.1f}")
        found: dict[Spot, float] = {}
        for i in np.flatnonzero(near <= TOUCH_MM).tolist():
            point, segment = int(at_points[i].argmin()), int(apart[i].argmin())
            at_point = float(at_points[i, point]) <= TOUCH_MM
            found[_spot(marks[i])] = float(point) if at_point else segment + along[i, segment]
        return found

    def _ends_on_sides(
        self, line: Floats, through: Mapping[Spot, float]
    ) -> dict[int, tuple[Spot, int]]:
        """The points of the line that lie on a side: their mark, and the divided side."""
        taken = set(through.values())
        apart, _ = distances(line, self.a, self.b)
        found = {}
        for i in np.flatnonzero(apart.min(axis=1) <= TOUCH_MM).tolist():
            if float(i) in taken:
                continue
            side = int(apart[i].argmin())
            found[i] = (self._mark(line[i], side), side)
        return found

    def _crossings(
        self,
        line: Floats,
        through: Mapping[Spot, float],
        on_side: Mapping[int, tuple[Spot, int]],
    ) -> list[Node]:
        """Proper crossings of segments and sides that do not meet in a mark or point already."""
        c, d = line[:-1, None, :], line[1:, None, :]
        a, b = self.a[None, :, :], self.b[None, :, :]
        at_c, at_d = _turn(a, b, c), _turn(a, b, d)
        crossed = (at_c * at_d < 0) & (_turn(c, d, a) * _turn(c, d, b) < 0)
        found = []
        for segment, side in np.argwhere(crossed).tolist():
            ends = _spot(self.a[side]), _spot(self.b[side])
            known = any(segment <= through.get(end, -9.0) <= segment + 1 for end in ends)
            if known or any(i in on_side and on_side[i][1] == side for i in (segment, segment + 1)):
                continue
            part = float(at_c[segment, side] / (at_c[segment, side] - at_d[segment, side]))
            place = line[segment] + part * (line[segment + 1] - line[segment])
            found.append(Node(segment + part, self._mark(place, side)))
        return found

    def _mark(self, place: Floats, side: int) -> Spot:
        """A new mark on a divided side, remembered with the whole side it lies on."""
        spot = best_spot(place.tolist(), _spot(self.a[side]), _spot(self.b[side]))
        self.side_of[spot] = self.side[side]
        return spot


def _spot(xy: Sequence[float] | Floats) -> Spot:
    return int(xy[0]), int(xy[1])


def _along(spot: Spot, a: Spot, b: Spot) -> tuple[int, Spot]:
    return (b[0] - a[0]) * (spot[0] - a[0]) + (b[1] - a[1]) * (spot[1] - a[1]), spot


def _turn(a: Any, b: Any, p: Any) -> Any:
    """Positive where p lies left of a–b; exact for whole millimetres up to 40 km."""
    return (b[..., 0] - a[..., 0]) * (p[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        p[..., 0] - a[..., 0]
    )


def enter_marks(parts: list[Part], marks: Iterable[Spot], fellows: Iterable[Spot]) -> list[Part]:
    """A neighbour's rings with the marks that lie on its sides; the same object if none does.

    ``fellows`` are marks that existed before on the sides that get a new one: they enter
    only together with it, since both describe one side.
    """
    sides = list(edges_of(parts))
    own = {a for a, _ in sides}
    new = _on_sides([s for s in sorted(set(marks)) if s not in own], sides, 0.0)
    if not new:
        return parts
    rest = sorted(set(fellows) - own - set(new))
    touched = set(new.values())
    new |= {s: i for s, i in _on_sides(rest, sides, SNAPPING_MM).items() if i in touched}
    entering: dict[int, list[Spot]] = {}
    for spot, side in new.items():
        entering.setdefault(side, []).append(spot)
    numbers = iter(range(len(sides)))
    return [[_entered(ring, sides, entering, numbers) for ring in part] for part in parts]


def _entered(
    ring: Ring, sides: list[Edge], entering: Mapping[int, list[Spot]], numbers: Iterable[int]
) -> Ring:
    turned: Ring = []
    for spot, side in zip(ring, numbers, strict=False):
        a, b = sides[side]
        turned += [spot, *sorted(entering.get(side, ()), key=lambda s, a=a, b=b: _along(s, a, b))]
    return turned


def _on_sides(spots: Sequence[Spot], sides: Sequence[Edge], clear: float) -> dict[Spot, int]:
    """The side on which each spot lies, its ends and what is within ``clear`` of them excluded."""
    if not spots:
        return {}
    a, b = (np.array(ends, dtype=float) for ends in zip(*sides, strict=True))
    points = np.array(spots, dtype=float)
    apart, along = distances(points, a, b)
    apart = np.where((along > 0) & (along < 1), apart, np.inf)
    nearest = apart.argmin(axis=1)
    found = {}
    for i in np.flatnonzero(apart.min(axis=1) <= TOUCH_MM).tolist():
        side = int(nearest[i])
        if min(np.hypot(*(points[i] - a[side])), np.hypot(*(points[i] - b[side]))) > clear:
            found[spots[i]] = side
    return found


def noded_together(subjects: Sequence[list[Part]]) -> list[list[Part]]:
    """Each parcel with the marks that the others have on its sides."""
    spots = [sorted({a for a, _ in edges_of(parts)}) for parts in subjects]
    return [
        enter_marks(parts, (s for j, own in enumerate(spots) if j != i for s in own), ())
        for i, parts in enumerate(subjects)
    ]
