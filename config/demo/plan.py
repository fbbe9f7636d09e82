"""The plan of the town at large: land is halved by roads and canals until superblocks remain.

Each halving leaves a strip of public land (a road or a canal) between two boxes. Two sisters may be
halved at the same place, so that the new road crosses the old strip: over a canal by a bridge.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .fabric import cut, length, snap
from .town import Bools, Floats, Ints

HIGHWAY, MAIN, LOCAL, SOI, KHLONG, DITCH = range(6)
"""Classes of ways; those from KHLONG on are water."""

PIECE_MM = 400_000
"""Roads and canals are registered in pieces of at most this length."""


@dataclass(slots=True)
class WayList:
    """Ways under construction: the axis each runs along, its class, the superblock it serves."""

    axis: list[Ints] = field(default_factory=list)
    way_class: list[Ints] = field(default_factory=list)
    superblock: list[Ints] = field(default_factory=list)
    size: int = 0

    def add(self, axis: Ints, way_class: Ints, superblock: Ints | None = None) -> Ints:
        """Register new ways; returns their numbers."""
        numbers = np.arange(self.size, self.size + len(axis))
        self.size += len(axis)
        self.axis.append(axis)
        self.way_class.append(way_class)
        self.superblock.append(
            np.full(len(axis), -1, np.int64) if superblock is None else superblock
        )
        return numbers


@dataclass(frozen=True, slots=True)
class Superblocks:
    """Boxes between the roads: ``side`` (n, 4) way on each side (-1 outside), ``path`` to it.

    ``depth`` halvings made; ``path`` their choices (0 low, 1 high) as bits, left-aligned at bit 62.
    """

    box: Ints
    side: Ints
    depth: Ints
    path: Ints


@dataclass(frozen=True, slots=True)
class Strips:
    """Pieces of roads and canals: box and way."""

    box: Ints
    way: Ints


@dataclass(frozen=True, slots=True)
class Centres:
    """Where people gather. ``urbanity`` falls from about 1 in the market to 0 in the fields."""

    xy: Floats
    weight: Floats
    reach: float

    def urbanity(self, xy_mm: Floats) -> Floats:
        """Urbanity at plan positions (n, 2), mm."""
        best = np.zeros(len(xy_mm))
        for centre, weight in zip(self.xy, self.weight, strict=True):
            distance = np.hypot(*((xy_mm - centre).T))
            np.maximum(best, weight * np.exp(-distance / (self.reach * weight)), out=best)
        return best


def centres(radius_mm: float, rng: np.random.Generator) -> Centres:
    """The market at the origin and, in a large town, villages about 4 km apart."""
    reach = float(np.clip(0.26 * radius_mm, 90_000, 1_050_000))
    spacing = 4_200_000.0
    span = int(radius_mm * 1.3 / spacing)
    grid = np.stack(np.meshgrid(*[np.arange(-span, span + 1)] * 2, indexing="ij"), -1)
    xy = grid.reshape(-1, 2) * spacing
    xy = xy + rng.uniform(-0.32, 0.32, xy.shape) * spacing
    weight = rng.uniform(0.45, 0.95, len(xy))
    xy[len(xy) // 2] = 0
    weight[len(xy) // 2] = 1.0
    return Centres(xy, weight, reach)


def _width(way_class: Ints, rng: np.random.Generator, scale: float) -> Ints:
    """Width between the parcel lines, mm."""
    low = np.array([38.0, 18.0, 9.0, 6.0, 14.0, 5.0])[way_class]
    high = np.array([44.0, 24.0, 12.0, 8.0, 24.0, 8.0])[way_class]
    width = rng.uniform(low, high)
    large = np.isin(way_class, [HIGHWAY, MAIN, KHLONG])
    width = np.where(large, np.maximum(width * scale, 8.0), width)
    return snap(width * 1000)


class Divider:
    """Halves land until every box is a superblock; collects the strips between."""

    def __init__(self, parcels: int, half_mm: int, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 2])
        self.centres = centres(half_mm / 1.25, self.rng)
        self.core_side = float(np.clip(29_000 * parcels**0.25, 62_000, 165_000))
        self.scale = float(np.clip(self.core_side / 165_000, 0.5, 1.0))
        self.ways = WayList()
        self.strip_box: list[Ints] = []
        self.strip_way: list[Ints] = []
        self.done: list[Superblocks] = []
        self.half = int(snap(np.array(half_mm)))

    def divide(self) -> tuple[Superblocks, Strips, WayList]:
        """Superblocks, road and canal pieces, and the ways they belong to."""
        box = np.array([[-self.half, -self.half, self.half, self.half]], np.int64)
        side = np.full((1, 4), -1, np.int64)
        path = np.zeros(1, np.int64)
        # The strip each box and its sister were parted by: its box, the way, which axis it cuts.
        strip = np.zeros((1, 4), np.int64)
        level = 0
        while len(box):
            split = self._too_large(box)
            if level < 2:
                split[:] = True
            keep = ~split
            self.done.append(
                Superblocks(box[keep], side[keep], np.full(keep.sum(), level), path[keep])
            )
            box, side, path, strip = self._halve(
                box[split], side[split], path[split], strip[split], level
            )
            level += 1
        blocks = Superblocks(
            *[
                np.concatenate([getattr(done, name) for done in self.done])
                for name in ("box", "side", "depth", "path")
            ]
        )
        return blocks, self._pieces(), self.ways

    def _too_large(self, box: Ints) -> Bools:
        middle = (box[:, :2] + box[:, 2:]) / 2
        urbanity = self.centres.urbanity(middle)
        target = self.core_side * np.interp(
            urbanity, [0.0, 0.12, 0.3, 0.62, 1.0], [3.6, 2.4, 1.55, 1.12, 0.95]
        )
        sides = box[:, 2:] - box[:, :2]
        out: Bools = (sides.max(axis=1) > 1.55 * target) | (
            np.sqrt(sides.prod(axis=1)) > 1.28 * target
        )
        return out

    def _classes(self, box: Ints, span: Ints, level: int) -> Ints:
        """Highways part the largest boxes, then main roads, canals and local roads."""
        rng = self.rng
        n = len(box)
        unit = self.core_side
        urbanity = self.centres.urbanity((box[:, :2] + box[:, 2:]) / 2)
        way_class = np.full(n, LOCAL)
        way_class[span > 6.5 * unit] = MAIN
        way_class[span > 26 * unit] = HIGHWAY
        chance = rng.random(n)
        middling = (span > 3.2 * unit) & (span < 22 * unit)
        way_class[middling & (chance < np.where(urbanity > 0.5, 0.12, 0.3))] = KHLONG
        small = (span <= 3.2 * unit) & (urbanity < 0.3)
        way_class[small & (chance < 0.25)] = DITCH
        if level == 0:
            way_class[:] = HIGHWAY if self.scale == 1.0 else MAIN
        if level == 1:
            way_class[:] = KHLONG
        return way_class

    def _halve(
        self, box: Ints, side: Ints, path: Ints, strip: Ints, level: int
    ) -> tuple[Ints, Ints, Ints, Ints]:
        """Halve every box; a box whose sister is its neighbour here may be cut in line with her."""
        rng = self.rng
        n = len(box)
        rows = np.arange(n)
        sides = box[:, 2:] - box[:, :2]
        axis = np.where(sides[:, 0] * rng.uniform(0.85, 1.18, n) > sides[:, 1], 0, 1)
        share = rng.uniform(0.38, 0.62, n)
        if level < 2:
            axis[:] = level
            share = rng.uniform(0.45, 0.55, n)
        way_class = self._classes(box, length(box, 1 - axis), level)
        width = _width(way_class, rng, self.scale)

        # Sisters stand next to each other, low before high, as long as both are to be cut.
        mother = path >> min(64 - level, 63)
        elder = np.flatnonzero(mother[:-1] == mother[1:])
        across = (strip[elder, 0] == box[elder, 0]) & (strip[elder, 2] == box[elder, 2])
        along = np.where(across, 0, 1)
        stocky = sides[elder, along] > 0.7 * sides[elder, 1 - along]
        meet = (stocky & (rng.random(len(elder)) < 0.5)) | (level == 1)
        elder, along = elder[meet], along[meet]
        younger = elder + 1
        for column in (axis, share, way_class, width):
            column[younger] = column[elder]
        axis[elder] = axis[younger] = along

        low, high = box[rows, axis], box[rows, axis + 2]
        middle = low + (high - low) * share
        way = np.empty(n, np.int64)
        own = np.ones(n, bool)
        own[younger] = False
        way[own] = self.ways.add(1 - axis[own], way_class[own])
        way[younger] = way[elder]
        strips = box.copy()
        strips[rows, axis] = snap(middle - width / 2)
        strips[rows, axis + 2] = strips[rows, axis] + width
        self.strip_box.append(strips)
        self.strip_way.append(way)
        self._bridge(strips[elder], way[elder], strip[elder], along)
        return self._children(
            box=box, side=side, path=path, strips=strips, way=way, axis=axis, level=level
        )

    def _bridge(self, road: Ints, way: Ints, strip: Ints, along: Ints) -> None:
        """Where a road in line crosses a canal, its parcel goes over the water."""
        if not len(road):
            return
        classes = np.concatenate(self.ways.way_class)
        boxes = np.concatenate(self.strip_box)
        owner = np.concatenate(self.strip_way)
        order = np.lexsort((boxes[:, 1], boxes[:, 0]))
        keys = boxes[order, 0] * (1 << 32) + boxes[order, 1]
        found = order[np.searchsorted(keys, strip[:, 0] * (1 << 32) + strip[:, 1])]
        wet = (classes[owner[found]] >= KHLONG) & (classes[way] < KHLONG)
        found, road, way, along = found[wet], road[wet], way[wet], along[wet]
        rows = np.arange(len(found))
        bridge, rest = boxes[found].copy(), boxes[found].copy()
        bridge[rows, along], bridge[rows, along + 2] = road[rows, along], road[rows, along + 2]
        rest[rows, along] = road[rows, along + 2]
        boxes[found, along + 2] = road[rows, along]
        self.strip_box = [boxes, bridge, rest]
        self.strip_way = [owner, way, owner[found]]

    def _children(
        self, *, box: Ints, side: Ints, path: Ints, strips: Ints, way: Ints, axis: Ints, level: int
    ) -> tuple[Ints, Ints, Ints, Ints]:
        n = len(box)
        rows = np.arange(n)
        child = np.repeat(box, 2, axis=0)
        child[2 * rows, axis + 2] = strips[rows, axis]
        child[2 * rows + 1, axis] = strips[rows, axis + 2]
        child_side = np.repeat(side, 2, axis=0)
        child_side[2 * rows, axis + 2] = way
        child_side[2 * rows + 1, axis] = way
        child_path = np.repeat(path, 2)
        child_path[1::2] |= np.int64(1) << np.int64(62 - level)
        return child, child_side, child_path, np.repeat(strips, 2, axis=0)

    def _pieces(self) -> Strips:
        box, way = np.concatenate(self.strip_box), np.concatenate(self.strip_way)
        axis = np.concatenate(self.ways.axis)[way]
        count = -(-length(box, axis) // PIECE_MM)
        pieces, parent, _ = cut(box, axis, count, self.rng)
        return Strips(pieces, way[parent])
