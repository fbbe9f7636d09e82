"""What stands on the plots: footprints inside them, types, floors, age and price."""

from __future__ import annotations

import numpy as np

from .draw import Drawing
from .fabric import on_grid, twice_area_mm2
from .lots import CLASS
from .town import STRUCTURES, Buildings, BuildingType, Floats, Ints, Shapes

TYPES = (
    BuildingType("105", "บ้านพักอาศัยตึกสองชั้น", "Two-storey masonry house", "masonry", 8500),
    BuildingType("D101", "บ้านพักอาศัยตึกชั้นเดียว", "One-storey masonry house", "masonry", 8600),
    BuildingType(
        "D102", "บ้านพักอาศัยครึ่งตึกครึ่งไม้สองชั้น", "Two-storey half-timbered house", "half_timber", 7950
    ),
    BuildingType("D103", "บ้านพักอาศัยไม้ใต้ถุนสูง", "Timber house on posts", "timber", 6700),
    BuildingType("201", "บ้านแถว (ทาวน์เฮาส์) ชั้นเดียว", "One-storey townhouse", "masonry", 7600),
    BuildingType("D201", "บ้านแถว (ทาวน์เฮาส์) สองชั้น", "Two-storey townhouse", "masonry", 7900),
    BuildingType("402", "ตึกแถวสองชั้น", "Two-storey shop-house", "masonry", 8300),
    BuildingType("D402", "ตึกแถวสามชั้น", "Three-storey shop-house", "masonry", 8250),
    BuildingType(
        "514", "ตลาด พื้นที่ไม่เกิน 1,000 ตารางเมตร", "Market of up to 1,000 m²", "masonry", 3700
    ),
    BuildingType(
        "509/2", "สำนักงาน ความสูงเกินกว่า 5 ชั้นขึ้นไป", "Office of more than five floors", "masonry", 8800
    ),
    BuildingType("510", "ภัตตาคาร", "Restaurant", "masonry", 6950),
    BuildingType("522", "อาคารพาณิชย์ ประเภทโชว์รูมรถยนต์", "Car showroom", "masonry", 5500),
    BuildingType("D501", "โรงงานและคลังสินค้า", "Factory or warehouse", "masonry", 4800),
    BuildingType("D502", "อาคารเรียน", "School building", "masonry", 7800),
    BuildingType("D503", "โรงพยาบาล", "Hospital", "masonry", 9800),
    BuildingType("D504", "ศาลาการเปรียญ", "Temple hall", "half_timber", 6500),
    BuildingType("D505", "อาคารชุดพักอาศัย", "Residential condominium", "masonry", 12000),
)
"""Names and codes as in the Treasury's published samples; prices at the level of Nonthaburi."""

# class: (front yard, side, back, widest, deepest) in metres, chance that it is built on
FORMS: dict[str, tuple[float, float, float, float, float, float]] = {
    "shop_house": (0.6, 0.04, 1.5, 4.2, 14.0, 0.98),
    "townhouse": (4.2, 0.05, 1.6, 6.0, 13.0, 0.98),
    "detached": (4.5, 2.0, 2.2, 11.0, 12.0, 0.96),
    "house": (5.0, 2.2, 2.5, 11.0, 12.5, 0.93),
    "commercial": (14.0, 5.0, 6.0, 42.0, 34.0, 0.97),
    "factory": (16.0, 6.0, 6.0, 60.0, 70.0, 0.97),
    "condominium": (20.0, 12.0, 12.0, 70.0, 24.0, 1.0),
    "temple": (25.0, 12.0, 12.0, 22.0, 36.0, 1.0),
    "school": (40.0, 12.0, 10.0, 72.0, 14.0, 1.0),
    "hospital": (22.0, 10.0, 10.0, 70.0, 42.0, 1.0),
    "office": (22.0, 10.0, 10.0, 46.0, 24.0, 1.0),
    "market": (12.0, 8.0, 8.0, 31.0, 32.0, 1.0),
}
# class: building types with their chances
KINDS: dict[str, tuple[tuple[int, float], ...]] = {
    "shop_house": ((6, 0.45), (7, 0.55)),
    "townhouse": ((4, 0.22), (5, 0.78)),
    "detached": ((0, 0.85), (1, 0.15)),
    "house": ((0, 0.28), (1, 0.3), (2, 0.27), (3, 0.15)),
    "commercial": ((10, 0.3), (11, 0.7)),
    "factory": ((12, 1.0),),
    "condominium": ((16, 1.0),),
    "temple": ((15, 1.0),),
    "school": ((13, 1.0),),
    "hospital": ((14, 1.0),),
    "office": ((9, 1.0),),
    "market": ((8, 1.0),),
}
FLOORS = np.array([2, 1, 2, 1, 1, 2, 2, 3, 1, 6, 1, 1, 1, 4, 5, 1, 8])
OLDEST = np.array([38, 50, 62, 70, 35, 25, 48, 38, 45, 25, 30, 25, 35, 45, 40, 60, 18])


def buildings(drawing: Drawing, use: Ints, year: int, rng: np.random.Generator) -> Buildings:
    """Buildings of the town. ``use`` index into USES of the building on each parcel, or -1."""
    land_class = drawing.lots.land_class
    built = np.zeros(len(CLASS))
    kinds = np.zeros((len(CLASS), len(TYPES)))
    form = np.zeros((len(CLASS), 5))
    for name, measures in FORMS.items():
        form[CLASS[name]], built[CLASS[name]] = measures[:5], measures[5]
        for number, chance in KINDS[name]:
            kinds[CLASS[name], number] = chance
    parcel = np.flatnonzero(rng.random(len(land_class)) < built[land_class])
    rings, fits = _footprints(drawing, parcel, form[land_class[parcel]], rng)
    parcel = parcel[fits]
    chances = np.cumsum(kinds, axis=1)[land_class[parcel]]
    kind = (rng.random(len(parcel))[:, None] > chances).sum(axis=1).clip(max=len(TYPES) - 1)
    floors = FLOORS[kind] + np.where(kind == 16, rng.integers(0, 18, len(parcel)), 0)
    footprint = twice_area_mm2(rings) // 2
    structure = np.array([STRUCTURES.index(t.structure) for t in TYPES], np.int8)
    price = np.array([t.price_per_m2 for t in TYPES])
    age = 1 + (OLDEST[kind] * rng.random(len(parcel)) ** 1.2).astype(np.int64)
    return Buildings(
        rings, parcel, kind.astype(np.int8), structure[kind], floors.astype(np.int16),
        footprint * floors // 10_000, (year - age).astype(np.int16), price[kind], use[parcel],
    )  # fmt: skip


def _footprints(
    drawing: Drawing, parcel: Ints, form: Floats, rng: np.random.Generator
) -> tuple[Shapes, Ints]:
    """Quadrilaterals set back from the four sides; the rows of ``parcel`` with room for one.

    A footprint is a part of the quadrilateral of the plot's corners, measured from its front. A
    point at part u of the way across is at least u times ``width`` away from the side, and the
    setbacks include how far the boundary bulges inwards; so it never crosses the boundary.
    """
    corner = drawing.xy[drawing.noded.corner[parcel]]
    # Turn the corners so that the front runs from the first to the second.
    turn = np.array([3, 0, 1, 2])[drawing.lots.front[parcel]]
    rows = np.arange(len(parcel))[:, None]
    a, b, c, d = np.moveaxis(corner[rows, (np.arange(4) + turn[:, None]) % 4], 1, 0)
    width = np.minimum(_clearance(a, d, b, c), _clearance(c, b, d, a))
    depth = np.minimum(_clearance(b, a, c, d), _clearance(d, c, a, b))
    front, right, rear, left_bulge = np.take_along_axis(
        _bulges(drawing, parcel), (np.arange(4) + turn[:, None]) % 4, axis=1
    ).T
    yard, side, back, widest, deepest = form.T
    side = np.minimum(side, 0.16 * width) + np.maximum(right, left_bulge)
    yard = np.minimum(yard, 0.28 * depth) + front
    back = np.minimum(back, 0.14 * depth) + rear
    room = np.column_stack([width - 2 * side, depth - yard - back])
    size = np.minimum(room, np.column_stack([widest, deepest]))
    detached = side > 1.0
    size *= np.where(detached[:, None], rng.uniform(0.78, 1.0, size.shape), 1.0)
    left = side + (room[:, 0] - size[:, 0]) * np.where(
        detached, rng.uniform(0.2, 0.8, len(parcel)), 0.5
    )
    u = np.column_stack([left, left + size[:, 0]]) / width[:, None]
    v = np.column_stack([yard, yard + size[:, 1]]) / depth[:, None]

    def at(u: Floats, v: Floats) -> Floats:
        u, v = u[:, None], v[:, None]
        out: Floats = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
        return out

    pairs = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ring = on_grid(np.stack([at(u[:, i], v[:, j]) for i, j in pairs], axis=1))
    fits = np.flatnonzero((size > 2.4).all(axis=1))
    return Shapes(np.arange(len(fits) + 1) * 5, ring[fits].reshape(-1, 2)), fits


def _clearance(start: Floats, end: Floats, near: Floats, far: Floats) -> Floats:
    """The lesser distance of two points from the line through ``start`` and ``end``, metres."""
    along = end - start
    size = np.hypot(*along.T)
    distances = [
        np.abs(along[:, 0] * (p - start)[:, 1] - along[:, 1] * (p - start)[:, 0]) / size
        for p in (near, far)
    ]
    out: Floats = np.minimum(*distances)
    return out


def _bulges(drawing: Drawing, parcel: Ints) -> Floats:
    """How far each side (bottom, right, top, left) bends into the plot, metres, 3 mm to spare."""
    noded = drawing.noded
    begin = noded.offsets[parcel][:, None] + noded.corner_at[parcel]
    stop = np.column_stack([begin[:, 1:], noded.offsets[parcel + 1]])
    count = (stop - begin).ravel()
    run = np.repeat(np.arange(len(count)), count)
    first = np.cumsum(count) - count
    vertex = noded.ring[begin.ravel()[run] + np.arange(len(run)) - first[run]]
    corner = drawing.xy[noded.corner[parcel]]
    start = corner.reshape(-1, 2)
    along = np.roll(corner, -1, axis=1).reshape(-1, 2) - start
    offset = drawing.xy[vertex] - start[run]
    inward = (along[run, 0] * offset[:, 1] - along[run, 1] * offset[:, 0]) / np.hypot(*along[run].T)
    bulge: Floats = np.maximum.reduceat(inward, first)
    return np.maximum(bulge, 0).reshape(-1, 4) + 0.003
