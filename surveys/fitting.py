"""Fitting an old sheet with an origin of its own to control: read, fitted, drawn.

The arithmetic is `cadastre.geodesy.fit_sheet`, docs/algorithms/sheet-fitting.md. Nothing is stored.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from cadastre.digits import typed_text
from cadastre.geodesy import ControlPoint, Fit
from surveys.errors import FitLineUnreadable
from surveys.pictures import nice_step

MOST_LINES: Final = 500
WIDTH: Final = 720.0
MARGIN: Final = 50.0
LONGEST: Final = 70.0
"""Units of the picture: the longest misfit is drawn this long."""
_BETWEEN: Final = re.compile(r"[\t;]+|,(?!\d{3}\b)|[ ]+")
_NUMBER: Final = re.compile(r"[-+]?\d{1,9}(\.\d{1,9})?", re.ASCII)

Place = tuple[float, float]


def control_typed(text: str) -> list[ControlPoint]:
    """Lines of name, x, y, easting, northing and, if it is known, standard deviation in metres.

    FitLineUnreadable names the first line that is not one.
    """
    points = []
    for number, cells in _lines(text):
        figures = _figures(cells[1:])
        if figures is None or len(figures) not in {4, 5}:
            raise FitLineUnreadable(line=number, columns="name x y E N (σ)")
        x, y, east, north, *sigma = figures
        points.append(ControlPoint(cells[0], (x, y), (east, north), *sigma))
    return points


def places_typed(text: str) -> list[tuple[str, Place]]:
    """Lines of name, x and y on the sheet. FitLineUnreadable names the first that is not one."""
    places = []
    for number, cells in _lines(text):
        figures = _figures(cells[1:])
        if figures is None or len(figures) != 2:
            raise FitLineUnreadable(line=number, columns="name x y")
        places.append((cells[0], (figures[0], figures[1])))
    return places


def _lines(text: str) -> list[tuple[int, list[str]]]:
    lines = [(n, typed_text(line).strip()) for n, line in enumerate(text.splitlines(), start=1)]
    filled = [(n, line) for n, line in lines if line]
    if len(filled) > MOST_LINES:
        raise FitLineUnreadable(line=filled[MOST_LINES][0], columns=f"≤ {MOST_LINES}")
    return [(n, [cell for cell in _BETWEEN.split(line) if cell]) for n, line in filled]


def _figures(cells: list[str]) -> list[float] | None:
    plain = [cell.replace(",", "") for cell in cells]
    return [float(cell) for cell in plain] if all(map(_NUMBER.fullmatch, plain)) else None


@dataclass(frozen=True, slots=True)
class Vector:
    """The misfit of one control point in the picture."""

    name: str
    x: float
    y: float
    to_x: float
    to_y: float
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class FitPicture:
    """Control points where they are known to be, north up, their misfits enlarged."""

    vectors: list[Vector]
    width: float
    height: float
    foot: float
    bar: float
    bar_mm: float


def picture_of(fit: Fit) -> FitPicture:
    """Draw the residuals of a fit."""
    known = [residual.point.known for residual in fit.residuals]
    west, south = (min(place[axis] for place in known) for axis in (0, 1))
    east, north = (max(place[axis] for place in known) for axis in (0, 1))
    reach = max(east - west, north - south, 1e-6)
    scale = (WIDTH - 2 * MARGIN) / reach
    longest = max(residual.length_m for residual in fit.residuals)
    enlarge = LONGEST / longest if longest > 0 else 0.0
    height = (north - south) * scale + 2 * MARGIN + 20
    suspect = fit.suspect

    def vector(at: int) -> Vector:
        residual = fit.residuals[at]
        x = MARGIN + (residual.point.known[0] - west) * scale
        y = MARGIN + (north - residual.point.known[1]) * scale
        return Vector(
            residual.point.name, round(x, 1), round(y, 1),
            round(x + residual.east_m * enlarge, 1), round(y - residual.north_m * enlarge, 1),
            residual is suspect,
        )  # fmt: skip

    bar_mm = nice_step(longest * 1000) if longest > 0 else 0.0
    return FitPicture(
        vectors=[vector(at) for at in range(len(fit.residuals))],
        width=WIDTH,
        height=round(height, 1),
        foot=round(height - 8, 1),
        bar=round(bar_mm / 1000 * enlarge, 1) if math.isfinite(enlarge) else 0.0,
        bar_mm=bar_mm,
    )
