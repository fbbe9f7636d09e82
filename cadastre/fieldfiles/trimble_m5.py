"""Trimble and Zeiss M5: blocks between bars, each an identifier, a value and its unit.

Y is east and X north, as in the instrument's home. A station ("S") may follow the readings by
which it was oriented; they are given to it. Heights of instrument and target come on lines of
their own and hold until the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import LineRefused, UnitUnknown, ValueMissing
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import PointCoordinates, Reading, Record, StationSetup
from cadastre.fieldfiles.stations import Quantity, Station, Target, amend_setup
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, named
from cadastre.fieldfiles.units import ZENITH, angle_rad, length_m

_LENGTH_UNITS = {"m": "m", "ft": "ft"}
_ANGLE_UNITS = {"dms": "dms", "deg": "deg", "gon": "gon", "grad": "gon", "mil": "mil"}
_DISTANCES: dict[str, Quantity] = {"SD": "slope", "HD": "distance", "h": "height_difference"}
_ZERO = {"V1": "zenith", "V3": "elevation"}


@dataclass(slots=True)
class _Job:
    station: Station
    unassigned: int = 0  # from which record on readings wait for their station


def recognises(source: Source) -> bool:
    return re.match(r"\s*For[ _]M5\|", source.head) is not None


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    job = _Job(Station())
    for line, text in lines_of(source.text, tally):
        if text.startswith("END"):
            tally.ignore("end")
        elif re.match(r"For[ _]M5\|[^|]*\|TI|For[ _]M5\|[^|]*\|TO", text):
            with tally.setting(line, text, "setting"):
                _setting(job, tally, line, text)
        else:
            with tally.piece(line, text) as found:
                found.extend(_point(job, tally, line, text))


def _parts(line: int, text: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """The information block, and (identifier, [value, unit]) of the blocks that hold a value."""
    parts = text.split("|")
    if len(parts) < 4 or not re.fullmatch(r"For[ _]M5", parts[0]):
        raise LineRefused(line=line, text=shown(text, 60))
    blocks = [(part[:2].strip(), part[2:].split()) for part in parts[3:]]
    return parts[2], [(name, words) for name, words in blocks if name and words]


def _setting(job: _Job, tally: Tally, line: int, text: str) -> None:
    info, blocks = _parts(line, text)
    if "STAT" in info:  # a new setup begins; its station may be named only after its readings
        job.station.name, job.station.target_height_m = None, None
        job.unassigned = len(tally.records)
    for name, words in blocks:
        if name == "th":
            job.station.target_height_m = _length(line, name, words)
        elif name == "ih" and job.station.number:
            amend_setup(tally, job.station.number, instrument_height_m=_length(line, name, words))


def _point(job: _Job, tally: Tally, line: int, text: str) -> list[Record]:
    info, blocks = _parts(line, text)
    if not info.startswith("PI"):
        raise LineRefused(line=line, text=shown(text, 60))
    *codes, name = info[4:].split() or [""]
    point, code = named(name, field="PI", line=line), " ".join(codes)
    place: dict[str, float] = {}
    values: dict[Quantity, float | None] = {}
    for block, words in blocks:
        if block in ("Y", "X", "Z", "E", "N"):
            place[{"E": "Y", "N": "X"}.get(block, block)] = _length(line, block, words)
        elif block in _DISTANCES:
            values[_DISTANCES[block]] = _length(line, block, words)
        elif block == "Hz":
            values["horizontal"] = _angle(line, block, words)
        elif block in _ZERO:
            values["zenith"] = ZENITH[_ZERO[block]](_angle(line, block, words))
        elif block in ("V2", "V4"):
            raise UnitUnknown(line=line, field=block, text=" ".join(words))
    if code == "S":
        setup = StationSetup(
            line=line,
            raw=text,
            number=0,
            station=point,
            north=place.get("X"),
            east=place.get("Y"),
            height=place.get("Z"),
        )
        return [_begin(job, tally, setup)]
    target = Target(line, text, point, job.station.target_height_m, code)
    readings = job.station.readings(target, values)
    if job.station.name is None:
        readings = [replace(r, setup=None) for r in readings if isinstance(r, Reading)]
    return readings + _coordinates(line, text, point, code, place)


def _begin(job: _Job, tally: Tally, told: StationSetup) -> StationSetup:
    setup = job.station.begin(told)
    for index in range(job.unassigned, len(tally.records)):
        record = tally.records[index]
        if isinstance(record, Reading) and record.setup is None:
            tally.records[index] = replace(record, setup=setup.number, station=told.station)
    job.unassigned = len(tally.records)
    return setup


def _coordinates(
    line: int, text: str, point: str, code: str, place: dict[str, float]
) -> list[Record]:
    if not place:
        return []
    for axis in ("X", "Y"):
        if axis not in place:
            raise ValueMissing(line=line, field=axis)
    return [
        PointCoordinates(
            line=line,
            raw=text,
            point=point,
            north=place["X"],
            east=place["Y"],
            height=place.get("Z"),
            code=code,
        )
    ]


def _length(line: int, name: str, words: list[str]) -> float:
    unit = _LENGTH_UNITS.get(words[1].lower() if len(words) > 1 else "", "")
    return length_m(words[0], unit=unit, field=name, line=line)


def _angle(line: int, name: str, words: list[str]) -> float:
    unit = _ANGLE_UNITS.get(words[1].lower() if len(words) > 1 else "", "")
    return angle_rad(words[0], unit=unit, field=name, line=line)


FORMAT = FieldFormat("m5", "Trimble, Zeiss M5", recognises, read)
