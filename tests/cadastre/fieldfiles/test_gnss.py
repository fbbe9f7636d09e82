from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from cadastre.fieldfiles import (
    Baseline,
    Covariance,
    EcefPosition,
    FixType,
    GeodeticPosition,
    read_field_file,
)
from cadastre.fieldfiles.gps_time import GPS_EPOCH, LEAP_SECONDS, gps_clock, utc_of_gps

LLH = "%  GPST  latitude(deg) longitude(deg) height(m) Q ns sdn sde sdu sdne sdeu sdun age ratio"


def pos(*lines: str):
    return read_field_file("x.pos", "\n".join(lines).encode(), format="rtklib_pos")


def sentence(body: str) -> str:
    total = 0
    for character in body:
        total ^= ord(character)
    return f"${body}*{total:02X}"


def gga(time: str, quality: int = 4, latitude: str = "1345.0000000") -> str:
    return sentence(
        f"GNGGA,{time},{latitude},N,10030.0000000,E,{quality},12,0.9,2.5,M,-30.0,M,1.0,7"
    )


def nmea(*lines: str, **options):
    return read_field_file("x.nmea", "\r\n".join(lines).encode(), format="nmea", **options)


@pytest.mark.parametrize(("day", "seconds"), LEAP_SECONDS)
def test_utc_takes_each_leap_second_on_its_day(day, seconds):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert utc_of_gps(midnight + timedelta(seconds=seconds)) == midnight
    assert utc_of_gps(midnight + timedelta(seconds=seconds + 1)) == midnight + timedelta(seconds=1)


@given(st.integers(0, 4_000_000_000))
def test_utc_never_runs_back(seconds):
    moment = GPS_EPOCH + timedelta(seconds=seconds)
    later = utc_of_gps(moment + timedelta(seconds=1)) - utc_of_gps(moment)
    assert timedelta(0) <= later <= timedelta(seconds=1)


def test_weeks_count_from_the_first_sunday_of_1980():
    assert gps_clock(0, 0) == GPS_EPOCH
    assert gps_clock(1316, 518400) == datetime(2005, 4, 2, tzinfo=UTC)  # as RTKLIB prints both


def test_week_time_and_calendar_time_are_one_moment():
    row = "13.7 100.5 2.5 1 9 0.01 0.02 0.03 0.001 -0.002 0.003 0.5 12.5"
    file = pos(LLH, f"2390 518400.250 {row}", f"2025/11/01 00:00:00.250 {row}")
    assert file.observations[0].epoch == file.observations[1].epoch
    assert file.observations[0].epoch == datetime(2025, 10, 31, 23, 59, 42, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(("system", "hour"), [("UTC", 12), ("JST", 3)])
def test_the_head_says_which_time_it_is(system, hour):
    file = pos(LLH.replace("GPST", system), "2025/11/01 12:00:00 13.7 100.5 2.5 1 9")
    assert file.observations[0].epoch == datetime(2025, 11, 1, hour, tzinfo=UTC)
    assert file.time_system == system


def test_standard_deviations_keep_the_sign_of_the_covariance():
    row = "13.7 100.5 2.5 2 9 0.01 0.02 0.03 0.001 -0.002 0.003 0.5 12.5"
    observation = pos(LLH, f"2025/11/01 00:00:00 {row}").observations[0]
    covariance = observation.quality.covariance
    assert covariance is not None
    assert covariance.sigmas == pytest.approx((0.02, 0.01, 0.03))  # east, north, up
    assert covariance.cov_12 == pytest.approx(0.001**2)
    assert covariance.cov_13 == pytest.approx(-(0.002**2))
    assert covariance.cov_23 == pytest.approx(0.003**2)
    assert covariance.horizontal_sigma_m == pytest.approx(math.hypot(0.01, 0.02))
    assert observation.quality.fix is FixType.FLOAT
    assert (observation.quality.age_s, observation.quality.ratio) == (0.5, 12.5)


def test_a_baseline_is_east_north_up():
    head = "%  GPST  e-baseline(m)  n-baseline(m)  u-baseline(m)   Q  ns  sde(m)  sdn(m)  sdu(m)"
    observation = pos(head, "2025/11/01 00:00:00 -12.5 7.25 0.125 1 9 0.01 0.02 0.03").observations[
        0
    ]
    assert observation.position == Baseline(-12.5, 7.25, 0.125)
    assert observation.quality.covariance == Covariance.of_sigmas("enu", 0.01, 0.02, 0.03)


def test_the_base_of_the_head_belongs_to_each_epoch():
    head = "% ref pos   : -1132914.1  6092526.3  1504633.2"
    file = pos(head, LLH, "2025/11/01 00:00:00 13.7 100.5 2.5 1 9")
    assert file.observations[0].base_position == EcefPosition(-1132914.1, 6092526.3, 1504633.2)
    assert file.facts["ref pos"].startswith("-1132914.1")


def test_degrees_minutes_seconds_and_heights_over_the_geoid():
    legend = "% (lat/lon/height=WGS84/geodetic,Q=1:fix)"
    head = "%  GPST  latitude(d'\")  longitude(d'\")  height(m)  Q  ns"
    file = pos(legend, head, "2025/11/01 00:00:00 -13 42 00.0 100 30 00.0 2.5 1 9")
    assert file.observations[0].position == GeodeticPosition(-13.7, 100.5, None, 2.5)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025/13/01 00:00:00 13.7 100.5 2.5 1 9", "field_time_unreadable"),
        ("2025/11/01 24:00:00 13.7 100.5 2.5 1 9", "field_time_unreadable"),
        ("2390 700000.0 13.7 100.5 2.5 1 9", "field_value_out_of_range"),
        ("2025/11/01 00:00:00 93.7 100.5 2.5 1 9", "field_value_out_of_range"),
        ("2025/11/01 00:00:00 nan 100.5 2.5 1 9", "field_number_unreadable"),
        ("2025/11/01 00:00:00 13.7 100.5 1e9 1 9", "field_value_out_of_range"),
        ("2025/11/01 00:00:00 13.7 100.5 2.5 1 9 -0.01 0.02 0.03", "field_value_out_of_range"),
        ("2025/11/01 00:00:00 13.7 100.5", "field_value_missing"),
        ("hello", "field_line_unknown"),
    ],
)
def test_a_bad_epoch_is_refused_with_its_reason(row, reason):
    file = pos(LLH, row, "2025/11/01 00:00:01 13.7 100.5 2.5 1 9")
    assert [(r.line, r.reason.code) for r in file.rejected] == [(2, reason)]
    assert "Line 2" in str(file.rejected[0].reason)
    assert file.accepted == 1


@given(
    st.floats(0.001, 2),
    st.floats(0.001, 2),
    st.floats(0.001, 2),
    st.floats(-60, 60),
    st.floats(-180, 180),
)
@settings(max_examples=40)
def test_turning_a_covariance_keeps_its_size(a, b, c, latitude, longitude):
    turned = Covariance("ecef", a * a, b * b, c * c, 0.0, 0.0, 0.0).in_enu(latitude, longitude)
    assert sum((turned.var_1, turned.var_2, turned.var_3 or 0)) == pytest.approx(
        a * a + b * b + c * c
    )


def test_up_is_away_from_the_centre_of_the_earth():
    """An error along the plumb line is all height: 1 cm of it, put in as ECEF."""
    ecef = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    low, high = (ecef.transform(100.5, 13.7, height) for height in (0.0, 0.01))
    x, y, z = (b - a for a, b in zip(low, high, strict=True))
    covariance = Covariance("ecef", x * x, y * y, z * z, x * y, x * z, y * z).in_enu(13.7, 100.5)
    assert covariance.sigmas == pytest.approx((0.0, 0.0, 0.01), abs=1e-7)


def test_sigmas_alone_do_not_say_how_errors_go_together():
    with pytest.raises(ValueError, match="incomplete"):
        Covariance.of_sigmas("ecef", 0.01, 0.01, 0.01).in_enu(13.7, 100.5)


def test_a_wrong_checksum_is_a_rejected_line_of_any_kind():
    rmc = sentence("GNRMC,120000.00,A,1345.0,N,10030.0,E,0,0,011125,,,A")
    broken = "$GPGSV,1,1,00,7*00"
    file = nmea(rmc, gga("120000.00"), gga("120001.00")[:-1] + "?", broken, gga("120002.00")[:-3])
    assert [(r.line, r.reason.code) for r in file.rejected] == [
        (3, "field_line_unknown"),
        (4, "field_checksum_wrong"),
        (5, "field_checksum_missing"),
    ]
    assert (file.read, file.accepted) == (4, 1)
    assert str(file.rejected[1].reason).startswith("Line 4: its checksum is 00, its text gives ")


@given(st.integers(1, 90), st.sampled_from("0123456789,.NE"))
@settings(max_examples=60)
def test_one_changed_character_never_passes(index, character):
    whole = gga("120000.00")
    index = min(index, whole.index("*") - 1)
    if whole[index] == character:
        return
    changed = whole[:index] + character + whole[index + 1 :]
    file = nmea(sentence("GNRMC,120000.00,A,,,,,0,0,011125,,,A"), changed)
    assert file.accepted == 0
    assert len(file.rejected) == 1


def test_a_day_is_counted_on_over_midnight():
    first = sentence("GNRMC,235959.00,A,1345.0,N,10030.0,E,0,0,311225,,,A")
    file = nmea(first, gga("235959.00"), gga("000000.00"), gga("000001.00"))
    assert [o.epoch for o in file.observations] == [
        datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
    ]


def test_a_day_that_comes_later_is_counted_back():
    later = sentence("GNZDA,000001.00,01,01,2026,00,00")
    file = nmea(gga("235959.00"), gga("000000.00"), later)
    assert file.observations[0].epoch == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_log_without_a_day_asks_for_it():
    lines = (gga("120000.00"), gga("120001.00"))
    file = nmea(*lines)
    assert [r.reason.code for r in file.rejected] == ["field_day_missing"] * 2
    told = nmea(*lines, day=date(2025, 11, 1))
    assert told.observations[1].epoch == datetime(2025, 11, 1, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quality", "fix"),
    [(1, FixType.SINGLE), (2, FixType.DIFFERENTIAL), (4, FixType.FIXED), (5, FixType.FLOAT)],
)
def test_the_quality_of_a_gga_is_its_fix(quality, fix):
    file = nmea(gga("120000.00", quality), day=date(2025, 11, 1))
    observation = file.observations[0]
    assert observation.quality.fix is fix
    assert observation.position == GeodeticPosition(13.75, 100.5, -27.5, 2.5)
    assert (observation.quality.satellites, observation.quality.hdop) == (12, 0.9)
    assert (observation.quality.age_s, observation.base) == (1.0, "7")


@example("GNGGA,120000.00,1360.0,N,10030.0,E,4,12,0.9,2.5,M,,M,,")  # sixty minutes
@example("GNGGA,120000.00,,,,,0,00,99.9,,,,,,")  # no fix yet
@example("GNGGA,,,,,,0,00,99.9,,,,,,")
@example("GNGGA,250000.00,1345.0,N,10030.0,E,4,12,0.9,2.5,M,,M,,")
@example("GNGGA,120000.00,1345.0,X,10030.0,E,4,12,0.9,2.5,M,,M,,")
@example("GNGGA,1")
@given(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*$"), max_size=60
    ).map("GNGGA,{}".format)
)
def test_a_gga_that_says_nothing_usable_is_refused(body):
    file = nmea(sentence(body), day=date(2025, 11, 1))
    assert file.read == 1
    assert file.accepted + len(file.rejected) == 1


def test_sentences_that_are_not_read_are_counted():
    file = nmea(sentence("PTNL,GGK,1,2"), sentence("GPGSV,1"), sentence("GNGGAH,1"), "# note")
    assert file.read == 0
    assert file.ignored == {"PTNL": 1, "GSV": 1, "GGAH": 1, "comment": 1}
