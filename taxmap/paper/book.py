"""The printed book of rounds: an index, and for each round its map and its list.

docs/algorithms/tax-map-sheets.md, section 4, has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import shapely
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from weasyprint import Document

from parcels.models import Party
from taxmap.models import Assessment, CollectionBook, CollectionRound, ValuationUnit
from taxmap.paper.layout import (
    COLUMN_MM,
    GRID_LABEL_MM,
    MARGIN_MM,
    PAPERS,
    Box,
    fitting_scale,
    frames,
    path_of_line,
)
from taxmap.paper.round_sheet import (
    RoundShapes,
    placed,
    round_frames,
    round_map,
    shapes_around,
    shapes_of,
)
from taxmap.paper.sheet import datum_words, is_demo
from taxmap.visits import StopRow, stop_rows
from web.formats import qr_svg
from web.paper import Frame, document_of, font_faces, joined_pdf, scale_bar

COLOURS: Final = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#8a6d1a", "#56b4e9", "#000000")
"""Rounds side by side on the index; Okabe and Ito's set, the yellow darkened for thin lines."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BookRequest:
    """What is printed, on which paper, by whom; ``with_owners`` prints their names."""

    book: CollectionBook
    paper: str
    prepared_by: str
    with_owners: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One round made: its pages, and what the index says of it."""

    round: CollectionRound
    shapes: RoundShapes
    document: Document
    due_satang: int


def book_pdf(request: BookRequest, progress: Progress | None = None) -> bytes:
    """The whole book as one PDF; ``progress`` is told after each round."""
    rounds = list(request.book.rounds.order_by("number"))
    rows = stop_rows(rounds, request.book)
    by_round = {key: list(found) for key, found in groupby(rows, lambda row: row.stop.round_id)}
    leaves = []
    for number, each in enumerate(rounds, start=1):
        leaves.append(_leaf(request, each, by_round[each.pk]))
        if progress:
            progress(number, len(rounds))
    pages = 1
    while True:
        index = document_of(_index_html(request, leaves, pages))
        if len(index.pages) == pages:
            break
        pages = len(index.pages)
    return joined_pdf([index, *(leaf.document for leaf in leaves)])


def round_html(
    request: BookRequest, collection_round: CollectionRound, rows: Sequence[StopRow]
) -> str:
    """The sheets of one round before they become pages."""
    authority = request.book.local_authority
    shapes = shapes_of(collection_round, rows, authority)
    maps = [round_map(shapes, frame, authority) for frame in round_frames(shapes, request.paper)]
    bars = [scale_bar(each["scale"]) for each in maps]
    context = _common(request) | {
        "round": collection_round, "maps": list(zip(maps, bars, strict=True)),
        "rows": _lines(request, rows),
        "due_satang": sum(row.due_satang for row in rows), "datum": datum_words(authority),
        "grid_top": MARGIN_MM + GRID_LABEL_MM / 2 - 3.5,
    }  # fmt: skip
    return render_to_string("taxmap/pdf/round.html", context)


def _leaf(
    request: BookRequest, collection_round: CollectionRound, rows: Sequence[StopRow]
) -> _Leaf:
    shapes = shapes_of(collection_round, rows, request.book.local_authority)
    document = document_of(round_html(request, collection_round, rows))
    return _Leaf(collection_round, shapes, document, sum(row.due_satang for row in rows))


def _common(request: BookRequest) -> dict[str, Any]:
    width, height = PAPERS[request.paper]
    authority = request.book.local_authority
    return {
        "request": request, "book": request.book, "authority": authority, "fonts": font_faces(),
        "paper_width": width, "paper_height": height, "column": COLUMN_MM[request.paper],
        "margin": MARGIN_MM, "map_left": MARGIN_MM + GRID_LABEL_MM,
        "map_top": MARGIN_MM + GRID_LABEL_MM / 2, "is_demo": is_demo(authority),
        "today": timezone.localdate(request.now),
    }  # fmt: skip


def _lines(request: BookRequest, rows: Sequence[StopRow]) -> list[dict[str, Any]]:
    owners = taxpayers_of(rows, request.book) if request.with_owners else {}
    return [
        {
            "row": row, "parcel": row.stop.unit.parcel,
            "qr": qr_svg(_address_of(row)),
            "owners": owners.get(row.stop.unit_id, []),
        }
        for row in rows
    ]  # fmt: skip


def _address_of(row: StopRow) -> str:
    """The public page of the plot: nothing on it is secret, whoever finds the paper."""
    path = reverse("parcel-detail", args=[row.stop.unit.parcel.public_id])
    return f"{settings.CHANOT_PUBLIC_URL}{path}"


def taxpayers_of(rows: Sequence[StopRow], book: CollectionBook) -> dict[int, list[str]]:
    """Names of who owes the latest tax of each unit. Printing them is written down before."""
    units = [row.stop.unit_id for row in rows]
    latest = (
        Assessment.objects.filter(unit__in=units, tax_year__lte=book.tax_year, bill__isnull=False)
        .order_by("unit", "-tax_year").distinct("unit").values_list("unit", "bill__taxpayers")
    )  # fmt: skip
    owing = dict(latest)
    keys = {key for taxpayers in owing.values() for key in taxpayers}
    names = dict(Party.objects.filter(pk__in=keys).values_list("pk", "name"))
    return {
        unit: [names[key] for key in taxpayers if key in names] for unit, taxpayers in owing.items()
    }


def _index_html(request: BookRequest, leaves: Sequence[_Leaf], own_pages: int) -> str:
    unreached = list(
        ValuationUnit.objects.filter(pk__in=request.book.unreached)
        .select_related("parcel").order_by("parcel__tax_parcel_code", "pk")
    )  # fmt: skip
    boxes = [leaf.shapes.box for leaf in leaves] or _boxes_of(unreached, request.book)
    west, south, _east, _north = (min(edges) for edges in zip(*boxes, strict=True))
    _west, _south, east, north = (max(edges) for edges in zip(*boxes, strict=True))
    box = (west, south, east, north)
    scale = fitting_scale(box, request.paper)
    frame = frames(box, boxes, request.paper, scale)[0][2]
    entries = _entries(leaves, frame, own_pages + 1)
    context = _common(request) | {
        "frame": frame, "entries": entries,
        "streets": [
            path_of_line(line.coords, frame)
            for _name, line in shapes_around(frame, request.book.local_authority, streets=True)
        ],
        "scale": scale, "bar": scale_bar(scale),
        "stops": sum(each["stops"] for each in entries), "choices": request.book.choices,
        "due_satang": sum(leaf.due_satang for leaf in leaves),
        "pages": own_pages + sum(len(leaf.document.pages) for leaf in leaves),
        "unreached": unreached,
    }  # fmt: skip
    return render_to_string("taxmap/pdf/book_index.html", context)


def _entries(leaves: Sequence[_Leaf], frame: Frame, first_page: int) -> list[dict[str, Any]]:
    """What the index shows of each round: its place on the map, its figures and its page."""
    entries: list[dict[str, Any]] = []
    page = first_page
    for number, leaf in enumerate(leaves):
        hull = shapely.convex_hull(shapely.multipoints(leaf.shapes.points))
        x, y = frame.to_paper(hull.centroid.x, hull.centroid.y)
        walk = leaf.shapes.walk
        entries.append({
            "round": leaf.round, "stops": len(leaf.shapes.rows), "due_satang": leaf.due_satang,
            "page": page, "colour": COLOURS[number % len(COLOURS)], "x": round(x, 2),
            "y": round(y, 2), "walk": path_of_line(walk, frame) if walk else "",
            "dots": [frame.to_paper(*point) for point in leaf.shapes.points],
        })  # fmt: skip
        page += len(leaf.document.pages)
    return entries


def _boxes_of(units: Sequence[ValuationUnit], book: CollectionBook) -> list[Box]:
    """Where units without a street lie, in metres of the authority's zone."""
    srid = book.local_authority.zone_srid
    return [placed(bytes(unit.parcel.geometry.wkb), srid).bounds for unit in units]
