"""Nikon RAW: a record type and commas; comment lines ("CO") say units and zeros.

Angles are packed, ``ddd.mmss``. Times of day are local and keep their text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import LineRefused, StationUnknown, UnitUnknown, ValueMissing
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import Face, PointCoordinates, Record, StationSetup
from cadastre.fieldfiles.stations import Station, Target
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, named
from cadastre.fieldfiles.units import ZENITH, angle_rad, length_m

_LENGTHS = {
    "metres": "m",
    "meters": "m",
    "feet": "ft",
    "ft": "ft",
    "us ft": "us_ft",
    "us-ft": "us_ft",
}
_ANGLES = {"dddmmss": "dms", "gons": "gon", "gon": "gon", "mil": "mil", "mils": "mil"}
_ZEROS = {"zenith": "zenith", "horizon": "elevation", "horizontal": "elevation"}
_COORDINATES = ("MC", "MP", "UP", "CC", "RE", "CP")
_READINGS = {"SS": None, "F1": 1, "F2": 2, "SO": None}


@dataclass(slots=True)
class _Nikon:
    station: Station = field(default_factory=Station)
    length_unit: str = "m"
    angle_unit: str = "dms"
    zero: str = "zenith"
    north_first: bool = True

    def length(self, text: str, name: str, line: int) -> float | None:
        return length_m(text, unit=self.length_unit, field=name, line=line) if text else None

    def angle(self, text: str, name: str, line: int) -> float | None:
        return angle_rad(text, unit=self.angle_unit, field=name, line=line) if text else None


def recognises(source: Source) -> bool:
    return re.match(r"\s*CO,\s*Nikon RAW", source.head, re.IGNORECASE) is not None


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    nikon = _Nikon()
    for line, text in lines_of(source.text, tally):
        if text.startswith("CO,"):
            with tally.setting(line, text, "comment"):
                _comment(nikon, tally, line, text[3:])
            continue
        with tally.piece(line, text) as found:
            found.extend(_records(nikon, line, text))


def _comment(nikon: _Nikon, tally: Tally, line: int, text: str) -> None:
    name, colon, value = (part.strip() for part in text.partition(":"))
    word = value.lower()
    if not colon:
        return
    if name == "Dist Units":
        nikon.length_unit = _known(_LENGTHS, word, name, line)
    elif name == "Angle Units":
        nikon.angle_unit = _known(_ANGLES, word, name, line)
    elif name == "Zero VA":
        nikon.zero = _known(_ZEROS, word, name, line)
    elif name == "Coord Order":
        nikon.north_first = _known({"nez": "n", "enz": "e"}, word, name, line) == "n"
    elif name in ("Client", "Instrument", "Software", "HA Raw data"):
        tally.facts.setdefault(name, value)


def _known(words: dict[str, str], word: str, name: str, line: int) -> str:
    if word not in words:
        raise UnitUnknown(line=line, field=name, text=shown(word, 40))
    return words[word]


def _records(nikon: _Nikon, line: int, text: str) -> list[Record]:
    words = [word.strip() for word in text.split(",")]
    kind, rest = words[0], words[1:] + [""] * 8
    if kind in _COORDINATES:
        return [_coordinates(nikon, line, text, rest)]
    if kind == "ST":
        return [_station(nikon, line, text, rest)]
    if kind in _READINGS:
        return _readings(nikon, line, text, [kind, *rest])
    raise LineRefused(line=line, text=shown(text, 60))


def _coordinates(nikon: _Nikon, line: int, text: str, words: list[str]) -> PointCoordinates:
    """``point, code or other name, N, E, Z, code``."""
    first, second = (nikon.length(words[i], "coordinate", line) for i in (2, 3))
    if first is None or second is None:
        raise ValueMissing(line=line, field="north, east")
    north, east = (first, second) if nikon.north_first else (second, first)
    return PointCoordinates(
        line=line,
        raw=text,
        point=named(words[0], field="point", line=line),
        north=north,
        east=east,
        height=nikon.length(words[4], "height", line),
        code=words[5],
    )


def _station(nikon: _Nikon, line: int, text: str, words: list[str]) -> StationSetup:
    """``station, , backsight, , instrument height, azimuth of the backsight, reading to it``."""
    return nikon.station.begin(
        StationSetup(
            line=line,
            raw=text,
            number=0,
            station=named(words[0], field="station", line=line),
            instrument_height_m=nikon.length(words[4], "instrument height", line),
            backsight=words[2] or None,
            backsight_azimuth_rad=nikon.angle(words[5], "azimuth", line),
            backsight_reading_rad=nikon.angle(words[6], "horizontal", line),
        )
    )


def _readings(nikon: _Nikon, line: int, text: str, words: list[str]) -> list[Record]:
    """``point, target height, slope, horizontal, vertical, time, code``; SO has a word more."""
    if not nikon.station.number:
        raise StationUnknown(line=line)
    kind = words.pop(0)
    if kind == "SO":
        words.pop(1)
    # A backsight by azimuth alone has no name.
    backsight = kind in ("F1", "F2") and not words[0]
    face: Face | None = {"F1": 1, "F2": 2}.get(kind)  # type: ignore[assignment]
    target = Target(
        line,
        text,
        "" if backsight else named(words[0], field="point", line=line),
        nikon.length(words[1], "target height", line),
        words[6],
        face,
        {"time": words[5]} if words[5] else None,
    )
    vertical = nikon.angle(words[4], "vertical", line)
    return nikon.station.readings(
        target,
        {
            "horizontal": nikon.angle(words[3], "horizontal", line),
            "zenith": None if vertical is None else ZENITH[nikon.zero](vertical),
            "slope": nikon.length(words[2], "slope", line),
        },
    )


FORMAT = FieldFormat("nikon", "Nikon RAW", recognises, read)
