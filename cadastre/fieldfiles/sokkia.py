"""Sokkia SDR20 and SDR33 (columns of fixed width) and SCR of the SET series (commas).

The head of an SDR file says units, the order of coordinates and the sense of the circle; each line
of an SCR says its own, and ends with a checksum: what makes the sum of the characters zero modulo
256.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import (
    ChecksumWrong,
    LineRefused,
    StationUnknown,
    UnitUnknown,
    ValueMissing,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import Face, PointCoordinates, Record, StationSetup
from cadastre.fieldfiles.stations import Station, Target, amend_setup
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, named, optional_number
from cadastre.fieldfiles.units import AXIS, METRES, ZENITH, angle_rad, length_m

_SETTINGS = {"00": "header", "01": "instrument", "04": "setting", "05": "setting", "06": "setting"}
_NOTES = {"12": "set", "13": "note"}
_FACES: dict[str, Face] = {"F1": 1, "F2": 2}


@dataclass(slots=True)
class _Sdr:
    """The state of an SDR file: how wide its fields are and what its numbers mean."""

    station: Station = field(default_factory=Station)
    wide: bool = True  # SDR33: 16 characters; SDR20 and SDR2x: names of 4, values of 10
    angle_unit: str = "deg"
    length_unit: str = "m"
    north_first: bool = True
    clockwise: bool = True

    def cut(self, text: str, names: int) -> tuple[list[str], list[str]]:
        """The names that follow the four characters of the record's type, then the values."""
        name, value = (16, 16) if self.wide else (4, 10)
        body = text[4:]
        cut = [body[i * name : (i + 1) * name].strip() for i in range(names)]
        rest = body[names * name :]
        return cut, [rest[i * value : (i + 1) * value].strip() for i in range(5)]

    def length(self, text: str, name: str, line: int) -> float | None:
        if not text:
            return None
        return length_m(text, unit=self.length_unit, field=name, line=line)

    def angle(self, text: str, name: str, line: int, *, circle: bool = True) -> float | None:
        if not text:
            return None
        angle = angle_rad(text, unit=self.angle_unit, field=name, line=line)
        return angle if self.clockwise or not circle else (AXIS - angle) % AXIS


def recognises_sdr(source: Source) -> bool:
    return re.match(r"00..SDR", source.head) is not None


def read_sdr(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    sdr = _Sdr()
    for line, text in lines_of(source.text, tally):
        kind = text[:2]
        if kind in _SETTINGS or kind in ("03", "07", "10"):
            name = {"03": "target height", "07": "orientation", "10": "job"}.get(kind)
            with tally.setting(line, text, name or _SETTINGS[kind]):
                _setting(sdr, tally, line, text)
        elif kind in _NOTES:
            tally.ignore(_NOTES[kind])
        else:
            with tally.piece(line, text) as found:
                found.extend(_record(sdr, line, text))


def _setting(sdr: _Sdr, tally: Tally, line: int, text: str) -> None:
    kind = text[:2]
    if kind == "00":
        _head(sdr, tally, line, text)
    elif kind == "10" and len(text) > 20:
        sdr.wide = text[20] == "1"
    elif kind == "03":
        _, values = sdr.cut(text, 0)
        sdr.station.target_height_m = sdr.length(values[0], "target height", line)
    elif kind == "07":
        (_, backsight), values = sdr.cut(text, 2)
        amend_setup(
            tally,
            sdr.station.number,
            backsight=backsight or None,
            backsight_azimuth_rad=sdr.angle(values[0], "azimuth", line, circle=False),
            backsight_reading_rad=sdr.angle(values[1], "horizontal", line),
        )


def _head(sdr: _Sdr, tally: Tally, line: int, text: str) -> None:
    sdr.wide = text[4:9] == "SDR33"
    flags = text[40:46].ljust(6)
    angle, length = {"1": "deg", "2": "gon"}.get(flags[0]), {"1": "m", "2": "ft"}.get(flags[1])
    if angle is None or length is None:
        raise UnitUnknown(line=line, field="00", text=flags)
    sdr.angle_unit, sdr.length_unit = angle, length
    sdr.north_first, sdr.clockwise = flags[4] != "2", flags[5] != "2"
    tally.facts["recorder"] = text[4:24].strip()
    tally.facts["written"] = text[24:40].strip()


def _record(sdr: _Sdr, line: int, text: str) -> list[Record]:
    kind = text[:2]
    if kind == "02":
        return [_station(sdr, line, text)]
    if kind == "08":
        (point,), values = sdr.cut(text, 1)
        north, east, height = _place(sdr, line, values)
        if north is None or east is None:
            raise ValueMissing(line=line, field="north, east")
        return [
            PointCoordinates(
                line=line,
                raw=text,
                point=named(point, field="point", line=line),
                north=north,
                east=east,
                height=height,
                code=values[3],
            )
        ]
    if kind in ("09", "11"):
        return _readings(sdr, line, text)
    raise LineRefused(line=line, text=shown(text, 60))


def _place(
    sdr: _Sdr, line: int, values: list[str]
) -> tuple[float | None, float | None, float | None]:
    first, second, height = (
        sdr.length(value, name, line)
        for value, name in zip(values[:3], ("first", "second", "height"), strict=True)
    )
    return (first, second, height) if sdr.north_first else (second, first, height)


def _station(sdr: _Sdr, line: int, text: str) -> StationSetup:
    (name,), values = sdr.cut(text, 1)
    north, east, height = _place(sdr, line, values)
    return sdr.station.begin(
        StationSetup(
            line=line,
            raw=text,
            number=0,
            station=named(name, field="station", line=line),
            instrument_height_m=sdr.length(values[3], "instrument height", line),
            north=north,
            east=east,
            height=height,
        )
    )


def _readings(sdr: _Sdr, line: int, text: str) -> list[Record]:
    (station, point), values = sdr.cut(text, 2)
    if station != sdr.station.name:
        raise StationUnknown(line=line)
    target = Target(
        line,
        text,
        named(point, field="point", line=line),
        sdr.station.target_height_m,
        values[3],
        _FACES.get(text[2:4]),
    )
    if text[:2] == "11":
        return sdr.station.readings(
            target,
            {
                "azimuth": sdr.angle(values[0], "azimuth", line, circle=False),
                "distance": sdr.length(values[1], "horizontal distance", line),
                "height_difference": sdr.length(values[2], "vertical distance", line),
            },
        )
    return sdr.station.readings(
        target,
        {
            "horizontal": sdr.angle(values[2], "horizontal", line),
            "zenith": sdr.angle(values[1], "zenith", line, circle=False),
            "slope": sdr.length(values[0], "slope", line),
        },
    )


def recognises_scr(source: Source) -> bool:
    first = next((line for line in source.head.splitlines() if line.strip()), "")
    return re.match(r"(A,|M,[\d.]+,|\w+,[EF][a-h],\d{4},).*,[0-9A-F]{2}\s*$", first) is not None


def read_scr(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    station = Station()
    east_first = False
    for line, text in lines_of(source.text, tally):
        if text[:2] in ("A,", "N,", "C,"):
            with tally.setting(line, text, {"A": "instrument", "N": "note"}.get(text[0], "code")):
                _checked(line, text)
            continue
        with tally.piece(line, text) as found:
            words = _checked(line, text)
            if words[0] == "M":
                setup, east_first = _scr_station(line, text, words)
                found.append(station.begin(setup))
            else:
                found.extend(_scr_point(station, line, text, words, east_first=east_first))


def _checked(line: int, text: str) -> list[str]:
    body, _, stated = text.rstrip().rpartition(",")
    computed = f"{-sum(map(ord, body + ',')) % 256:02X}"
    if stated.upper() != computed:
        raise ChecksumWrong(line=line, stated=shown(stated, 10), computed=computed)
    return [word.strip() for word in body.split(",")]


def _scr_station(line: int, text: str, words: list[str]) -> tuple[StationSetup, bool]:
    if len(words) < 21:
        raise LineRefused(line=line, text=shown(text, 60))
    unit = "ft" if words[10] == "1" else "m"
    east_first = words[20] == "1"
    first, second, height = (
        None if value is None else value * METRES[unit]
        for value in (optional_number(word, field="station", line=line) for word in words[7:10])
    )
    if not (first or second or height):  # the instrument's way to say that none were keyed in
        first = second = height = None
    north, east = (second, first) if east_first else (first, second)
    setup = StationSetup(
        line=line,
        raw=text,
        number=0,
        station=named(words[2], field="station", line=line),
        instrument_height_m=length_m(words[4], unit=unit, field="instrument height", line=line),
        north=north,
        east=east,
        height=height,
        attributes={"date": words[1], "temperature": words[5], "pressure": words[6]},
    )
    return setup, east_first


@dataclass(frozen=True, slots=True)
class _Status:
    """The four digits by which each SCR line says its own units."""

    length_unit: str
    angle_unit: str
    zero: str
    clockwise: bool

    @classmethod
    def of(cls, line: int, text: str) -> _Status:
        if re.fullmatch(r"[01][01][0-2][01]", text) is None:
            raise UnitUnknown(line=line, field="status", text=shown(text, 40))
        return cls(
            "ft" if text[0] == "1" else "m",
            "gon" if text[1] == "1" else "dms",
            "zenith" if text[2] == "0" else "elevation",
            text[3] == "0",
        )


# Where each kind of line has its coordinates and its readings, counted from the front.
_PLACES = {"Ed": 6, "Fd": 6, "Eh": 6}
_SLOPES = {"Ea": 6, "Eh": 9}


def _scr_point(
    station: Station, line: int, text: str, words: list[str], *, east_first: bool
) -> list[Record]:
    kind = words[1] if len(words) > 8 else ""
    status = _Status.of(line, words[2]) if kind in ("Ea", "Ee", "Ed", "Fd", "Eh") else None
    if status is None:
        raise LineRefused(line=line, text=shown(text, 60))
    name, code = named(words[0], field="point", line=line), "" if words[3] == "?" else words[3]
    unit = status.length_unit
    height = length_m(words[4], unit=unit, field="target height", line=line) if words[4] else None
    found: list[Record] = []
    if kind in _PLACES:
        first, second, third = (
            length_m(word, unit=unit, field="coordinate", line=line) for word in words[6:9]
        )
        north, east = (second, first) if east_first else (first, second)
        found.append(
            PointCoordinates(
                line=line, raw=text, point=name, north=north, east=east, height=third, code=code
            )
        )
    if kind in ("Ea", "Ee", "Eh"):
        found += _scr_readings(station, Target(line, text, name, height, code), words, status)
    return found


def _scr_readings(
    station: Station, target: Target, words: list[str], status: _Status
) -> list[Record]:
    if not station.number:
        raise StationUnknown(line=target.line)
    kind, line = words[1], target.line
    start = _SLOPES.get(kind, 5)
    if kind == "Ea" and len(words) > 10:  # an offset: direction and distance stand before
        target.attributes = {"offset": ",".join(words[6:8])}
        start = 8
    vertical, horizontal = (
        angle_rad(words[i] if i < len(words) else "", unit=status.angle_unit, field=name, line=line)
        for i, name in ((start + 1, "zenith"), (start + 2, "horizontal"))
    )
    if not status.clockwise:
        horizontal = (AXIS - horizontal) % AXIS
    slope = None
    if kind != "Ee":
        slope = length_m(words[start], unit=status.length_unit, field="slope", line=line)
    return station.readings(
        target,
        {"horizontal": horizontal, "zenith": ZENITH[status.zero](vertical), "slope": slope},
    )


SDR = FieldFormat("sdr", "Sokkia SDR20, SDR33", recognises_sdr, read_sdr)
SCR = FieldFormat("scr", "Sokkia SCR (SET)", recognises_scr, read_scr)
