"""Leica GSI-8 and GSI-16: words of a two-digit index, a unit, a sign and 8 or 16 characters.

A line may hold coordinates of a point (81-83), of the station (84-86) and readings. Names are
padded with zeros, which are no part of them. Format: Leica "GSI Online" manual, word indices and
unit codes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import (
    AngleUnreadable,
    LineRefused,
    NumberUnreadable,
    UnitUnknown,
    ValueMissing,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import PointCoordinates, Record, StationSetup
from cadastre.fieldfiles.stations import Quantity, Station, Target
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of
from cadastre.fieldfiles.units import METRES, RADIANS

# Unit code → metres of one in the last place.
LENGTHS = {
    "0": 1e-3,
    "1": METRES["ft"] * 1e-3,
    "6": 1e-4,
    "7": METRES["ft"] * 1e-4,
    "8": 1e-5,
}
ANGLES = {"2": RADIANS["gon"] * 1e-5, "3": RADIANS["deg"] * 1e-5, "5": RADIANS["mil"] * 1e-4}
SEXAGESIMAL = "4"  # DDDMMSSs, tenths of a second

NAMES = {
    "81": "east",
    "82": "north",
    "83": "height",
    "84": "station east",
    "85": "station north",
    "86": "station height",
    "87": "target height",
    "88": "instrument height",
    "21": "horizontal",
    "22": "zenith",
    "31": "slope",
    "32": "distance",
    "33": "height_difference",
}
_READINGS: dict[str, Quantity] = {
    "21": "horizontal",
    "22": "zenith",
    "31": "slope",
    "32": "distance",
    "33": "height_difference",
}
_WORD = re.compile(r"(?P<index>\d{2})[\d.]{3}(?P<unit>[\d.])(?P<sign>[+-])(?P<data>.{1,16})")
_GAP = re.compile(r"-{2,}")  # "00000000000-----": the instrument had no value


@dataclass(frozen=True, slots=True)
class _Word:
    unit: str
    sign: str
    data: str


def recognises(source: Source) -> bool:
    lines = [line for line in source.head.splitlines()[:10] if line.strip()]
    words = sum(1 for line in lines if re.match(r"\*?(11|41)\d{4}[+-]", line))
    return words > 0 and words * 2 >= len(lines)


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    station = Station()
    for line, text in lines_of(source.text, tally):
        if re.match(r"\s*\*?41", text):
            tally.ignore("code")
            continue
        with tally.piece(line, text) as found:
            found.extend(_records(station, line, text, _words(line, text)))


def _words(line: int, text: str) -> dict[str, _Word]:
    content = text.strip()
    long = content.startswith("*")
    content, size = (content[1:], 24) if long else (content, 16)
    words: dict[str, _Word] = {}
    for start in range(0, len(content), size):
        match = _WORD.fullmatch(content[start : start + size].rstrip())
        if match is None:
            raise LineRefused(line=line, text=shown(text, 60))
        words.setdefault(match["index"], _Word(match["unit"], match["sign"], match["data"]))
    if "11" not in words:
        raise ValueMissing(line=line, field="11")
    return words


def _records(station: Station, line: int, raw: str, words: dict[str, _Word]) -> list[Record]:
    point = words["11"].data.strip().lstrip("0") or "0"
    code = words["71"].data.strip().lstrip("0") if "71" in words else ""
    lengths = {
        index: _length(line, NAMES[index], words.get(index))
        for index in ("31", "32", "33", *(str(n) for n in range(81, 89)))
    }
    angles = {index: _angle(line, index, words.get(index)) for index in ("21", "22")}
    records: list[Record] = []
    if "81" in words or "82" in words:
        for index in ("81", "82"):
            if lengths[index] is None:
                raise ValueMissing(line=line, field=NAMES[index])
        records.append(
            PointCoordinates(
                line=line,
                raw=raw,
                point=point,
                north=lengths["82"],
                east=lengths["81"],
                height=lengths["83"],
                code=code,
            )
        )
    if lengths["84"] is not None or lengths["88"] is not None:
        setup = StationSetup(
            line=line,
            raw=raw,
            number=0,
            station=point,
            instrument_height_m=lengths["88"],
            north=lengths["85"],
            east=lengths["84"],
            height=lengths["86"],
        )
        records.append(station.begin(setup))
    target = Target(line, raw, point, lengths["87"], code)
    values = {name: angles.get(index, lengths.get(index)) for index, name in _READINGS.items()}
    return records + station.readings(target, values)


def _digits(line: int, name: str, word: _Word | None) -> int | None:
    if word is None or _GAP.search(word.data):
        return None
    if not (word.data.isascii() and word.data.strip().isdigit()):
        raise NumberUnreadable(line=line, field=name, text=shown(word.data, 40))
    return int(word.data) * (-1 if word.sign == "-" else 1)


def _length(line: int, name: str, word: _Word | None) -> float | None:
    value = _digits(line, name, word)
    if value is None or word is None:
        return None
    if word.unit not in LENGTHS:
        raise UnitUnknown(line=line, field=name, text=word.unit)
    # 698460332 mm is 698460.332 m to the last bit; times 0.001 it is not.
    return (
        value / round(1 / LENGTHS[word.unit]) if word.unit in "068" else value * LENGTHS[word.unit]
    )


def _angle(line: int, index: str, word: _Word | None) -> float | None:
    name = NAMES[index]
    value = _digits(line, name, word)
    if value is None or word is None:
        return None
    if word.unit == SEXAGESIMAL:
        size = abs(value)
        degrees, minutes, tenths = size // 100_000, size // 1000 % 100, size % 1000
        if degrees > 720 or minutes >= 60 or tenths >= 600:
            raise AngleUnreadable(line=line, field=name, text=word.data, unit="dddmmss.s")
        angle = math.radians(degrees + minutes / 60 + tenths / 36_000)
        return -angle if value < 0 else angle
    if word.unit not in ANGLES:
        raise UnitUnknown(line=line, field=name, text=word.unit)
    if abs(value) >= 10**9:
        raise AngleUnreadable(line=line, field=name, text=word.data, unit="gon")
    return value * ANGLES[word.unit]


FORMAT = FieldFormat("gsi", "Leica GSI-8, GSI-16", recognises, read)
