"""Streets and waterways: centre lines, names and the land prices along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .draw import Drawing
from .fabric import DENSITY_MM, landscape, on_grid
from .lots import CLASS, QUARTERS
from .names import place
from .plan import HIGHWAY, KHLONG, LOCAL, MAIN, SOI
from .town import Bools, Floats, Ints, Shapes, Ways


@dataclass(frozen=True, slots=True)
class Network:
    """Streets, waterways, and the street (row of ``streets``) of each parcel; -1 = none."""

    streets: Ways
    waterways: Ways
    street_of_parcel: Ints


def network(drawing: Drawing, seed: int) -> Network:
    """The ways that have parcels of their own."""
    plan = drawing.ways
    exists = plan.box[:, 0] < plan.box[:, 2]
    streets = np.flatnonzero(exists & (plan.way_class < KHLONG))
    water = np.flatnonzero(exists & (plan.way_class >= KHLONG))
    names = _street_names(drawing, streets)
    price = _prices(drawing, streets, np.random.default_rng([seed, 8]))
    street_rows = np.full(len(exists), -1)
    street_rows[streets] = np.arange(len(streets))
    rank = plan.way_class[water] - KHLONG
    water_names = [
        (f"{'คลอง' if c == 0 else 'ลำราง'}{th}", f"{'Khlong' if c == 0 else 'Lam Rang'} {en}")
        for c, (th, en) in zip(rank.tolist(), map(place, range(7, 7 + len(water))), strict=True)
    ]
    return Network(
        _ways(
            drawing,
            ways=streets,
            way_class=plan.way_class[streets],
            price=price,
            names=names,
            seed=seed,
        ),
        _ways(
            drawing,
            ways=water,
            way_class=rank,
            price=np.zeros(len(water), np.int64),
            names=water_names,
            seed=seed,
        ),
        _streets_of(drawing, street_rows),
    )


def _ways(
    drawing: Drawing, *, ways: Ints, way_class: Ints, price: Ints, names: list[tuple[str, str]],
    seed: int,
) -> Ways:  # fmt: skip
    """Centre lines with a vertex on every long-edge milestone, so that they follow the land."""
    box, axis = drawing.ways.box[ways], drawing.ways.axis[ways]
    rows = np.arange(len(ways))
    low, high = box[rows, axis], box[rows, axis + 2]
    across = (box[rows, 1 - axis] + box[rows, 3 - axis]) // 2
    count = np.maximum(2, (high - low) // DENSITY_MM + 2)
    way = np.repeat(rows, count)
    step = np.arange(len(way)) - (np.cumsum(count) - count)[way]
    along = low[way] + (high - low)[way] * step // (count - 1)[way]
    plan = np.empty((len(way), 2), np.int64)
    points = np.arange(len(way))
    plan[points, axis[way]] = along
    plan[points, 1 - axis[way]] = across[way]
    offsets = np.append(0, np.cumsum(count))
    width = (box[rows, 3 - axis] - box[rows, 1 - axis]) / 1000.0
    return Ways(
        Shapes(offsets, on_grid(landscape(seed).bend(plan))),
        way_class.astype(np.int8),
        width,
        price,
        [thai for thai, _ in names],
        [english for _, english in names],
    )


def _street_names(drawing: Drawing, streets: Ints) -> list[tuple[str, str]]:
    """Highways and main roads bear names, sois the name of their quarter and a number."""
    classes = drawing.ways.way_class[streets].tolist()
    quarter_of = drawing.ways.superblock[streets].tolist()
    villages = {QUARTERS.index(name) for name in ("townhouses", "villas")}
    names: list[tuple[str, str]] = []
    serial = dict.fromkeys((HIGHWAY, MAIN, LOCAL), 0)
    sois: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for way_class, superblock in zip(classes, quarter_of, strict=True):
        if way_class != SOI:
            serial[way_class] += 1
            names.append(_road_name(way_class, serial[way_class]))
            continue
        number = numbers.setdefault(superblock, len(numbers))
        sois[superblock] = sois.get(superblock, 0) + 1
        thai, english = place(number)
        village = int(drawing.quarter[superblock]) in villages
        thai = f"หมู่บ้าน{thai}" if village else f"บ้าน{thai}"
        english = f"{english} Village" if village else f"Ban {english}"
        names.append((f"ซอย{thai} {sois[superblock]}", f"Soi {english} {sois[superblock]}"))
    return names


def _road_name(way_class: int, number: int) -> tuple[str, str]:
    if way_class == HIGHWAY:
        suffix = "" if number == 1 else f" สาย {number}"
        return f"ถนนบางโฉนด{suffix}", "Bang Chanot Road" + ("" if number == 1 else f" {number}")
    if way_class == MAIN:
        thai, english = place(number + 23)
        return f"ถนน{thai}", f"{english} Road"
    return f"ถนนเทศบาล {number}", f"Thetsaban {number} Road"


def _prices(drawing: Drawing, streets: Ints, rng: np.random.Generator) -> Ints:
    """Baht per square wa: by class of street, falling from the market to the fields."""
    base = np.array([62_000.0, 45_000.0, 30_000.0, 23_000.0])[drawing.ways.way_class[streets]]
    urbanity = _urbanity(drawing)[streets]
    price = base * (0.15 + 0.95 * np.sqrt(urbanity)) * rng.lognormal(0.0, 0.12, len(streets))
    step = np.where(price > 10_000, 500, 100)
    rounded: Ints = np.maximum(np.rint(price / step) * step, 1_000).astype(np.int64)
    return rounded


def _urbanity(drawing: Drawing) -> Floats:
    """Mean urbanity of the superblocks whose parcels face each way."""
    lots, size = drawing.lots, len(drawing.ways.axis)
    faced = lots.way >= 0
    total = np.bincount(
        lots.way[faced], weights=drawing.urbanity[lots.superblock[faced]], minlength=size
    )
    mean: Floats = total / np.maximum(np.bincount(lots.way[faced], minlength=size), 1)
    return mean


def _streets_of(drawing: Drawing, street_rows: Ints) -> Ints:
    """The street each parcel faces, or the next street of its superblock if it faces water."""
    lots = drawing.lots
    street = np.where(lots.way >= 0, street_rows[lots.way], -1)
    sides = np.where(drawing.blocks.side >= 0, street_rows[drawing.blocks.side], -1)
    default = sides.max(axis=1)
    inner = street >= 0
    own = np.full(len(default), -1)
    own[lots.superblock[inner]] = street[inner]
    default = np.where(default >= 0, default, own)
    default = np.where(default >= 0, default, 0)
    dry: Bools = lots.land_class != CLASS["canal"]
    return np.where((street < 0) & dry, default[lots.superblock], street)
