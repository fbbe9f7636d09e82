"""One tax-map sheet as PDF: plots, ways, waters, buildings and streets of a UTM sheet.

docs/algorithms/tax-map-sheets.md has the rules; taxmap/paper/symbols.yaml the signs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import shapely
from django.conf import settings
from django.contrib.gis.db.models.functions import AsWKB
from django.template.loader import render_to_string
from django.utils.translation import gettext
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from cadastre.geodesy import WGS84, reproject, transformer
from cadastre.identifiers import MapSheet
from offices.models import Office
from parcels.models import LandUse, Parcel
from taxmap.errors import EmptySheet
from taxmap.models import Building, Street, TaxBlock, TaxZone
from taxmap.paper.labels import Labels
from taxmap.paper.layout import (
    GRID_LABEL_MM,
    MARGIN_MM,
    PAPERS,
    Box,
    eastings,
    northings,
    path_of,
    path_of_line,
)
from taxmap.paper.sheet import is_demo
from taxmap.paper.sheet_words import Word, inner_word, line_word, point_word, window_of
from taxmap.paper.symbols import Symbols, symbols
from taxmap.paper.tax_sheets import SheetOnPaper, degrees_around, neighbours_of, pages_of
from web.formats import in_thai
from web.paper import Frame, font_faces, pdf_of, scale_bar

MAP_LEFT_MM: Final = MARGIN_MM + GRID_LABEL_MM
_GROUND: Final = {LandUse.ROAD: "road", LandUse.WATER: "water"}


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """What is to be drawn, and who answers for it."""

    authority: Office
    sheet: MapSheet
    paper: str
    prepared_by: str
    checked_by: str
    today: date


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of the sheet with the name of its sign and what is written for it."""

    sign: str
    geometry: BaseGeometry
    text: str = ""
    small: str = ""


def tax_sheet_pdf(request: SheetRequest) -> bytes:
    """The sheet, one page on A1 or its quarters on A3; quarters without a plot are left out.

    Raises `EmptySheet` or `SymbolsUnusable`.
    """
    return pdf_of(tax_sheet_html(request))


def tax_sheet_html(request: SheetRequest) -> str:
    """The sheet before it becomes a PDF."""
    signs = symbols()
    pages = [
        drawn
        for page in pages_of(request.sheet, request.paper)
        if (drawn := _page(request, page, signs))
    ]
    if not pages:
        raise EmptySheet(sheet=str(request.sheet))
    width, height = PAPERS[request.paper]
    side = pages[0]["frame"].width_mm
    context = {
        "request": request, "fonts": font_faces(), "pages": pages, "signs": signs,
        "paper_width": width, "paper_height": height, "margin": MARGIN_MM,
        "map_left": MAP_LEFT_MM, "map_top": (height - side) / 2,
        "grid_top": (height - side) / 2 - 3.5,
        "right_labels": MAP_LEFT_MM + side + 1.5,
        "column_left": MAP_LEFT_MM + side + GRID_LABEL_MM,
        "column": width - MAP_LEFT_MM - side - GRID_LABEL_MM - MARGIN_MM,
        "bar": scale_bar(request.sheet.scale), "is_demo": is_demo(request.authority),
        "neighbours": neighbours_of(request.sheet), "legend": _legend(signs),
        "datum_parameters": settings.CHANOT_DATUM_PARAMETERS,
    }  # fmt: skip
    return render_to_string("taxmap/pdf/tax_sheet.html", context)


def _page(request: SheetRequest, page: SheetOnPaper, signs: Symbols) -> dict[str, Any] | None:
    shapes = list(_shapes(request, page))
    count = sum(1 for each in shapes if each.sign == "parcel" and each.text)
    if not count:
        return None
    frame = page.frame
    lines = ("street", "block", "zone")
    return {
        "frame": frame, "part": page.part, "parts": page.parts, "count": count,
        "areas": [
            {"sign": signs.areas[each.sign], "path": path_of(mapping(each.geometry), frame)}
            for each in sorted(shapes, key=_depth) if each.sign in signs.areas
        ],
        "lines": [
            {"sign": signs.lines[each.sign], "path": _line_path(each.geometry, frame)}
            for name in lines for each in shapes if each.sign == name
        ],
        "words": _words(shapes, frame, signs),
        "eastings": eastings(frame), "northings": northings(frame), "grid": signs.lines["grid"],
        "corners": _corners(page), "zone_number": page.srid - 24000, "srid": page.srid,
    }  # fmt: skip


_DEPTHS: Final = ("road", "water", "parcel", "building")


def _depth(shape: Shape) -> int:
    return _DEPTHS.index(shape.sign) if shape.sign in _DEPTHS else len(_DEPTHS)


def _line_path(shape: BaseGeometry, frame: Frame) -> str:
    edges = shape.boundary if shape.geom_type.endswith("Polygon") else shape
    return "".join(path_of_line(part.coords, frame) for part in shapely.get_parts(edges))


def _shapes(request: SheetRequest, page: SheetOnPaper) -> Iterator[Shape]:
    """Everything on a page, in metres of its zone."""
    office, today, around = request.authority, request.today, degrees_around(page)
    parcels = Parcel.objects.filter(
        local_authority=office, valid_during__contains=today, geometry__bboverlaps=around
    ).order_by("tax_parcel_code", "pk")
    wkb = AsWKB("geometry")
    for code, land, use, shape in parcels.values_list(
        "tax_parcel_code", "land_number", "land_use", wkb
    ):
        sign = "parcel" if code else _GROUND.get(LandUse(use), "parcel")
        yield Shape(sign, _placed(shape, page), code, land if code else "")
    buildings = Building.objects.filter(
        unit__local_authority=office, footprint__bboverlaps=around, valid_during__contains=today
    ).order_by("pk")
    for code, shape in buildings.values_list("code", AsWKB("footprint")):
        yield Shape("building", _placed(shape, page), code)
    streets = Street.objects.filter(local_authority=office, centreline__bboverlaps=around)
    name = "name_th" if in_thai() else "name_en"
    for text, shape in streets.order_by("pk").values_list(name, AsWKB("centreline")):
        yield Shape("street", _placed(shape, page), text)
    blocks = TaxBlock.objects.filter(zone__local_authority=office, geometry__bboverlaps=around)
    for zone, code, shape in blocks.order_by("pk").values_list("zone__code", "code", wkb):
        yield Shape("block", _placed(shape, page), f"{zone}{code}")
    zones = TaxZone.objects.filter(local_authority=office, geometry__bboverlaps=around)
    for code, shape in zones.order_by("pk").values_list("code", wkb):
        yield Shape("zone", _placed(shape, page), code)


def _placed(wkb: Any, page: SheetOnPaper) -> BaseGeometry:
    """A shape in metres of the page's zone, cut to the page."""
    shape = reproject(
        shapely.from_wkb(bytes(wkb)), WGS84, page.srid, settings.CHANOT_DATUM_PARAMETERS
    )
    west, south, east, north = page.box
    # Outlines go a little beyond the edge of the map, so that the edge is not taken for one.
    room = page.frame.scale / 100
    box: Box = (west - room, south - room, east + room, north + room)
    return shapely.intersection(shape, shapely.box(*box))


def _words(shapes: list[Shape], frame: Frame, signs: Symbols) -> list[Word]:
    """What is written on the map: the large and few first, then the many where there is room."""
    labels, words = Labels(frame.width_mm, frame.height_mm), []
    window = window_of(frame)
    for sign in ("zone", "block", "street", "parcel", "building"):
        for shape in _largest_first(shapes, sign, window):
            word = _word(shape, frame, signs, labels)
            if word:
                words.append(word)
    return words


def _word(shape: Shape, frame: Frame, signs: Symbols, labels: Labels) -> Word | None:
    text, land = signs.texts[shape.sign], signs.texts["land"]
    geometry, words = shape.geometry, (shape.text, shape.small)
    if shape.sign == "street":
        return line_word(geometry, shape.text, frame, text, labels)
    if shape.sign in {"zone", "block"}:
        return point_word(geometry, shape.text, frame, text, labels)
    # The lot alone is enough for who knows the block, whose letters stand on the map too.
    lot = shape.text[3:] if shape.sign == "parcel" else ""
    return inner_word(geometry, words, frame, (text, land), labels, short=lot)


def _largest_first(shapes: list[Shape], sign: str, window: BaseGeometry) -> list[Shape]:
    inside = [
        Shape(sign, part, each.text, each.small)
        for each in shapes
        if each.sign == sign and each.text
        and not (part := shapely.intersection(each.geometry, window)).is_empty
    ]  # fmt: skip
    return sorted(inside, key=lambda each: (-each.geometry.area, -each.geometry.length, each.text))


def _corners(page: SheetOnPaper) -> list[dict[str, str]]:
    """The four corners in both datums: metres of the sheet's zone, degrees of WGS 84."""
    west, south, east, north = page.box
    places = {
        gettext("north-west"): (west, north), gettext("north-east"): (east, north),
        gettext("south-west"): (west, south), gettext("south-east"): (east, south),
    }  # fmt: skip
    to_degrees = transformer(page.srid, WGS84, settings.CHANOT_DATUM_PARAMETERS)
    found = []
    for name, (x, y) in places.items():
        lon, lat = to_degrees.transform(x, y)
        found.append({"name": name, "metres": f"E {x:.0f} N {y:.0f}",
                      "degrees": f"{lat:.6f}, {lon:.6f}"})  # fmt: skip
    return found


def _legend(signs: Symbols) -> list[dict[str, Any]]:
    areas = {
        "parcel": gettext("Plot with its code and land number"), "building": gettext("Building"),
        "road": gettext("Public way"), "water": gettext("Water"),
    }  # fmt: skip
    lines = {
        "street": gettext("Middle of a street"), "block": gettext("Border of a block"),
        "zone": gettext("Border of a zone"), "grid": gettext("Grid of coordinates"),
    }  # fmt: skip
    return [{"area": signs.areas[key], "text": text} for key, text in areas.items()] + [
        {"line": signs.lines[key], "text": text} for key, text in lines.items()
    ]
