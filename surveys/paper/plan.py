"""The plan of survey (รูปแผนที่) as PDF, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import shapely
from django.contrib.gis.geos import Polygon
from django.template.loader import render_to_string
from django.utils.translation import gettext
from shapely.geometry import MultiPolygon

from cadastre.geodesy import WGS84, reproject, transform_point, zone_of_srid
from cadastre.pointquality import Digitised
from parcels.as_of import parcels_at
from parcels.models import Parcel
from parcels.models.spatial import LandUse
from parcels.representation import locality_of, title_of
from surveys.errors import NothingToDraw
from surveys.models import BoundaryMark, SurveyJob, SurveyPoint
from surveys.paper.picture import PAPERS, picture_of
from surveys.paper.shapes import PlanCorner, PlanParcel, plan_parcels, shape_of
from surveys.services.imports import zone_of
from web.paper import font_faces, pdf_of, scale_bar

MOST_NEIGHBOURS: Final = 150
MOST_NAMED: Final = 40
ROOM_AROUND: Final = 0.75
TOUCHING_M: Final = 0.01
TOUCHING_DEGREES: Final = 2e-7
DEMO: Final = "demo_town"
WAYS: Final = (LandUse.ROAD, LandUse.WATER)
FINISHED: Final = frozenset({
    SurveyJob.Status.CHECKED, SurveyJob.Status.PROPOSED, SurveyJob.Status.CLOSED,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """Which job, on which day of the register; ``paper`` is A4, A3, or empty to choose."""

    job: SurveyJob
    today: date
    now: datetime
    paper: str = ""


def plan_pdf(request: PlanRequest) -> bytes:
    """The plan as PDF. Raises `NothingToDraw` for a job that surveys no parcel."""
    return pdf_of(plan_html(request))


def plan_html(request: PlanRequest) -> str:
    """The plan before it becomes a PDF."""
    job = request.job
    parcels = _parcels_of(job)
    if not parcels:
        raise NothingToDraw(job=job.number)
    drawn = plan_parcels(job, parcels)
    around = _neighbours(drawn, request.today, zone_of(job))
    picture = picture_of(drawn, [(name, shape) for name, shape, _touches in around], request.paper)
    width, height, _, _ = PAPERS[picture.paper]
    corners = list(dict.fromkeys(corner for each in drawn for corner in each.corners))
    checked = job.events.filter(action="checked").select_related("actor").order_by("-at").first()
    context = {
        "job": job, "now": request.now, "picture": picture, "bar": scale_bar(picture.frame.scale),
        "paper_width": width, "paper_height": height, "fonts": font_faces(),
        "parcels": [_facts(each) for each in drawn], "corners": [_row(each) for each in corners],
        "sides": drawn, "neighbours": _named(around), "zone": _zone(zone_of(job)),
        "sheets": sorted({str(p.map_sheet.name) for p in parcels if p.map_sheet}),
        "locality": locality_of(parcels[0]), "legend": _legend(corners),
        "is_draft": job.status not in FINISHED, "is_demo": _is_demo(parcels),
        "checker": checked.actor if checked and job.status in FINISHED else None,
        "checked_at": checked.at if checked and job.status in FINISHED else None,
        "details": _details(job, zone_of(job)),
    }  # fmt: skip
    return render_to_string("surveys/pdf/plan.html", context)


def _parcels_of(job: SurveyJob) -> list[Parcel]:
    keys = list(job.parcels.values_list("parcel_id", flat=True))
    found = Parcel.objects.filter(pk__in=keys).with_facts()
    return sorted(found, key=lambda p: (p.land_number.zfill(12), p.pk))


def _facts(each: PlanParcel) -> dict[str, Any]:
    return {
        "parcel": each.parcel, "title": title_of(each.parcel), "area": each.area.square_metres,
        "band": each.band_m2, "legal": each.parcel.legal_area_m2,
        "surveyed": sum(corner.point is not None for corner in each.corners),
        "corners": len(each.corners),
    }  # fmt: skip


def _row(corner: PlanCorner) -> dict[str, Any]:
    sigma = corner.sigma_mm
    return {
        "corner": corner, "monument": monument_in_words(corner),
        "sigma_east": sigma[0] if sigma else None, "sigma_north": sigma[1] if sigma else None,
        "basis": _basis(corner),
    }  # fmt: skip


def monument_in_words(corner: PlanCorner) -> str:
    """The kind and the state of the monument; a dash where nobody knows."""
    if corner.mark is None or not corner.mark.monument:
        return "–"
    kind, state = corner.mark.get_monument_display(), corner.mark.condition
    return f"{kind} ({corner.mark.get_condition_display()})" if state else str(kind)


def _basis(corner: PlanCorner) -> str:
    """What the coordinates rest on: how the point was surveyed, or the sheet."""
    if corner.point is not None:
        return str(corner.point.get_method_display())
    if isinstance(corner.quality, Digitised):
        return gettext("from sheet 1:{scale}").format(scale=f"{corner.quality.scale:,}")
    return gettext("from the register")


def _details(job: SurveyJob, zone: int) -> list[dict[str, Any]]:
    """Control points of the job, which stand in a table of their own."""
    points = job.points.filter(
        purpose__in=(SurveyPoint.Purpose.CONTROL, SurveyPoint.Purpose.CHECK)
    ).order_by("name")[:60]
    found = []
    for point in points:
        known = point.known_easting is not None and point.known_northing is not None
        place = (
            (float(point.known_easting), float(point.known_northing))
            if known and point.known_easting is not None and point.known_northing is not None
            else (float(point.easting), float(point.northing))
        )
        if not known and point.srid != zone:
            place = transform_point(*place, point.srid, zone)
        found.append({
            "name": point.name, "easting": place[0], "northing": place[1], "known": known,
            "purpose": point.get_purpose_display(),
        })  # fmt: skip
    return found


def _legend(corners: Sequence[PlanCorner]) -> list[dict[str, str]]:
    """The symbols that the plan uses."""
    words = {kind.value: str(kind.label) for kind in BoundaryMark.Monument if kind.value}
    words |= {
        "unknown": gettext("surveyed, monument not recorded"),
        "none": gettext("not surveyed in this job"),
    }
    used = {"none" if c.point is None else c.monument or "unknown" for c in corners}
    return [{"kind": kind, "text": text} for kind, text in words.items() if kind in used]


def _neighbours(
    drawn: Sequence[PlanParcel], today: date, zone: int
) -> list[tuple[str, MultiPolygon, bool]]:
    """What lies around, nearest first: its name, its shape, and whether it touches."""
    own = {each.parcel.pk for each in drawn}
    whole = shapely.union_all([shapely.make_valid(shape_of(e.parcel, zone)) for e in drawn])
    west, south, east, north = reproject(whole, zone, WGS84).bounds
    room = max(east - west, north - south) * ROOM_AROUND
    place = Polygon.from_bbox((west - room, south - room, east + room, north + room))
    place.srid = WGS84
    touching = [
        near
        for each in drawn
        for near in parcels_at(
            today,
            lambda rows, each=each: rows.filter(  # type: ignore[misc]
                geometry__dwithin=(each.parcel.geometry, TOUCHING_DEGREES)
            ),
            MOST_NEIGHBOURS,
        )
    ]
    near = parcels_at(today, lambda rows: rows.filter(geometry__bboverlaps=place), MOST_NEIGHBOURS)
    others = {each.pk: each for each in [*touching, *near] if each.pk not in own}
    found = []
    for other in list(others.values())[:MOST_NEIGHBOURS]:
        shape = shape_of(other, zone)
        found.append((whole.distance(shape), _name(other), shape))
    found.sort(key=lambda each: each[0])
    return [(name, shape, distance <= TOUCHING_M) for distance, name, shape in found]


def _name(parcel: Parcel) -> str:
    """The land number; of a road or waterway what it is."""
    way = parcel.get_land_use_display() if parcel.land_use in WAYS else ""
    return parcel.land_number or str(way)


def _named(around: Sequence[tuple[str, MultiPolygon, bool]]) -> str:
    names = {name or gettext("without a number") for name, _shape, touches in around if touches}
    ordered = sorted(names, key=lambda name: (not name.isdigit(), name.zfill(12)))
    return ", ".join(ordered[:MOST_NAMED]) + (" …" if len(ordered) > MOST_NAMED else "")


def _zone(srid: int) -> str:
    zone = zone_of_srid(srid)
    if zone is None:
        return f"EPSG:{srid}"
    return gettext("WGS 84, UTM zone {zone} north (EPSG:{srid})").format(zone=zone, srid=srid)


def _is_demo(parcels: Sequence[Parcel]) -> bool:
    return any(parcel.created_by.source.kind == DEMO for parcel in parcels)
