"""A network as SVG: legs, points, and the 95 % ellipses, all of them at one scale of their own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 720.0
MARGIN: Final = 48.0
SHAPE: Final = (0.35, 0.8)
"""Least and greatest height by width."""
LARGEST: Final = 34.0
"""Half the longest ellipse in the picture."""
MOST_LEGS, MOST_NAMES, MOST_POINTS = 3_000, 120, 2_000
TO_95: Final = math.sqrt(-2 * math.log(0.05))
"""From the standard ellipse to the one that holds 95 % of a plane normal distribution."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in the picture; ``rx``, ``ry`` and ``turn`` (degrees clockwise) are its ellipse."""

    name: str
    x: float
    y: float
    fixed: bool
    rx: float
    ry: float
    turn: float


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """What ``surveys/network.html`` draws; ``bar`` is how long ``bar_mm`` of an ellipse is."""

    legs: str
    suspects: str
    spots: list[Spot]
    named: list[Spot]
    height: float
    bar: float
    bar_mm: str
    metres: int
    metres_bar: float
    width: float = WIDTH

    @property
    def foot(self) -> float:
        """Where the bars stand."""
        return self.height - 14


def network_picture(report: Mapping[str, Any]) -> NetworkPicture | None:
    """Draw the network of a report, north up; None without points."""
    points = report["points"][:MOST_POINTS]
    if not points:
        return None
    easts, norths = [p["east"] for p in points], [p["north"] for p in points]
    wide, high = max(max(easts) - min(easts), 0.001), max(max(norths) - min(norths), 0.001)
    ratio = min(max(high / wide, SHAPE[0]), SHAPE[1])
    height = WIDTH * ratio + 30
    scale = min((WIDTH - 2 * MARGIN) / wide, (height - 30 - 2 * MARGIN) / high)
    left = (WIDTH - wide * scale) / 2 - min(easts) * scale
    top = (height - 30 - high * scale) / 2 + max(norths) * scale
    places = {
        p["id"]: (round(left + p["east"] * scale, 1), round(top - p["north"] * scale, 1))
        for p in points
    }
    longest = max((p["ellipse"][0] * TO_95 for p in points), default=0.0)
    mm, per_metre = _ellipse_scale(longest)
    spots = [_spot(p, places[p["id"]], per_metre) for p in points]
    limit = report.get("w_limit", math.inf)
    metres = _nice(WIDTH / 4 / scale)
    return NetworkPicture(
        legs=_legs(report["observations"], places),
        suspects=_legs((o for o in report["observations"] if abs(o["w"] or 0) > limit), places),
        spots=spots, named=spots[:MOST_NAMES], height=round(height, 1),
        bar=round(mm / 1000 * per_metre, 1), bar_mm=f"{mm:g}", metres=int(max(metres, 1)),
        metres_bar=round(max(metres, 1) * scale, 1),
    )  # fmt: skip


def _ellipse_scale(longest_m: float) -> tuple[float, float]:
    """A round length for the bar of ellipses in millimetres, and units of the picture per metre."""
    if longest_m <= 0:
        return 10.0, LARGEST / 0.01
    return _nice(longest_m * 1000), LARGEST / longest_m


def _nice(value: float) -> float:
    """The greatest of 1, 2, 5, 10 … times a power of ten that is not above ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * (1 + 1e-9))


def _spot(point: Mapping[str, Any], place: tuple[float, float], per_metre: float) -> Spot:
    major, minor, azimuth = point["ellipse"]
    return Spot(
        point["id"], *place, point["fixed"], round(major * TO_95 * per_metre, 1),
        round(minor * TO_95 * per_metre, 1), round(azimuth - 90, 1),
    )  # fmt: skip


def _legs(
    observations: Iterable[Mapping[str, Any]], places: Mapping[str, tuple[float, float]]
) -> str:
    """The legs as one path, each once."""
    pairs = {
        tuple(sorted((each["points"][0], other)))
        for each in observations
        for other in each["points"][1:]
        if each["points"][0] in places and other in places
    }
    drawn = sorted(pairs)[:MOST_LEGS]
    return "".join("M{} {}L{} {}".format(*places[a], *places[b]) for a, b in drawn)
