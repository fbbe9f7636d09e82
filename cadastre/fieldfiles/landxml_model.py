"""The units of a LandXML file and what its references mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self, TypeVar

from cadastre.fieldfiles.errors import PointUnknown, UnitUnknown, ValueMissing
from cadastre.fieldfiles.records import PlanPoint
from cadastre.fieldfiles.tally import shown
from cadastre.fieldfiles.text import number
from cadastre.fieldfiles.units import METRES, angle_rad
from cadastre.fieldfiles.xml import Element

_T = TypeVar("_T", float, str)

LENGTHS = {
    "meter": 1.0,
    "metre": 1.0,
    "millimeter": 0.001,
    "centimeter": 0.01,
    "kilometer": 1000.0,
    "foot": METRES["ft"],
    "USSurveyFoot": METRES["us_ft"],
    "inch": METRES["ft"] / 12,
}
AREAS = {
    "squareMeter": 1.0,
    "hectare": 10_000.0,
    "squareFoot": METRES["ft"] ** 2,
    "USSurveySquareFoot": METRES["us_ft"] ** 2,
    "acre": 43_560 * METRES["ft"] ** 2,
    "squareMillimeter": 1e-6,
    "squareCentimeter": 1e-4,
    "squareKilometer": 1e6,
}
ANGLES = {
    "radians": "rad",
    "grads": "gon",
    "decimal degrees": "deg",
    "decimal dd.mm.ss": "dms",
}


@dataclass(frozen=True, slots=True)
class Units:
    """Metres and square metres of one, and how angles are written."""

    metres: float = 1.0
    square_metres: float = 1.0
    angle: str = "deg"
    direction: str = "deg"

    @classmethod
    def of(cls, element: Element) -> Self:
        system = element.first("Metric") or element.first("Imperial")
        if system is None:
            raise ValueMissing(line=element.line, field="Metric, Imperial")

        metric = system.tag == "Metric"
        return cls(
            metres=_known(system, LENGTHS, "linearUnit", 1.0 if metric else METRES["ft"]),
            square_metres=_known(system, AREAS, "areaUnit", 1.0 if metric else METRES["ft"] ** 2),
            angle=_known(system, ANGLES, "angularUnit", "deg"),
            direction=_known(system, ANGLES, "directionUnit", "deg"),
        )


def _known(element: Element, table: dict[str, _T], name: str, default: _T) -> _T:
    word = element.get(name)
    if word and word not in table:
        raise UnitUnknown(line=element.line, field=name, text=shown(word, 40))
    return table[word] if word else default


@dataclass(slots=True)
class Plan:
    """The elements of a file, by kind, and what its references mean."""

    units: Units = field(default_factory=Units)
    elements: list[Element] = field(default_factory=list)
    points: dict[str, PlanPoint] = field(default_factory=dict)
    heights: dict[str, float | None] = field(default_factory=dict)
    monuments: dict[str, dict[str, str]] = field(default_factory=dict)
    setups: dict[str, tuple[int, str]] = field(default_factory=dict)
    setups_read: int = 0

    def place(self, element: Element | None, field_name: str, line: int) -> PlanPoint:
        """The point that an element names by ``pntRef`` or writes as "north east [height]"."""
        if element is None:
            raise ValueMissing(line=line, field=field_name)
        if element.get("pntRef"):
            return self.named_point(element.get("pntRef"), element.line)
        north, east, _ = self.coordinates(element)
        return PlanPoint(north, east)

    def named_point(self, name: str, line: int) -> PlanPoint:
        if name not in self.points:
            raise PointUnknown(line=line, point=shown(name, 60))
        return self.points[name]

    def coordinates(self, element: Element) -> tuple[float, float, float | None]:
        words = element.text.split()
        if not 2 <= len(words) <= 3:
            raise ValueMissing(line=element.line, field=f"{element.tag}: north east")
        values = [
            number(word, field=element.tag, line=element.line) * self.units.metres for word in words
        ]
        return values[0], values[1], values[2] if len(values) == 3 else None

    def length(self, element: Element, name: str) -> float | None:
        """Metres of an attribute; None where it is not given."""
        text = element.get(name)
        if not text:
            return None
        return number(text, field=name, line=element.line) * self.units.metres

    def angle(self, element: Element, name: str, *, direction: bool = False) -> float | None:
        """Radians of an attribute; None where it is not given."""
        text = element.get(name)
        if not text:
            return None
        unit = self.units.direction if direction else self.units.angle
        return angle_rad(text, unit=unit, field=name, line=element.line)
