from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.identifiers import MapSheet, ParcelCode, citizen_id_check_digit
from cadastre.query import (
    AddressQuery,
    CodeQuery,
    DeedQuery,
    PersonalNumberQuery,
    PositionQuery,
    SheetQuery,
    parse_query,
)

SHEET = MapSheet("5136", 2, 66, 18, 14, 1000)


@pytest.mark.parametrize("text", ["12345", "๑๒๓๔๕", "โฉนดเลขที่ 12,345", "Deed 12345"])
def test_a_bare_number_is_a_deed(text):
    assert parse_query(text) == DeedQuery("12345")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5136 II 6618-14", SheetQuery(SHEET)),
        ("5136 II 6618-14 เลขที่ดิน 12", SheetQuery(SHEET, "12")),
        ("เลขที่ดิน ๑๒ ระวาง 5136II6618-14", SheetQuery(SHEET, "12")),
        ("5136-2-6618-14 (1:1000), land no. 12", SheetQuery(SHEET, "12")),
        ("01a001-b001", CodeQuery(ParcelCode(1, "A", 1, building=1))),
    ],
)
def test_sheets_and_codes(text, expected):
    assert parse_query(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "13.7563, 100.5018",
        "100.5018 13.7563",
        "๑๓.๗๕๖๓, ๑๐๐.๕๐๑๘",
        "N 13.7563 E 100.5018",
        "13.7563N, 100.5018E",
        "lat 13.7563, lon 100.5018",
        "13°45'22.68\"N 100°30'06.48\"E",
        "๑๓°๔๕′๒๒.๖๘″ ๑๐๐°๓๐′๖.๔๘″",
        "13 องศา 45 ลิปดา 22.68 พิลิปดา เหนือ 100 องศา 30 ลิปดา 6.48 พิลิปดา ตะวันออก",
        "662366.6 1521280.7",
        "47N 662366.6 1521280.7",
        "E 662,366.6 N 1,521,280.7 โซน 47",
        "1521280.7 662366.6 zone 47",
        "UTM 47 WGS84 662366.6, 1521280.7",
    ],
)
def test_one_place_in_many_spellings(text):
    query = parse_query(text)
    assert isinstance(query, PositionQuery)
    assert query.position.lon == pytest.approx(100.5018, abs=2e-6)
    assert query.position.lat == pytest.approx(13.7563, abs=2e-6)
    assert not query.alternatives


def test_metres_that_fit_both_zones_show_both():
    query = parse_query("412000 1602000")
    assert isinstance(query, PositionQuery)
    assert [p.given_srid for p in (query.position, *query.alternatives)] == [32647, 32648]


def test_a_named_datum_is_used():
    query = parse_query("647023 1683144 47 Indian 1975")
    assert isinstance(query, PositionQuery)
    assert query.position[:2] == pytest.approx((100.36578205, 15.22297026), abs=1e-8)


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.sampled_from(["", "-", " "]))
def test_nobody_is_searched_for_by_citizen_id(first, separator):
    for digits in (first + citizen_id_check_digit(first), first + "0"):
        groups = (digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12])
        assert parse_query(separator.join(groups)) == PersonalNumberQuery()


@pytest.mark.parametrize(
    "text", ["99/12 ถนนสุขุมวิท", "99/12", "หมู่ 4 ต.ปรือใหญ่", "", "52.52, 13.405", "95.0 200.0"]
)
def test_what_is_left_is_an_address(text):
    assert parse_query(f"  {text} ") == AddressQuery(text)


def test_elsewhere_on_earth_when_an_office_works_there():
    query = parse_query("52.52, 13.405", within=None)
    assert isinstance(query, PositionQuery)
    assert query.position[:2] == (13.405, 52.52)


@given(st.text())
def test_the_search_box_never_fails(text):
    parse_query(text)
    parse_query(text, within=None)


@given(st.text(alphabet="0123456789.,°'\"NEWS 47I-/|() zone", max_size=60))
def test_the_search_box_never_fails_near_its_grammars(text):
    parse_query(text)
