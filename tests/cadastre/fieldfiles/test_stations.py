from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.fieldfiles import AngleReading, DistanceReading, read_field_file
from cadastre.fieldfiles.units import packed_dms, write_packed_dms


def read(name: str, *lines: str):
    return read_field_file(name, ("\r\n".join(lines) + "\r\n").encode("cp874"))


def sight(file, target):
    """Degrees and metres read to a target, by kind."""
    told = {}
    for reading in file.readings:
        if reading.target == target and isinstance(reading, AngleReading):
            told[reading.kind] = math.degrees(reading.radians)
        elif reading.target == target and isinstance(reading, DistanceReading):
            told[f"{reading.kind} distance"] = reading.metres
    return pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("186.17", 186 + 17 / 60),
        ("186.1700", 186 + 17 / 60),
        ("6.2010", 6 + 20 / 60 + 10 / 3600),
        ("34.2750", 34 + 27 / 60 + 50 / 3600),
        ("186.1", 186 + 10 / 60),
        ("0.00005", 0.5 / 3600),
        ("-0.0020", -20 / 3600),
        ("90", 90.0),
    ],
)
def test_packed_angles(text, degrees):
    assert math.degrees(packed_dms(text, field="", line=1)) == pytest.approx(degrees, abs=1e-12)


@given(st.floats(0, 2 * math.pi, exclude_max=True))
@example(math.radians(59 + 59 / 60 + 59.999999 / 3600))  # must not write sixty seconds
def test_packed_angles_read_back(angle):
    again = packed_dms(write_packed_dms(angle), field="", line=1)
    assert abs(math.remainder(again - angle, 2 * math.pi)) <= 2.5e-11


@pytest.mark.parametrize("text", ["186.60", "186.0060", "1a", "1e5", "nan", "1000.0"])
def test_what_is_no_packed_angle_is_refused(text):
    file = read(
        "x.raw", "CO,Nikon RAW data format V2.00", "ST,A,,,,1.4,0.0,0.0", f"SS,1,1,5,{text},90"
    )
    assert [r.line for r in file.rejected] == [3]


def test_gsi_8_with_a_station_and_readings():
    file = read(
        "x.gsi",
        "410001+00000002 42....+00000000",
        "110002+000000A1 84..10+00672978 85..10+01521044 86..10+00002500 88..10+00001550",
        "110003+00000012 21.324+12345300 22.324+08959598 31..00+00012345 87..10+00001600",
        "110004+00000013 21.322+10000000 22.322+10000000 31..06+00123456",
        "110005+00000014 31..08+01234567 33..01-00001000",
    )
    assert (file.format, file.rejected, file.ignored) == ("gsi", (), {"code": 1})
    (setup,) = file.setups
    assert (setup.station, setup.instrument_height_m) == ("A1", 1.55)
    assert (setup.east, setup.north, setup.height) == (672.978, 1521.044, 2.5)
    assert sight(file, "12") == {
        "horizontal": 123 + 45 / 60 + 30.0 / 3600,
        "zenith": 89 + 59 / 60 + 59.8 / 3600,
        "slope distance": 12.345,
    }
    assert sight(file, "13") == {"horizontal": 90, "zenith": 90, "slope distance": 12.3456}
    assert sight(file, "14") == {"slope distance": 12.34567, "height_difference distance": -0.3048}
    assert {reading.setup for reading in file.readings} == {1}
    assert file.readings[0].target_height_m == 1.6


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("21.324+12360000", "field_angle_unreadable"),
        ("31..05+00012345", "field_unit_unknown"),
        ("31..00+0001x345", "field_number_unreadable"),
        ("81..10+00000001 82..10+000-----", "field_value_missing"),
        ("51....+0000+000", "field_nothing_measured"),
        ("rubbish", "field_line_unknown"),
    ],
)
def test_a_bad_gsi_line_is_refused(words, code):
    file = read("x.gsi", f"110001+00000012 {words}", "110002+00000013 31..00+00012345")
    assert [(r.line, r.reason.code) for r in file.rejected] == [(1, code)]
    assert file.accepted == 1


M5 = "For M5|Adr {:05d}|{:<30}|{:<22}|{:<22}|{:<22}| "


def test_m5_readings_before_the_station_belong_to_it():
    file = read(
        "x.m5",
        M5.format(1, "TI  KN STAT", "", "", ""),
        M5.format(
            2, "PI1           A               B", "SD 10.000 ft", "Hz 10.3000 DMS", "V1 90.0 gon"
        ),
        M5.format(3, "PI1           S               1", "Y 100.0 m", "X 200.0 m", "Z 5.0 m"),
        M5.format(4, "TI  INPUT", "th 1.5 m", "ih 1.6 m", ""),
        M5.format(5, "PI1                           7", "", "Hz 50.0 gon", "V3 10.0 DEG"),
        M5.format(6, "PI1                           8", "", "", "V2 10.0 DEG"),
        M5.format(7, "PI1                           9", "SD 5 km", "", ""),
        "END",
    )
    (setup,) = file.setups
    assert (setup.station, setup.instrument_height_m, setup.north) == ("1", 1.6, 200.0)
    assert sight(file, "B") == {"slope distance": 3.048, "horizontal": 10.5, "zenith": 81.0}
    assert sight(file, "7") == {"horizontal": 45, "zenith": 80}
    assert {reading.setup for reading in file.readings} == {1}
    assert [(r.line, r.reason.code) for r in file.rejected] == [
        (6, "field_unit_unknown"),
        (7, "field_unit_unknown"),
    ]


SDR = "00NMSDR33  V04-04.02    01-Jan-26 08:00 {}"
WIDE = "{}{:>16}{:>16}{:<16}{:<16}{:<16}{:<16}"


def test_sdr_left_circles_gons_and_feet():
    file = read(
        "x.sdr",
        SDR.format("221112"),
        "10NMjob             121111",
        "02TP{:>16}{:<16}{:<16}{:<16}{:<16}".format("ST", "100", "200", "10", "5"),
        "03NM4.00000000",
        WIDE.format("09F2", "ST", "P1", "10.0", "100.0", "150.0", "tree"),
        WIDE.format("09F1", "XX", "P2", "10.0", "100.0", "150.0", ""),
        WIDE.format("11NM", "ST", "P3", "50.0", "10.0", "-1.0", ""),
    )
    (setup,) = file.setups
    assert (setup.north, setup.east) == pytest.approx((30.48, 60.96))
    assert sight(file, "P1") == {
        "horizontal": 225,  # 150 gon to the left
        "zenith": 90,
        "slope distance": 3.048,
    }
    reading = file.readings[0]
    assert (reading.face, reading.code) == (2, "tree")
    assert reading.target_height_m == pytest.approx(1.2192)
    assert sight(file, "P3") == {
        "azimuth": 45,
        "horizontal distance": 3.048,
        "height_difference distance": -0.3048,
    }
    assert [(r.line, r.reason.code) for r in file.rejected] == [(6, "field_station_unknown")]


def scr(body: str) -> str:
    return f"{body},{-sum(map(ord, body + ',')) % 256:02X}"


def test_scr_lines_say_their_own_units():
    file = read(
        "x.scr",
        scr("A,SET4C,1,2,3"),
        scr("M,6.2.16,ST,?,1.680,15,760,100.0,200.0,5.0,0,1,0,-30,0,0,0,0,0,0,1,0"),
        scr("2,Ea,0000,?,0.085,0,7.244,102.3045,288.0705"),
        scr("3,Ea,1121,x,0,0,10.0,10.0,100.0"),
        scr("4,Ed,0000,?,0.0,0,100.5,200.5,1.5"),
        scr("5,Ea,0003,?,0.0,0,1,2,3"),
        scr("6,Ea,0000,?,0.0,0,7.244,102.3045,288.0705")[:-2] + "00",
    )
    (setup,) = file.setups
    assert (setup.east, setup.north, setup.instrument_height_m) == (100.0, 200.0, 1.68)
    assert sight(file, "2") == {
        "zenith": 102 + 30 / 60 + 45 / 3600,
        "horizontal": 288 + 7 / 60 + 5 / 3600,
        "slope distance": 7.244,
    }
    assert sight(file, "3") == {"zenith": 81, "horizontal": 270, "slope distance": 3.048}
    assert (file.points[0].east, file.points[0].north) == (100.5, 200.5)
    assert [(r.line, r.reason.code) for r in file.rejected] == [
        (6, "field_unit_unknown"),
        (7, "field_checksum_wrong"),
    ]


def test_nikon_heads_say_units_and_order():
    file = read(
        "x.raw",
        "CO,Nikon RAW data format V2.00",
        "CO,Dist Units: Feet",
        "CO,Angle Units: GONS",
        "CO,Zero VA: Horizon",
        "CO,Coord Order: ENZ",
        "UP,หมุด1,,100,200,10,BM",
        "SS,1,1,5,0,0",
        "ST,A,,B,,5,50,0",
        "F1,B,4,10,100,0,08:00:00,x",
        "XX,1",
        "CO,Angle Units: cubits",
    )
    (point,) = file.points
    assert (point.point, point.code) == ("หมุด1", "BM")
    assert (point.east, point.north) == pytest.approx((30.48, 60.96))
    (setup,) = file.setups
    assert setup.backsight == "B"
    assert math.degrees(setup.backsight_azimuth_rad) == pytest.approx(45)
    assert sight(file, "B") == {"horizontal": 90, "zenith": 90, "slope distance": 3.048}
    assert file.readings[0].attributes == {"time": "08:00:00"}
    assert [(r.line, r.reason.code) for r in file.rejected] == [
        (7, "field_station_unknown"),
        (10, "field_line_unknown"),
        (11, "field_unit_unknown"),
    ]


def test_geodimeter_blocks():
    file = read(
        "x.job",
        "50=JOB1",
        "2=ST",
        "3=1.5",
        "23=1111",
        "5=P1",
        "4=tree",
        "6=1.7",
        "7=100.0",
        "8=50.0",
        "9=12.5",
        "5=P2",
        "37=10.5",
        "5=P3",
        "7=abc",
        "nonsense",
        "5=P4",
        "37=1",
        "38=2",
        "39=3",
    )
    assert sight(file, "P1") == {"horizontal": 90, "zenith": 45, "slope distance": 12.5}
    assert file.readings[0].target_height_m == 1.7
    assert file.readings[0].code == "tree"
    assert [(p.point, p.north, p.east, p.height) for p in file.points] == [("P4", 1, 2, 3)]
    assert [(r.line, r.reason.code) for r in file.rejected] == [
        (11, "field_value_missing"),
        (13, "field_number_unreadable"),
        (15, "field_line_unknown"),
    ]
    assert (file.read, file.accepted) == (6, 3)
