"""The extract of one parcel as PDF: A4, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import shapely
from django.contrib.gis.geos import Polygon
from django.template.loader import render_to_string
from django.utils.translation import gettext
from shapely.geometry import MultiPolygon

from cadastre.geodesy import WGS84, reproject, zone_of_srid
from cadastre.moment import Moment
from parcels.as_of import parcels_at
from parcels.extract.marks import MILLIMETRE, Mark, Ring, rings_numbered
from parcels.extract.picture import HEIGHT_MM, WIDTH_MM, picture_of
from parcels.models import Parcel
from parcels.models.spatial import LandUse
from parcels.representation import areas_of, locality_of, title_of, whole_address_of
from web.formats import qr_svg
from web.paper import font_faces, pdf_of, scale_bar

MOST_MARKS: Final = 250
"""Marks that the table lists; a parcel with more has them all in the API."""
FIRST_PAGE_ROWS: Final = 8
PAGE_ROWS: Final = 52
COLUMNS: Final = 2
MOST_NEIGHBOURS: Final = 150
MOST_NAMED: Final = 40
TOUCHING_M: Final = 0.01
TOUCHING_DEGREES: Final = 2e-7
ROOM_AROUND: Final = 0.75
"""How far to look for neighbours, as a share of the parcel's longer side."""
DEMO: Final = "demo_town"
WAYS: Final = (LandUse.ROAD, LandUse.WATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which parcel, as of when, and where its page is."""

    parcel: Parcel
    moment: Moment | None
    now: datetime
    today: date
    permalink: str


def extract_pdf(request: Request) -> bytes:
    """The extract as PDF. Takes bounded time, whatever the parcel's shape."""
    return pdf_of(extract_html(request))


def extract_html(request: Request) -> str:
    """The extract before it becomes a PDF."""
    parcel = request.parcel
    shape = _in_zone(parcel)
    rings = rings_numbered(shape)
    around = _neighbours(request, shape)
    picture = picture_of(
        shape, rings, parcel.land_number, [(text, other) for text, other, _touches in around]
    )
    marks = sum(len(ring.marks) for ring in rings)
    context = {
        "parcel": parcel, "title": title_of(parcel), "address": whole_address_of(parcel),
        "locality": locality_of(parcel), "areas": areas_of(parcel), "picture": picture,
        "width": WIDTH_MM, "height": HEIGHT_MM, "bar": scale_bar(picture.frame.scale),
        "blocks": _blocks(rings), "marks": marks, "listed": min(marks, MOST_MARKS),
        "neighbours": _named(around), "zone": _zone(parcel.zone_srid), "fonts": font_faces(),
        "moment": request.moment, "now": request.now, "since": parcel.valid_during.lower,
        "permalink": request.permalink, "qr": qr_svg(request.permalink),
        "is_demo": parcel.created_by.source.kind == DEMO,
    }  # fmt: skip
    return render_to_string("parcels/pdf/extract.html", context)


def _in_zone(parcel: Parcel, srid: int | None = None) -> MultiPolygon:
    """The shape in a zone, on the millimetre grid on which legal coordinates lie."""
    degrees = shapely.from_wkb(bytes(parcel.geometry.wkb))
    shape = reproject(degrees, WGS84, srid or parcel.zone_srid)
    assert isinstance(shape, MultiPolygon)
    return shapely.transform(shape, lambda xy: xy.round(MILLIMETRE))


def _neighbours(request: Request, shape: MultiPolygon) -> list[tuple[str, MultiPolygon, bool]]:
    """What lies around, nearest first: its name, its shape, and whether it touches the parcel."""
    parcel, when = request.parcel, request.moment or request.today
    west, south, east, north = parcel.geometry.extent
    room = max(east - west, north - south) * ROOM_AROUND
    place = Polygon.from_bbox((west - room, south - room, east + room, north + room))
    place.srid = WGS84
    touching = parcels_at(
        when,
        lambda parcels: parcels.filter(geometry__dwithin=(parcel.geometry, TOUCHING_DEGREES)),
        MOST_NEIGHBOURS,
    )
    near = parcels_at(
        when, lambda parcels: parcels.filter(geometry__bboverlaps=place), MOST_NEIGHBOURS
    )
    # Those that touch come first: in a crowd the others are left out, never they.
    others = {each.pk: each for each in [*touching, *near] if each.pk != parcel.pk}
    shapes = [(_name(each), _in_zone(each, parcel.zone_srid)) for each in others.values()]
    far = [(shape.distance(other), name, other) for name, other in shapes[:MOST_NEIGHBOURS]]
    far.sort(key=lambda each: each[0])
    return [(name, other, distance <= TOUCHING_M) for distance, name, other in far]


def _name(parcel: Parcel) -> str:
    """The land number; of a road or waterway what it is."""
    way = parcel.get_land_use_display() if parcel.land_use in WAYS else ""
    return parcel.land_number or str(way)


def _named(around: Sequence[tuple[str, MultiPolygon, bool]]) -> dict[str, Any]:
    """The names of those that touch, each once, in the order of their numbers."""
    names = {name or gettext("without a number") for name, _shape, touches in around if touches}
    ordered = sorted(names, key=lambda name: (not name.isdigit(), name.zfill(12)))
    return {"names": ordered[:MOST_NAMED], "more": len(ordered) > MOST_NAMED}


def _blocks(rings: Sequence[Ring]) -> list[list[list[Mark | Ring]]]:
    """The table in blocks that fit what is left of a page, each of columns of rows.

    A ring that is not the only one stands above its marks.
    """
    rows: list[Mark | Ring] = []
    left = MOST_MARKS
    for ring in rings:
        if left <= 0:
            break
        rows += [ring] if len(rings) > 1 else []
        rows += ring.marks[:left]
        left -= len(ring.marks)
    cuts = [0]
    while cuts[-1] < len(rows):
        cuts.append(cuts[-1] + COLUMNS * (PAGE_ROWS if len(cuts) > 1 else FIRST_PAGE_ROWS))
    return [_columns(rows[a:b]) for a, b in pairwise(cuts)]


def _columns(rows: list[Mark | Ring]) -> list[list[Mark | Ring]]:
    high = -(-len(rows) // COLUMNS)
    return [rows[at : at + high] for at in range(0, len(rows), high)]


def _zone(srid: int) -> str:
    zone = zone_of_srid(srid)
    if zone is None:
        return f"EPSG:{srid}"
    return gettext("WGS 84, UTM zone {zone} north (EPSG:{srid})").format(zone=zone, srid=srid)
