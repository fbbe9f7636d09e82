"""How wide words are on paper, and where on a shape they are written."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import shapely
from shapely import Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from taxmap.paper.labels import Labels
from taxmap.paper.symbols import TextSign
from web.paper import Frame

MM_PER_POINT: Final = 25.4 / 72
_WIDE: Final = 0.56
"""Width of a letter of our type as a part of its size, on average; digits are no wider."""


@dataclass(frozen=True, slots=True)
class Word:
    """A label: its middle in millimetres of the map, its room, its turn, its sign."""

    x: float
    y: float
    width: float
    height: float
    degrees: float
    text: str
    sign: TextSign
    small: str = ""
    small_sign: TextSign | None = None

    @property
    def left(self) -> float:
        return round(self.x - self.width / 2, 3)

    @property
    def top(self) -> float:
        return round(self.y - self.height / 2, 3)


def window_of(frame: Frame) -> BaseGeometry:
    """The ground that a map shows, in metres of its zone."""
    return shapely.box(
        frame.easting,
        frame.northing,
        frame.easting + frame.width_m,
        frame.northing + frame.height_m,
    )


def width_mm(text: str, points: float) -> float:
    """About how wide a text is; Thai marks above and below a letter take no room."""
    letters = sum(1 for letter in text if unicodedata.category(letter) != "Mn")
    return letters * points * MM_PER_POINT * _WIDE


def height_mm(points: float) -> float:
    """Height of one line."""
    return points * MM_PER_POINT * 1.15


def point_word(
    shape: BaseGeometry, text: str, frame: Frame, sign: TextSign, labels: Labels
) -> Word | None:
    """A label at the middle of a surface, whether the surface holds it or not."""
    size = _size((text, ""), (sign, sign))
    middle = frame.to_paper(*shape.representative_point().coords[0])
    if not labels.place(*middle, *size):
        return None
    return Word(*middle, *size, 0.0, text, sign)


def inner_word(
    shape: BaseGeometry, texts: tuple[str, str], frame: Frame,
    signs: tuple[TextSign, TextSign], labels: Labels, *, short: str = "",
) -> Word | None:  # fmt: skip
    """A label that lies wholly in its surface: level, else along the longer side.

    What is too wide leaves the second line out, then gives way to ``short``, at last in small type.
    """
    along = _direction(shape)
    fine = (_smaller(signs[0]), signs[1])
    tries = [(texts, signs), ((texts[0], ""), signs)]
    if short:
        tries += [((short, ""), signs), ((short, ""), fine)]
    for (text, small), (of_text, of_small) in tries:
        if not text:
            continue
        size = _size((text, small), (of_text, of_small))
        for degrees in (0.0, along):
            middle = _middle(shape, frame, size, degrees)
            if middle is not None and labels.place(*middle, *size, degrees):
                return Word(*middle, *size, degrees, text, of_text, small, of_small)
    return None


def _smaller(sign: TextSign) -> TextSign:
    return TextSign(sign.size * 0.72, sign.weight, sign.color)


def _size(texts: tuple[str, str], signs: tuple[TextSign, TextSign]) -> tuple[float, float]:
    """Width and height of a text with a second line under it, or without one."""
    width = max(width_mm(text, sign.size) for text, sign in zip(texts, signs, strict=True))
    return width, height_mm(signs[0].size) + (height_mm(signs[1].size) if texts[1] else 0)


def _direction(shape: BaseGeometry) -> float:
    """Turn on paper, clockwise in degrees from -90 to 90, of the longer side of a shape."""
    around = shapely.minimum_rotated_rectangle(shape)
    if not isinstance(around, Polygon):
        return 0.0
    corners = list(around.exterior.coords)[:3]
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    east, north = max(sides, key=lambda side: math.hypot(*side))
    return round((math.degrees(math.atan2(-north, east)) + 90) % 180 - 90, 1)


def _middle(
    shape: Any, frame: Frame, size: tuple[float, float], degrees: float
) -> tuple[float, float] | None:
    """Where a label lies in the shape, in millimetres; None if it does not fit in there."""
    circle = shapely.maximum_inscribed_circle(shape, 0.05 * math.sqrt(shape.area) + 0.01)
    half_x, half_y = (part * frame.scale / 2000 for part in size)
    # In a strip the widest circle may lie at one end; the middle has more room for a long word.
    for point in (shapely.Point(circle.coords[0]), shape.centroid):
        room = shapely.box(point.x - half_x, point.y - half_y, point.x + half_x, point.y + half_y)
        if shape.contains(rotate(room, -degrees, origin=point) if degrees else room):
            return frame.to_paper(point.x, point.y)
    return None


def line_word(
    shape: BaseGeometry, text: str, frame: Frame, sign: TextSign, labels: Labels
) -> Word | None:
    """A name along a line, upright, at the first of three places where it has room."""
    width, height = width_mm(text, sign.size), height_mm(sign.size)
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    line = max(parts, key=lambda part: part.length, default=None)
    reach = width * frame.scale / 1000
    if line is None or line.length < reach:
        return None
    for share in (0.5, 0.3, 0.7):
        at = min(max(line.length * share, reach / 2), line.length - reach / 2)
        before, after = line.interpolate(at - reach / 2), line.interpolate(at + reach / 2)
        (x0, y0), (x1, y1) = (frame.to_paper(p.x, p.y) for p in (before, after))
        degrees = math.degrees(math.atan2(y1 - y0, x1 - x0))
        degrees = round((degrees + 90) % 180 - 90, 1)
        if labels.place((x0 + x1) / 2, (y0 + y1) / 2, width, height, degrees):
            middle = ((x0 + x1) / 2, (y0 + y1) / 2)
            return Word(*middle, width, height, degrees, text, sign)
    return None
