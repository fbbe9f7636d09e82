"""The plots of a letter among their neighbours: up to four small maps, each at a true scale.

Plots near each other share a map; where an owner has plots in more than four places, the places
with the highest tax are drawn and the others named. docs/algorithms/notices.md, section 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import connection

from web.paper import NICE, Frame

PATHS_SQL: Final = (Path(__file__).parents[2] / "sql" / "notice_plots.sql").read_text("utf-8")
WIDTH_MM: Final = 180.0
HEIGHT_MM: Final = 132.0
GAP_MM: Final = 4.0
ROOM_MM: Final = 10.0
"""Kept free around the plots, for a glimpse of the neighbours."""
MOST_MAPS: Final = 4
NEAR_M: Final = 150.0
"""Plots that are at most so far apart may share a map, if it stays readable."""
READABLE_SCALE: Final = 4_000
SCALES: Final = (
    200, 250, 400, 500, 750, 1_000, 1_500, 2_000, 2_500, 4_000, 5_000, 10_000, 20_000, 50_000,
    100_000, 200_000, 500_000,
)  # fmt: skip
BAR_MM: Final = 30.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot to be drawn: its box and label in its zone, what is written into it."""

    parcel_id: int
    text: str
    joint: str
    tax_satang: int
    srid: int
    box: Box
    label: tuple[float, float]


@dataclass(slots=True)
class PlotMap:
    """One small map and what is drawn on it, in millimetres from its upper left corner."""

    frame: Frame
    srid: int
    plots: list[Plot]
    x: float
    y: float
    ways: str = ""
    others: str = ""
    own: list[tuple[str, bool]] = field(default_factory=list)
    """Path of each plot of the addressee, and whether it is valued with others as one."""

    @property
    def labels(self) -> list[tuple[str, float, float]]:
        """What is written into each plot, and where its middle is."""
        placed = []
        for plot in self.plots:
            x, y = self.frame.to_paper(*plot.label)
            placed.append((plot.text, round(x, 1), round(y, 1)))
        return placed

    @property
    def north_arrow(self) -> str:
        """Grid north is up, in the upper right corner."""
        x = self.frame.width_mm - 5.6
        return f"M{x:g} 2l1.8 7-1.8-1.4-1.8 1.4z"

    @property
    def bar(self) -> str:
        """The scale bar, in the lower left corner."""
        return f"M3 {self.frame.height_mm - 3.6:g}v1.4h{self.bar_mm:g}v-1.4"

    @property
    def bar_m(self) -> int:
        """Length of the scale bar: the greatest round number within 30 mm."""
        return max(step for step in NICE if step * 1000 / self.frame.scale <= BAR_MM)

    @property
    def bar_mm(self) -> float:
        return round(self.bar_m * 1000 / self.frame.scale, 2)


@dataclass(frozen=True, slots=True)
class Picture:
    """The maps of one letter, and the plots that found no place on them."""

    maps: list[PlotMap]
    left_out: list[str]


def picture_of(plots: Sequence[Plot]) -> Picture:
    """Which plots share a map, at what scale and where on the page; nothing is drawn yet."""
    places = sorted(_places(plots), key=lambda place: -sum(each.tax_satang for each in place))
    drawn, left = places[:MOST_MAPS], places[MOST_MAPS:]
    slots = _slots(len(drawn))
    maps = [
        _map(place, slot, width, height)
        for place, slot in zip(drawn, slots, strict=True)
        for width, height in [slot[2:]]
    ]
    return Picture(maps, [each.text for place in left for each in place])


def _slots(count: int) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of so many maps."""
    half_w, half_h = (WIDTH_MM - GAP_MM) / 2, (HEIGHT_MM - GAP_MM) / 2
    if count <= 1:
        return [(0.0, 0.0, WIDTH_MM, HEIGHT_MM)][:count]
    if count == 2:
        return [(0.0, 0.0, WIDTH_MM, half_h), (0.0, half_h + GAP_MM, WIDTH_MM, half_h)]
    corners = [(x, y) for y in (0.0, half_h + GAP_MM) for x in (0.0, half_w + GAP_MM)]
    return [(x, y, half_w, half_h) for x, y in corners][:count]


def _places(plots: Sequence[Plot]) -> list[list[Plot]]:
    """Plots by place: each joins the first place it is near to, as long as that stays readable."""
    places: list[list[Plot]] = []
    for plot in sorted(plots, key=lambda each: (each.srid, each.box)):
        for place in places:
            whole = _around([each.box for each in (*place, plot)])
            near = any(_apart(each.box, plot.box) <= NEAR_M for each in place)
            if near and place[0].srid == plot.srid and _scale(whole, *_quarter()) <= READABLE_SCALE:
                place.append(plot)
                break
        else:
            places.append([plot])
    return places


def _quarter() -> tuple[float, float]:
    return (WIDTH_MM - GAP_MM) / 2, (HEIGHT_MM - GAP_MM) / 2


def _around(boxes: Sequence[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _apart(one: Box, other: Box) -> float:
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    along = max(one[1] - other[3], other[1] - one[3], 0.0)
    return max(across, along)


def _scale(box: Box, width: float, height: float) -> int:
    """The largest usual scale at which the box and some room around it fit."""
    for scale in SCALES:
        wide, high = (box[2] - box[0]) * 1000 / scale, (box[3] - box[1]) * 1000 / scale
        if wide <= width - 2 * ROOM_MM and high <= height - 2 * ROOM_MM:
            return scale
    return SCALES[-1]


def _map(
    place: list[Plot], slot: tuple[float, float, float, float], width: float, height: float
) -> PlotMap:
    west, south, east, north = _around([each.box for each in place])
    scale = _scale((west, south, east, north), width, height)
    across, along = width * scale / 1000, height * scale / 1000
    frame = Frame((west + east - across) / 2, (south + north - along) / 2, width, height, scale)
    return PlotMap(frame, place[0].srid, place, slot[0], slot[1])


def draw(maps: Iterable[PlotMap], on: date) -> None:
    """Fetch the paths of all maps in one query and put them in."""
    everything = list(maps)
    if not everything:
        return
    frames = [each.frame for each in everything]
    own = [(n, plot.parcel_id) for n, each in enumerate(everything) for plot in each.plots]
    parameters: dict[str, Any] = {
        "frames": list(range(len(frames))), "srids": [each.srid for each in everything],
        "wests": [f.easting for f in frames], "souths": [f.northing for f in frames],
        "easts": [f.easting + f.width_m for f in frames],
        "norths": [f.northing + f.height_m for f in frames],
        "per_metre": [1000 / f.scale for f in frames],
        "own_frames": [number for number, _parcel in own],
        "own_parcels": [parcel for _number, parcel in own], "on": on,
    }  # fmt: skip
    joint: dict[int, set[int]] = defaultdict(set)
    for number, each in enumerate(everything):
        joint[number] = {plot.parcel_id for plot in each.plots if plot.joint}
    with connection.cursor() as cursor:
        cursor.execute(PATHS_SQL, parameters)
        for number, parcel_id, is_way, path in cursor:
            found = everything[number]
            if parcel_id is not None:
                found.own.append((path, parcel_id in joint[number]))
            elif is_way:
                found.ways = path
            else:
                found.others = path
