"""The parcels of a LandXML plan: lines, arcs and irregular lines."""

from __future__ import annotations

import math
from itertools import pairwise

from cadastre.fieldfiles.errors import ArcImpossible, LineRefused, ValueMissing
from cadastre.fieldfiles.landxml_model import Plan
from cadastre.fieldfiles.records import PlanArc, PlanLine, PlanParcel, PlanPoint, PlanSide
from cadastre.fieldfiles.tally import shown
from cadastre.fieldfiles.text import named, number
from cadastre.fieldfiles.xml import Element

# How far the ends of an arc may lie off its circle: plans round radii to half a centimetre and
# coordinates of centres to less.
ARC_TOLERANCE_M = 0.05


def parcel_of(plan: Plan, element: Element) -> PlanParcel:
    """A parcel with its figures; one without geometry (a part named elsewhere) has none."""
    area = element.get("area")
    centre = element.first("Center")
    told = {n: v for n, v in element.attributes.items() if n not in ("name", "area")}
    inside = plan.points.get(centre.get("pntRef")) if centre is not None else None
    figures = [
        figure for geometry in element.all("CoordGeom") for figure in _figures(plan, geometry)
    ]
    return PlanParcel(
        line=element.line,
        raw=element.raw,
        name=named(element.get("name"), field="name", line=element.line),
        figures=tuple(figures),
        area_m2=_area(plan, element, area) if area else None,
        centre=inside,
        attributes=told,
    )


def _area(plan: Plan, element: Element, text: str) -> float:
    value = number(text, field="area", line=element.line, low=0, high=1e13)
    return value * plan.units.square_metres


def _figures(plan: Plan, geometry: Element) -> list[tuple[PlanSide, ...]]:
    """Runs of sides, each beginning where the one before ended."""
    figures: list[list[PlanSide]] = []
    for element in geometry.children:
        for side in _sides(plan, element):
            if figures and _same(figures[-1][-1].end, side.start):
                figures[-1].append(side)
            else:
                figures.append([side])
    return [tuple(figure) for figure in figures]


def _same(a: PlanPoint, b: PlanPoint) -> bool:
    return (a.north, a.east) == (b.north, b.east)


def _sides(plan: Plan, element: Element) -> list[PlanSide]:
    if element.tag == "Line":
        return [PlanLine(*_ends(plan, element))]
    if element.tag == "Curve":
        return [_arc(plan, element)]
    if element.tag == "IrregularLine":
        return _irregular(plan, element)
    if element.tag == "Chain":
        names = element.text.split()
        points = [plan.named_point(name, element.line) for name in names]
        return [PlanLine(a, b) for a, b in pairwise(points)]
    if element.tag in ("Feature", "Property"):
        return []
    raise LineRefused(line=element.line, text=shown(element.raw, 60))


def _ends(plan: Plan, element: Element) -> tuple[PlanPoint, PlanPoint]:
    start = plan.place(element.first("Start"), "Start", element.line)
    return start, plan.place(element.first("End"), "End", element.line)


def _arc(plan: Plan, element: Element) -> PlanArc:
    start, end = _ends(plan, element)
    centre = plan.place(element.first("Center"), "Center", element.line)
    rotation = element.get("rot").lower()
    if rotation not in ("cw", "ccw"):
        raise ValueMissing(line=element.line, field="rot")
    at_start, at_end = (math.dist(_pair(end_), _pair(centre)) for end_ in (start, end))
    stated = plan.length(element, "radius")
    radius = at_start if stated is None else abs(stated)
    if max(abs(at_start - radius), abs(at_end - radius)) > ARC_TOLERANCE_M or radius == 0:
        raise ArcImpossible(
            line=element.line,
            start=start.name or "start",
            end=end.name or "end",
            radius_start=f"{at_start:.3f}",
            radius_end=f"{at_end:.3f}",
            radius=f"{radius:.3f}",
        )
    return PlanArc(start, end, centre, radius, clockwise=rotation == "cw")


def _pair(point: PlanPoint) -> tuple[float, float]:
    return point.north, point.east


def _irregular(plan: Plan, element: Element) -> list[PlanSide]:
    """A natural boundary: its points between start and end, "north east north east …"."""
    start, end = _ends(plan, element)
    flat, solid = element.first("PntList2D"), element.first("PntList3D")
    listed, step = (flat, 2) if flat is not None else (solid, 3)
    points = [start]
    if listed is not None:
        values = [
            number(word, field=listed.tag, line=listed.line) * plan.units.metres
            for word in listed.text.split()
        ]
        if len(values) % step:
            raise ValueMissing(line=listed.line, field=listed.tag)
        points += [PlanPoint(values[i], values[i + 1]) for i in range(0, len(values), step)]
    points.append(end)
    # The list of many writers repeats the ends.
    return [PlanLine(a, b) for a, b in pairwise(points) if not _same(a, b)]
