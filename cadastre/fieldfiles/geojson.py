"""GeoJSON points: longitude, latitude and height over the ellipsoid (RFC 7946), with properties.

The old ``crs`` member still names the system of many files: where it is not WGS 84 the numbers are
east and north of that system. Features are decoded one by one, so that what stands before a fault
is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from cadastre.fieldfiles.columns import ColumnMapping, Options
from cadastre.fieldfiles.errors import (
    GeometryNotPoint,
    JsonBroken,
    LineNotText,
    LineRefused,
    ValueMissing,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.headings import WORDS, plain
from cadastre.fieldfiles.records import PointCoordinates
from cadastre.fieldfiles.rows import Table
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import count_lines, is_damaged

MAX_TABLES = 100
_GEODETIC = ("geometry longitude", "geometry latitude", "geometry height")
_GRID = ("geometry east", "geometry north", "geometry height")
_WGS84 = re.compile(r"(crs:?84|epsg:+(\d|\.)*:*4326|epsg:+(\d|\.)*:*4979)$", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]*")


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


@dataclass(frozen=True, slots=True)
class _Feature:
    line: int
    raw: str
    value: Any


def recognises(source: Source) -> bool:
    head = source.head.lstrip("\ufeff \t\r\n")
    return head.startswith("{") and re.search(r'"type"\s*:\s*"Feature', source.text) is not None


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    tally.lines = count_lines(source.text)
    walk = _Walk(source.text.lstrip("\ufeff"))
    try:
        features = list(walk.features())
        refusal = None
    except (ValueError, RecursionError) as error:
        features = walk.found
        walk.position = error.pos if isinstance(error, json.JSONDecodeError) else walk.position
        detail = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        line = min(walk.line_at(walk.position), tally.lines)
        refusal = JsonBroken(line=line, detail=shown(detail, 80))
    crs = _crs(walk.members.get("crs"))
    grid = crs is not None and _WGS84.search(crs) is None
    tally.crs, tally.datum = crs or "OGC:CRS84", None if grid else "WGS84"
    tables: dict[tuple[str, ...], Table] = {}
    for feature in features:
        with tally.piece(feature.line, feature.raw) as found:
            found.append(_point(feature, tables, grid=grid, crs=tally.crs))
    if refusal is not None:
        tally.reject(
            int(str(refusal.evidence["line"])),
            source.text[walk.position : walk.position + 200],
            refusal,
        )


class _Walk:
    """The members of the outermost object, the features one at a time with their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.members: dict[str, Any] = {}
        self.found: list[_Feature] = []
        self._counted = (0, 1)  # up to which character lines are counted, and the line there

    def line_at(self, position: int) -> int:
        before, line = self._counted
        if position < before:
            before, line = 0, 1
        self._counted = (position, line + self.text.count("\n", before, position))
        return self._counted[1]

    def features(self) -> Iterator[_Feature]:
        self._expect("{")
        while not self._ends("}"):
            name = self._value()
            self._expect(":")
            if name == "features" and self._at() == "[":
                yield from self._listed()
            else:
                self.members[str(name)] = self._value()
            self._comma("}")
        self._skip()
        if self.position < len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, self.position)
        if self.members.get("type") == "Feature":
            yield self._keep(0, len(self.text), self.members)

    def _listed(self) -> Iterator[_Feature]:
        self._expect("[")
        while not self._ends("]"):
            self._skip()
            start = self.position
            value = self._value()
            yield self._keep(start, self.position, value)
            self._comma("]")

    def _keep(self, start: int, end: int, value: Any) -> _Feature:
        feature = _Feature(self.line_at(start), self.text[start:end], value)
        self.found.append(feature)
        return feature

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _at(self) -> str:
        self._skip()
        return self.text[self.position : self.position + 1]

    def _value(self) -> Any:
        self._skip()
        value, self.position = _DECODER.raw_decode(self.text, self.position)
        return value

    def _expect(self, character: str) -> None:
        if self._at() != character:
            raise json.JSONDecodeError(f"Expecting '{character}'", self.text, self.position)
        self.position += 1

    def _ends(self, character: str) -> bool:
        if self._at() == character:
            self.position += 1
            return True
        return False

    def _comma(self, end: str) -> None:
        if self._at() != end:
            self._expect(",")


def _crs(member: Any) -> str | None:
    name = member.get("properties", {}) if isinstance(member, dict) else None
    name = name.get("name") if isinstance(name, dict) else None
    return shown(name, 200) if isinstance(name, str) else None


def _point(
    feature: _Feature, tables: dict[tuple[str, ...], Table], *, grid: bool, crs: str
) -> PointCoordinates:
    value, line = feature.value, feature.line
    if not isinstance(value, dict) or value.get("type") != "Feature":
        raise LineRefused(line=line, text=shown(feature.raw, 60))
    place = _coordinates(value.get("geometry"), line)
    kept = value.get("properties")
    properties = kept if isinstance(kept, dict) else {}
    if "id" in value:
        properties = {**properties, "feature id": value["id"]}
    keys = tuple(properties)
    if keys not in tables:
        if len(tables) >= MAX_TABLES:  # features that each name their properties anew
            tables.clear()
        tables[keys] = _table(keys, grid=grid, crs=crs)
    cells = [*(_text(number) for number in place), *map(_text, properties.values())]
    # Escapes of JSON can write what no text holds: a NUL, half of a surrogate pair.
    if any(map(is_damaged, (feature.raw, *keys, *cells))):
        raise LineNotText(line=line)
    return tables[keys].point_of(line, feature.raw, cells)


def _coordinates(geometry: Any, line: int) -> list[Any]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind != "Point":
        raise GeometryNotPoint(line=line, kind=shown(str(kind), 40))
    place = geometry.get("coordinates")
    if not isinstance(place, list) or not 2 <= len(place) <= 4:
        raise ValueMissing(line=line, field="coordinates")
    if not all(type(number) in (int, float) for number in place):
        raise LineRefused(line=line, text=shown(str(place), 60))
    return [*place, None][:3]


def _table(keys: tuple[str, ...], *, grid: bool, crs: str) -> Table:
    """The mapping that the names of the properties give, the position from the geometry."""
    names = _GRID if grid else _GEODETIC
    first, second, third = names
    columns: dict[str, str | int] = (
        {"east": first, "north": second, "height": third}
        if grid
        else {"longitude": first, "latitude": second, "ellipsoidal_height": third}
    )
    known = {plain(key): key for key in reversed(keys)}
    for field, words in WORDS.items():
        # Grid coordinates written beside a geodetic position are kept as what they are.
        if field in columns or (grid and field in ("latitude", "longitude")):
            continue
        match = next((word for word in words if word in known), None)
        if match is not None:
            columns[field] = known[match]
    if "point" not in columns:
        columns["point"] = "feature id"
    headings = [*names, *keys]
    if columns["point"] not in headings:
        headings.append("feature id")
    return Table(ColumnMapping(columns=columns, crs=crs), headings)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return repr(value) if type(value) in (int, float) else json.dumps(value, ensure_ascii=False)


FORMAT = FieldFormat("geojson", "GeoJSON points", recognises, read)
