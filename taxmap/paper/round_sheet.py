"""The map of one round on paper: its plots with their order, the streets, the line to walk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from cadastre.geodesy import WGS84, reproject, transformer
from offices.models import Office
from parcels.models import LandUse, Parcel
from taxmap.errors import TooManySheets
from taxmap.models import CollectionRound, Street
from taxmap.paper.labels import Labels
from taxmap.paper.layout import (
    SCALES,
    Box,
    eastings,
    fitting_scale,
    frames,
    northings,
    path_of,
    path_of_line,
)
from taxmap.paper.sheet_words import Word, height_mm, line_word, width_mm, window_of
from taxmap.paper.symbols import TextSign, symbols
from taxmap.visits import StopRow
from web.formats import in_thai
from web.paper import Frame

LEAST_SCALE: Final = 1_000
"""A map is enlarged for the numbers of its plots up to here, never beyond."""

READABLE: Final = 0.95
"""Part of the numbers that must have room of their own."""

MARK_MM: Final = 4.2
GAP_MM: Final = 0.75
ARROW_EVERY_MM: Final = 22.0
ROOM_MM: Final = 6.0
NUMBER: Final = TextSign(size=7.5, weight=700, color="#ffffff")
CODE: Final = TextSign(size=5.5, weight=600, color="#000000")
_GROUND: Final = {LandUse.ROAD: "road", LandUse.WATER: "water"}


@dataclass(frozen=True, slots=True)
class RoundShapes:
    """A round in metres of its authority's zone: each stop's plot and label point, and the walk."""

    rows: tuple[StopRow, ...]
    plots: tuple[BaseGeometry, ...]
    points: tuple[tuple[float, float], ...]
    walk: tuple[tuple[float, float], ...]

    @property
    def boxes(self) -> list[Box]:
        return [plot.bounds for plot in self.plots]

    @property
    def box(self) -> Box:
        west, south, east, north = shapely.total_bounds(np.asarray(self.plots))
        xs, ys = [x for x, _y in self.walk], [y for _x, y in self.walk]
        return (
            min([west, *xs]), min([south, *ys]), max([east, *xs]), max([north, *ys]),
        )  # fmt: skip


def shapes_of(
    collection_round: CollectionRound,
    rows: Sequence[StopRow],
    authority: Office,
) -> RoundShapes:
    """The shapes of a round; `rows` are its stops in order."""
    srid = authority.zone_srid
    parcels = [row.stop.unit.parcel for row in rows]
    plots = [placed(bytes(parcel.geometry.wkb), srid) for parcel in parcels]
    points = [placed(bytes(parcel.label_point.wkb), srid).coords[0] for parcel in parcels]
    line = collection_round.walk
    walk = placed(bytes(line.wkb), srid).coords if line else ()
    return RoundShapes(
        tuple(rows), tuple(plots), tuple((x, y) for x, y, *_height in points),
        tuple((x, y) for x, y, *_height in walk),
    )  # fmt: skip


def placed(wkb: bytes, srid: int) -> BaseGeometry:
    """A shape of EPSG:4326 in metres of a zone."""
    return reproject(shapely.from_wkb(wkb), WGS84, srid)


def round_frames(shapes: RoundShapes, paper: str) -> list[Frame]:
    """The map sheets of a round: the smallest scale at which its numbers can be read apart."""
    scales = [
        each for each in reversed(SCALES) if each <= fitting_scale(_roomy(shapes, 10_000), paper)
    ]
    best: list[Frame] = []
    for scale in scales:
        try:
            found = frames(_roomy(shapes, scale), shapes.boxes, paper, scale)
        except TooManySheets:
            break
        best = [frame for _row, _column, frame in found]
        if scale <= LEAST_SCALE or _readable(shapes, best) >= READABLE:
            break
    return best


def _roomy(shapes: RoundShapes, scale: int) -> Box:
    room = ROOM_MM * scale / 1000
    west, south, east, north = shapes.box
    return west - room, south - room, east + room, north + room


def _readable(shapes: RoundShapes, sheets: Sequence[Frame]) -> float:
    placed = total = 0
    for frame in sheets:
        labels = Labels(frame.width_mm, frame.height_mm)
        for point in shapes.points:
            x, y = frame.to_paper(*point)
            if 0 <= x <= frame.width_mm and 0 <= y <= frame.height_mm:
                total += 1
                placed += labels.place(x, y, MARK_MM, MARK_MM)
    return placed / total if total else 1.0


def round_map(shapes: RoundShapes, frame: Frame, authority: Office) -> dict[str, Any]:
    """Everything drawn on one map sheet of a round, for the template."""
    signs = symbols()
    labels = Labels(frame.width_mm, frame.height_mm)
    marks = _marks(shapes, frame, labels)
    streets = shapes_around(frame, authority, streets=True)
    names = [
        word for name, line in streets
        if (word := line_word(shapely.intersection(line, window_of(frame)), name, frame,
                              signs.texts["street"], labels))
    ]  # fmt: skip
    return {
        "frame": frame, "marks": marks, "names": names,
        "codes": _codes(shapes, frame, labels),
        "ground": [
            {"path": path_of(mapping(shape), frame), "sign": signs.areas[sign]}
            for sign, shape in shapes_around(frame, authority)
        ],
        "plots": [
            {"path": path_of(mapping(plot), frame), "settled": row.is_settled}
            for plot, row in zip(shapes.plots, shapes.rows, strict=True)
            if frame.holds(plot.bounds)
        ],
        "walk": path_of_line(shapes.walk, frame) if shapes.walk else "",
        "arrows": _arrows(shapes.walk, frame),
        "start": frame.to_paper(*(shapes.walk or shapes.points)[0]),
        "eastings": eastings(frame), "northings": northings(frame), "grid": signs.lines["grid"],
        "scale": frame.scale,
    }  # fmt: skip


def _marks(shapes: RoundShapes, frame: Frame, labels: Labels) -> list[dict[str, Any]]:
    """A numbered disc on each plot; always drawn, since the table refers to it."""
    marks = []
    for row, point in zip(shapes.rows, shapes.points, strict=True):
        x, y = frame.to_paper(*point)
        if 0 <= x <= frame.width_mm and 0 <= y <= frame.height_mm:
            labels.place(x, y, MARK_MM, MARK_MM)
            marks.append({"order": row.stop.order, "x": round(x, 2), "y": round(y, 2)})
    return marks


def _codes(shapes: RoundShapes, frame: Frame, labels: Labels) -> list[Word]:
    """Parcel codes under, over or beside the discs where there is room."""
    words = []
    height = height_mm(CODE.size)
    for row, point in zip(shapes.rows, shapes.points, strict=True):
        code = row.stop.unit.parcel.tax_parcel_code
        width, (x, y) = width_mm(code, CODE.size), frame.to_paper(*point)
        down, beside = (MARK_MM + height) / 2 + GAP_MM, (MARK_MM + width) / 2 + GAP_MM
        for dx, dy in ((0, down), (0, -down), (beside, 0), (-beside, 0)):
            if code and labels.place(x + dx, y + dy, width, height):
                words.append(Word(x + dx, y + dy, width, height, 0.0, code, CODE))
                break
    return words


def shapes_around(
    frame: Frame, authority: Office, *, streets: bool = False
) -> list[tuple[str, BaseGeometry]]:
    """Plots and public ground, or streets with their names, within a map sheet."""
    srid = authority.zone_srid
    west, south, east, north = window_of(frame).bounds
    xs, ys = transformer(srid, WGS84).transform(
        [west, east, west, east], [south, south, north, north]
    )
    around = Polygon.from_bbox((min(xs), min(ys), max(xs), max(ys)))
    if streets:
        found = Street.objects.filter(local_authority=authority, centreline__bboverlaps=around)
        rows = found.order_by("pk").values_list(
            "name_th" if in_thai() else "name_en", AsWKB("centreline")
        )
    else:
        parcels = Parcel.objects.filter(
            local_authority=authority, valid_during__upper_inf=True, geometry__bboverlaps=around
        )
        rows = parcels.order_by("pk").values_list("land_use", AsWKB("geometry"))
    return [
        (name if streets else _GROUND.get(LandUse(name), "parcel"), placed(bytes(wkb), srid))
        for name, wkb in rows
    ]


def _arrows(walk: Sequence[tuple[float, float]], frame: Frame) -> list[str]:
    """Small triangles along the walk, as SVG paths in millimetres."""
    arrows, since = [], ARROW_EVERY_MM / 2
    for start, end in pairwise([frame.to_paper(*point) for point in walk]):
        length = math.dist(start, end)
        while since <= length:
            share = since / length
            arrows.append(_arrow(start, end, share))
            since += ARROW_EVERY_MM
        since -= length
    return arrows


def _arrow(start: tuple[float, float], end: tuple[float, float], share: float) -> str:
    x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    points = [
        (x + reach * math.cos(angle + turn), y + reach * math.sin(angle + turn))
        for reach, turn in ((1.6, 0.0), (1.4, 2.5), (1.4, -2.5))
    ]
    return "M" + "L".join(f"{px:.2f} {py:.2f}" for px, py in points) + "Z"
