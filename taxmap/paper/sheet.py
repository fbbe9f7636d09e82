"""The printed collection map: sheets of a zone or block as PDF, at a true scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext

from offices.models import Office
from parcels.models import Parcel
from taxmap.collection import map_rows, price_breaks_of
from taxmap.errors import MapTooLarge, NothingToDraw
from taxmap.paper.layout import (
    COLUMN_MM,
    GRID_LABEL_MM,
    MARGIN_MM,
    PAPERS,
    Box,
    box_of,
    eastings,
    fitting_scale,
    frames,
    northings,
    path_of,
    width_of,
)
from taxmap.themes import TITLES, Theme, class_of, classes_of
from web.paper import Frame, font_faces, pdf_of, scale_bar

MOST_PLOTS: Final = 4000
MM_PER_DIGIT: Final = 1.15
"""Width of a digit of the plot numbers on paper, to know what fits."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be printed."""

    authority: Office
    tax_year: int
    area: str
    theme: Theme
    paper: str
    scale: int | None
    prepared_by: str
    today: date


def sheet_pdf(request: Request) -> bytes:
    """The sheets of ``request.area`` (zone and block, 01A) as one PDF.

    Raises `NothingToDraw`, `MapTooLarge` or `TooManySheets`.
    """
    return pdf_of(sheet_html(request))


def sheet_html(request: Request) -> str:
    """The sheets before they become a PDF."""
    rows = _rows(request)
    boxes = [box_of(row["shape"]) for row in rows]
    whole = _around(boxes)
    scale = request.scale or fitting_scale(whole, request.paper)
    sheets = frames(whole, boxes, request.paper, scale)
    classes = classes_of(
        request.theme, price_breaks_of(request.authority, date(request.tax_year, 1, 1))
    )
    width, height = PAPERS[request.paper]
    context = {
        "request": request, "zone": request.area[:2], "block": request.area[2:], "scale": scale,
        "paper_width": width, "paper_height": height, "column": COLUMN_MM[request.paper],
        "margin": MARGIN_MM, "map_left": MARGIN_MM + GRID_LABEL_MM, "classes": classes,
        "map_top": MARGIN_MM + GRID_LABEL_MM / 2, "grid_top": MARGIN_MM + GRID_LABEL_MM / 2 - 3.5,
        "index_width": 2 + 9 * (1 + max(column for _row, column, _frame in sheets)),
        "index_height": 7 * (1 + max(row for row, _column, _frame in sheets)),
        "theme": TITLES[request.theme], "fonts": font_faces(),
        "datum": datum_words(request.authority),
        "is_demo": is_demo(request.authority), "bar": scale_bar(scale), "count": len(rows),
        "sheets": [
            _sheet(
                number, frame, rows=rows, boxes=boxes, theme=request.theme, classes=classes,
                sheets=sheets,
            )
            for number, (_row, _column, frame) in enumerate(sheets, start=1)
        ],
    }  # fmt: skip
    return render_to_string("taxmap/pdf/sheet.html", context)


def _rows(request: Request) -> list[dict[str, Any]]:
    rows = map_rows(
        request.authority, request.tax_year, prefix=request.area, srid=request.authority.zone_srid,
        digits=3, today=request.today, limit=MOST_PLOTS + 1,
    )  # fmt: skip
    if not rows:
        raise NothingToDraw(zone=request.area[:2] or "–", block=request.area[2:] or "–")
    if len(rows) > MOST_PLOTS:
        raise MapTooLarge(count=len(rows), most=MOST_PLOTS)
    return rows


def _around(boxes: Sequence[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _sheet(
    number: int, frame: Frame, *, rows: Sequence[dict[str, Any]], boxes: Sequence[Box],
    theme: Theme, classes: Any, sheets: Sequence[tuple[int, int, Frame]],
) -> dict[str, Any]:  # fmt: skip
    here = [(row, box) for row, box in zip(rows, boxes, strict=True) if frame.holds(box)]
    return {
        "number": number,
        "of": len(sheets),
        "frame": frame,
        "plots": [
            {"path": path_of(row["shape"], frame), "fill": class_of(row, theme, classes).fill}
            for row, _box in here
        ],
        "labels": [
            label for row, box in here if (label := _label(row, box, frame, theme, classes))
        ],
        "eastings": eastings(frame),
        "northings": northings(frame),
        "index": [
            {"x": column * 9, "y": row * 7, "here": place == number, "number": place}
            for place, (row, column, _frame) in enumerate(sheets, start=1)
        ],
    }


def _label(
    row: dict[str, Any], box: Box, frame: Frame, theme: Theme, classes: Any
) -> dict[str, Any] | None:
    """Lot number and land number where the plot has room for them on this sheet."""
    x, y = frame.to_paper(*row["label"]["coordinates"][:2])
    if not (0 <= x <= frame.width_mm and 0 <= y <= frame.height_mm):
        return None
    room = width_of(row["shape"], box) * 1000 / frame.scale
    lot = row["code"][3:] or row["code"]
    if room < len(lot) * MM_PER_DIGIT:
        return None
    return {
        "x": f"{x:.2f}", "y": f"{y:.2f}", "lot": lot,
        "land": row["land_number"] if room > 9 else "",
        "large": room > 9, "ink": class_of(row, theme, classes).ink,
    }  # fmt: skip


def datum_words(authority: Office) -> str:
    """Datum and zone in words, for the zones of Thailand; elsewhere the code of the CRS."""
    if authority.zone_srid in {32647, 32648}:
        zone = authority.zone_srid - 32600
        return gettext("WGS 84, UTM zone {zone} north (EPSG:{srid})").format(
            zone=zone, srid=authority.zone_srid
        )
    return f"EPSG:{authority.zone_srid}"


def is_demo(authority: Office) -> bool:
    """Whether the parcels of this authority are made up; then every sheet says so."""
    return Parcel.objects.filter(
        local_authority=authority, created_by__source__kind="demo_town"
    ).exists()
