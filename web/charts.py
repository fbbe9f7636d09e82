"""Charts as inline SVG: axes with round steps, lines, dots and bars. No script, no library.

A chart repeats a table that stands beside it, for people who read pictures; whoever cannot see it
loses nothing. Colours and weights are classes of ``web/css/charts.css``; positions are attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Final, NamedTuple

WIDTH: Final = 640
HEIGHT: Final = 300
LEFT, RIGHT, TOP, BOTTOM = 76, 12, 12, 44
STEPS: Final = 5


class Tick(NamedTuple):
    at: float
    label: str


class Mark(NamedTuple):
    """A dot or a bar; ``text`` is told when a pointer rests on it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` in the units of the data; ``label`` writes a tick."""

    low: float
    high: float
    title: str
    label: Callable[[float], str] = "{:,.0f}".format

    def part(self, value: float) -> float:
        """0 at the low end, 1 at the high one; what lies outside is drawn at the edge."""
        reach = self.high - self.low
        return min(max((value - self.low) / reach, 0.0), 1.0) if reach else 0.5


@dataclass(slots=True)
class Chart:
    """A picture with one x and one y axis; what is added is drawn in that order."""

    title: str
    x: Axis
    y: Axis
    x_ticks: list[Tick] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    bars: list[Mark] = field(default_factory=list)
    dots: list[Mark] = field(default_factory=list)
    key: list[tuple[str, str]] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the data in the picture, y downwards."""
        across, up = self.width - LEFT - RIGHT, self.height - TOP - BOTTOM
        return (
            round(LEFT + self.x.part(x) * across, 1),
            round(TOP + (1 - self.y.part(y)) * up, 1),
        )

    def add_line(self, points: Sequence[tuple[float, float]], kind: str, name: str = "") -> None:
        """A line through ``points``; with a name it is told in the key."""
        placed = (self.place(*point) for point in points)
        self.lines.append((" ".join(f"{x},{y}" for x, y in placed), kind))
        if name:
            self.key.append((kind, name))

    def add_dot(self, x: float, y: float, kind: str, text: str) -> None:
        """A dot of one thing."""
        at = self.place(x, y)
        self.dots.append(Mark(*at, 0, 0, kind, text))

    def add_bar(self, low: float, high: float, y: float, kind: str, text: str) -> None:
        """An upright bar from zero to ``y`` between two places of the x axis."""
        left, top = self.place(low, y)
        right, bottom = self.place(high, 0)
        self.bars.append(
            Mark(left, top, round(right - left, 1), round(bottom - top, 1), kind, text)
        )

    @property
    def y_ticks(self) -> list[Tick]:
        """Round values of the y axis, where their lines go."""
        return [
            Tick(self.place(self.x.low, value)[1], self.y.label(value))
            for value in round_steps(self.y.low, self.y.high)
        ]

    @property
    def edges(self) -> dict[str, float]:
        """The frame of the drawing, and where the writing stands."""
        return {
            "left": LEFT, "right": self.width - RIGHT, "top": TOP, "bottom": self.height - BOTTOM,
            "writing": LEFT - 8, "below": self.height - BOTTOM + 18, "foot": self.height - 4,
            "middle": (LEFT + self.width - RIGHT) / 2,
        }  # fmt: skip


def round_steps(low: float, high: float) -> list[float]:
    """About five values at a 1, 2 or 5 of some power of ten, both ends included if they fit."""
    reach = high - low
    if reach <= 0:
        return [low]
    rough = reach / STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough * (1 - 1e-9))
    first = -floor(-low / step + 1e-9)
    return [round(step * number, 12) for number in range(first, floor(high / step + 1e-9) + 1)]


def round_top(highest: float) -> float:
    """A little above ``highest``: the next round step, so that no mark touches the frame."""
    if highest <= 0:
        return 1.0
    steps = round_steps(0, highest)
    return steps[-1] + (steps[1] - steps[0])
