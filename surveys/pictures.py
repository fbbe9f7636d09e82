"""Pictures of a point from numbers: scatter of its epochs, their course in time, and a target.

Everything is millimetres from the position in force, in the axes of the zone. The pictures are
SVG of the page itself: shapes with classes, no style and no script.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from surveys.ellipses import Ellipse

SIZE: Final = 360.0
MARGIN: Final = 26.0
WIDE, TALL, LEFT = 720.0, 132.0, 58.0
MOST_DRAWN: Final = 3_000
_CROSS: Final = 3.0
_TONES: Final = 4
"""How many occupations have a colour of their own before the colours begin again."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One epoch: millimetres east, north and up (None: no height), and whether it was used."""

    east: float
    north: float
    up: float | None
    at: datetime | None
    used: bool
    occupation: int

    @property
    def away(self) -> float:
        """Horizontal distance from the position in force."""
        return math.hypot(self.east, self.north)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path with its class."""

    tone: str
    path: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle of the grid with what it is worth in millimetres."""

    radius: float
    mm: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(slots=True)
class Plane:
    """The scatter or the target: rings, dots, and the ellipse of 95 %."""

    rings: list[Ring]
    strokes: list[Stroke] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    ellipse: tuple[float, float, float] | None = None
    limit: float | None = None
    beyond: int = 0
    size: float = SIZE
    middle: float = SIZE / 2
    margin: float = MARGIN
    edge: float = SIZE - MARGIN


@dataclass(slots=True)
class Course:
    """One axis over time; ``low`` to ``high`` millimetres, zero at ``zero``."""

    axis: str
    ticks: list[Label]
    strokes: list[Stroke]
    breaks: list[Label]
    zero: float
    left: float = LEFT
    width: float = WIDE
    height: float = TALL


def scatter(dots: Sequence[Dot], ellipse: Ellipse | None) -> Plane | None:
    """Every epoch around the position, the skipped ones as crosses; those beyond at the edge."""
    if not dots:
        return None
    used = [dot.away for dot in dots if dot.used] or [dot.away for dot in dots]
    reach = max(*used, ellipse.major_m * 1000 if ellipse else 0.0, 1.0)
    plane, scale = _plane(reach)
    groups: dict[str, list[str]] = {}
    for dot in _thinned(dots):
        x, y, inside = _placed(dot.east, dot.north, scale)
        plane.beyond += not inside
        tone = _tone(dot) if inside else "beyond"
        groups.setdefault(tone, []).append(_mark(x, y, crossed=not dot.used))
    plane.strokes = [Stroke(tone, "".join(marks)) for tone, marks in groups.items()]
    if ellipse is not None:
        plane.ellipse = _turned(ellipse, scale)
    return plane


def target(
    means: Sequence[tuple[int, float, float]], ellipse: Ellipse | None, limit_mm: float | None
) -> Plane | None:
    """The means of the occupations (number, east, north in mm) on a target with the ellipse.

    ``limit_mm`` is the ring within which occupations must agree.
    """
    if not means:
        return None
    reach = max(
        [math.hypot(east, north) for _, east, north in means]
        + [ellipse.major_m * 1000 if ellipse else 0.0, limit_mm or 0.0, 1.0]
    )
    plane, scale = _plane(reach)
    for number, east, north in means:
        x, y, _ = _placed(east, north, scale)
        plane.strokes.append(Stroke(f"occupation-{number % _TONES}", _mark(x, y, crossed=False)))
        plane.labels.append(Label(_round(x + 9), _round(y + 4), str(number)))
    if ellipse is not None:
        plane.ellipse = _turned(ellipse, scale)
    plane.limit = None if limit_mm is None else _round(limit_mm * scale)
    return plane


def courses(dots: Sequence[Dot]) -> list[Course]:
    """East, north and up over the epochs in the order of time, occupations side by side."""
    drawn = [dot for dot in _thinned(dots) if dot.at is not None]
    drawn.sort(key=lambda dot: (dot.occupation, dot.at))
    if len(drawn) < 2:
        return []
    made = [_course("E", drawn, [dot.east for dot in drawn])]
    made.append(_course("N", drawn, [dot.north for dot in drawn]))
    if all(dot.up is not None for dot in drawn):
        made.append(_course("U", drawn, [dot.up or 0.0 for dot in drawn]))
    return made


def _course(axis: str, dots: Sequence[Dot], values: Sequence[float]) -> Course:
    kept = [v for v, dot in zip(values, dots, strict=True) if dot.used] or list(values)
    farthest = max(*map(abs, kept), 1.0)
    step = nice_step(farthest)
    reach = step * math.ceil(farthest / step)
    middle, room = TALL / 2, TALL / 2 - 14
    across = (WIDE - LEFT - 8) / max(len(dots) - 1, 1)
    groups: dict[str, list[str]] = {}
    breaks: list[Label] = []
    before = 0
    for at, (dot, value) in enumerate(zip(dots, values, strict=True)):
        x = LEFT + across * at
        inside = abs(value) <= reach
        y = middle - max(-reach, min(reach, value)) / reach * room
        tone = _tone(dot) if inside else "beyond"
        groups.setdefault(tone, []).append(_mark(x, y, crossed=not dot.used))
        if dot.occupation != before:
            breaks.append(Label(_round(x), 0.0, str(dot.occupation)))
            before = dot.occupation
    ticks = [
        Label(LEFT - 6, _round(middle - value / reach * room), _mm(value))
        for value in (-reach, 0.0, reach)
    ]
    strokes = [Stroke(tone, "".join(marks)) for tone, marks in groups.items()]
    return Course(axis, ticks, strokes, breaks, middle)


def nice_step(reach: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides ``reach`` into two to five parts."""
    power = 10.0 ** math.floor(math.log10(reach))
    for step in (0.2, 0.5, 1.0):
        if reach / (step * power) <= 5:
            return step * power
    return 2 * power


def _plane(reach: float) -> tuple[Plane, float]:
    step = nice_step(reach)
    count = math.ceil(reach / step)
    scale = (SIZE / 2 - MARGIN) / (step * count)
    rings = [Ring(_round(step * n * scale), _mm(step * n)) for n in range(1, count + 1)]
    return Plane(rings), scale


def _placed(east: float, north: float, scale: float) -> tuple[float, float, bool]:
    """Units of the picture; what lies beyond comes to the edge in its direction."""
    room = SIZE / 2 - MARGIN + 8
    x, y = east * scale, -north * scale
    away = math.hypot(x, y)
    inside = away <= room
    if not inside:
        x, y = x / away * room, y / away * room
    return SIZE / 2 + x, SIZE / 2 + y, inside


def _turned(ellipse: Ellipse, scale: float) -> tuple[float, float, float]:
    """Semi-axes along and across, and the turn of the major axis from the x axis of the page."""
    return (
        _round(ellipse.major_m * 1000 * scale),
        _round(ellipse.minor_m * 1000 * scale),
        _round(ellipse.bearing_degrees - 90),
    )


def _mark(x: float, y: float, *, crossed: bool) -> str:
    if not crossed:
        return f"M{_round(x)} {_round(y)}h0"
    c = _CROSS
    return f"M{_round(x - c)} {_round(y - c)}l{2 * c} {2 * c}m{-2 * c} 0l{2 * c} {-2 * c}"


def _tone(dot: Dot) -> str:
    return f"occupation-{dot.occupation % _TONES}" if dot.used else "skipped"


def _thinned(dots: Sequence[Dot]) -> list[Dot]:
    """All of them, or evenly fewer: the skipped ones always stay."""
    if len(dots) <= MOST_DRAWN:
        return list(dots)
    every = math.ceil(len(dots) / MOST_DRAWN)
    return [dot for at, dot in enumerate(dots) if at % every == 0 or not dot.used]


def _mm(value: float) -> str:
    return f"{value:g}" if abs(value) >= 0.1 or not value else f"{value:.2g}"


def _round(value: float) -> float:
    return round(value, 1)
