"""What parcels are called: tax map codes, map sheets, land, deed and page numbers, legal areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cadastre.geodesy.sheets import sheet_at
from cadastre.geodesy.transform import transformer
from cadastre.geodesy.zones import INDIAN_1975_47N

from .lots import CLASS, Lots
from .plan import Superblocks
from .town import SRID, TITLE_TYPES, Bools, Floats, Ints, Sheets, SubDistrict

MOST_LOTS, MOST_BLOCKS = 940, 26
"""A block counts to 999 and a zone to Z; a little room is left for plots to come."""

SUB_DISTRICTS = (
    SubDistrict("120302", "บางแม่นาง", "Bang Mae Nang", "11140"),
    SubDistrict("120301", "บางม่วง", "Bang Muang", "11140"),
    SubDistrict("120305", "บางใหญ่", "Bang Yai", "11140"),
    SubDistrict("120304", "เสาธงหิน", "Sao Thong Hin", "11140"),
)


@dataclass(frozen=True, slots=True)
class TaxMap:
    """Zone (1..), block (0..), lot (1.., 0 for ways) of each parcel; the order they run in."""

    order: Ints
    zone: Ints
    block: Ints
    lot: Ints


def tax_map(lots: Lots, blocks: Superblocks) -> TaxMap:
    """Gather superblocks into blocks and zones along the halvings that made them.

    A block is the largest half with at most so many lots, a zone the largest with at most so many
    blocks; so both are compact. In a small town the limits are lower. Where more than 99 zones
    would be needed, blocks are taken 26 at a time.
    """
    block_lots = int(np.clip(len(lots) // 20, 60, MOST_LOTS))
    zone_blocks = int(np.clip(len(lots) // 15_000, 8, MOST_BLOCKS))
    way = is_way(lots)
    count = np.bincount(lots.superblock[~way], minlength=len(blocks.path))
    kept = np.flatnonzero(np.bincount(lots.superblock, minlength=len(blocks.path)))
    path, depth = blocks.path[kept], blocks.depth[kept]
    first = np.argsort(path, kind="stable")
    kept, path, depth = kept[first], path[first], depth[first]
    block, level = _gather(path, depth, count[kept], block_lots)
    head = np.append(True, np.diff(block) > 0)
    ones = np.ones(int(head.sum()), np.int64)
    zone, _ = _gather(path[head], level[head], ones, zone_blocks)
    if zone[-1] >= 99:
        zone = np.arange(len(ones)) // MOST_BLOCKS
    if zone[-1] >= 99:
        raise ValueError("more blocks than 99 zones of 26 can hold")
    start = np.searchsorted(zone, zone)
    block_in_zone = np.arange(len(ones)) - start

    place = np.empty(len(blocks.path), np.int64)
    place[kept] = np.arange(len(kept))
    order = np.lexsort((np.arange(len(lots)), way, place[lots.superblock]))
    of_parcel = block[place[lots.superblock[order]]]
    named = ~way[order]
    running = np.cumsum(named)
    before: Ints = running - named
    begin = np.searchsorted(of_parcel, of_parcel)
    lot = np.where(named, running - before[begin], 0)
    if lot.max() > 999:
        raise ValueError("a block holds more than 999 lots")
    return TaxMap(order, zone[of_parcel] + 1, block_in_zone[of_parcel], lot)


def _gather(path: Ints, depth: Ints, count: Ints, limit: int) -> tuple[Ints, Ints]:
    """Number the largest halves that hold at most ``limit``, and the level of each.

    Rows are sorted by path; a row that alone exceeds the limit stands alone.
    """
    level = depth.copy()
    open_ = np.ones(len(path), bool)
    for step in range(int(depth.max()) + 1):
        prefix = path >> np.int64(63 - step)
        begin = np.searchsorted(prefix, prefix)
        totals = np.bincount(begin, weights=count, minlength=len(path))[begin]
        fits = open_ & (totals <= limit) & (depth >= step)
        level[fits] = step
        open_ &= ~fits
    prefix = path >> (63 - level)
    new = np.append(False, (prefix[1:] != prefix[:-1]) | (level[1:] != level[:-1]))
    return np.cumsum(new), level


def is_way(lots: Lots) -> Bools:
    """Streets and canals."""
    out: Bools = lots.land_class >= CLASS["street"]
    return out


@dataclass(frozen=True, slots=True)
class Placed:
    """Map sheets, the sheet of each parcel, and its number there (0 for ways)."""

    sheets: Sheets
    sheet: Ints
    land_number: Ints


def map_sheets(centre: Floats, rural: Bools, way: Bools) -> Placed:
    """UTM sheets: 1:1000 (500 m square) in the town, 1:4000 (2 km square) in the fields.

    ``centre`` (n, 2) metres EPSG:32647. Sheets are squares of the Indian 1975 grid and are named
    by ``cadastre.geodesy.sheets``.
    """
    indian = np.column_stack(transformer(SRID, INDIAN_1975_47N).transform(*centre.T))
    side = np.where(rural, 2000, 500)
    column, row = np.floor(indian / side[:, None]).astype(np.int64).T
    key, sheet = np.unique((column * 100_000 + row) * 2 + rural, return_inverse=True)
    of_fields, corner = key % 2 == 1, np.column_stack(np.divmod(key // 2, 100_000))
    side = np.where(of_fields, 2000, 500)
    corner = corner * side[:, None]
    scale = np.where(of_fields, 4000, 1000)
    middle = corner + side[:, None] / 2
    name = [
        str(sheet_at(east, north, INDIAN_1975_47N, one))
        for (east, north), one in zip(middle.tolist(), scale.tolist(), strict=True)
    ]
    easting, northing = transformer(INDIAN_1975_47N, SRID).transform(*corner.T.astype(float))
    order = np.lexsort((np.arange(len(sheet)), way, sheet))
    begin = np.searchsorted(sheet[order], sheet[order])
    land_number = np.empty(len(sheet), np.int64)
    land_number[order] = np.arange(len(sheet)) - begin + 1
    land_number[way] = 0
    return Placed(Sheets(np.array(name, "S"), scale, easting, northing), sheet, land_number)


@dataclass(frozen=True, slots=True)
class Papers:
    """Title type, deed number, book and page, survey page, legal area (tenths of a square wa)."""

    title_type: Ints
    deed_number: Ints
    book: Ints
    page: Ints
    survey_page: Ints
    legal_area_tenths: Ints


def papers(
    lots: Lots, common: Bools, sub_district: Ints, area2_mm2: Ints, rng: np.random.Generator
) -> Papers:
    """Documents of title. A book binds a hundred deeds; deeds run through the district."""
    n = len(lots)
    title = np.full(n, TITLE_TYPES.index("chanote"), np.int8)
    old = np.isin(lots.land_class, [CLASS["orchard"], CLASS["rice"], CLASS["house"]])
    title[old & (rng.random(n) < 0.06)] = TITLE_TYPES.index("ns3k")
    public = np.isin(lots.land_class, [CLASS[k] for k in ("school", "hospital", "office", "park")])
    title[public & ~common] = TITLE_TYPES.index("nsl")
    way = is_way(lots)
    title[way] = TITLE_TYPES.index("state_property")
    titled = np.flatnonzero(title <= TITLE_TYPES.index("ns3k"))
    deed, survey = np.zeros(n, np.int64), np.zeros(n, np.int64)
    deed[titled] = 10_001 + rng.permutation(len(titled))
    for number in range(len(SUB_DISTRICTS)):
        here = titled[sub_district[titled] == number]
        survey[here] = 101 + rng.permutation(len(here))
    book = np.where(deed > 0, (deed - 1) // 100 + 1, 0)
    page = np.where(deed > 0, (deed - 1) % 100 + 1, 0)
    return Papers(title, deed, book, page, survey, _legal_area(title, area2_mm2, rng))


def _legal_area(title: Ints, area2_mm2: Ints, rng: np.random.Generator) -> Ints:
    """Area on the paper: the measured one to a tenth of a square wa, half up; some are wrong.

    A tenth of a square wa is 400,000 mm². One deed in a hundred and one certificate in ten differ
    from the ground by 2 to 12 per cent. Ways have no paper, hence 0.
    """
    tenths = (area2_mm2 + 400_000) // 800_000
    ns3k = title == TITLE_TYPES.index("ns3k")
    wrong = rng.random(len(title)) < np.where(ns3k, 0.1, 0.01)
    error = rng.uniform(0.02, 0.12, len(title)) * rng.choice([-1, 1], len(title))
    tenths = tenths + np.where(wrong, (tenths * error).astype(np.int64), 0)
    return np.where(title == TITLE_TYPES.index("state_property"), 0, tenths)
