"""Where everything lies on a printed sheet: millimetres on paper, metres in the UTM zone.

docs/algorithms/collection-map.md, section 3, has the rules and a worked example.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from taxmap.errors import TooManySheets
from web.paper import NICE, Frame

PAPERS: Final = {"A4": (297, 210), "A3": (420, 297), "A1": (841, 594)}
"""Landscape, millimetres."""

SCALES: Final = (250, 500, 1_000, 2_000, 4_000, 5_000, 10_000, 20_000, 50_000)
COLUMN_MM: Final = {"A4": 62, "A3": 72, "A1": 110}
"""Width of the column beside the map that holds title, legend and index."""

MARGIN_MM: Final = 8
GRID_LABEL_MM: Final = 15
"""Room left of the map for northings; half of it lies above and below for eastings."""

MOST_SHEETS: Final = 24
SLACK_MM: Final = 2
Box = tuple[float, float, float, float]


def frame_size_mm(paper: str) -> tuple[float, float]:
    """Width and height of the map on a sheet of paper."""
    width, height = PAPERS[paper]
    return (
        width - 2 * MARGIN_MM - GRID_LABEL_MM - COLUMN_MM[paper] - 4,
        height - 2 * MARGIN_MM - GRID_LABEL_MM,
    )


def fitting_scale(box: Box, paper: str) -> int:
    """The largest round scale at which the whole box fits on one sheet."""
    width, height = frame_size_mm(paper)
    for scale in SCALES:
        across, along = _millimetres(box, scale)
        if across <= width - SLACK_MM and along <= height - SLACK_MM:
            return scale
    return SCALES[-1]


def _millimetres(box: Box, scale: int) -> tuple[float, float]:
    west, south, east, north = box
    return (east - west) * 1000 / scale, (north - south) * 1000 / scale


def frames(box: Box, boxes: Sequence[Box], paper: str, scale: int) -> list[tuple[int, int, Frame]]:
    """The sheets that cover a box, by row from the north and column from the west.

    Sheets without any of ``boxes`` are left out. Raises `TooManySheets`.
    """
    width, height = frame_size_mm(paper)
    across, along = _millimetres(box, scale)
    columns = max(math.ceil((across + SLACK_MM) / width), 1)
    rows = max(math.ceil((along + SLACK_MM) / height), 1)
    if rows * columns > MOST_SHEETS:
        raise TooManySheets(scale=scale, sheets=rows * columns, most=MOST_SHEETS)
    width_m, height_m = width * scale / 1000, height * scale / 1000
    # The whole is centred; the corner lies on whole metres, so that grid and scale stay true.
    west = round((box[0] + box[2]) / 2 - columns * width_m / 2)
    north = round((box[1] + box[3]) / 2 + rows * height_m / 2)
    found = [
        (
            row, column,
            Frame(west + column * width_m, north - (row + 1) * height_m, width, height, scale),
        )
        for row in range(rows)
        for column in range(columns)
    ]  # fmt: skip
    return [each for each in found if any(each[2].holds(one) for one in boxes)]


def grid_step_m(scale: int) -> int:
    """Metres between grid lines: the least round number that is 40 mm or more on paper."""
    return next(step for step in NICE if step * 1000 / scale >= 40)


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of the UTM grid: its coordinate in metres and its place on the map."""

    metres: int
    at_mm: float

    @property
    def text(self) -> str:
        return f"{self.metres:,}".replace(",", "\u202f")


def eastings(frame: Frame) -> list[GridLine]:
    """Grid lines that run north, from left to right."""
    return [
        GridLine(metres, round(frame.to_paper(metres, frame.northing)[0], 3))
        for metres in _multiples(frame.easting, frame.width_m, grid_step_m(frame.scale))
    ]


def northings(frame: Frame) -> list[GridLine]:
    """Grid lines that run east, from bottom to top."""
    return [
        GridLine(metres, round(frame.to_paper(frame.easting, metres)[1], 3))
        for metres in _multiples(frame.northing, frame.height_m, grid_step_m(frame.scale))
    ]


def _multiples(start: float, length: float, step: int) -> Iterator[int]:
    first = math.ceil(start / step) * step
    yield from range(first, math.floor(start + length) + 1, step)


def rings_of(shape: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Every ring of the polygons in a GeoJSON shape; lines and points left by a cut have none."""
    if shape["type"] == "GeometryCollection":
        for part in shape["geometries"]:
            yield from rings_of(part)
    elif shape["type"] == "MultiPolygon":
        for part in shape["coordinates"]:
            yield from part
    elif shape["type"] == "Polygon":
        yield from shape["coordinates"]


def box_of(shape: dict[str, Any]) -> Box:
    """West, south, east, north of a GeoJSON shape."""
    points = [point for ring in rings_of(shape) for point in ring]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def path_of(shape: dict[str, Any], frame: Frame) -> str:
    """The shape as an SVG path in millimetres of the map, to a hundredth."""
    parts = []
    for ring in rings_of(shape):
        points = (frame.to_paper(x, y) for x, y, *_height in ring[:-1])
        parts.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z")
    return "".join(parts)


def path_of_line(line: Iterable[Sequence[float]], frame: Frame) -> str:
    """An open line as an SVG path in millimetres of the map, to a hundredth."""
    points = (frame.to_paper(x, y) for x, y, *_height in line)
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def width_of(shape: dict[str, Any], box: Box) -> float:
    """How wide a plot is across its longer side, about: its area by that side, in metres."""
    ring = next(rings_of(shape))
    area = sum(
        (a[0] - box[0]) * (b[1] - box[1]) - (b[0] - box[0]) * (a[1] - box[1])
        for a, b in pairwise(ring)
    )
    longer = max(box[2] - box[0], box[3] - box[1])
    return abs(area) / 2 / longer if longer else 0.0
