"""What is written about the demo town's parcels: codes, papers, people, buildings, values."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import shapely

from cadastre.geodesy.sheets import sheet_extent
from cadastre.identifiers import MapSheet, ParcelCode
from config.demo.fabric import twice_area_mm2
from config.demo.generator import generate_town
from config.demo.names import PLACES, place
from config.demo.town import LAND_CLASSES, PARTY_KINDS, TITLE_TYPES, USES, Shapes, Town

CHANOTE, NS3K, NSL, STATE_PROPERTY = range(4)


@cache
def town_of(parcels: int, seed: int) -> Town:
    return generate_town(parcels, seed)


@pytest.fixture(params=[(50, 1), (500, 2), (5000, 1)], ids=str)
def town(request) -> Town:
    return town_of(*request.param)


def polygons(shapes: Shapes) -> np.ndarray:
    which = np.repeat(np.arange(len(shapes)), np.diff(shapes.offsets))
    return shapely.polygons(shapely.linearrings(shapes.xy, indices=which))


def ways_of(town: Town) -> np.ndarray:
    return town.parcels.land_class >= LAND_CLASSES.index("street")


def test_tax_codes_are_unique_and_readable(town):
    codes = [code.decode() for code in town.parcels.tax_codes().tolist()]
    named = [code for code in codes if code]
    assert len(set(named)) == len(named)
    assert all(str(ParcelCode.parse(code)) == code for code in named)
    assert [not code for code in codes] == ways_of(town).tolist()
    areas = set(town.blocks.codes())
    assert {code[:3] for code in named} <= areas
    assert {code[:2] for code in areas} == set(town.zones.codes())


def test_land_numbers_are_unique_on_a_sheet_and_sheets_lie_where_their_names_say(town):
    parcels, sheets = town.parcels, town.sheets
    numbered = parcels.land_number > 0
    assert (numbered == ~ways_of(town)).all()
    pairs = set(zip(parcels.sheet[numbered].tolist(), parcels.land_number[numbered].tolist(),
                    strict=True))  # fmt: skip
    assert len(pairs) == numbered.sum()
    names = [name.decode() for name in sheets.name.tolist()]
    assert len(set(zip(names, sheets.scale.tolist(), strict=True))) == len(names)
    for name, scale in zip(names, sheets.scale.tolist(), strict=True):
        sheet = MapSheet.parse(name)
        assert (str(sheet), sheet.scale) == (name, scale)
        assert sheet.index == "5036"
        assert sheet.quadrant == 1
        assert sheet_extent(sheet).agrees_with_index


def test_most_of_each_parcel_lies_near_its_sheet(town):
    side = np.where(town.sheets.scale == 4000, 2000, 500)[town.parcels.sheet]
    plots = polygons(town.parcels.rings)
    inside = shapely.point_on_surface(plots)
    east = shapely.get_x(inside) - town.sheets.easting[town.parcels.sheet]
    north = shapely.get_y(inside) - town.sheets.northing[town.parcels.sheet]
    on_sheet = (east >= 0) & (east <= side) & (north >= 0) & (north <= side)
    assert on_sheet.mean() > 0.97


def test_deeds_and_survey_pages_are_unique(town):
    parcels = town.parcels
    titled = parcels.title_type <= NS3K
    assert TITLE_TYPES == ("chanote", "ns3k", "nsl", "state_property")
    assert (parcels.deed_number[titled] > 0).all()
    assert (parcels.deed_number[~titled] == 0).all()
    deeds = parcels.deed_number[titled]
    assert len(np.unique(deeds)) == len(deeds)
    pages = np.stack([parcels.sub_district, parcels.survey_page])[:, titled]
    assert len(np.unique(pages, axis=1).T) == titled.sum()
    bound = np.stack([parcels.book, parcels.page])[:, titled]
    assert len(np.unique(bound, axis=1).T) == titled.sum()
    assert ((parcels.page[titled] >= 1) & (parcels.page[titled] <= 100)).all()
    assert ((parcels.title_type == STATE_PROPERTY) == ways_of(town)).all()


def test_legal_areas_are_the_measured_ones_but_for_a_few():
    parcels = town_of(5000, 1).parcels
    paper = parcels.title_type != STATE_PROPERTY
    measured = twice_area_mm2(parcels.rings) / 2 / 400_000
    off = np.abs(parcels.legal_area_tenths - measured)[paper]
    assert (parcels.legal_area_tenths[paper] > 0).all()
    assert (parcels.legal_area_tenths[~paper] == 0).all()
    assert 0.9 < (off <= 0.5).mean() < 0.999
    assert (off > 0.01 * measured[paper]).any()


def test_shares_total_one_exactly_and_nobody_holds_two_in_one_parcel(town):
    shares = town.shares
    total: dict[int, Fraction] = {}
    for parcel, numerator, denominator in zip(
        shares.parcel.tolist(), shares.numerator.tolist(), shares.denominator.tolist(), strict=True
    ):
        assert np.gcd(numerator, denominator) == 1
        total[parcel] = total.get(parcel, Fraction(0)) + Fraction(numerator, denominator)
    assert set(total) == set(range(len(town.parcels)))
    assert set(total.values()) == {Fraction(1)}
    pairs = np.stack([shares.parcel, shares.party])
    assert len(np.unique(pairs, axis=1).T) == len(shares.parcel)
    assert shares.party.max() < len(town.parties)
    assert (np.diff(shares.parcel) >= 0).all()


def test_owners_are_of_every_kind_and_some_share_or_hold_several():
    town = town_of(5000, 1)
    kinds = town.parties.kind[town.shares.party]
    assert {PARTY_KINDS[k] for k in np.unique(kinds)} == set(PARTY_KINDS)
    holders = np.bincount(town.shares.parcel)
    assert set(np.unique(holders)) == {1, 2, 3, 4}
    assert 0.05 < (holders > 1).mean() < 0.2
    people = town.parties.kind == PARTY_KINDS.index("individual")
    assert (np.bincount(town.shares.party, minlength=len(people))[people] > 1).sum() > 100
    assert (town.parties.surname[people] > 0).all()
    assert (town.parties.title[people] > 0).all()
    names = [town.parties.full_name(i) for i in np.flatnonzero(~people).tolist()]
    assert len(set(names)) == len(names)
    assert any(name.startswith("บริษัท ") and name.endswith(" จำกัด") for name in names)


def test_uses_total_a_hundred_on_taxable_land_only(town):
    uses, parcels = town.uses, town.parcels
    total = np.bincount(uses.parcel, weights=uses.share, minlength=len(parcels))
    assert (total == np.where(parcels.is_taxable, 100, 0)).all()
    pairs = np.stack([uses.parcel, uses.use])
    assert len(np.unique(pairs, axis=1).T) == len(uses.parcel)
    vacant = np.zeros(len(parcels), bool)
    vacant[uses.parcel[uses.use == USES.index("vacant")]] = True
    assert ((parcels.vacant_since > 0) == vacant).all()
    assert (parcels.vacant_since[vacant] < town.year).all()


def test_buildings_stand_inside_their_plots(town):
    buildings = town.buildings
    plots, standing = polygons(town.parcels.rings), polygons(buildings.rings)
    assert shapely.is_valid(standing).all()
    assert shapely.covers(plots[buildings.parcel], standing).all()
    footprint = shapely.area(standing) * buildings.floors
    assert np.abs(footprint - buildings.floor_area_hundredths / 100).max() < 0.02 * 30
    assert (buildings.floor_area_hundredths > 0).all()
    assert ((buildings.year_built < town.year) & (buildings.year_built > 1940)).all()
    empty = np.isin(
        town.parcels.land_class, [LAND_CLASSES.index(c) for c in ("idle", "street", "canal")]
    )
    assert not empty[buildings.parcel].any()
    assert (np.diff(buildings.parcel) > 0).all()


def test_land_prices_are_those_of_the_street_and_of_the_province():
    town = town_of(5000, 1)
    parcels = town.parcels
    taxed = parcels.is_taxable
    assert (parcels.land_price[taxed] == town.streets.land_price[parcels.street[taxed]]).all()
    assert (parcels.land_price[~taxed] == 0).all()
    low, middle, high = np.quantile(parcels.land_price[taxed], [0.05, 0.5, 0.95])
    # Published quantiles of Nonthaburi: 2,500, 20,000 and 45,000 baht per square wa.
    assert 2_500 < low < 12_000 < middle < 25_000 < high < 70_000


def test_streets_bear_distinct_names_and_run_inside_the_town(town):
    for ways in (town.streets, town.waterways):
        assert len(set(ways.name_th)) == len(ways.name_th) == len(ways.lines)
        assert len(set(ways.name_en)) == len(ways.name_en)
        assert (ways.width >= 3).all()
    outline = shapely.Polygon(town.outline)
    lines = [shapely.LineString(town.streets.lines[i]) for i in range(len(town.streets.lines))]
    assert all(line.is_valid and line.length > 0 for line in lines)
    assert sum(line.intersection(outline.buffer(1)).length for line in lines) > 0.99 * sum(
        line.length for line in lines
    )


def test_no_two_places_are_called_the_same():
    names = [place(number) for number in range(20 * len(PLACES))]
    assert len({thai for thai, _ in names}) == len(names)
    assert len({english for _, english in names}) == len(names)


def test_houses_have_addresses_that_differ_within_their_sub_district(town):
    parcels = town.parcels
    housed = np.zeros(len(parcels), bool)
    housed[town.buildings.parcel] = True
    assert (parcels.house_number[housed] > 0).all()
    numbered = parcels.house_number > 0
    address = np.stack([parcels.sub_district, parcels.house_number, parcels.house_sub])[:, numbered]
    assert len(np.unique(address, axis=1).T) == numbered.sum()


def test_corners_are_observed_within_their_stated_accuracy(town):
    points, rings = town.survey_points, town.parcels.rings
    corner = rings.xy[rings.offsets[points.parcel] + points.corner]
    away = np.hypot(points.easting - corner[:, 0], points.northing - corner[:, 1])
    assert len(away) > 0
    assert (away <= points.accuracy_h + 1e-4).all()
    assert len(np.unique(corner, axis=0)) == len(corner)
    assert (points.observed_at < np.datetime64(f"{town.year}-12-31")).all()
    assert ((points.satellites > 8) & (points.satellites < 40)).all()
