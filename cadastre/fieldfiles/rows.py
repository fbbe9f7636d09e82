"""A mapping of columns laid over a table, and the point that each of its rows is."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from datetime import datetime

from cadastre.digits import is_ascii_number, to_ascii_digits, typed_text
from cadastre.fieldfiles.columns import ColumnMapping
from cadastre.fieldfiles.errors import (
    AngleUnreadable,
    ColumnMissing,
    LineRefused,
    ValueMissing,
    ValueOutOfRange,
)
from cadastre.fieldfiles.moments import moment
from cadastre.fieldfiles.records import FixType, GeodeticPosition, GnssQuality, PointCoordinates
from cadastre.fieldfiles.tally import shown
from cadastre.fieldfiles.text import named, optional_number, whole
from cadastre.fieldfiles.uncertainty import Covariance
from cadastre.fieldfiles.units import METRES

# What receivers call their solutions; numbers are left alone, makers count them differently.
FIXES: tuple[tuple[str, FixType], ...] = (
    ("float", FixType.FLOAT),
    ("fix", FixType.FIXED),
    ("narrow", FixType.FIXED),
    ("phase", FixType.FIXED),
    ("sbas", FixType.SBAS),
    ("waas", FixType.SBAS),
    ("dgps", FixType.DIFFERENTIAL),
    ("dgnss", FixType.DIFFERENTIAL),
    ("differential", FixType.DIFFERENTIAL),
    ("code", FixType.DIFFERENTIAL),
    ("ppp", FixType.PPP),
    ("single", FixType.SINGLE),
    ("autonomous", FixType.SINGLE),
    ("navigated", FixType.SINGLE),
)
# The vocabulary of sub-words: "no fix", "not fixed" and "unfixed" are none.
_NOT_FIXED = re.compile(r"\bno\b|\bnot\b|unfix|none")
_DMS = re.compile(
    r"(?P<a>[NSEW+-]?)\s*(?P<d>\d{1,3})[°\s:d-]+(?P<m>\d{1,2})['\s:m-]+"
    r"(?P<s>\d{1,2}(?:\.\d{1,10})?)\s*[\"s]?\s*(?P<b>[NSEW]?)",
    re.ASCII | re.IGNORECASE,
)


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one line. A quoted cell ends with its line: a lost quote costs one point."""
    if delimiter == "space":
        return text.split()
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


class Table:
    """A mapping laid over the headings of a file."""

    def __init__(self, mapping: ColumnMapping, headings: list[str]) -> None:
        self.mapping = mapping
        self.headings = headings
        self.index: dict[str, int] = {}
        for field, column in mapping.columns.items():
            if isinstance(column, int):
                self.index[field] = column - 1
            elif column in headings:
                self.index[field] = headings.index(column)
            else:
                found = shown(", ".join(headings))
                raise ColumnMissing(column=column, columns=found)
        self.unmapped = [
            (index, heading)
            for index, heading in enumerate(headings)
            if index not in self.index.values() and heading
        ]

    def point(self, line: int, text: str) -> PointCoordinates:
        """The point of one line. Raises `LineRefused`."""
        return self.point_of(line, text, self._cells(line, text))

    def point_of(self, line: int, text: str, cells: list[str]) -> PointCoordinates:
        row = _Row(line, self, cells)
        north, east = row.grid("north"), row.grid("east")
        geodetic = row.geodetic()
        if geodetic is None and (north is None or east is None):
            missing = "north" if north is None else "east"
            raise ValueMissing(line=line, field=row.column(missing))
        return PointCoordinates(
            line=line,
            raw=text,
            point=named(row.text("point"), field=row.column("point"), line=line),
            north=north,
            east=east,
            height=row.grid("height"),
            code=row.text("code"),
            geodetic=geodetic,
            quality=row.quality(),
            epoch=row.epoch(),
            antenna_height_m=row.antenna_height_m(),
            base=row.text("base") or None,
            operator=row.text("operator") or None,
            photos=tuple(p.strip() for p in re.split(r"[;|,]", row.text("photo")) if p.strip()),
            crs=row.text("crs") or self.mapping.crs,
            attributes=row.attributes(),
        )

    def _cells(self, line: int, text: str) -> list[str]:
        delimiter, code = self.mapping.delimiter, self.index.get("code")
        cells = split_cells(text, delimiter)
        if not cells:
            raise LineRefused(line=line, text=shown(text, 60))
        last = code is not None and code == max(self.index.values())
        if last and not self.headings and '"' not in text:
            # A description may hold the delimiter; it has the rest of the line.
            cells = text.split(None if delimiter == "space" else delimiter, code or 0)
        return cells


class _Row:
    """One line of a table, by field."""

    def __init__(self, line: int, table: Table, cells: list[str]) -> None:
        self.line, self.table, self.cells = line, table, cells
        self.mapping = table.mapping

    def text(self, field: str) -> str:
        index = self.table.index.get(field)
        return self.cells[index].strip() if index is not None and index < len(self.cells) else ""

    def column(self, field: str) -> str:
        """The field as the file calls it, for messages."""
        column = self.mapping.columns.get(field, field)
        return f"{field} ({column})" if isinstance(column, int) else column

    def value(self, field: str, low: float = -1e8, high: float = 1e8) -> float | None:
        text = to_ascii_digits(self.text(field))
        if self.mapping.decimal_comma:
            text = text.replace(",", ".")
        return optional_number(text, field=self.column(field), line=self.line, low=low, high=high)

    def grid(self, field: str) -> float | None:
        value = self.value(field)
        return None if value is None else value * METRES[self.mapping.unit]

    def geodetic(self) -> GeodeticPosition | None:
        if not self.text("latitude") or not self.text("longitude"):
            return None
        return GeodeticPosition(
            self._degrees("latitude", "NS", 90),
            self._degrees("longitude", "EW", 180),
            self.value("ellipsoidal_height", -2e4),
            self.value("orthometric_height", -2e4),
        )

    def _degrees(self, field: str, sides: str, limit: int) -> float:
        written = typed_text(self.text(field)[:60])
        match = _DMS.fullmatch(written)
        name = self.column(field)
        if match is None:
            value = self.value(field, -limit, limit)
            return 0.0 if value is None else value
        side = (match["a"] + match["b"]).upper()
        size = int(match["d"]) + int(match["m"]) / 60 + float(match["s"]) / 3600
        if len(side) > 1 or side not in (*sides, "+", "-", "") or int(match["m"]) >= 60:
            raise AngleUnreadable(line=self.line, field=name, text=shown(written, 40), unit="d m s")
        if size > limit or float(match["s"]) >= 60:
            raise ValueOutOfRange(line=self.line, field=name, text=written, low=-limit, high=limit)
        return -size if side in ("S", "W", "-") else size

    def quality(self) -> GnssQuality | None:
        told = {
            "pdop": self.value("pdop", 0, 1e4),
            "hdop": self.value("hdop", 0, 1e4),
            "vdop": self.value("vdop", 0, 1e4),
            "ratio": self.value("ratio", 0),
            "age_s": self.value("age", 0, 1e6),
        }
        fix, covariance = _fix(self.text("fix")), self._covariance()
        satellites, epochs = self._count("satellites"), self._count("epochs")
        if satellites is None:
            satellites = self._constellations()
        quality = GnssQuality(
            fix=fix, covariance=covariance, satellites=satellites, epochs=epochs, **told
        )
        return quality if quality != GnssQuality() else None

    def _count(self, field: str) -> int | None:
        text = to_ascii_digits(self.text(field))
        return whole(text, field=self.column(field), line=self.line) if text else None

    def _constellations(self) -> int | None:
        """Emlid counts satellites by system: "GPS Satellites", "BeiDou Satellites"…"""
        cells = [
            self.cells[index].strip()
            for index, heading in self.table.unmapped
            if heading.lower().endswith(" satellites") and index < len(self.cells)
        ]
        counts = [int(cell) for cell in cells if is_ascii_number(cell) and len(cell) <= 3]
        return sum(counts) if counts else None

    def _covariance(self) -> Covariance | None:
        east, north, up, both = (
            self.value(f"sigma_{axis}", 0, 1e6) for axis in ("east", "north", "up", "horizontal")
        )
        if both is not None and (east is None or north is None):
            east = north = both / math.sqrt(2)  # DRMS shared evenly: nothing says how it lies
        if east is None or north is None:
            return None
        scale = METRES[self.mapping.unit]
        return Covariance.of_sigmas(
            "enu", east * scale, north * scale, None if up is None else up * scale
        )

    def epoch(self) -> datetime | None:
        text = f"{self.text('date')} {self.text('epoch')}".strip()
        return moment(text, line=self.line, zone_h=self.mapping.time_zone_h)

    def antenna_height_m(self) -> float | None:
        value = self.value("antenna_height", -100, 1000)
        if value is None:
            return None
        unit = self.text("antenna_height_unit").lower() or self.mapping.unit
        return value * METRES[_UNIT_WORDS.get(unit, self.mapping.unit)]

    def attributes(self) -> Mapping[str, str]:
        return {
            heading: self.cells[index].strip()
            for index, heading in self.table.unmapped
            if index < len(self.cells) and self.cells[index].strip()
        }


_UNIT_WORDS = {
    "m": "m",
    "meters": "m",
    "metres": "m",
    "ft": "ft",
    "feet": "ft",
    "us_ft": "us_ft",
    "us ft": "us_ft",
}


def _fix(text: str) -> FixType:
    word = text.lower()
    if _NOT_FIXED.search(word):
        return FixType.UNKNOWN
    return next((fix for part, fix in FIXES if part in word), FixType.UNKNOWN)
