"""Geodimeter ``.job`` and ``.are``: one labelled value a line, ``5=`` begins a point.

A piece is a station (label 2) or a point (5, or 62 for the backsight) with the lines below it. A
circle reading of face two (17, 18) is kept as read, half a turn from that of face one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import (
    LineRefused,
    NothingMeasured,
    StationUnknown,
    UnitUnknown,
    ValueMissing,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import Face, PointCoordinates, Record, StationSetup
from cadastre.fieldfiles.stations import Quantity, Station, Target
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, named
from cadastre.fieldfiles.units import angle_rad, length_m

_LINE = re.compile(r"\s*(?P<label>\d{1,3})\s*=(?P<value>.*)")
_BEGINS = {"2": "station", "5": "point", "62": "backsight"}
_HEADS = {"0", "1", "50", "51", "52", "53", "54", "55", "56", "74"}

_HORIZONTAL: dict[str, Face | None] = {"7": None, "24": 1, "17": 2}
_ZENITH: dict[str, Face | None] = {"8": None, "25": 1, "18": 2}
_LENGTHS: dict[str, Quantity] = {"9": "slope", "11": "distance", "10": "height_difference"}


@dataclass(slots=True)
class _Block:
    """A station or a point with the labelled lines below it."""

    kind: str
    line: int
    name: str
    raw: list[str]
    values: dict[str, tuple[int, str]] = field(default_factory=dict)
    wrong: LineRefused | None = None

    def text(self, label: str) -> str:
        return self.values.get(label, (0, ""))[1]

    def length(self, label: str, unit: str) -> float | None:
        line, text = self.values.get(label, (0, ""))
        return length_m(text, unit=unit, field=label, line=line) if text else None

    def angle(self, label: str, unit: str) -> float | None:
        line, text = self.values.get(label, (0, ""))
        return angle_rad(text, unit=unit, field=label, line=line) if text else None


@dataclass(slots=True)
class _Job:
    station: Station = field(default_factory=Station)
    angle_unit: str = "dms"
    length_unit: str = "m"


def recognises(source: Source) -> bool:
    lines = [line for line in source.head.splitlines()[:20] if line.strip()]
    labelled = sum(1 for line in lines if _LINE.fullmatch(line))
    return labelled > 0 and labelled * 4 >= len(lines) * 3


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    job = _Job()
    for block in _blocks(job, source, tally):
        with tally.piece(block.line, "\n".join(block.raw)) as found:
            if block.wrong is not None:
                raise block.wrong
            found.extend(_records(job, block))


def _blocks(job: _Job, source: Source, tally: Tally) -> Iterator[_Block]:
    block: _Block | None = None
    for line, text in lines_of(source.text, tally):
        match = _LINE.fullmatch(text)
        if match is None:
            tally.reject(line, text, LineRefused(line=line, text=shown(text, 60)))
        elif match["label"] in _BEGINS:
            if block is not None:
                yield block
            block = _Block(_BEGINS[match["label"]], line, match["value"].strip(), [text])
        elif match["label"] in _HEADS or block is None:
            _head(tally, line, match)
        else:
            block.raw.append(text)
            _add(job, block, line, match)
    if block is not None:
        yield block


def _head(tally: Tally, line: int, match: re.Match[str]) -> None:  # noqa: ARG001
    tally.facts.setdefault(match["label"], match["value"].strip())
    tally.ignore("header")


def _add(job: _Job, block: _Block, line: int, match: re.Match[str]) -> None:
    if match["label"] == "23":
        units = re.fullmatch(r"([1-4])([12])\d{0,6}", match["value"].strip())
        if units is None or units[1] == "4":
            block.wrong = UnitUnknown(line=line, field="23", text=shown(match["value"].strip(), 40))
            return
        job.angle_unit = {"1": "gon", "2": "dms", "3": "deg"}[units[1]]
        job.length_unit = "m" if units[2] == "1" else "ft"
    block.values.setdefault(match["label"], (line, match["value"].strip()))


def _records(job: _Job, block: _Block) -> list[Record]:
    name = named(block.name, field=block.kind, line=block.line)
    unit = job.length_unit
    north, east, height = (block.length(label, unit) for label in ("37", "38", "39"))
    if block.kind == "station":
        reference = block.angle("21", job.angle_unit)
        setup = StationSetup(
            line=block.line,
            raw="\n".join(block.raw),
            number=0,
            station=name,
            instrument_height_m=block.length("3", unit),
            north=north,
            east=east,
            height=height,
            backsight_azimuth_rad=reference,
        )
        return [job.station.begin(setup)]
    found: list[Record] = []
    if north is not None or east is not None:
        found.append(_coordinates(block, name, (north, east, height)))
    readings = _readings(job, block, name)
    if readings and not job.station.number:
        raise StationUnknown(line=block.line)
    if not found and not readings:
        raise NothingMeasured(line=block.line, point=shown(name, 60))
    return found + readings


def _coordinates(
    block: _Block, name: str, place: tuple[float | None, float | None, float | None]
) -> PointCoordinates:
    north, east, height = place
    if north is None or east is None:
        raise ValueMissing(line=block.line, field="37" if north is None else "38")
    return PointCoordinates(
        line=block.line,
        raw="\n".join(block.raw),
        point=name,
        north=north,
        east=east,
        height=height,
        code=block.text("4"),
    )


def _readings(job: _Job, block: _Block, name: str) -> list[Record]:
    height = block.length("6", job.length_unit)
    # HAref stands below a point where it was keyed in between two sights; it is no reading.
    attributes = {"HAref": block.text("21")} if block.text("21") else {}

    def target(face: Face | None) -> Target:
        raw = "\n".join(block.raw)
        return Target(block.line, raw, name, height, block.text("4"), face, attributes)

    found: list[Record] = []
    for quantity, labels in (("horizontal", _HORIZONTAL), ("zenith", _ZENITH)):
        for label, face in labels.items():
            value = block.angle(label, job.angle_unit)
            found += job.station.readings(target(face), {quantity: value})  # type: ignore[dict-item]
    for label, of in _LENGTHS.items():
        found += job.station.readings(target(None), {of: block.length(label, job.length_unit)})
    return found


FORMAT = FieldFormat("geodimeter", "Geodimeter .job, .are", recognises, read)
