"""A LandXML 1.2 file that `read_field_file` reads back the same.

Metres and packed ``ddd.mmss`` angles. Numbers are written with as many digits as they have, so
lengths and coordinates come back bit for bit, angles within 0.00001".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from cadastre.fieldfiles.records import (
    AngleReading,
    DistanceReading,
    PlanArc,
    PlanParcel,
    PlanPoint,
    PlanSide,
    PointCoordinates,
    Reading,
    StationSetup,
)
from cadastre.fieldfiles.units import write_packed_dms

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<LandXML xmlns="http://www.landxml.org/schema/LandXML-1.2" version="1.2" date="{day}" time="{time}">
<Units>
<Metric areaUnit="squareMeter" linearUnit="meter" volumeUnit="cubicMeter" temperatureUnit="celsius"
 pressureUnit="milliBars" angularUnit="decimal dd.mm.ss" directionUnit="decimal dd.mm.ss"/>
</Units>
"""
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
# XML 1.0 has no place for these, not even escaped.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MONUMENT = "monument "

_ANGLES = {"azimuth": "azimuth", "horizontal": "horizAngle", "zenith": "zenithAngle"}
_LENGTHS = {
    "horizontal": "horizDistance",
    "slope": "slopeDistance",
    "height_difference": "vertDistance",
    "arc": "length",
}


def write_landxml(
    points: Iterable[PointCoordinates],
    parcels: Iterable[PlanParcel] = (),
    setups: Iterable[StationSetup] = (),
    readings: Iterable[AngleReading | DistanceReading] = (),
    *,
    written: str,
    crs: str | None = None,
    datum: str | None = None,
) -> bytes:
    """The file, UTF-8. ``written`` is the moment as ISO 8601, ``crs`` an ``EPSG:…`` code.

    A corner is written as a reference where ``points`` has one of its name at its place, else by
    its coordinates. Points without grid coordinates, and attributes whose name is no XML name,
    have no place in LandXML and are left out. Raises ValueError for a reading without its setup.
    """
    day, _, time = written.partition("T")
    with_place = [p for p in points if p.north is not None and p.east is not None]
    places = {p.point: (p.north, p.east) for p in reversed(with_place)}
    lines = [_HEAD.format(day=_text(day), time=_text(time))]
    lines += _system(crs, datum)
    lines += ["<CgPoints>", *(_point(p) for p in with_place), "</CgPoints>"]
    lines += ["<Parcels>", *(line for p in parcels for line in _parcel(p, places)), "</Parcels>"]
    lines += _survey(list(setups), list(readings))
    monuments = list(_monuments(with_place))
    if monuments:
        lines += ["<Monuments>", *monuments, "</Monuments>"]
    lines.append("</LandXML>\n")
    return "\n".join(lines).encode("utf-8")


def _system(crs: str | None, datum: str | None) -> list[str]:
    epsg = crs.removeprefix("EPSG:") if crs and crs.startswith("EPSG:") else None
    told = {"name": None if epsg else crs, "epsgCode": epsg, "datum": datum}
    return [_element("CoordinateSystem", told)] if crs or datum else []


def _point(point: PointCoordinates) -> str:
    told = {"name": point.point, "code": point.code or None}
    told |= {n: v for n, v in point.attributes.items() if _NAME.fullmatch(n)}
    return _element("CgPoint", told, _numbers(point.north, point.east, point.height))


def _monuments(points: Sequence[PointCoordinates]) -> Iterator[str]:
    for point in points:
        told = {
            name.removeprefix(_MONUMENT): value
            for name, value in point.attributes.items()
            if name.startswith(_MONUMENT) and _NAME.fullmatch(name.removeprefix(_MONUMENT))
        }
        if told:
            yield _element("Monument", {"pntRef": point.point, **told})


def _parcel(parcel: PlanParcel, places: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    told = {n: v for n, v in parcel.attributes.items() if _NAME.fullmatch(n)}
    area = None if parcel.area_m2 is None else repr(parcel.area_m2)
    yield _open("Parcel", {"name": parcel.name, "area": area, **told})
    if parcel.centre is not None and parcel.centre.name in places:
        yield _element("Center", {"pntRef": parcel.centre.name})
    for figure in parcel.figures:
        yield "<CoordGeom>"
        for side in figure:
            yield from _side(side, places)
        yield "</CoordGeom>"
    yield "</Parcel>"


def _side(side: PlanSide, places: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    if isinstance(side, PlanArc):
        rotation = "cw" if side.clockwise else "ccw"
        yield _open("Curve", {"rot": rotation, "radius": repr(side.radius_m)})
        yield _corner("Start", side.start, places)
        yield _corner("Center", side.centre, places)
        yield _corner("End", side.end, places)
        yield "</Curve>"
    else:
        yield "<Line>"
        yield _corner("Start", side.start, places)
        yield _corner("End", side.end, places)
        yield "</Line>"


def _corner(tag: str, point: PlanPoint, places: Mapping[str, tuple[object, object]]) -> str:
    if point.name is not None and places.get(point.name) == (point.north, point.east):
        return _element(tag, {"pntRef": point.name})
    return _element(tag, {}, _numbers(point.north, point.east))


def _survey(
    setups: list[StationSetup], readings: list[AngleReading | DistanceReading]
) -> list[str]:
    if not setups and not readings:
        return []
    known = {setup.number: setup.attributes.get("id") or f"S-{setup.number}" for setup in setups}
    if any(reading.setup not in known for reading in readings):
        raise ValueError("a reading needs the setup it was made from")
    lines = ["<Survey>"]
    for setup in setups:
        height = setup.instrument_height_m
        told = {
            "id": known[setup.number],
            "stationName": setup.station,
            "instrumentHeight": None if height is None else repr(height),
        }
        point = _element("InstrumentPoint", {"pntRef": setup.station})
        lines += [_open("InstrumentSetup", told), point, "</InstrumentSetup>"]
    lines.append('<ObservationGroup id="OG-1">')
    for _, sight in groupby(readings, key=_sight):
        lines += _observation(list(sight), known)
    return [*lines, "</ObservationGroup>", "</Survey>"]


def _sight(reading: Reading) -> tuple[object, ...]:
    """What readings of one sight share: they become one observation."""
    return reading.line, reading.setup, reading.target, reading.face, reading.code


def _observation(
    sight: list[AngleReading | DistanceReading], known: Mapping[int, str]
) -> Iterator[str]:
    first = sight[0]
    kinds = {reading.kind for reading in sight}
    reduced = kinds <= {"azimuth", "horizontal"} and not any(
        isinstance(reading, AngleReading) and reading.kind == "horizontal" for reading in sight
    )
    tag = "ReducedObservation" if reduced else "RawObservation"
    if "arc" in kinds:
        tag = "ReducedArcObservation"
    told: dict[str, str | None] = {
        "setupID": known[first.setup or 0],
        "desc": first.code or None,
        "directFace": None if first.face is None else ("true" if first.face == 1 else "false"),
        "targetHeight": None if first.target_height_m is None else repr(first.target_height_m),
    }
    told |= {n: v for n, v in first.attributes.items() if _NAME.fullmatch(n)}
    for reading in sight:
        if isinstance(reading, AngleReading):
            name = "chordAzimuth" if tag == "ReducedArcObservation" else _ANGLES[reading.kind]
            told[name] = write_packed_dms(reading.radians)
        else:
            told[_LENGTHS[reading.kind]] = repr(reading.metres)
    if "targetSetupID" in first.attributes:
        yield _element(tag, told)
    else:
        yield _open(tag, told)
        yield _element("TargetPoint", {"pntRef": first.target})
        yield f"</{tag}>"


def _numbers(*values: float | None) -> str:
    return " ".join(repr(value) for value in values if value is not None)


def _text(value: str) -> str:
    """Text for an attribute; white space that a reader would level is written as references."""
    escaped = escape(_IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", value))
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _attributes(told: Mapping[str, str | None]) -> str:
    return "".join(f' {name}="{_text(v)}"' for name, v in told.items() if v is not None)


def _open(tag: str, told: Mapping[str, str | None]) -> str:
    return f"<{tag}{_attributes(told)}>"


def _element(tag: str, told: Mapping[str, str | None], content: str = "") -> str:
    if not content:
        return f"<{tag}{_attributes(told)}/>"
    return f"{_open(tag, told)}{content}</{tag}>"
