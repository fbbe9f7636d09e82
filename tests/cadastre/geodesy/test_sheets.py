from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import DATUM_PARAMETERS, transform_point
from cadastre.geodesy.sheets import (
    OutsideSheetIndex,
    index_bounds,
    index_of,
    sheet_at,
    sheet_extent,
    sheets_within,
)
from cadastre.geodesy.zones import Bounds
from cadastre.identifiers import MapSheet

# From handbooks, a municipality's grid layer and the Treasury's price list.
REAL_SHEETS = [
    ("5838III1202", 24048, (412000, 1602000, 414000, 1604000)),
    ("5838II2018", 24048, (420000, 1618000, 422000, 1620000)),
    ("5440IV4046", 24047, (840000, 1746000, 842000, 1748000)),  # zone 47 past the 102nd meridian
    ("5038 III 1410", 24047, (614000, 1610000, 616000, 1612000)),
    ("5039-2-4682-07 (1:1000)", 24047, (647000, 1683000, 647500, 1683500)),
    ("5235|3|2638|00|4000", 24047, (726000, 1438000, 728000, 1440000)),
    ("5134|1|0632|10|1000", 24047, (706500, 1432500, 707000, 1433000)),
    ("5235|4|2682|00|4000", 24047, (726000, 1482000, 728000, 1484000)),
    ("5135|1|1676|13|1000", 24047, (716000, 1476000, 716500, 1476500)),
]


@pytest.mark.parametrize(("name", "srid", "bounds"), REAL_SHEETS)
def test_real_sheets_lie_where_their_index_says(name, srid, bounds):
    extent = sheet_extent(MapSheet.parse(name))
    assert (extent.srid, tuple(extent.bounds)) == (srid, bounds)
    assert extent.agrees_with_index


@pytest.mark.parametrize(("name", "srid", "bounds"), REAL_SHEETS)
def test_real_sheets_are_found_again_from_their_centre(name, srid, bounds):
    sheet = MapSheet.parse(name)
    assert sheet_at(*Bounds(*bounds).centre, srid, sheet.scale) == sheet


def test_the_record_of_a_real_parcel_lies_on_its_sheet():
    # Record 5039|2|4682|07|1000|58, position on Indian 1975 / UTM 47N.
    assert sheet_at(647023.24, 1683144.48, 24047, 1000).key == "5039|2|4682|07|1000"


def test_a_name_with_a_slip_still_gives_a_square_and_says_so():
    extent = sheet_extent(MapSheet.parse("5136 II 6618-14"))
    assert tuple(extent.bounds) == (666500, 1518000, 667000, 1518500)
    assert not extent.agrees_with_index  # that square lies on 5136 III
    assert str(sheet_at(*extent.bounds.centre, extent.srid, 1000)) == "5136 III 6618-14"


places = st.tuples(st.floats(97.8, 105.2), st.floats(6.2, 20.2))


@given(places, st.sampled_from([4000, 2000, 1000, 500]))
def test_the_sheet_under_a_point_holds_the_point(place, scale):
    sheet = sheet_at(*place, 4326, scale)
    extent = sheet_extent(sheet)
    assert extent.bounds.contains(*transform_point(*place, 4326, extent.srid))
    assert extent.agrees_with_index
    assert extent.bounds.max_x - extent.bounds.min_x == scale / 2


@given(places, st.sampled_from([4000, 2000, 1000, 500]), st.sampled_from(sorted(DATUM_PARAMETERS)))
def test_a_sheet_is_found_again_from_its_own_square(place, scale, parameters):
    sheet = sheet_at(*place, 4326, scale, parameters)
    extent = sheet_extent(sheet)
    assert sheet_at(*extent.bounds.centre, extent.srid, scale, parameters) == sheet


@given(places)
def test_smaller_sheets_nest_in_the_larger_one(place):
    base = sheet_at(*place, 4326)
    for scale in (2000, 1000, 500):
        part = sheet_at(*place, 4326, scale)
        assert (part.easting_km, part.northing_km) == (base.easting_km, base.northing_km)


@given(places)
def test_the_index_sheet_holds_its_point(place):
    assert index_bounds(*index_of(*place)).contains(*place)


def test_parts_are_numbered_row_by_row_from_the_upper_left():
    for scale, side in ((2000, 2), (1000, 4), (500, 8)):
        corners = [
            sheet_extent(MapSheet("5039", 2, 46, 82, number, scale)).bounds
            for number in range(1, side * side + 1)
        ]
        assert corners == sorted(corners, key=lambda b: (-b.min_y, b.min_x))
        assert math.isclose(sum((b.max_x - b.min_x) ** 2 for b in corners), 4_000_000)


def test_sheets_of_a_rectangle():
    sheets = sheets_within(Bounds(412100, 1602100, 415000, 1605000), 24048)
    assert [str(s) for s in sheets] == [
        "5838 III 1202",
        "5838 III 1402",
        "5838 III 1204",
        "5838 III 1404",
    ]
    with pytest.raises(ValueError, match="10000"):
        sheets_within(Bounds(200000, 700000, 900000, 2200000), 24047, 500)
    with pytest.raises(ValueError, match="24047"):
        sheets_within(Bounds(0, 0, 1, 1), 32647)


def test_outside_thailand_there_are_no_sheets():
    with pytest.raises(OutsideSheetIndex):
        sheet_at(13.4, 52.5, 4326)
    with pytest.raises(OutsideSheetIndex):
        index_of(120, 10)
    with pytest.raises(OutsideSheetIndex, match="first four digits"):
        sheet_extent(MapSheet.parse("9999 I 0000"))
