"""What the readers of total stations share: the setup that is open and the readings from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cadastre.fieldfiles.records import (
    AngleKind,
    AngleReading,
    DistanceKind,
    DistanceReading,
    Face,
    Record,
    StationSetup,
)
from cadastre.fieldfiles.tally import Tally

Quantity = Literal[
    "horizontal", "zenith", "azimuth", "slope", "distance", "height_difference", "arc"
]
_ANGLES: dict[Quantity, AngleKind] = {
    "horizontal": "horizontal",
    "zenith": "zenith",
    "azimuth": "azimuth",
}
_DISTANCES: dict[Quantity, DistanceKind] = {
    "slope": "slope",
    "distance": "horizontal",
    "height_difference": "height_difference",
    "arc": "arc",
}


@dataclass(slots=True)
class Target:
    """What a line says of the point sighted."""

    line: int
    raw: str
    name: str
    height_m: float | None = None
    code: str = ""
    face: Face | None = None
    attributes: Mapping[str, str] | None = None


@dataclass(slots=True)
class Station:
    """The open setup of a file while it is read; number 0 before the first."""

    number: int = 0
    name: str | None = None
    target_height_m: float | None = None

    def begin(self, setup: StationSetup) -> StationSetup:
        """The setup with its number; later readings belong to it."""
        self.number += 1
        self.name = setup.station
        return replace(setup, number=self.number)

    def readings(self, target: Target, values: Mapping[Quantity, float | None]) -> list[Record]:
        """One record for each value there is; radians and metres by their quantity."""
        shared = {
            "line": target.line,
            "raw": target.raw,
            "setup": self.number or None,
            "station": self.name,
            "target": target.name,
            "target_height_m": target.height_m,
            "code": target.code,
            "face": target.face,
            "attributes": dict(target.attributes or {}),
        }
        records: list[Record] = []
        for quantity, value in values.items():
            if value is None:
                continue
            if quantity in _ANGLES:
                kind = _ANGLES[quantity]
                records.append(AngleReading(kind=kind, radians=value, **shared))  # type: ignore[arg-type]
            else:
                of = _DISTANCES[quantity]
                records.append(DistanceReading(kind=of, metres=value, **shared))  # type: ignore[arg-type]
        return records


def amend_setup(tally: Tally, number: int, **told_later: object) -> None:
    """What a file tells of a setup after its first line, as the height of the instrument."""
    index = tally.setups.get(number)
    if index is not None:
        tally.records[index] = replace(tally.records[index], **told_later)  # type: ignore[arg-type]
