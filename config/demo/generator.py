"""The demo town from two numbers: how many parcels, and a seed."""

from __future__ import annotations

import numpy as np

from .buildings import TYPES, buildings
from .codes import SUB_DISTRICTS, is_way, map_sheets, papers
from .draw import Drawing, draw
from .fabric import twice_area_mm2
from .lots import CLASS, QUARTERS
from .outline import dissolve, plan_area
from .people import people
from .survey import survey_points
from .town import Areas, Bools, Floats, Ints, Parcels, Shapes, Sheets, Town
from .valuation import Valued, value
from .ways import Network, network


def generate_town(parcels: int, seed: int, *, year: int = 2026) -> Town:
    """A municipality of exactly ``parcels`` parcels (50 to about 1,000,000), streets included.

    The same arguments always give the same town. ``year`` (CE)
    is the tax year: ages, vacancy and surveys are counted back from it.
    Raises ``ValueError`` for fewer than 50 parcels or more than the tax map can code.
    """
    if parcels < 50:
        raise ValueError("a town needs at least 50 parcels")
    drawing = draw(parcels, seed)
    rng = np.random.default_rng([seed, 10])
    lots = drawing.lots
    roads = network(drawing, seed)
    common = _common_gardens(drawing)
    valued = value(lots, common, year, rng)
    parties, shares = people(lots, drawing.ways.way_class[lots.way], common, rng)
    standing = buildings(drawing, valued.main_use, year, rng)
    table, sheets = _parcels(drawing, roads, valued, common, rng)
    zones, blocks, outline = _areas(drawing)
    return Town(
        seed=seed,
        year=year,
        outline=outline,
        sub_districts=SUB_DISTRICTS,
        sheets=sheets,
        parcels=table,
        uses=valued.uses,
        zones=zones,
        blocks=blocks,
        streets=roads.streets,
        waterways=roads.waterways,
        parties=parties,
        shares=shares,
        building_types=TYPES,
        buildings=standing,
        survey_points=survey_points(drawing, year, rng),
    )


def _common_gardens(drawing: Drawing) -> Bools:
    """Gardens inside estates: they lie on the estate's own road, a public park on a public one."""
    lots = drawing.lots
    inner = drawing.ways.superblock[lots.way] >= 0
    out: Bools = (lots.land_class == CLASS["park"]) & inner
    return out


def _parcels(
    drawing: Drawing, roads: Network, valued: Valued, common: Bools, rng: np.random.Generator
) -> tuple[Parcels, Sheets]:
    """The table of parcels and the map sheets they lie on."""
    lots, codes = drawing.lots, drawing.codes
    rings = drawing.noded.closed(drawing.xy)
    sub_district = drawing.blocks.path[lots.superblock] >> 61
    farmed = np.isin(drawing.quarter, [QUARTERS.index(k) for k in ("orchards", "fields")])
    centre = drawing.xy[drawing.noded.corner].mean(axis=1)
    placed = map_sheets(centre, farmed[lots.superblock], is_way(lots))
    paper = papers(lots, common, sub_district, twice_area_mm2(rings), rng)
    number, sub = _house_numbers(drawing, sub_district)
    price = np.where(valued.is_taxable, roads.streets.land_price[roads.street_of_parcel], 0)
    table = Parcels(
        rings=rings,
        land_class=lots.land_class.astype(np.int8),
        land_use=valued.land_use,
        is_taxable=valued.is_taxable,
        title_type=paper.title_type,
        zone=codes.zone.astype(np.int8),
        block=codes.block.astype(np.int8),
        lot=codes.lot.astype(np.int16),
        sheet=placed.sheet.astype(np.int32),
        land_number=placed.land_number.astype(np.int32),
        deed_number=paper.deed_number.astype(np.int32),
        survey_page=paper.survey_page.astype(np.int32),
        book=paper.book.astype(np.int32),
        page=paper.page.astype(np.int16),
        legal_area_tenths=paper.legal_area_tenths,
        sub_district=sub_district.astype(np.int8),
        street=roads.street_of_parcel.astype(np.int32),
        house_number=number.astype(np.int32),
        house_sub=sub.astype(np.int32),
        land_price=price.astype(np.int32),
        vacant_since=valued.vacant_since.astype(np.int16),
        in_house_registration=valued.in_house_registration,
    )
    return table, placed.sheets


def _house_numbers(drawing: Drawing, sub_district: Ints) -> tuple[Ints, Ints]:
    """Planned quarters count 9/1, 9/2 …; elsewhere numbers run through the sub-district."""
    lots = drawing.lots
    housed = ~is_way(lots) & ~np.isin(
        lots.land_class, [CLASS[k] for k in ("orchard", "rice", "idle", "park")]
    )
    planned = np.isin(
        drawing.quarter, [QUARTERS.index(k) for k in ("shops", "bazaars", "townhouses", "villas")]
    )[lots.superblock]
    number, sub = np.zeros(len(lots), np.int64), np.zeros(len(lots), np.int64)
    estate = np.flatnonzero(housed & planned)
    known, rank = np.unique(lots.superblock[estate], return_inverse=True)
    order = np.lexsort((estate, rank))
    begin = np.searchsorted(rank[order], rank[order])
    number[estate] = rank + 1
    sub[estate[order]] = np.arange(len(estate)) - begin + 1
    for district in range(len(SUB_DISTRICTS)):
        single = np.flatnonzero(housed & ~planned & (sub_district == district))
        number[single] = len(known) + 1 + np.arange(len(single))
    return number, sub


def _areas(drawing: Drawing) -> tuple[Areas, Areas, Floats]:
    """Zones, blocks and the outline of the town, from the edges that no two parcels share."""
    codes, noded = drawing.codes, drawing.noded
    zones = _dissolved(drawing, codes.zone.astype(np.int64))
    blocks = _dissolved(drawing, codes.zone.astype(np.int64) * 100 + codes.block)
    whole = dissolve(noded, np.zeros(len(codes.zone), np.int64)).vertices
    if len(whole) != 1:
        raise ValueError("the municipality is not in one piece")
    outline = drawing.xy[np.append(whole[0], whole[0][0])]
    return (
        Areas(zones[0], zones[1], np.full(len(zones[1]), -1)),
        Areas(blocks[0], blocks[1] // 100, blocks[1] % 100),
        outline,
    )


def _dissolved(drawing: Drawing, group: Ints) -> tuple[Shapes, Ints]:
    """Outlines of groups of parcels (holes left out) and the group of each."""
    loops = dissolve(drawing.noded, group)
    outer = [
        (np.append(vertices, vertices[0]), number)
        for vertices, number in zip(loops.vertices, loops.group, strict=True)
        if plan_area(drawing.noded.plan, vertices) > 0
    ]
    offsets = np.cumsum([0, *(len(ring) for ring, _ in outer)])
    xy = drawing.xy[np.concatenate([ring for ring, _ in outer])]
    return Shapes(offsets, xy), np.array([number for _, number in outer])
