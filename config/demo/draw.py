"""From a number of parcels to the drawn town: superblocks kept, lots joined, vertices bent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .codes import TaxMap, tax_map
from .fabric import Noded, landscape, node, on_grid
from .lots import CLASS, QUARTERS, Lots, Plotter, fill, quarters
from .outline import dissolve, plan_area
from .plan import KHLONG, Divider, Strips, Superblocks, WayList
from .town import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class WayPlan:
    """Ways as registered: axis, class, box their parcels span, superblock they serve."""

    axis: Ints
    way_class: Ints
    box: Ints
    superblock: Ints


@dataclass(frozen=True, slots=True)
class Drawing:
    """The fabric of the town, before papers, people and prices.

    ``lots`` all parcels in tax map order, as in ``codes`` and ``noded``; ``xy`` ground metres of
    each vertex, on the 1 mm grid; ``urbanity`` and ``quarter`` of each superblock.
    """

    lots: Lots
    codes: TaxMap
    noded: Noded
    xy: Floats
    ways: WayPlan
    blocks: Superblocks
    urbanity: Floats
    quarter: Ints


INSTITUTIONS = (
    # class, one for so many parcels, least number of parcels, least and largest share of urbanity
    ("market", 6000, 150, 0.85, 1.0),
    ("temple", 2600, 40, 0.3, 0.8),
    ("school", 3800, 400, 0.45, 0.85),
    ("office", 40000, 300, 0.75, 0.95),
    ("hospital", 25000, 900, 0.6, 0.85),
    ("park", 4500, 900, 0.55, 0.9),
    ("condominium", 3000, 700, 0.7, 0.95),
)


def draw(parcels: int, seed: int) -> Drawing:
    """A town of exactly ``parcels`` parcels; the same numbers always draw the same town.

    Raises ``ValueError`` if forty plans of different size will not do.
    """
    area = float(np.interp(np.log(parcels), np.log([50, 500, 5000, 50000]), [400, 700, 1700, 2200]))
    for _ in range(40):
        half = int(0.5 * np.sqrt(1.5 * parcels * area) * 1000)
        blocks, strips, ways, lots, quarter, urbanity = _plot(parcels, seed, half)
        rank = _rank(blocks, seed)
        count = np.bincount(lots.superblock, minlength=len(blocks.box))
        total = np.cumsum(count[rank])
        if total[-1] < 1.12 * parcels:
            area *= 1.2
            continue
        kept = np.zeros(len(blocks.box), bool)
        kept[rank[: int(np.searchsorted(total, parcels)) + 1]] = True
        kept, pieces = _without_holes(kept, blocks, strips, ways)
        everything = _assemble(lots, kept, pieces, ways)
        rng = np.random.default_rng([seed, 4])
        whole = _join(everything, len(everything) - parcels, rng)
        if whole is not None:
            break
        # A few superblocks held far too many lots: draw again, a little smaller.
        area *= 0.93
    else:
        raise ValueError(f"no town of {parcels} parcels could be drawn for seed {seed}")
    codes = tax_map(whole, blocks)
    whole = _idle(whole.take(codes.order), np.random.default_rng([seed, 7]))
    noded = node(whole.box)
    xy = _bend(noded, whole, quarter, seed)
    return Drawing(whole, codes, noded, xy, _way_plan(whole, ways), blocks, urbanity, quarter)


def _plot(
    parcels: int, seed: int, half: int
) -> tuple[Superblocks, Strips, WayList, Lots, Ints, Floats]:
    divider = Divider(parcels, half, seed)
    blocks, strips, ways = divider.divide()
    rng = np.random.default_rng([seed, 3])
    urbanity = divider.centres.urbanity((blocks.box[:, :2] + blocks.box[:, 2:]) / 2)
    quarter = quarters(blocks.box, urbanity, rng)
    special = _institutions(parcels, _rank(blocks, seed), urbanity, rng)
    quarter[special == CLASS["temple"]] = QUARTERS.index("old")
    lots = fill(blocks, quarter, special, Plotter(rng, ways))
    return blocks, strips, ways, lots, quarter, urbanity


def _institutions(parcels: int, rank: Ints, urbanity: Floats, rng: np.random.Generator) -> Ints:
    """Which superblocks give part of their land to a temple, a school, the market and so on."""
    special = np.full(len(rank), -1)
    inner = rank[: max(3, int(0.42 * len(rank)))]
    inner = inner[np.argsort(urbanity[inner])]
    for name, per, least, low, high in INSTITUTIONS:
        if parcels < least:
            continue
        window = inner[int(low * len(inner)) : max(int(high * len(inner)), 1)]
        window = window[special[window] < 0]
        number = min(max(1, parcels // per), len(window))
        special[rng.permutation(window)[:number]] = CLASS[name]
    return special


def _rank(blocks: Superblocks, seed: int) -> Ints:
    """Superblocks from the middle outwards, measured so that the town grows into lobes."""
    x, y = ((blocks.box[:, :2] + blocks.box[:, 2:]) / 2).T
    phase = np.random.default_rng([seed, 5]).uniform(0, 2 * np.pi, 3)
    angle = np.arctan2(y, x)
    lobes = 1 + 0.16 * np.sin(2 * angle + phase[0]) + 0.1 * np.sin(3 * angle + phase[1])
    lobes += 0.05 * np.sin(7 * angle + phase[2])
    out: Ints = np.argsort(np.hypot(x, y) / lobes, kind="stable")
    return out


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of ways next to kept superblocks, and the superblock each is counted with."""

    box: Ints
    way: Ints
    superblock: Ints


def _pieces(kept: Bools, blocks: Superblocks, strips: Strips, ways: WayList) -> Pieces:
    """Pieces along a kept superblock, or within 60 m of its end (bridges, junctions)."""
    axis = np.concatenate(ways.axis)
    rows = np.arange(len(strips.box))
    low = strips.box[rows, axis[strips.way]]
    high = strips.box[rows, axis[strips.way] + 2]
    order = np.lexsort((low, strips.way))
    span = 1 << 40
    offset = 1 << 38
    key = strips.way[order] * span + low[order] + offset

    block, side = np.nonzero((blocks.side >= 0) & kept[:, None])
    way = blocks.side[block, side]
    start = blocks.box[block, axis[way]] - 60_000
    stop = blocks.box[block, axis[way] + 2] + 60_000
    first = np.searchsorted(key, way * span + start + offset, "right") - 1
    first = np.maximum(first, np.searchsorted(key, way * span))
    last = np.searchsorted(key, way * span + stop + offset, "left")
    count = last - first
    pair = np.repeat(np.arange(len(count)), count)
    piece = order[first[pair] + np.arange(len(pair)) - (np.cumsum(count) - count)[pair]]
    overlap = np.minimum(high[piece], stop[pair]) - np.maximum(low[piece], start[pair])
    touching = overlap > 0
    piece, overlap, owner = piece[touching], overlap[touching], block[pair[touching]]
    ranked = np.lexsort((overlap, piece))
    best = ranked[np.append(np.diff(piece[ranked]) > 0, True)]
    # Beyond the last kept superblock a road ends after those 60 m.
    from_, to = np.full(len(low), 1 << 60), np.full(len(low), -(1 << 60))
    np.minimum.at(from_, piece, start[pair[touching]])
    np.maximum.at(to, piece, stop[pair[touching]])
    chosen = piece[best]
    box, along = strips.box[chosen].copy(), axis[strips.way[chosen]]
    rows = np.arange(len(chosen))
    box[rows, along] = np.maximum(low[chosen], from_[chosen])
    box[rows, along + 2] = np.minimum(high[chosen], to[chosen])
    return Pieces(box, strips.way[chosen], owner[best])


def _without_holes(
    kept: Bools, blocks: Superblocks, strips: Strips, ways: WayList
) -> tuple[Bools, Pieces]:
    """Keep whatever the kept land encloses, so that the municipality has one simple outline."""
    while True:
        pieces = _pieces(kept, blocks, strips, ways)
        noded = node(np.concatenate([blocks.box[kept], pieces.box]))
        loops = dissolve(noded, np.zeros(len(noded.corner), np.int64))
        holes = [loop for loop in loops.vertices if plan_area(noded.plan, loop) < 0]
        if not holes and len(loops.vertices) == 1:
            return kept, pieces
        middle = (blocks.box[:, :2] + blocks.box[:, 2:]) / 2
        for hole in holes:
            corners = noded.plan[hole]
            inside = ((middle > corners.min(axis=0)) & (middle < corners.max(axis=0))).all(axis=1)
            kept = kept | inside
        if not holes:
            raise AssertionError("the town fell apart")


def _assemble(lots: Lots, kept: Bools, pieces: Pieces, ways: WayList) -> Lots:
    """The lots of kept superblocks followed by their roads and canals."""
    inner = lots.take(kept[lots.superblock])
    classes = np.concatenate(ways.way_class)[pieces.way]
    n = len(pieces.way)
    outer = Lots(
        pieces.box,
        np.where(classes >= KHLONG, CLASS["canal"], CLASS["street"]),
        pieces.way,
        np.zeros(n, np.int64),
        pieces.superblock,
        np.arange(n) + int(lots.row.max()) + 1,
    )
    return Lots(*[np.concatenate([getattr(inner, k), getattr(outer, k)]) for k in Lots.__slots__])


def _join(lots: Lots, excess: int, rng: np.random.Generator) -> Lots | None:
    """Join ``excess`` pairs of neighbours in a row: some owners bought the plot next door.

    None if there are not as many neighbours.
    """
    while excess > 0:
        mates = lots.row[:-1] == lots.row[1:]
        mates &= lots.land_class[:-1] == lots.land_class[1:]
        candidates = np.flatnonzero(mates)
        if not len(candidates):
            return None
        wish = np.zeros(len(lots) + 1, bool)
        wish[rng.permutation(candidates)[:excess]] = True
        # Of wishes in a run only every other one is granted: no plot is joined twice in a pass.
        runs = np.flatnonzero(wish)
        fresh = np.append(True, np.diff(runs) > 1)
        head = np.maximum.accumulate(np.where(fresh, np.arange(len(runs)), 0))
        granted = runs[(np.arange(len(runs)) - head) % 2 == 0]
        box = lots.box.copy()
        box[granted, :2] = np.minimum(box[granted, :2], box[granted + 1, :2])
        box[granted, 2:] = np.maximum(box[granted, 2:], box[granted + 1, 2:])
        stay = np.ones(len(lots), bool)
        stay[granted + 1] = False
        lots = Lots(box, lots.land_class, lots.way, lots.front, lots.superblock, lots.row).take(
            stay
        )
        excess -= len(granted)
    return lots


IDLE = {"house": 0.07, "detached": 0.04, "orchard": 0.06, "rice": 0.04, "commercial": 0.08}
"""How many plots of a kind lie unused."""


def _idle(lots: Lots, rng: np.random.Generator) -> Lots:
    chance = np.zeros(len(CLASS))
    for name, value in IDLE.items():
        chance[CLASS[name]] = value
    unused = rng.random(len(lots)) < chance[lots.land_class]
    land_class = np.where(unused, CLASS["idle"], lots.land_class)
    return Lots(lots.box, land_class, lots.way, lots.front, lots.superblock, lots.row)


ROUGHNESS = {"orchard": 1.1, "rice": 1.6, "house": 0.35, "idle": 0.3, "temple": 0.3, "factory": 0.2}
"""How far (metres) a vertex between such plots may stray; estates are straight."""


def _bend(noded: Noded, lots: Lots, quarter: Ints, seed: int) -> Floats:
    """Ground coordinates: bent with the landscape, roughened where plots are old."""
    rough = np.full(len(CLASS), 0.015)
    for name, metres in ROUGHNESS.items():
        rough[CLASS[name]] = metres
    # A road or canal takes the roughness of the quarter around it, a little.
    rough[[CLASS["street"], CLASS["canal"]]] = 0.12
    amount = rough[lots.land_class]
    road = np.isin(lots.land_class, [CLASS["street"], CLASS["canal"]])
    estate = quarter[lots.superblock] < QUARTERS.index("old")
    amount[road & estate] = 0.03
    per_vertex = np.repeat(amount, noded.counts())
    least: Floats = np.full(len(noded.plan), 9.0)
    for value in np.unique(amount)[::-1]:
        least[noded.ring[per_vertex == value]] = value
    least = np.minimum(least, 0.08 * _room(noded))
    rng = np.random.default_rng([seed, 6])
    stray = rng.uniform(-1, 1, noded.plan.shape) * least[:, None]
    return on_grid(landscape(seed).bend(noded.plan) + stray)


def _room(noded: Noded) -> Floats:
    """Distance from each vertex to the nearest along the lines of the plan, metres."""
    room = np.full(len(noded.plan), np.inf)
    for axis in (0, 1):
        order = np.lexsort((noded.plan[:, axis], noded.plan[:, 1 - axis]))
        along = noded.plan[order, axis]
        gap = np.diff(along) / 1000.0
        gap[np.diff(noded.plan[order, 1 - axis]) != 0] = np.inf
        before, after = np.append(np.inf, gap), np.append(gap, np.inf)
        room[order] = np.minimum(room[order], np.minimum(before, after))
    return room


def _way_plan(lots: Lots, ways: WayList) -> WayPlan:
    """Extent of every way that has parcels of its own; empty (low > high) for the others."""
    road = np.isin(lots.land_class, [CLASS["street"], CLASS["canal"]])
    box = np.empty((ways.size, 4), np.int64)
    box[:, :2], box[:, 2:] = 1 << 60, -(1 << 60)
    np.minimum.at(box[:, :2], lots.way[road], lots.box[road, :2])
    np.maximum.at(box[:, 2:], lots.way[road], lots.box[road, 2:])
    return WayPlan(
        np.concatenate(ways.axis),
        np.concatenate(ways.way_class),
        box,
        np.concatenate(ways.superblock),
    )
