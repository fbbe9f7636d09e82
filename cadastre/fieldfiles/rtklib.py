"""Solutions of RTKLIB and its kin (``.pos``): RTKPOST, rnx2rtkp, RTKNAVI, Emlid.

Format: RTKLIB manual 2.4.2, appendix B.1. Standard deviations of two axes carry the sign of the
covariance: cov = sd·|sd|.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import LineRefused, TimeUnreadable, ValueMissing, ValueOutOfRange
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.gps_time import gps_clock, utc_of_gps
from cadastre.fieldfiles.records import (
    Baseline,
    EcefPosition,
    FixType,
    GeodeticPosition,
    GnssObservation,
    GnssPosition,
    GnssQuality,
)
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, number, whole
from cadastre.fieldfiles.uncertainty import Covariance

FIXES = {
    1: FixType.FIXED,
    2: FixType.FLOAT,
    3: FixType.SBAS,
    4: FixType.DIFFERENTIAL,
    5: FixType.SINGLE,
    6: FixType.PPP,
    7: FixType.ESTIMATED,
}

_EPOCH = r"(?:\d{4}/\d\d?/\d\d?\s+\d\d?:\d\d?:\d\d?(?:\.\d+)?|\d{1,4}\s+\d{1,6}\.\d+)"
_DATA = re.compile(rf"\s*{_EPOCH}(?:\s+[-+\d.]+){{5,}}", re.ASCII)
_DAY = re.compile(r"(\d{4})/(\d\d?)/(\d\d?)", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d?):(\d\d?(?:\.\d+)?)", re.ASCII)
_KINDS = {"latitude": "geodetic", "x-ecef": "ecef", "e-baseline": "baseline"}

Kind = Literal["geodetic", "ecef", "baseline"]


@dataclass(slots=True)
class _Header:
    """What the comment lines say of the data lines; the defaults are those of RTKLIB."""

    kind: Kind = "geodetic"
    time_system: str = "GPST"
    datum: str = "WGS84"
    orthometric: bool = False
    sexagesimal: bool = False
    base: GeodeticPosition | EcefPosition | None = None


def recognises(source: Source) -> bool:
    lines = [line for line in source.head.splitlines()[:60] if line.strip()]
    if any(re.match(r"%\s+(GPST|UTC|JST)\s", line) for line in lines):
        return True
    data = [line for line in lines if not line.startswith("%")]
    return bool(data) and _DATA.match(data[0]) is not None


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    header = _Header()
    for line, text in lines_of(source.text, tally):
        if text.startswith("%"):
            _head(header, line, text, tally)
        else:
            with tally.piece(line, text) as found:
                found.append(_observation(header, line, text))
    tally.time_system, tally.datum = header.time_system, header.datum


def _head(header: _Header, line: int, text: str, tally: Tally) -> None:
    columns = re.match(r"%\s+(GPST|UTC|JST)\s+(\S+)", text)
    legend = re.match(r"%\s*\((lat/lon/height|x/y/z-ecef|e/n/u-baseline)=(\w+)(?:/(\w+))?", text)
    name, colon, told = text.removeprefix("%").partition(":")
    if columns:
        header.time_system = columns[1]
        header.kind = _KINDS.get(columns[2].split("(")[0], "geodetic")  # type: ignore[assignment]
        header.sexagesimal = "(d'\")" in text
    elif legend:
        header.datum = legend[2]
        header.orthometric = legend[3] == "geodetic"
    elif colon and name.strip()[:1].isalpha():
        key, value = name.strip(), told.strip()
        tally.facts[key] = f"{tally.facts[key]}; {value}" if key in tally.facts else value
        if key == "ref pos":
            header.base = _base(line, value)
    tally.ignore("header")


def _base(line: int, text: str) -> GeodeticPosition | EcefPosition | None:
    words = text.split()
    try:
        first, second, third = (number(word, field="ref pos", line=line) for word in words)
    except (LineRefused, ValueError):
        return None  # kept as a fact; a base written in another way spoils no rover
    if abs(first) <= 90 and abs(second) <= 360:
        return GeodeticPosition(first, second, third)
    return EcefPosition(first, second, third)


def _observation(header: _Header, line: int, text: str) -> GnssObservation:
    words = re.split(r"[\s,;]+", text.strip())
    if len(words) < 3:
        raise LineRefused(line=line, text=shown(text, 60))
    epoch = _epoch(header, line, words[0], words[1])
    position, rest = _position(header, line, words[2:])
    return GnssObservation(
        line=line,
        raw=text,
        epoch=epoch,
        position=position,
        quality=_quality(header.kind, line, rest),
        datum=header.datum,
        base_position=header.base,
    )


def _epoch(header: _Header, line: int, first: str, second: str) -> datetime:
    day, clock = _DAY.fullmatch(first), _CLOCK.fullmatch(second)
    try:
        if day and clock:
            seconds = float(clock[3])
            if not (int(clock[1]) < 24 and int(clock[2]) < 60 and seconds < 61):
                raise TimeUnreadable(line=line, text=f"{first} {second}")
            shows = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC) + timedelta(
                hours=int(clock[1]),
                minutes=int(clock[2]),
                microseconds=round(seconds * 1_000_000),
            )
        else:
            week = whole(first, field="week", line=line, high=9999)
            second_of_week = number(second, field="second of week", line=line, low=0, high=604_800)
            shows = gps_clock(week, second_of_week)
    except (ValueError, OverflowError) as error:
        raise TimeUnreadable(line=line, text=shown(f"{first} {second}", 60)) from error
    if header.time_system == "GPST":
        return utc_of_gps(shows)
    return shows - timedelta(hours=9) if header.time_system == "JST" else shows


def _position(header: _Header, line: int, words: list[str]) -> tuple[GnssPosition, list[str]]:
    if header.kind != "geodetic":
        a, b, c = (
            number(_word(words, i, line), field=field, line=line)
            for i, field in enumerate(
                ("x", "y", "z") if header.kind == "ecef" else ("east", "north", "up")
            )
        )
        position = EcefPosition(a, b, c) if header.kind == "ecef" else Baseline(a, b, c)
        return position, words[3:]
    if header.sexagesimal:
        latitude = _sexagesimal(words[0:3], "latitude", line, 90)
        longitude = _sexagesimal(words[3:6], "longitude", line, 180)
        words = words[6:]
    else:
        latitude = number(_word(words, 0, line), field="latitude", line=line, low=-90, high=90)
        # RTKLIB writes −180 to 180; some of its kin 0 to 360.
        longitude = number(_word(words, 1, line), field="longitude", line=line, low=-180, high=360)
        words = words[2:]
    longitude = longitude - 360 if longitude > 180 else longitude
    height = number(_word(words, 0, line), field="height", line=line, low=-20_000, high=1e8)
    if header.orthometric:
        return GeodeticPosition(latitude, longitude, None, height), words[1:]
    return GeodeticPosition(latitude, longitude, height), words[1:]


def _sexagesimal(words: list[str], field: str, line: int, limit: int) -> float:
    degrees = number(_word(words, 0, line), field=field, line=line, low=-limit, high=limit)
    minutes = number(_word(words, 1, line), field=field, line=line, low=0, high=59)
    seconds = number(_word(words, 2, line), field=field, line=line, low=0, high=60)
    size = abs(degrees) + minutes / 60 + seconds / 3600
    if size > limit:
        raise ValueOutOfRange(line=line, field=field, text=f"{size:g}", low=-limit, high=limit)
    return -size if words[0].startswith("-") else size


def _word(words: list[str], index: int, line: int) -> str:
    if index >= len(words):
        raise ValueMissing(line=line, field=f"#{index + 3}")
    return words[index]


def _quality(kind: Kind, line: int, words: list[str]) -> GnssQuality:
    """From ``Q ns sd1 sd2 sd3 sd12 sd23 sd31 age ratio``; the later ones may be absent."""
    code = whole(_word(words, 0, line), field="Q", line=line, high=99)
    satellites = whole(words[1], field="ns", line=line, high=999) if len(words) > 1 else None
    age = number(words[8], field="age", line=line) if len(words) > 8 else None
    ratio = number(words[9], field="ratio", line=line, low=0) if len(words) > 9 else None
    return GnssQuality(
        fix=FIXES.get(code, FixType.UNKNOWN),
        covariance=_covariance(kind, line, words[2:8]) if len(words) > 2 else None,
        satellites=satellites,
        age_s=age,
        ratio=ratio,
    )


def _covariance(kind: Kind, line: int, words: list[str]) -> Covariance:
    first, second, third = (
        number(_word(words, i, line), field="sd", line=line, low=0, high=1e6) for i in range(3)
    )
    signed = [number(word, field="sd", line=line, low=-1e6, high=1e6) for word in words[3:6]]
    terms = [sd * abs(sd) for sd in signed] if len(signed) == 3 else [None, None, None]
    of_12, of_23, of_31 = terms
    if kind == "geodetic":  # n e u → e n u
        return Covariance("enu", second**2, first**2, third**2, of_12, of_23, of_31)
    axes: Literal["enu", "ecef"] = "ecef" if kind == "ecef" else "enu"
    return Covariance(axes, first**2, second**2, third**2, of_12, of_31, of_23)


FORMAT = FieldFormat("rtklib_pos", "RTKLIB solution (.pos)", recognises, read)
