"""The surveys of a LandXML file: setups of instruments and what was observed from them."""

from __future__ import annotations

from cadastre.fieldfiles.errors import PointUnknown, ValueMissing
from cadastre.fieldfiles.landxml_model import Plan
from cadastre.fieldfiles.records import Face, Record, StationSetup
from cadastre.fieldfiles.stations import Quantity, Station, Target
from cadastre.fieldfiles.tally import shown
from cadastre.fieldfiles.text import named
from cadastre.fieldfiles.xml import Element

# Attribute → what it is, and whether it is in the unit of directions. RawObservation measures a
# circle and a tape; ReducedObservation what they came to; an arc its chord and its length.
_ANGLES: dict[str, tuple[Quantity, bool]] = {
    "azimuth": ("azimuth", True),
    "chordAzimuth": ("azimuth", True),
    "horizAngle": ("horizontal", False),
    "zenithAngle": ("zenith", False),
}
_LENGTHS: dict[str, Quantity] = {
    "horizDistance": "distance",
    "slopeDistance": "slope",
    "vertDistance": "height_difference",
    "length": "arc",
}
_TAKEN = {"name", "desc", "setupID", "targetHeight", "directFace", *_ANGLES, *_LENGTHS}


def setup_of(plan: Plan, element: Element) -> StationSetup:
    """A setup; its coordinates are those of the point it names."""
    line = element.line
    point = element.first("InstrumentPoint")
    reference = point.get("pntRef") if point is not None else ""
    station = named(reference or element.get("stationName"), field="stationName", line=line)
    number, place = plan.setups_read + 1, plan.points.get(station)
    setup = StationSetup(
        line=line,
        raw=element.raw,
        number=number,
        station=station,
        instrument_height_m=plan.length(element, "instrumentHeight"),
        north=place.north if place else None,
        east=place.east if place else None,
        height=plan.heights.get(station),
        attributes={"id": named(element.get("id"), field="id", line=line)},
    )
    plan.setups_read = number
    plan.setups.setdefault(element.get("id"), (number, station))
    return setup


def readings_of(plan: Plan, element: Element, group: Element | None) -> list[Record]:
    """An angle and a distance, as far as the observation has them."""
    identity = element.get("setupID") or (group.get("setupID") if group is not None else "")
    number, station = _setup(plan, element, identity, "setupID")
    face: Face | None = None
    if element.get("directFace"):
        face = 1 if element.get("directFace") in ("true", "1") else 2
    target = Target(
        element.line,
        element.raw,
        _target(plan, element, group),
        plan.length(element, "targetHeight"),
        element.get("desc"),
        face,
        {n: v for n, v in element.attributes.items() if n not in _TAKEN},
    )
    if element.get("name"):
        target.attributes = {**(target.attributes or {}), "name": element.get("name")}
    angles = {
        quantity: plan.angle(element, name, direction=direction)
        for name, (quantity, direction) in _ANGLES.items()
        if element.get(name)
    }
    lengths = {
        quantity: plan.length(element, name)
        for name, quantity in _LENGTHS.items()
        if element.get(name)
    }
    return Station(number, station).readings(target, {**angles, **lengths})


def _setup(plan: Plan, element: Element, identity: str, field: str) -> tuple[int, str]:
    if not identity:
        raise ValueMissing(line=element.line, field=field)
    if identity not in plan.setups:
        raise PointUnknown(line=element.line, point=shown(identity, 60))
    return plan.setups[identity]


def _target(plan: Plan, element: Element, group: Element | None) -> str:
    """The point sighted: that of another setup, or a target point named within or by a group."""
    identity = element.get("targetSetupID") or (group.get("targetSetupID") if group else "")
    if identity:
        return _setup(plan, element, identity, "targetSetupID")[1]
    point = element.first("TargetPoint")
    if point is None and group is not None:
        point = group.first("TargetPoint")
    name = (point.get("pntRef") or point.get("name")) if point is not None else ""
    return named(name or element.get("targetPoint"), field="TargetPoint", line=element.line)
