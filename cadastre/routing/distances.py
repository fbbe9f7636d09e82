"""How far it is on foot between places of a street network, and which way."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from shapely.ops import substring

from cadastre.routing.network import Place, StreetNetwork

CROSSING_M: Final = 8.0
"""What it costs to change the side within one stretch of street."""

UNREACHABLE: Final = np.int64(1 << 50)
"""Millimetres between places that no street joins: more than any walk."""

Millimetres = npt.NDArray[np.int64]
Line = list[tuple[float, float]]


class Walks:
    """The walks between places of one network.

    Lengths are whole millimetres, so that comparing and adding them is exact and the same on
    every machine.
    """

    def __init__(
        self, network: StreetNetwork, places: Sequence[Place], crossing_m: float = CROSSING_M
    ) -> None:
        self.network = network
        self.places = tuple(places)
        self._crossing_m = crossing_m
        edges = [network.edges[place.edge] for place in self.places]
        self._ends = sorted({node for edge in edges for node in (edge.a, edge.b)})
        self._row = {node: row for row, node in enumerate(self._ends)}
        self._from: dict[int, tuple[list[float], list[int]]] = {}

    @cached_property
    def matrix(self) -> Millimetres:
        """Millimetres from each place to each other, without the way from street to plot."""
        if not self.places:
            return np.zeros((0, 0), np.int64)
        edges = [self.network.edges[place.edge] for place in self.places]
        along = np.array([place.along for place in self.places])
        rest = np.array([edge.length for edge in edges]) - along
        a = np.array([self._row[edge.a] for edge in edges])
        b = np.array([self._row[edge.b] for edge in edges])
        between = np.array([[self._reached(node)[0][end] for end in self._ends]
                            for node in self._ends])  # fmt: skip
        metres = np.full((len(edges), len(edges)), np.inf)
        for start, before in ((a, along), (b, rest)):
            for end, after in ((a, along), (b, rest)):
                way = before[:, None] + between[np.ix_(start, end)] + after[None, :]
                metres = np.minimum(metres, way)
        number = np.array([place.edge for place in self.places])
        side = np.array([place.side for place in self.places])
        same = number[:, None] == number[None, :]
        metres = np.where(same, np.minimum(metres, abs(along[:, None] - along[None, :])), metres)
        metres += np.where(same & (side[:, None] != side[None, :]), self._crossing_m, 0.0)
        metres = np.minimum(metres, metres.T)
        np.fill_diagonal(metres, 0.0)
        reachable = np.isfinite(metres)
        whole = np.rint(np.where(reachable, metres, 0) * 1000).astype(np.int64)
        return np.where(reachable, whole, UNREACHABLE)

    def components(self) -> list[list[int]]:
        """Places that streets join, together; in the order of their first place."""
        left, found = list(range(len(self.places))), []
        while left:
            reached = self.matrix[left[0]] < UNREACHABLE
            found.append([n for n in left if reached[n]])
            left = [n for n in left if not reached[n]]
        return found

    def way(self, i: int, j: int) -> Line:
        """The line along the streets from place ``i`` to place ``j``; empty between islands."""
        here, there = self.places[i], self.places[j]
        first, last = self.network.edges[here.edge], self.network.edges[there.edge]
        ways = [
            (before + self._reached(start)[0][end] + after, number, start, end)
            for number, (start, before, end, after) in enumerate(
                (start, before, end, after)
                for start, before in ((first.a, here.along), (first.b, first.length - here.along))
                for end, after in ((last.a, there.along), (last.b, last.length - there.along))
            )
        ]
        length, number, start, end = min(ways)
        if here.edge == there.edge and abs(here.along - there.along) <= length:
            return _coordinates(self, here.edge, here.along, there.along)
        if length == np.inf:
            return []
        line = _coordinates(self, here.edge, here.along, 0.0 if number < 2 else first.length)
        for edge, forwards in self._edges(start, end):
            whole = self.network.edges[edge].length
            line += _coordinates(self, edge, *((0.0, whole) if forwards else (whole, 0.0)))
        entered = 0.0 if number % 2 == 0 else last.length
        return _without_repeats(line + _coordinates(self, there.edge, entered, there.along))

    def _edges(self, start: int, end: int) -> Iterator[tuple[int, bool]]:
        """The edges from node to node, each with whether it is walked in its own direction."""
        _metres, arrived_by = self._reached(start)
        backwards: list[tuple[int, bool]] = []
        while end != start:
            number = arrived_by[end]
            edge = self.network.edges[number]
            forwards = edge.b == end
            backwards.append((number, forwards))
            end = edge.a if forwards else edge.b
        return reversed(backwards)

    def _reached(self, source: int) -> tuple[list[float], list[int]]:
        """Metres from a node to every node and the edge by which each is reached (Dijkstra)."""
        if source not in self._from:
            metres = [np.inf] * self.network.nodes
            arrived_by = [-1] * self.network.nodes
            metres[source] = 0.0
            queue = [(0.0, source)]
            while queue:
                far, node = heapq.heappop(queue)
                if far > metres[node]:
                    continue
                for other, length, edge in self.network.neighbours[node]:
                    if far + length < metres[other]:
                        metres[other], arrived_by[other] = far + length, edge
                        heapq.heappush(queue, (far + length, other))
            self._from[source] = (metres, arrived_by)
        return self._from[source]


def _coordinates(walks: Walks, edge: int, start: float, end: float) -> Line:
    part = substring(walks.network.edges[edge].line, start, end)
    return [(float(x), float(y)) for x, y, *_height in part.coords]


def _without_repeats(line: Line) -> Line:
    return [point for n, point in enumerate(line) if n == 0 or point != line[n - 1]]
