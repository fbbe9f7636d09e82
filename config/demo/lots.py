"""Superblocks cut into lots: shop-houses, estates, old quarters, orchards, rice, institutions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .fabric import cut, length, part
from .plan import KHLONG, LOCAL, SOI, Superblocks, WayList
from .town import LAND_CLASSES, Bools, Floats, Ints

CLASS = {name: number for number, name in enumerate(LAND_CLASSES)}
PLANNED = (CLASS["townhouse"], CLASS["detached"])


@dataclass(frozen=True, slots=True)
class Lots:
    """Lots and inner roads on the plan, one row each.

    ``box`` mm; ``land_class``; ``way`` the street in front (or, for a street, itself);
    ``front`` side that faces it; ``superblock``; ``row`` the strip it was cut from (neighbours
    within a row follow each other).
    """

    box: Ints
    land_class: Ints
    way: Ints
    front: Ints
    superblock: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.box)

    def take(self, index: Ints | Bools) -> Lots:
        """A selection of rows."""
        return Lots(*[getattr(self, name)[index] for name in Lots.__slots__])


@dataclass(frozen=True, slots=True)
class Site:
    """Boxes to be filled: where, between which ways, for which superblock."""

    box: Ints
    side: Ints
    superblock: Ints

    def take(self, index: Ints | Bools) -> Site:
        """A selection of rows."""
        return Site(self.box[index], self.side[index], self.superblock[index])

    def with_box(self, box: Ints) -> Site:
        """The same sites with other boxes."""
        return Site(box, self.side, self.superblock)


@dataclass(frozen=True, slots=True)
class Estate:
    """Measures of a kind of quarter, metres: lots ``front`` by ``deep`` along sois ``soi`` wide.

    ``edge`` is the class of the lots towards the roads around, ``edge_front`` by ``edge_deep``;
    local roads are lined with them in the ``lined`` part of cases, main roads always.
    """

    land_class: int
    front: tuple[float, float]
    deep: tuple[float, float]
    soi: float
    spine: float
    jitter: float
    edge: int
    edge_front: float
    edge_deep: float
    lined: float = 0.12


SHOPS = Estate(
    CLASS["shop_house"], (4.0, 4.4), (15, 18), 7, 10, 0.02, CLASS["shop_house"], 4.1, 19
)  # fmt: skip
BAZAAR = Estate(CLASS["house"], (9, 14), (17, 24), 5, 8, 0.25, CLASS["shop_house"], 4.2, 20, 0.6)
TOWNHOUSES = Estate(
    CLASS["townhouse"], (4.8, 6.0), (17, 21), 8, 11, 0.0, CLASS["shop_house"], 4.6, 21
)  # fmt: skip
VILLAS = Estate(CLASS["detached"], (11, 15), (17, 21), 9, 12, 0.0, CLASS["shop_house"], 5.0, 22)
OLD_TOWN = Estate(CLASS["house"], (12, 19), (24, 34), 4.5, 6.5, 0.3, CLASS["house"], 15, 30)


@dataclass(slots=True)
class Plotter:
    """Cuts sites into lots and keeps what it cut."""

    rng: np.random.Generator
    ways: WayList
    parts: list[Lots] = field(default_factory=list)
    rows: int = 0

    def result(self) -> Lots:
        """Everything cut so far."""
        return Lots(
            *[np.concatenate([getattr(p, name) for p in self.parts]) for name in Lots.__slots__]
        )

    def add(self, site: Site, land_class: Ints | int, way: Ints, front: Ints, row: Ints) -> None:
        """Keep each box of ``site`` as a lot; ``row`` numbers count from 0 in each call."""
        if len(site.box):
            kind = np.broadcast_to(np.asarray(land_class, np.int64), len(site.box))
            self.parts.append(Lots(site.box, kind, way, front, site.superblock, row + self.rows))
            self.rows += int(row.max()) + 1

    def road(self, site: Site, axis: Ints, way_class: int = SOI) -> Ints:
        """Make each box a way that runs along its axis; returns the way numbers."""
        way = self.ways.add(axis, np.full(len(axis), way_class), site.superblock)
        land_class = CLASS["canal"] if way_class >= KHLONG else CLASS["street"]
        self.add(site, land_class, way, axis * 0, np.arange(len(way)))
        return way

    def slice(
        self, site: Site, way: Ints, front: Ints, land_class: int, *, width_mm: Floats,
        jitter: float,
    ) -> None:  # fmt: skip
        """Cut each box into lots about ``width_mm`` wide, side by side, that face ``front``."""
        axis = 1 - front % 2
        count = np.maximum(1, np.rint(length(site.box, axis) / width_mm)).astype(np.int64)
        box, parent, _ = cut(site.box, axis, count, self.rng, jitter)
        lots = site.take(parent).with_box(box)
        self.add(lots, land_class, way[parent], front[parent], parent)

    def peel(self, site: Site, side: int, deep_mm: Floats, mask: Bools) -> tuple[Site, Site]:
        """Take a strip off one side of the masked boxes: (strips, all boxes without them)."""
        axis = np.full(len(site.box), side % 2)
        low, high = site.box[:, side % 2], site.box[:, side % 2 + 2]
        deep = np.where(mask & (high - low > deep_mm * 1.9), deep_mm, 0).astype(np.int64)
        edge = low + deep if side < 2 else high - deep
        below, _, above = part(site.box, axis, edge, edge)
        strip, rest = (below, above) if side < 2 else (above, below)
        cut_off = deep > 0
        return site.with_box(strip).take(cut_off), site.with_box(rest)

    def fringe(
        self, site: Site, mask: Bools, kind: int, *, front_m: float, deep_m: float, jitter: float
    ) -> Site:
        """Line the masked sides (n, 4) of each box with lots; returns what remains inside."""
        for side in (1, 3, 0, 2):
            deep = self.rng.uniform(0.9, 1.1, len(site.box)) * deep_m * 1000
            strip, site = self.peel(site, side, deep, mask[:, side])
            n = len(strip.box)
            front = np.full(n, side)
            width = self.rng.uniform(0.88, 1.12, n) * front_m * 1000
            self.slice(strip, strip.side[:, side], front, kind, width_mm=width, jitter=jitter)
        return site

    def estate(self, site: Site, kind: Estate) -> None:
        """A spine road through the middle, sois off it on both sides, lots along the sois."""
        rng, n = self.rng, len(site.box)
        if not n:
            return
        sides = site.box[:, 2:] - site.box[:, :2]
        axis = np.where(sides[:, 0] >= sides[:, 1], 0, 1)
        across = 1 - axis
        rows = np.arange(n)
        middle = site.box[rows, across] + (sides[rows, across] * rng.uniform(0.42, 0.58, n))
        half_width = int(kind.spine * 500)
        low, spine, high = part(
            site.box, across, middle.astype(np.int64) - half_width,
            middle.astype(np.int64) + half_width,
        )  # fmt: skip
        way = self.road(site.with_box(spine), axis)
        low_side, high_side = site.side.copy(), site.side.copy()
        low_side[rows, across + 2] = way
        high_side[rows, across] = way
        if kind.land_class in PLANNED:
            low = self._common(Site(low, low_side, site.superblock), axis, way, across + 2)
        halves = Site(
            np.concatenate([low, high]), np.concatenate([low_side, high_side]),
            np.tile(site.superblock, 2),
        )  # fmt: skip
        inner = np.concatenate([across + 2, across])
        classes = np.concatenate(self.ways.way_class)
        mask = (halves.side >= 0) & (classes[halves.side] < KHLONG)
        mask[np.arange(2 * n), inner] = False
        if kind.edge != kind.land_class:
            mask &= (classes[halves.side] < LOCAL) | (rng.random(mask.shape) < kind.lined)
        crooked = 0.03 if kind.edge == CLASS["shop_house"] else kind.jitter
        body = self.fringe(
            halves, mask, kind.edge, front_m=kind.edge_front, deep_m=kind.edge_deep, jitter=crooked
        )
        self._sois(body, np.tile(axis, 2), inner, np.tile(way, 2), kind)

    def _common(self, site: Site, axis: Ints, spine: Ints, front: Ints) -> Ints:
        """A garden and club at one end of about every other estate; returns what remains."""
        chosen = self.rng.random(len(axis)) < 0.55
        deep = self.rng.uniform(26_000, 40_000, len(axis))
        for side in (0, 1):
            mask = chosen & (axis == side) & (length(site.box, axis) > 4 * deep)
            garden, site = self.peel(site, side, deep, mask)
            order = np.arange(len(garden.box))
            self.add(garden, CLASS["park"], spine[mask], front[mask], order)
        return site.box

    def _sois(self, site: Site, axis: Ints, inner: Ints, spine: Ints, kind: Estate) -> None:
        """Rows of lots back to back, each pair of rows facing a soi that leaves the spine."""
        rng = self.rng
        front_m = rng.uniform(*kind.front, len(axis)) * 1000
        deep_m = rng.uniform(*kind.deep, len(axis)) * 1000
        soi = int(kind.soi * 1000)
        room = length(site.box, axis)
        narrow = room < 1.2 * deep_m + soi
        self.slice(
            site.take(narrow), spine[narrow], inner[narrow], kind.land_class,
            width_mm=front_m[narrow], jitter=kind.jitter,
        )  # fmt: skip
        wide = ~narrow
        count = np.maximum(1, np.rint(room / (2 * deep_m + soi))).astype(np.int64)[wide]
        box, parent, _ = cut(site.box[wide], axis[wide], count, rng, 0.6 * kind.jitter * 0.3)
        parent = np.flatnonzero(wide)[parent]
        modules = site.take(parent).with_box(box)
        along, width = axis[parent], front_m[parent]
        low = box[np.arange(len(box)), along] + (length(box, along) - soi) // 2
        first, lane, second = part(box, along, low, low + soi)
        way = self.road(modules.with_box(lane), 1 - along)
        for rows, face in ((first, along + 2), (second, along)):
            self.slice(
                modules.with_box(rows), way, face, kind.land_class,
                width_mm=width, jitter=kind.jitter,
            )  # fmt: skip

    def farm(
        self, site: Site, land_class: int, strip_m: float, tier_m: float, homes: float
    ) -> None:
        """Long plots side by side, at right angles to a canal if there is one, in tiers."""
        rng, n = self.rng, len(site.box)
        if not n:
            return
        classes = np.concatenate(self.ways.way_class)
        kind = np.where(site.side >= 0, classes[site.side], -1)
        order = np.where(kind >= KHLONG, 10 - kind, np.where(kind >= 0, kind, -1))
        base = (order + rng.random(kind.shape) * 0.5).argmax(axis=1)
        way = self._road_of(site, kind)
        ribbon = (kind >= 0) & (kind < KHLONG) & (rng.random(kind.shape) < 0.3)
        ribbon[np.arange(n), base] = False
        site = self.fringe(site, ribbon, CLASS["house"], front_m=19, deep_m=36, jitter=0.28)
        axis = base % 2
        count = np.maximum(1, np.rint(length(site.box, axis) / (tier_m * 1000))).astype(np.int64)
        tiers, parent, place = cut(site.box, axis, count, rng, 0.12)
        tier = site.take(parent).with_box(tiers)
        tier = self._ditches(tier, axis[parent])
        width = rng.uniform(0.75, 1.3, len(parent)) * strip_m * 1000
        along = 1 - axis[parent]
        pieces = np.maximum(1, np.rint(length(tier.box, along) / width)).astype(np.int64)
        strips, inside, _ = cut(tier.box, along, pieces, rng, 0.33)
        owner = parent[inside]
        plots = site.take(owner).with_box(strips)
        # Only the tier on the road or canal is lived on.
        nearest = place == np.where(base[parent] < 2, 0, count[parent] - 1)
        lived = nearest[inside] & (rng.random(len(owner)) < homes)
        self._homesteads(plots, base[owner], way[owner], land_class, lived)

    def _road_of(self, site: Site, kind: Ints) -> Ints:
        """The way that prices land without a frontage: the least road around the block."""
        rank = np.where((kind >= 0) & (kind < KHLONG), kind + 1, 0)
        best = rank.argmax(axis=1)
        out: Ints = site.side[np.arange(len(kind)), best]
        return out

    def _ditches(self, tier: Site, axis: Ints) -> Site:
        """A ditch along the far end of about half of the tiers."""
        low, high = tier.box[np.arange(len(axis)), axis], tier.box[np.arange(len(axis)), axis + 2]
        wet = (self.rng.random(len(axis)) < 0.45) & (high - low > 90_000)
        edge = np.where(wet, high - self.rng.integers(30, 60, len(axis)) * 100, high)
        dry, ditch, _ = part(tier.box, axis, edge, high)
        self.road(tier.with_box(ditch).take(wet), (1 - axis)[wet], KHLONG + 1)
        return tier.with_box(dry)

    def _homesteads(
        self, plots: Site, base: Ints, way: Ints, land_class: int, lived: Bools
    ) -> None:
        """A house at the end of some plots that touch the base side; the rest is farmed."""
        rng, n = self.rng, len(plots.box)
        rows = np.arange(n)
        deep = rng.integers(280, 420, n) * 100
        axis = base % 2
        lived = lived & (length(plots.box, axis) > 3 * deep)
        low, high = plots.box[rows, axis], plots.box[rows, axis + 2]
        first = base < 2
        edge = np.where(first, low + deep, high - deep)
        edge = np.where(lived, edge, np.where(first, low, high))
        below, _, above = part(plots.box, axis, edge, edge)
        home = np.where(first[:, None], below, above)
        field_box = np.where(first[:, None], above, below)
        # A row of its own for each: strips change place with homes, so none may be joined.
        self.add(plots.with_box(field_box), land_class, way, base, rows)
        homes = plots.with_box(home).take(lived)
        self.add(homes, CLASS["house"], way[lived], base[lived], np.arange(len(homes.box)))

    def campus(self, site: Site, land_class: Ints) -> None:
        """The whole site as one lot, facing its widest road."""
        if not len(site.box):
            return
        classes = np.concatenate(self.ways.way_class)
        kind = np.where(site.side >= 0, classes[site.side], KHLONG + 2)
        front = kind.argmin(axis=1)
        rows = np.arange(len(front))
        self.add(site, land_class, site.side[rows, front], front, rows)

    def works(self, site: Site, land_class: int) -> None:
        """Warehouses, showrooms or factories: a handful of large lots and an access road."""
        if not len(site.box):
            return
        sides = site.box[:, 2:] - site.box[:, :2]
        axis = np.where(sides[:, 0] >= sides[:, 1], 0, 1)
        rows = np.arange(len(axis))
        middle = (site.box[rows, 1 - axis] + site.box[rows, 3 - axis]) // 2
        low, road, high = part(site.box, 1 - axis, middle - 6000, middle + 6000)
        way = self.road(site.with_box(road), axis)
        for box, face in ((low, 3 - axis), (high, 1 - axis)):
            width = self.rng.uniform(38_000, 75_000, len(axis))
            self.slice(site.with_box(box), way, face, land_class, width_mm=width, jitter=0.2)


def halve(site: Site, share: float) -> tuple[Site, Site]:
    """Part each site along its longer side: (the low ``share`` of it, the rest)."""
    sides = site.box[:, 2:] - site.box[:, :2]
    axis = np.where(sides[:, 0] >= sides[:, 1], 0, 1)
    rows = np.arange(len(axis))
    edge = site.box[rows, axis] + (sides[rows, axis] * share).astype(np.int64)
    low, _, high = part(site.box, axis, edge, edge)
    low_side, high_side = site.side.copy(), site.side.copy()
    low_side[rows, axis + 2] = high_side[rows, axis] = -1
    return Site(low, low_side, site.superblock), Site(high, high_side, site.superblock)


def fill(blocks: Superblocks, quarter: Ints, special: Ints, plotter: Plotter) -> Lots:
    """Cut every superblock according to its quarter; institutions take part of theirs first.

    ``quarter`` index into QUARTERS; ``special`` a land class or -1, (n,).
    """
    site = Site(blocks.box, blocks.side, np.arange(len(blocks.box)))
    chosen = special >= 0
    campus, rest = halve(site.take(chosen), 0.5)
    plotter.campus(campus, special[chosen])
    site = Site(
        np.concatenate([site.box[~chosen], rest.box]),
        np.concatenate([site.side[~chosen], rest.side]),
        np.concatenate([site.superblock[~chosen], rest.superblock]),
    )
    quarter = quarter[site.superblock]
    for number, kind in enumerate((SHOPS, TOWNHOUSES, VILLAS, OLD_TOWN)):
        plotter.estate(site.take(quarter == number), kind)
    plotter.estate(site.take(quarter == BAZAARS), BAZAAR)
    plotter.farm(site.take(quarter == ORCHARDS), CLASS["orchard"], 24, 190, 0.5)
    plotter.farm(site.take(quarter == FIELDS), CLASS["rice"], 75, 220, 0.12)
    plotter.works(site.take(quarter == WORKS), CLASS["factory"])
    plotter.works(site.take(quarter == STORES), CLASS["commercial"])
    return plotter.result()


QUARTERS = (
    "shops", "townhouses", "villas", "old", "orchards", "fields", "works", "stores", "bazaars",
)  # fmt: skip
ORCHARDS, FIELDS, WORKS, STORES, BAZAARS = 4, 5, 6, 7, 8

CHANCES = np.array(
    [
        # shops townhouses villas old orchards fields works stores bazaars, by urbanity
        [0.00, 0.01, 0.06, 0.07, 0.37, 0.45, 0.03, 0.01, 0.00],
        [0.00, 0.06, 0.18, 0.20, 0.38, 0.11, 0.04, 0.03, 0.00],
        [0.00, 0.19, 0.30, 0.28, 0.12, 0.00, 0.02, 0.05, 0.04],
        [0.00, 0.20, 0.10, 0.15, 0.00, 0.00, 0.00, 0.05, 0.50],
        [1.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00],
    ]
)


def quarters(box: Ints, urbanity: Floats, rng: np.random.Generator) -> Ints:
    """Draw the quarter of each superblock; the chances change with urbanity.

    Large superblocks take larger lots, so that none holds more than a tax map block can count.
    """
    band = np.digitize(urbanity, [0.14, 0.3, 0.56, 0.8])
    chance = np.cumsum(CHANCES[band], axis=1)
    quarter: Ints = (rng.random(len(band))[:, None] > chance).sum(axis=1).clip(max=8)
    hectares = ((box[:, 2:] - box[:, :2]) / 100_000).prod(axis=1)
    for crowded, roomier, limit in ((0, 8, 5.5), (8, 1, 8), (1, 2, 8.5), (2, 3, 17), (3, 4, 30)):
        quarter[(quarter == crowded) & (hectares > limit)] = roomier
    return quarter
