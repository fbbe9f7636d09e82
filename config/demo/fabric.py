"""The plane the town is drawn on: boxes cut from boxes, noded, then bent into a landscape.

The plan is drawn with axis-parallel boxes in whole millimetres, because boxes can be cut exactly.
``node`` gives every ring all the vertices that lie on its edges, and ``bend`` moves each distinct
vertex once, so neighbours stay bit-identical. All bends keep areas: a lot of 50 square wa on the
plan is a lot of 50 square wa on the ground.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import Transformer

from .town import SRID, Floats, Ints, Shapes

LEFT, BOTTOM, RIGHT, TOP = range(4)
"""Sides of a box: the axis (0 across, 1 up), plus 2 at the high end. Also its columns."""

DENSITY_MM = 30_000
"""Long edges get a vertex on every multiple of this, so that they bend with the landscape."""

STEP_MM = 250
"""Cuts fall on multiples of this, so that two vertices coincide or are well apart."""

KEY = 1 << 31
ORIGIN = (649_300.0, 1_532_300.0)
"""Where the plan's (0, 0) lies, metres EPSG:32647: Amphoe Bang Yai, west of the Chao Phraya."""


def snap(position: Ints | Floats) -> Ints:
    """Positions moved to the nearest multiple of STEP_MM."""
    out: Ints = np.rint(np.asarray(position) / STEP_MM).astype(np.int64) * STEP_MM
    return out


def cut(
    box: Ints, axis: Ints, count: Ints, rng: np.random.Generator, jitter: float = 0.0
) -> tuple[Ints, Ints, Ints]:
    """Cut box ``i`` into ``count[i]`` slices along ``axis[i]``.

    ``jitter`` moves each inner cut by up to that part of a slice. Returns the slices (low to high,
    box after box), the row of the box each came from, and its place within that box.
    """
    parent = np.repeat(np.arange(len(box)), count)
    first = np.cumsum(count) - count
    order = np.arange(len(parent)) - first[parent]
    side = axis[parent]
    low, high = box[parent, side], box[parent, side + 2]
    shift = np.where(order > 0, rng.uniform(-jitter, jitter, len(parent)), 0.0)
    start = snap(low + (high - low) * ((order + shift) / count[parent]))
    end = np.append(start[1:], 0)
    last = order == count[parent] - 1
    end[last] = high[last]
    rows = np.arange(len(parent))
    slices = box[parent].copy()
    slices[rows, side] = start
    slices[rows, side + 2] = end
    return slices, parent, order


def part(box: Ints, axis: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints, Ints]:
    """Part each box at two positions along its axis: what lies below, between and above."""
    low, high = snap(low), snap(high)
    rows = np.arange(len(box))
    below, between, above = box.copy(), box.copy(), box.copy()
    below[rows, axis + 2] = between[rows, axis] = low
    between[rows, axis + 2] = above[rows, axis] = high
    return below, between, above


def length(box: Ints, axis: Ints) -> Ints:
    """Extent of each box along its axis, mm."""
    rows = np.arange(len(box))
    out: Ints = box[rows, axis + 2] - box[rows, axis]
    return out


@dataclass(frozen=True, slots=True)
class Noded:
    """Rings as vertex numbers (open, counter-clockwise), with the plan position of each vertex.

    ``ring`` concatenated vertex numbers, ``offsets`` where each ring begins, ``corner`` (n, 4)
    vertex numbers of the box corners from lower left counter-clockwise, ``corner_at`` their places
    in the ring, ``plan`` (vertices, 2) mm.
    """

    ring: Ints
    offsets: Ints
    corner: Ints
    corner_at: Ints
    plan: Ints

    def counts(self) -> Ints:
        """Vertices per ring."""
        return np.diff(self.offsets)

    def closed(self, xy: Floats) -> Shapes:
        """The rings in ground coordinates, first vertex repeated."""
        counts = self.counts()
        offsets = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts + 1, out=offsets[1:])
        position = np.arange(len(self.ring)) + np.repeat(np.arange(len(counts)), counts)
        vertex = np.empty(offsets[-1], np.int64)
        vertex[position] = self.ring
        vertex[offsets[1:] - 1] = self.ring[self.offsets[:-1]]
        return Shapes(offsets, xy[vertex])


def node(box: Ints) -> Noded:
    """Rings of boxes that cover a region without overlap, each with every vertex on its edges."""
    base = box[:, :2].min(axis=0)
    local = box - np.tile(base, 2)
    x = local[:, [0, 2, 2, 0]].ravel()
    y = local[:, [1, 1, 3, 3]].ravel()
    extra_x, extra_y = _milestones(local, base)
    across, inverse = np.unique(
        np.concatenate([y, extra_y]) * KEY + np.concatenate([x, extra_x]), return_inverse=True
    )
    corner = inverse[: 4 * len(box)].reshape(-1, 4)
    plan = np.column_stack([across % KEY, across // KEY])
    upward = np.argsort(plan[:, 0] * KEY + plan[:, 1])
    rank = np.empty_like(upward)
    rank[upward] = np.arange(len(upward))

    # Along a horizontal edge vertex numbers run on; along a vertical one their ranks do.
    start = np.stack([corner[:, 0], rank[corner[:, 1]], corner[:, 2], rank[corner[:, 3]]], axis=1)
    stop = np.stack([corner[:, 1], rank[corner[:, 2]], corner[:, 3], rank[corner[:, 0]]], axis=1)
    run = np.abs(stop - start)
    flat = run.ravel()
    edge = np.repeat(np.arange(len(flat)), flat)
    step = np.arange(len(edge)) - (np.cumsum(flat) - flat)[edge]
    position = start.ravel()[edge] + np.where(edge % 4 < 2, step, -step)
    ring = np.where(edge % 2 == 0, position, upward[position])
    offsets = np.zeros(len(box) + 1, np.int64)
    np.cumsum(run.sum(axis=1), out=offsets[1:])
    corner_at = np.cumsum(run, axis=1) - run
    return Noded(ring, offsets, corner, corner_at, plan + base)


def _milestones(local: Ints, base: Ints) -> tuple[Ints, Ints]:
    """Extra vertices on long edges, on a grid common to all boxes so that neighbours agree."""
    xs, ys = [], []
    for axis in (0, 1):
        low, high = local[:, axis] + base[axis], local[:, axis + 2] + base[axis]
        first = low // DENSITY_MM + 1
        count = np.maximum((high - 1) // DENSITY_MM - first + 1, 0)
        count[high - low < DENSITY_MM] = 0
        parent = np.repeat(np.arange(len(local)), count)
        along = (
            first[parent] + np.arange(len(parent)) - (np.cumsum(count) - count)[parent]
        ) * DENSITY_MM - base[axis]
        for side in (1 - axis, 3 - axis):
            across = local[parent, side]
            xs.append(along if axis == 0 else across)
            ys.append(across if axis == 0 else along)
    return np.concatenate(xs), np.concatenate(ys)


@dataclass(frozen=True, slots=True)
class Landscape:
    """How the plan is bent into the ground: shears and twists, each of which keeps areas.

    ``waves`` rows of (axis, amplitude m, wavelength m, phase); ``angle`` turns the whole plan;
    ``seed`` decides the twist of each square of ``cells`` (size m, largest angle in radians).
    """

    angle: float
    waves: tuple[tuple[int, float, float, float], ...]
    cells: tuple[tuple[float, float], ...]
    seed: int

    def bend(self, plan_mm: Ints) -> Floats:
        """Ground coordinates in metres (EPSG:32647, not yet rounded) of plan positions in mm."""
        xy = plan_mm / 1000.0
        for level, (size, angle) in enumerate(self.cells):
            self._twist(xy, size, angle, level)
        for axis, amplitude, wavelength, phase in self.waves:
            xy[:, axis] += amplitude * np.sin(xy[:, 1 - axis] * (2 * np.pi / wavelength) + phase)
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        return np.column_stack(
            [
                ORIGIN[0] + cosine * xy[:, 0] - sine * xy[:, 1],
                ORIGIN[1] + sine * xy[:, 0] + cosine * xy[:, 1],
            ]
        )

    def _twist(self, xy: Floats, size: float, angle: float, level: int) -> None:
        """Turn the inside of a disc in each square, most at its centre, not at all at its rim."""
        cell = np.floor(xy / size + 0.37 * level).astype(np.int64)
        low, high = cell.min(axis=0), cell.max(axis=0)
        shape = high - low + 1
        rng = np.random.default_rng([self.seed, 90 + level])
        # Drawn for a fixed field of squares, so that a town does not change as it grows.
        field = rng.uniform(-1, 1, (128, 128, 3))
        gi, gj = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
        turn, dx, dy = field[(gi + low[0]) % 128, (gj + low[1]) % 128].reshape(-1, 3).T
        radius = size * 0.5 * (1 - 0.3 * np.maximum(np.abs(dx), np.abs(dy)))
        index = (cell[:, 0] - low[0]) * shape[1] + cell[:, 1] - low[1]
        centre = (cell + 0.5 - 0.37 * level) * size
        offset = np.column_stack([dx, dy]) * (size * 0.5 - radius)[:, None]
        relative = xy - centre - offset[index]
        rho = 1 - (relative**2).sum(axis=1) / (radius**2)[index]
        theta = (np.sign(turn) * (0.4 + 0.6 * np.abs(turn)) * angle)[index]
        theta *= np.maximum(rho, 0) ** 2
        cosine, sine = np.cos(theta), np.sin(theta)
        xy[:, 0] += (cosine - 1) * relative[:, 0] - sine * relative[:, 1]
        xy[:, 1] += sine * relative[:, 0] + (cosine - 1) * relative[:, 1]


def landscape(seed: int) -> Landscape:
    """The landscape of a seed: broad waves, twists a mile wide and smaller ones between."""
    rng = np.random.default_rng([seed, 1])
    phase = rng.uniform(0, 2 * np.pi, 4)
    waves = (
        (0, 110.0, 3300.0, float(phase[0])),
        (1, 120.0, 3900.0, float(phase[1])),
        (0, 22.0, 900.0, float(phase[2])),
        (1, 20.0, 1010.0, float(phase[3])),
    )
    angle = float(rng.uniform(-0.35, 0.35))
    return Landscape(angle, waves, ((1500.0, 0.72), (640.0, 0.42)), seed)


def on_grid(metres: Floats) -> Floats:
    """Coordinates on the 1 mm grid: the double nearest to a whole number of millimetres."""
    out: Floats = np.rint(metres * 1000.0) / 1000.0
    return out


def twice_area_mm2(rings: Shapes) -> Ints:
    """Twice the signed area of each closed ring, exact, in mm² (shoelace on whole millimetres)."""
    first = np.repeat(rings.offsets[:-1], np.diff(rings.offsets))
    whole = np.rint(rings.xy * 1000.0).astype(np.int64)
    local = whole - whole[first]
    cross = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
    cross = np.append(cross, 0)
    cross[rings.offsets[1:] - 1] = 0
    total: Ints = np.add.reduceat(cross, rings.offsets[:-1])
    return total


def to_lonlat(xy: Floats) -> Floats:
    """Longitude and latitude (EPSG:4326, degrees) of EPSG:32647 metres, (n, 2) to (n, 2).

    Equal coordinates give equal results, bit for bit, so neighbours keep their shared vertices.
    """
    transformer = Transformer.from_crs(SRID, 4326, always_xy=True)
    lon, lat = transformer.transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])
