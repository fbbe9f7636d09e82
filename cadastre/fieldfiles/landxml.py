"""LandXML 1.0 to 2.0: points, parcels and the observations of a survey.

Coordinates stand north before east. Units are those that the file declares; a file that declares
none is in metres and decimal degrees, as the schema says. Elements may come in any order, so they
are read first and resolved afterwards.
"""

from __future__ import annotations

import re

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.landxml_model import Plan, Units
from cadastre.fieldfiles.landxml_parcels import parcel_of
from cadastre.fieldfiles.landxml_surveys import readings_of, setup_of
from cadastre.fieldfiles.records import PlanPoint, PointCoordinates
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import named
from cadastre.fieldfiles.xml import Element, read_elements, root_name

_OBSERVATIONS = ("ReducedObservation", "ReducedArcObservation", "RawObservation")
_TAKEN = frozenset(
    {
        "Units",
        "CoordinateSystem",
        "Application",
        "CgPoint",
        "Parcel",
        "Monument",
        "InstrumentSetup",
        "ObservationGroup",
        *_OBSERVATIONS,
    }
)
# Seen, counted, not read: they are no points, parcels or observations of the ground.
_PASSED = frozenset(
    {
        "PlanFeature",
        "RedHorizontalPosition",
        "RedVerticalObservation",
        "Annotation",
        "SurveyHeader",
        "Surface",
        "Alignment",
    }
)


def recognises(source: Source) -> bool:
    return root_name(source) == "LandXML"


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    plan = Plan()
    version = re.search(r"<(?:\w+:)?LandXML[^>]*?\bversion\s*=\s*[\"']([\d.]+)", source.head)
    schema = re.search(r"schema/LandXML-([\d.]+)", source.head)
    zone = re.search(r"<CgPoints[^>]*?\bzoneNumber\s*=\s*[\"'](\w{1,10})", source.head)
    for name, match in (("version", version), ("schema", schema), ("zone", zone)):
        if match:
            tally.facts[name] = match[1]
    read_elements(source, tally, _TAKEN | _PASSED, lambda element: _take(plan, tally, element))
    _points(plan, tally)
    _rest(plan, tally)


def _take(plan: Plan, tally: Tally, element: Element) -> None:
    if element.tag in ("CgPoint", "Parcel", "InstrumentSetup", "ObservationGroup", *_OBSERVATIONS):
        plan.elements.append(element)
        return
    with tally.setting(element.line, element.raw, element.tag):
        if element.tag == "Units":
            plan.units = Units.of(element)
        elif element.tag == "CoordinateSystem":
            _system(tally, element)
        elif element.tag == "Application":
            tally.facts["application"] = " ".join(map(element.get, ("name", "version"))).strip()
        elif element.tag == "Monument":
            told = {f"monument {n}": v for n, v in element.attributes.items() if n != "pntRef"}
            plan.monuments.setdefault(element.get("pntRef"), told)


def _system(tally: Tally, element: Element) -> None:
    tally.facts |= {f"system {name}": shown(v, 200) for name, v in element.attributes.items()}
    code = element.get("epsgCode")
    tally.crs = f"EPSG:{code}" if code else element.get("name") or element.get("desc") or None
    tally.datum = element.get("datum") or element.get("horizontalDatum") or None


def _points(plan: Plan, tally: Tally) -> None:
    for element in plan.elements:
        if element.tag != "CgPoint":
            continue
        if element.get("pntRef") and not element.text.strip():
            tally.ignore("CgPoint reference")
            continue
        with tally.piece(element.line, element.raw) as found:
            north, east, height = plan.coordinates(element.whole())
            name = named(element.get("name"), field="name", line=element.line)
            plan.points.setdefault(name, PlanPoint(north, east, name))
            plan.heights.setdefault(name, height)
            others = ("name", "code")
            told = {n: v for n, v in element.attributes.items() if n not in others}
            found.append(
                PointCoordinates(
                    line=element.line,
                    raw=element.raw,
                    point=name,
                    north=north,
                    east=east,
                    height=height,
                    code=element.get("code"),
                    attributes=told | plan.monuments.get(name, {}),
                )
            )


def _rest(plan: Plan, tally: Tally) -> None:
    # Setups before the observations that name them, wherever they stand.
    order = {"InstrumentSetup": 0, "Parcel": 1}
    for element in sorted(plan.elements, key=lambda element: order.get(element.tag, 2)):
        if element.tag == "InstrumentSetup":
            with tally.piece(element.line, element.raw) as found:
                found.append(setup_of(plan, element.whole()))
        elif element.tag == "Parcel":
            for parcel in (element, *element.descendants("Parcel")):
                with tally.piece(parcel.line, parcel.raw) as found:
                    found.append(parcel_of(plan, parcel.whole()))
        elif element.tag == "ObservationGroup":
            _group(plan, tally, element)
        elif element.tag in _OBSERVATIONS:
            _observation(plan, tally, element, None)


def _group(plan: Plan, tally: Tally, group: Element) -> None:
    for child in group.children:
        if child.tag in _OBSERVATIONS:
            _observation(plan, tally, child, group)
        else:
            tally.ignore(child.tag)


def _observation(plan: Plan, tally: Tally, element: Element, group: Element | None) -> None:
    with tally.piece(element.line, element.raw) as found:
        found.extend(readings_of(plan, element.whole(), group))


FORMAT = FieldFormat("landxml", "LandXML", recognises, read)
