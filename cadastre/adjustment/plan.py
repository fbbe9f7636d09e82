"""Which unknown stands where, and which rows belong to which front: fixed for an adjustment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cadastre.adjustment.columns import Batch, Columns, Indices
from cadastre.adjustment.observations import Matrix
from cadastre.adjustment.ordering import Dissection, dissect

COMPONENTS = 3


class Family(NamedTuple):
    """Blocks of one size, sorted by front: rows, weight factors, and the unknowns they touch.

    ``unknowns`` (blocks × u) holds -1 where a block touches fewer; ``place`` and ``source`` carry
    derivatives (row × 10) to blocks × size × u.
    """

    rows: Indices
    factors: Matrix
    unknowns: Indices
    place: Indices
    source: Indices

    def weighted(self, derivatives: Matrix) -> Matrix:
        """Ã of the blocks: blocks × size × u, of unit weight."""
        blocks, size = self.rows.shape
        flat = np.zeros(blocks * size * self.unknowns.shape[1])
        flat[self.place] = derivatives.ravel()[self.source]
        dense = flat.reshape(blocks, size, -1)
        return dense * self.factors if size == 1 else self.factors @ dense


class Piece(NamedTuple):
    """Blocks ``low`` to ``high`` of a family, and where their unknowns lie in a front's matrix."""

    family: int
    low: int
    high: int
    grid: Indices


@dataclass(slots=True)
class Front:
    """A dense piece of the elimination: unknowns ``start`` to ``stop``, then ``boundary``.

    Its matrix has one row and column more, for the unknowns that blocks do not have.
    """

    start: int
    stop: int
    boundary: Indices
    parent: int
    into_parent: Indices
    pieces: tuple[Piece, ...]
    pivots: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.pivots = self.stop - self.start
        self.size = self.pivots + len(self.boundary)

    def local(self, unknowns: Indices) -> Indices:
        """Positions in this front of unknowns that lie in it; one past the end for none."""
        below = unknowns < self.stop
        inside = np.where(
            below, unknowns - self.start, self.pivots + np.searchsorted(self.boundary, unknowns)
        )
        return np.where(unknowns < 0, self.size, inside)


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbering of the unknowns in order of elimination, and the fronts."""

    unknowns: int
    of_point: Indices
    of_set: Indices
    columns: Indices
    families: tuple[Family, ...]
    fronts: tuple[Front, ...]

    def owner(self, unknown: int) -> tuple[int, int]:
        """Point and component of an unknown; component -1 for an orientation."""
        found = np.argwhere(self.of_point == unknown)
        return (int(found[0, 0]), int(found[0, 1])) if len(found) else (-1, -1)


def plan_of(columns: Columns, free: Matrix, places: Matrix) -> Plan:
    """Plan the elimination; ``free`` tells which components (point × 3) are to be found."""
    counts = free.sum(axis=1) + np.bincount(columns.set_station, minlength=len(free))
    active = np.flatnonzero(counts)
    label = np.full(len(free), -1, np.intp)
    label[active] = np.arange(len(active))
    edges = _edges(columns, label)
    tree = dissect(_positions(places[active], edges), edges)
    order = np.concatenate([np.empty(0, np.intp), *tree.sets])
    first = np.zeros(len(active), np.intp)
    first[order] = np.cumsum(counts[active][order]) - counts[active][order]
    of_point = np.full(free.shape, -1, np.intp)
    within = np.cumsum(free, axis=1) - 1
    of_point[active] = np.where(free[active], first[:, None] + within[active], -1)
    of_set = _sets(columns, label, first, free)
    table = _table(columns, of_point, of_set)
    spans = _spans(tree, counts[active])
    boundaries = _boundaries(tree, edges, first, counts[active])
    families, fronts = _fronts(columns, table, tree, spans, boundaries)
    return Plan(int(counts.sum()), of_point, of_set, table, families, fronts)


def _positions(places: Matrix, edges: Indices) -> Matrix:
    """Where stations lie; without distinct places, how many legs they are from far stations."""
    known = np.nan_to_num(places)
    if len(known) < 2 or np.unique(known, axis=0).shape[0] > len(known) // 2:
        return known
    return np.stack([_steps(edges, len(known), 0), _steps(edges, len(known), -1)], axis=1)


def _steps(edges: Indices, stations: int, start: int) -> Matrix:
    """Legs from a station far away from station ``start``, by breadth-first search."""
    for _ in range(2):
        steps = np.full(stations, -1.0)
        steps[start] = 0
        level = 0.0
        while True:
            reached = steps[edges] == level
            fresh = np.unique(edges[reached[:, ::-1] & (steps[edges] < 0)])
            if not fresh.size:
                break
            level += 1
            steps[fresh] = level
        start = int(np.argmax(steps))
    return steps


def _edges(columns: Columns, label: Indices) -> Indices:
    """Pairs of active stations that some block of observations joins, each once."""
    points = np.where(columns.points >= 0, label[columns.points], -1)
    pairs = [points[:, [i, j]] for i, j in ((0, 1), (0, 2), (1, 2))]
    for batch in columns.batches:
        pairs += list(_cliques(points, batch))
    whole = np.concatenate(pairs)
    whole = np.sort(whole[(whole >= 0).all(axis=1) & (whole[:, 0] != whole[:, 1])], axis=1)
    number = max(int(label.max(initial=0)) + 1, 1)
    keys = np.unique(whole[:, 0] * number + whole[:, 1])
    return np.stack([keys // number, keys % number], axis=1)


def _cliques(points: Indices, batch: Batch) -> Iterator[Indices]:
    """All pairs within blocks that join more than the points of one row."""
    if batch.rows.shape[1] == 1:
        return
    blocks = points[batch.rows]
    for block in blocks[(blocks != blocks[:, :1]).any(axis=(1, 2))]:
        members = np.unique(block[block >= 0])
        i, j = np.triu_indices(len(members), 1)
        yield np.stack([members[i], members[j]], axis=1)


def _sets(columns: Columns, label: Indices, first: Indices, free: Matrix) -> Indices:
    """Orientations come after the coordinates of their station."""
    result = np.empty(len(columns.set_station), np.intp)
    used = free.sum(axis=1).astype(np.intp)
    for place, station in enumerate(columns.set_station):
        result[place] = first[label[station]] + used[station]
        used[station] += 1
    return result


def _table(columns: Columns, of_point: Indices, of_set: Indices) -> Indices:
    """Unknown of every derivative (row × 10: three points, one orientation), -1 for none."""
    rows = len(columns.value)
    table = np.full((rows, 3 * COMPONENTS + 1), -1, np.intp)
    for place in range(3):
        points = columns.points[:, place]
        table[:, 3 * place : 3 * place + 3] = np.where(points[:, None] >= 0, of_point[points], -1)
    if len(of_set):
        table[:, -1] = np.where(columns.sets >= 0, of_set[columns.sets], -1)
    return table


def _spans(tree: Dissection, counts: Indices) -> Indices:
    sizes = [int(counts[stations].sum()) for stations in tree.sets]
    return np.cumsum([0, *sizes])


def _boundaries(tree: Dissection, edges: Indices, first: Indices, counts: Indices) -> list[Indices]:
    """Unknowns each front passes on: seen from its stations or its children, eliminated later."""
    node = np.zeros(len(first), np.intp)
    for place, members in enumerate(tree.sets):
        node[members] = place
    ends = node[edges]
    apart = ends[:, 0] != ends[:, 1]
    edges, ends = edges[apart], ends[apart]
    lower = np.argmin(ends, axis=1)
    each = np.arange(len(edges))
    below, above = ends[each, lower], edges[each, 1 - lower]
    order = np.argsort(below, kind="stable")
    cuts = np.searchsorted(below[order], np.arange(len(tree.sets) + 1))
    seen = [above[order[low:high]] for low, high in pairwise(cuts)]
    result: list[Indices] = []
    stations: list[list[Indices]] = [[part] for part in seen]
    for place, parts in enumerate(stations):
        later = np.unique(np.concatenate(parts))
        later = later[node[later] > place]
        if tree.parents[place] >= 0:
            stations[tree.parents[place]].append(later)
        result.append(_unknowns(later, first, counts))
    return result


def _unknowns(stations: Indices, first: Indices, counts: Indices) -> Indices:
    number = counts[stations]
    starts = np.repeat(first[stations], number)
    offsets = np.arange(len(starts)) - np.repeat(np.cumsum(number) - number, number)
    return np.sort(starts + offsets)


def _fronts(
    columns: Columns, table: Indices, tree: Dissection, spans: Indices, boundaries: list[Indices]
) -> tuple[tuple[Family, ...], tuple[Front, ...]]:
    """The blocks sorted by front, and the fronts with their blocks."""
    fronts = [
        Front(int(low), int(high), boundary, parent, boundary[:0], ())
        for low, high, boundary, parent in zip(
            spans[:-1], spans[1:], boundaries, tree.parents, strict=True
        )
    ]
    families: list[Family] = []
    for batch in columns.batches:
        unsorted = _unknowns_of(batch.rows, table)
        lowest = np.where(unsorted >= 0, unsorted, spans[-1]).min(axis=1, initial=spans[-1])
        owner = np.searchsorted(spans, lowest, side="right") - 1
        order = np.argsort(owner, kind="stable")
        family = _family(batch.rows[order], batch.factors[order], unsorted[order], table)
        cuts = np.searchsorted(owner[order], np.arange(len(fronts) + 1))
        for front, (low, high) in zip(fronts, pairwise(cuts), strict=True):
            if low < high:
                local = front.local(family.unknowns[low:high])
                grid = local[:, :, None] * (front.size + 1) + local[:, None, :]
                front.pieces += (Piece(len(families), int(low), int(high), grid.ravel()),)
        families.append(family)
    for front in fronts:
        if front.parent >= 0:
            front.into_parent = fronts[front.parent].local(front.boundary)
    return tuple(families), tuple(fronts)


def _unknowns_of(rows: Indices, table: Indices) -> Indices:
    """Unknowns of each block without repetition, padded with -1."""
    used = (table[rows] >= 0).any(axis=(0, 1))
    every = np.sort(table[rows][:, :, used].reshape(len(rows), -1), axis=1)[:, ::-1]
    if rows.shape[1] > 1 and every.shape[1]:
        again = np.zeros_like(every, dtype=bool)
        again[:, 1:] = every[:, 1:] == every[:, :-1]
        every = np.sort(np.where(again, -1, every), axis=1)[:, ::-1]
    most = int((every >= 0).sum(axis=1).max(initial=0))
    return np.ascontiguousarray(every[:, :most])


def _family(rows: Indices, factors: Matrix, unknowns: Indices, table: Indices) -> Family:
    """Where each derivative of each row goes."""
    size, u = rows.shape[1], unknowns.shape[1]
    wanted = table[rows]
    block, row, column = np.nonzero(wanted >= 0)
    # Unknowns are sorted downward within a block: the place is how many are greater.
    if size == 1:
        place = np.argsort(np.argsort(-wanted[:, 0], axis=1), axis=1)[block, column]
    else:
        place = (unknowns[block] > wanted[block, row, column][:, None]).sum(axis=1)
    return Family(
        rows, factors, unknowns,
        (block * size + row) * u + place,
        rows[block, row] * table.shape[1] + column,
    )  # fmt: skip
