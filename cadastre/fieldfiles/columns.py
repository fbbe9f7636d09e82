"""Which column of a table holds what: a mapping that an office can save and use again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from cadastre.fieldfiles.errors import (
    ColumnFieldUnknown,
    ColumnMappingUnusable,
    ColumnsWithoutPosition,
)
from cadastre.fieldfiles.units import METRES, LinearUnit

# Every field a column can be mapped to. `docs/algorithms/field-files.md` says what each means.
FIELDS = frozenset(
    {
        "point",
        "code",
        "north",
        "east",
        "height",
        "latitude",
        "longitude",
        "ellipsoidal_height",
        "orthometric_height",
        "fix",
        "sigma_east",
        "sigma_north",
        "sigma_up",
        "sigma_horizontal",
        "pdop",
        "hdop",
        "vdop",
        "satellites",
        "ratio",
        "age",
        "epochs",
        "epoch",
        "date",
        "antenna_height",
        "antenna_height_unit",
        "base",
        "operator",
        "photo",
        "crs",
    }
)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Field → heading (or, without a heading line, field → position counted from 1).

    ``delimiter`` is one character, or "space" for any run of blanks. ``unit`` is that of the
    grid coordinates and sigmas. ``time_zone_h`` is what local times lie ahead of UTC; a time that
    names its own zone keeps it.
    """

    columns: Mapping[str, str | int]
    delimiter: str = ","
    heading: bool = True
    decimal_comma: bool = False
    unit: LinearUnit = "m"
    time_zone_h: float = 0.0
    crs: str | None = None
    skip_lines: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if not self._well_typed():
            raise ColumnMappingUnusable
        for unknown in sorted(set(self.columns) - FIELDS):
            raise ColumnFieldUnknown(field=unknown, known=", ".join(sorted(FIELDS)))
        grid = {"north", "east"} <= self.columns.keys()
        if not grid and not {"latitude", "longitude"} <= self.columns.keys():
            raise ColumnsWithoutPosition

    def _well_typed(self) -> bool:
        """A saved mapping comes from outside; its types are not the checker's to promise."""
        kind = str if self.heading else int
        return (
            isinstance(self.columns, Mapping)
            and all(type(column) is kind for column in self.columns.values())
            and all(column > 0 for column in self.columns.values() if isinstance(column, int))
            and isinstance(self.delimiter, str)
            and (self.delimiter == "space" or len(self.delimiter) == 1)
            and self.unit in METRES
            and type(self.skip_lines) is int
            and 0 <= self.skip_lines <= 1000
            and isinstance(self.time_zone_h, int | float)
            and -14 <= self.time_zone_h <= 14
            and isinstance(self.name, str)
            and (self.crs is None or isinstance(self.crs, str))
        )

    def to_json(self) -> str:
        """For keeping; `from_json` gives the same mapping."""
        return json.dumps(
            {name: getattr(self, name) for name in self.__dataclass_fields__}
            | {"columns": dict(self.columns)},
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            kept = json.loads(text)
            return cls(**kept)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ColumnMappingUnusable from error


PNEZD = ColumnMapping(
    columns={"point": 1, "north": 2, "east": 3, "height": 4, "code": 5}, heading=False, name="PNEZD"
)
PENZD = ColumnMapping(
    columns={"point": 1, "east": 2, "north": 3, "height": 4, "code": 5}, heading=False, name="PENZD"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can say about a file that the file does not say itself.

    ``day`` is the UTC day on which a log without dates begins.
    """

    mapping: ColumnMapping | None = None
    day: date | None = None
