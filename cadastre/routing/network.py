"""Streets as a graph to walk on: crossings found, loose ends joined, plots put beside a street.

All coordinates are metres in one plane, such as a UTM zone. docs/algorithms/collection-rounds.md
has the rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

JOIN_M: Final = 15.0
"""A street that ends this near to another meets it: centrelines often stop at the kerb."""

REACH_M: Final = 250.0
"""A plot farther than this from every street has none to be called at from."""

_SAME_M: Final = 0.05
"""Points nearer than this are one crossing."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A stretch of street between two nodes; ``street`` is None for the joint of a loose end."""

    street: int | None
    a: int
    b: int
    line: LineString

    @property
    def length(self) -> float:
        return float(self.line.length)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one calls at a plot: ``along`` metres from the start of an edge, on one side of it.

    ``side`` is 1 on the left of the edge's direction and -1 on its right; ``access`` is the way
    from the centreline to the plot in metres.
    """

    edge: int
    along: float
    side: int
    access: float


class StreetNetwork:
    """Edges between nodes, both numbered in the order of the streets given."""

    def __init__(self, edges: Sequence[Edge], nodes: int) -> None:
        self.edges = tuple(edges)
        self.nodes = nodes
        self.neighbours: list[list[tuple[int, float, int]]] = [[] for _ in range(nodes)]
        for number, edge in enumerate(self.edges):
            self.neighbours[edge.a].append((edge.b, edge.length, number))
            self.neighbours[edge.b].append((edge.a, edge.length, number))
        self._numbers = [n for n, edge in enumerate(self.edges) if edge.street is not None]
        self._tree = shapely.STRtree([self.edges[n].line for n in self._numbers])

    def place(self, shape: BaseGeometry, reach_m: float = REACH_M) -> Place | None:
        """The place on the nearest street for a plot; None when no street is within reach.

        Equally near streets: the first. The middle of the plot decides where along the street.
        """
        found = self._tree.query_nearest(shape, max_distance=reach_m)
        if not len(found):
            return None
        number = self._numbers[int(min(found))]
        line, middle = self.edges[number].line, shape.representative_point()
        along = float(line.project(middle))
        on_street = line.interpolate(along)
        return Place(number, along, _side(line, along, middle), float(on_street.distance(shape)))


def _side(line: LineString, along: float, point: Point) -> int:
    """Left (1) or right (-1) of the line at ``along``; on the line counts as left."""
    before = line.interpolate(max(along - 0.5, 0))
    after = line.interpolate(min(along + 0.5, line.length))
    cross = (after.x - before.x) * (point.y - before.y) - (after.y - before.y) * (
        point.x - before.x
    )
    return 1 if cross >= 0 else -1


class _Nodes:
    """Numbers for points; a point within `_SAME_M` of a known one has its number."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
        self.count = 0

    def at(self, x: float, y: float) -> int:
        column, row = math.floor(x / _SAME_M), math.floor(y / _SAME_M)
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                for known_x, known_y, number in self._cells.get((i, j), ()):
                    if math.hypot(known_x - x, known_y - y) <= _SAME_M:
                        return number
        self._cells.setdefault((column, row), []).append((x, y, self.count))
        self.count += 1
        return self.count - 1


def network_of(streets: Sequence[LineString], join_m: float = JOIN_M) -> StreetNetwork:
    """The graph of street centrelines: cut where they cross, loose ends joined to the nearest.

    Each end that touches no other street is led to the nearest one within ``join_m``.
    """
    cuts: list[list[float]] = [[0.0, line.length] for line in streets]
    joints: list[LineString] = []
    tree = shapely.STRtree(list(streets))
    for i, j in _pairs(tree, streets):
        for point in _points(streets[i].intersection(streets[j])):
            cuts[i].append(streets[i].project(point))
            cuts[j].append(streets[j].project(point))
    for i, line in enumerate(streets):
        for end in (Point(line.coords[0]), Point(line.coords[-1])):
            target = _nearest(tree, streets, i, end, join_m)
            if target is None:
                continue
            along = streets[target].project(end)
            cuts[target].append(along)
            joints.append(LineString([end, streets[target].interpolate(along)]))
    nodes = _Nodes()
    edges = [
        edge
        for number, line in enumerate(streets)
        for edge in _cut(number, line, sorted(cuts[number]), nodes)
    ]
    for joint in joints:
        a, b = (nodes.at(*point) for point in joint.coords)
        if a != b:
            edges.append(Edge(None, a, b, joint))
    return StreetNetwork(edges, nodes.count)


def _pairs(tree: shapely.STRtree, streets: Sequence[LineString]) -> Iterator[tuple[int, int]]:
    if not streets:
        return
    first, second = tree.query(list(streets), predicate="intersects")
    yield from sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j)


def _points(shape: BaseGeometry) -> Iterator[Point]:
    """The points of an intersection; of a stretch in common, its two ends."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            yield part
        elif part.geom_type == "LineString":
            yield Point(part.coords[0])
            yield Point(part.coords[-1])


def _nearest(
    tree: shapely.STRtree, streets: Sequence[LineString], own: int, end: Point, join_m: float
) -> int | None:
    """The street that a loose end is joined to; None where it meets one, or none is near."""
    near = [int(n) for n in tree.query(end, predicate="dwithin", distance=join_m) if n != own]
    by_distance = sorted((streets[n].distance(end), n) for n in near)
    if not by_distance or by_distance[0][0] <= _SAME_M:
        return None
    return by_distance[0][1]


def _part(line: LineString, start: float, end: float) -> LineString:
    part = substring(line, start, end)
    return part if isinstance(part, LineString) else LineString([part, part])


def _cut(number: int, line: LineString, cuts: list[float], nodes: _Nodes) -> Iterator[Edge]:
    last, last_at = nodes.at(*line.coords[0][:2]), 0.0
    for along in cuts[1:]:
        point = line.interpolate(along)
        node = nodes.at(point.x, point.y)
        if along - last_at <= _SAME_M and node == last:
            continue
        yield Edge(number, last, node, _part(line, last_at, along))
        last, last_at = node, along
