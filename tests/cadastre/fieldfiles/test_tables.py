from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.fieldfiles import (
    PENZD,
    ColumnMapping,
    ColumnMappingUnusable,
    FieldFileUnreadable,
    FixType,
    GeodeticPosition,
    read_field_file,
)
from cadastre.fieldfiles.headings import WORDS, guess_mapping, plain

EMLID = (
    "Name,Code,Code description,Easting,Northing,Elevation,Description,Longitude,Latitude,"
    "Ellipsoidal height,Origin,Easting RMS,Northing RMS,Elevation RMS,Lateral RMS,Antenna height,"
    "Antenna height units,Solution status,Averaging start,Averaging end,Samples,PDOP,Mount point,"
    "CS name,GPS Satellites,GLONASS Satellites,BeiDou Satellites"
)
ROW = (
    'หมุด ๑,BM,,672978.171,1521044.256,12.345,"มุมรั้ว, เหนือ",100.6,13.75,-15.2,RTK,0.010,0.012,'
    "0.021,0.015,1.800,m,FIX,2023-05-22 14:10:25.8 UTC+07:00,2023-05-22 14:10:55.8 UTC+07:00,30,"
    "1.4,VRS_TH,WGS 84 / UTM zone 47N,8,5,9"
)


def csv(*lines: str, **options):
    return read_field_file("points.csv", "\r\n".join(lines).encode(), **options)


def test_the_table_of_a_receiver_is_read_by_its_headings():
    file = csv(EMLID, ROW)
    assert (file.format, file.rejected) == ("csv", ())
    (point,) = file.points
    assert (point.point, point.code) == ("หมุด ๑", "BM")
    assert (point.north, point.east, point.height) == (1521044.256, 672978.171, 12.345)
    assert point.geodetic == GeodeticPosition(13.75, 100.6, -15.2)
    assert point.epoch == datetime(2023, 5, 22, 7, 10, 25, 800_000, tzinfo=UTC)
    assert (point.antenna_height_m, point.base) == (1.8, "VRS_TH")
    assert point.crs == "WGS 84 / UTM zone 47N"
    quality = point.quality
    assert quality is not None
    assert quality.fix is FixType.FIXED
    assert (quality.epochs, quality.satellites, quality.pdop) == (30, 22, 1.4)
    assert quality.covariance is not None
    assert quality.covariance.sigmas == pytest.approx((0.010, 0.012, 0.021))
    assert point.attributes["Description"] == "มุมรั้ว, เหนือ"
    assert point.raw == ROW


THAI = "ชื่อหมุด,ค่าพิกัดเหนือ (ม.),ค่าพิกัดตะวันออก (ม.),ค่าระดับ,วันที่,เวลา,ผู้รังวัด"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_headings_and_digits_in_every_encoding_of_the_office(encoding):
    text = f"{THAI}\r\nก๑,๑๕๒๑๐๔๔.๒๕๖,672978.171,2.5,22/5/2566,14:10,นาย ก\r\n"
    (point,) = read_field_file("จุด.csv", text.encode(encoding)).points
    assert (point.point, point.north, point.operator) == ("ก๑", 1521044.256, "นาย ก")
    assert point.epoch == datetime(2023, 5, 22, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headings", "unit"),
    [
        ("Point ID;Northing (ft);Easting (ft)", "ft"),
        ("Point ID;Northing (US survey feet);Easting", "us_ft"),
        ("Point_Id;NORTH;EAST", "m"),
        ("pt;Local Northing [m];Local Easting [m]", "m"),
    ],
)
def test_headings_tell_the_unit(headings, unit):
    mapping = guess_mapping(headings.split(";"), ";")
    assert mapping is not None
    assert mapping.unit == unit


def test_feet_become_metres():
    file = csv("Name,Northing (US ft),Easting (US ft)", "1,3937,39.37")
    assert (file.points[0].north, file.points[0].east) == pytest.approx((1200, 12))


def test_no_heading_means_two_fields():
    """A word in two lists would give one column to both."""
    words = [(word, field) for field, of in WORDS.items() for word in of]
    assert len({word for word, _ in words}) == len(words)
    assert all(plain(word) == word for word, _ in words)


def test_points_without_names_are_asked_for_them():
    file = csv("N,E", "1,2")
    assert [str(r.reason) for r in file.rejected] == ["Line 2: point is missing."]


def test_x_and_y_are_asked_for_and_not_guessed():
    assert guess_mapping(["Name", "X", "Y"], ",") is None
    with pytest.raises(ColumnMappingUnusable):
        csv("Name,X,Y", "1,672978.171,1521044.256", format="csv")
    mapping = ColumnMapping(columns={"point": "Name", "east": "X", "north": "Y"})
    file = csv("Name,X,Y", "1,672978.171,1521044.256", mapping=mapping)
    assert file.points[0].north == 1521044.256


def test_a_mapping_is_kept_and_used_again():
    mapping = ColumnMapping(
        columns={"point": "หมุด", "east": "X", "north": "Y", "epoch": "t"},
        delimiter=";",
        decimal_comma=True,
        time_zone_h=7,
        crs="EPSG:24047",
        skip_lines=1,
        name="สำนักงานที่ดิน",
    )
    kept = ColumnMapping.from_json(mapping.to_json())
    assert kept == mapping
    lines = ("Export 1.0", "หมุด;X;Y;t", "1;672978,171;1521044,256;2023-05-22 14:10:25")
    (point,) = csv(*lines, mapping=kept).points
    assert (point.east, point.north, point.crs) == (672978.171, 1521044.256, "EPSG:24047")
    assert point.epoch == datetime(2023, 5, 22, 7, 10, 25, tzinfo=UTC)
    assert csv(*lines, mapping=kept).ignored == {"header": 1, "skipped": 1}


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        "{}",
        '{"columns": {"north": "N"}}',
        '{"columns": {"north": "N", "east": "E", "colour": "C"}}',
        '{"columns": {"north": "N", "east": 3}}',
        '{"columns": {"north": "N", "east": "E"}, "delimiter": "ab"}',
        '{"columns": {"north": "N", "east": "E"}, "unit": "wa"}',
        '{"columns": {"north": "N", "east": "E"}, "skip_lines": -1}',
        '{"columns": {"north": "N", "east": "E"}, "colour": 1}',
        '{"columns": {"north": 0, "east": 1}, "heading": false}',
        "[" * 100_000,
    ],
)
def test_what_is_no_mapping_is_refused(kept):
    with pytest.raises(ColumnMappingUnusable):
        ColumnMapping.from_json(kept)


def test_a_mapping_that_does_not_fit_names_the_column():
    mapping = ColumnMapping(columns={"point": "Name", "east": "X", "north": "Y"})
    with pytest.raises(FieldFileUnreadable, match="no column “X”"):
        csv("Name,E,N", "1,2,3", mapping=mapping)


def test_points_without_a_heading_are_p_n_e_z_d():
    text = "P1,1521044.256,672978.171,12.3,peg, iron\nP2\t5\t6\nP3,5,6\n# end\n"
    file = read_field_file("points.txt", text.encode())
    assert file.format == "pnezd"
    first, third = file.points
    assert (first.north, first.east, first.height) == (1521044.256, 672978.171, 12.3)
    assert first.code == "peg, iron"
    assert (third.height, third.code) == (None, "")
    assert [r.line for r in file.rejected] == [2]
    swapped = read_field_file("points.txt", b"P1,672978.171,1521044.256\n", mapping=PENZD)
    assert swapped.points[0].east == 672978.171


@pytest.mark.parametrize(
    "text",
    [
        "P1,13.70000000,100.50000000\nP2,13.70000001,100.50000001\n",  # degrees
        "  2.11   N: GNSS NAV DATA   RINEX VERSION / TYPE\n 5 05 4 2 0 0\n 6 05 4 2 0 0\n",
        "! network\nstation A\nobs 1 2\nsd 3 4\n",
        "# nothing but remarks\n",
    ],
)
def test_what_may_be_something_else_is_not_taken_for_points(text):
    with pytest.raises(FieldFileUnreadable):
        read_field_file("points.txt", text.encode())


def test_columns_of_blanks():
    file = read_field_file("points.txt", b"P1  1521044.256  672978.171 12.3  iron peg\n")
    assert file.points[0].code == "iron peg"


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [
        ("13.75", 13.75),
        ("-13.75", -13.75),
        ("13°45'00\"N", 13.75),
        ("S 13 45 00.0", -13.75),
        ("13-45-00", 13.75),
        ("๑๓°๔๕′๐๐″ N", 13.75),
    ],
)
def test_latitudes_as_people_write_them(cell, degrees):
    quoted = cell.replace('"', '""')
    file = csv("Name,Latitude,Longitude", f'1,"{quoted}",100.5')
    assert [str(r.reason) for r in file.rejected] == []
    assert file.points[0].geodetic == GeodeticPosition(degrees, 100.5)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,nan,2", "field_number_unreadable"),
        ("1,inf,2", "field_number_unreadable"),
        ("1,1e400,2", "field_value_out_of_range"),
        ("1,1e12,2", "field_value_out_of_range"),
        ("1,0x10,2", "field_number_unreadable"),
        ("1,1_000,2", "field_number_unreadable"),
        (",1,2", "field_value_missing"),
        ("1,1", "field_value_missing"),
        ('"1,1,2', "field_value_missing"),
        ("1,1,2,-0.01,0.01", "field_value_out_of_range"),
        ("1,1,2,0.01,0.01,31/2/2568 10:00", "field_time_unreadable"),
        ("1,1,2,0.01,0.01,2568-13-01 10:00", "field_time_unreadable"),
    ],
)
def test_a_bad_row_is_refused_and_the_next_one_read(row, code):
    file = csv("Name,N,E,Easting RMS,Northing RMS,Date time", row, "2,1,2")
    assert [(r.line, r.reason.code, r.text) for r in file.rejected] == [(2, code, row)]
    assert [point.point for point in file.points] == ["2"]


@pytest.mark.parametrize(
    ("word", "fix"),
    [
        ("FIX", FixType.FIXED),
        ("RTK Fixed", FixType.FIXED),
        ("Float", FixType.FLOAT),
        ("SINGLE", FixType.SINGLE),
        ("Autonomous", FixType.SINGLE),
        ("No fix", FixType.UNKNOWN),
        ("4", FixType.UNKNOWN),  # fixed in NMEA, differential in RTKLIB
    ],
)
def test_words_for_solutions(word, fix):
    (point,) = csv("Name,N,E,Solution status,PDOP", f"1,1,2,{word},1.5").points
    assert point.quality is not None
    assert point.quality.fix is fix


places = st.floats(-1e7, 1e7, allow_nan=False)
names = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)


@given(st.lists(st.tuples(names, places, places, places), min_size=1, max_size=20))
@settings(max_examples=50)
def test_numbers_come_back_bit_for_bit(points):
    rows = [f"{name},{north!r},{east!r},{height!r}" for name, north, east, height in points]
    file = read_field_file("p.csv", "\n".join(["P,N,E,Z", *rows]).encode())
    assert [(p.point, p.north, p.east, p.height) for p in file.points] == points
