"""The plan of survey at a true scale: what is drawn and written where, in millimetres.

Whatever is written keeps clear of what was written before: names of marks first, then sides with
azimuth and length, the longest leading, then parcels and neighbours. What finds no room stands in
the tables. docs/algorithms/survey-plan.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from surveys.paper.shapes import PlanCorner, PlanParcel, PlanSide
from web.paper import NICE, Frame

SCALES: Final = (250, 500, 1_000, 2_000, 4_000)
BEYOND: Final = (5_000, 10_000, 20_000, 50_000, 100_000)
"""For what is larger than any plan of survey; printed all the same, at a true scale."""
A4_UP_TO: Final = 1_000
PAPERS: Final[dict[str, tuple[int, int, int, int]]] = {
    "A4": (210, 297, 182, 150), "A3": (420, 297, 280, 230),
}  # fmt: skip
"""Width and height of the paper, then of the map on it."""
ROOM_MM: Final = 14
GRID_MM: Final = 40
DIGIT_MM, TEXT_MM = 1.35, 2.5
SIDE_MM: Final = 2.2
MARK_MM: Final = 2.7
MOST_WRITTEN: Final = 400
LEAST_NEIGHBOUR_MM: Final = 2.4
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Written:
    """A text whose middle lies at ``x``, ``y``, turned by ``angle`` degrees clockwise."""

    text: str
    x: float
    y: float
    angle: float = 0


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark on the plan, drawn after its monument; empty kind: a corner that was not surveyed."""

    kind: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: its metres, and its place along the edge of the map."""

    metres: int
    at: float

    @property
    def text(self) -> str:
        return f"{self.metres:,}".replace(",", "\u202f")


@dataclass(slots=True)
class Picture:
    """What ``surveys/pdf/plan.html`` draws."""

    frame: Frame
    paper: str
    parcels: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    sides: list[Written] = field(default_factory=list)
    names: list[Written] = field(default_factory=list)
    own: list[Written] = field(default_factory=list)
    neighbours: list[Written] = field(default_factory=list)
    eastings: list[Tick] = field(default_factory=list)
    northings: list[Tick] = field(default_factory=list)
    crosses: list[Point] = field(default_factory=list)


def fitting(bounds: tuple[float, float, float, float], paper: str = "") -> tuple[str, int]:
    """The paper and the largest scale of the series at which all of it has room.

    A4 serves up to 1:1,000; beyond that, A3 where its scale is larger.
    """
    found = {name: _scale_on(bounds, name) for name in ([paper] if paper else PAPERS)}
    if paper:
        return paper, found[paper]
    if found["A4"] <= A4_UP_TO or found["A4"] <= found["A3"]:
        return "A4", found["A4"]
    return "A3", found["A3"]


def _scale_on(bounds: tuple[float, float, float, float], paper: str) -> int:
    wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
    _, _, width, height = PAPERS[paper]
    for scale in (*SCALES, *BEYOND):
        per_m = 1000 / scale
        if wide * per_m <= width - 2 * ROOM_MM and high * per_m <= height - 2 * ROOM_MM:
            return scale
    return BEYOND[-1]


def picture_of(
    parcels: Sequence[PlanParcel], neighbours: Iterable[tuple[str, MultiPolygon]], paper: str = ""
) -> Picture:
    """Draw parcels in the middle, grid north up. ``neighbours`` are names and shapes around."""
    bounds = tuple(shapely.total_bounds([each.shape for each in parcels]).tolist())
    west, south, east, north = bounds
    name, scale = fitting(bounds, paper)
    _, _, width, height = PAPERS[name]
    frame = Frame(
        round((west + east) / 2 - width * scale / 2000, 3),
        round((south + north) / 2 - height * scale / 2000, 3), width, height, scale,
    )  # fmt: skip
    picture = Picture(frame, name, [_path(each.shape, frame) for each in parcels])
    picture.eastings = [
        Tick(m, round(frame.to_paper(m, frame.northing)[0], 2))
        for m in _round_metres(frame.easting, frame.width_m, scale)
    ]
    picture.northings = [
        Tick(m, round(frame.to_paper(frame.easting, m)[1], 2))
        for m in _round_metres(frame.northing, frame.height_m, scale)
    ]
    free = Room(width, height)
    corners = list(dict.fromkeys(corner for each in parcels for corner in each.corners))
    picture.symbols = [
        Symbol(_kind(corner), *_rounded(frame.to_paper(*corner.place))) for corner in corners
    ]
    if len(corners) <= MOST_WRITTEN:
        free.keep_clear((symbol.x, symbol.y) for symbol in picture.symbols)
        picture.names = list(_names(parcels, frame, free))
        picture.sides = list(_sides(parcels, frame, free))
    for each in parcels:
        if written := _within(each.parcel.land_number, each.shape, frame, free):
            picture.own.append(written)
    window = (west - frame.width_m, south - frame.height_m, east + frame.width_m,
              north + frame.height_m)  # fmt: skip
    for text, other in neighbours:
        clipped = shapely.clip_by_rect(other, *window)
        if clipped.area > 0:
            picture.around.append(_path(clipped, frame))
            if text and (written := _within(text, clipped, frame, free)):
                picture.neighbours.append(written)
    grid = [(e.at, n.at) for e in picture.eastings for n in picture.northings]
    picture.crosses = [each for each in grid if free.is_clear(each)]
    return picture


def _kind(corner: PlanCorner) -> str:
    return "none" if corner.point is None else corner.monument or "unknown"


def _round_metres(start: float, length: float, scale: int) -> Iterator[int]:
    """Lines of the grid, the least round number of metres apart that is 40 mm on paper or more."""
    step = next(step for step in NICE if step * 1000 / scale >= GRID_MM)
    yield from range(math.ceil(start / step) * step, math.floor(start + length) + 1, step)


class Room:
    """Where on the paper something is written already: circles along each text."""

    CELL_MM: Final = 5.0

    def __init__(self, width: float, height: float) -> None:
        self._size = width, height
        self._taken: dict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
        for y in (6.0, 13.0):  # the north arrow
            self._put((width - 7.0, y, 5.0))

    def keep_clear(self, points: Iterable[Point]) -> None:
        for x, y in points:
            self._put((x, y, 0.9))

    def _put(self, circle: tuple[float, float, float]) -> None:
        x, y, r = circle
        cell = self.CELL_MM
        for i in range(math.floor((x - r) / cell), math.floor((x + r) / cell) + 1):
            for j in range(math.floor((y - r) / cell), math.floor((y + r) / cell) + 1):
                self._taken[i, j].append(circle)

    def _hits(self, circle: tuple[float, float, float]) -> bool:
        x, y, r = circle
        cell = self.CELL_MM
        return any(
            math.hypot(x - a, y - b) < r + c
            for i in range(math.floor((x - r) / cell), math.floor((x + r) / cell) + 1)
            for j in range(math.floor((y - r) / cell), math.floor((y + r) / cell) + 1)
            for a, b, c in self._taken.get((i, j), ())
        )

    def is_clear(self, point: Point) -> bool:
        """Whether a cross of the grid has room."""
        return not self._hits((*point, 1.0))

    def take(self, written: Written) -> bool:
        """Whether there is room; then it is taken."""
        half, radius = len(written.text) * DIGIT_MM / 2, TEXT_MM / 2
        turn = math.radians(written.angle)
        steps = max(1, math.ceil(half / radius))
        circles = [
            (written.x + math.cos(turn) * along, written.y + math.sin(turn) * along, radius)
            for along in ((2 * n / steps - 1) * max(half - radius, 0) for n in range(steps + 1))
        ]
        width, height = self._size
        inside = all(r <= x <= width - r and r <= y <= height - r for x, y, r in circles)
        if not inside or any(self._hits(circle) for circle in circles):
            return False
        for circle in circles:
            self._put(circle)
        return True


def _names(parcels: Sequence[PlanParcel], frame: Frame, free: Room) -> Iterator[Written]:
    """Names of marks, outside of the first parcel that has them, else inside or across."""
    done: set[PlanCorner] = set()
    for ring in (ring for each in parcels for ring in each.rings):
        for before, here, after in zip(
            [ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True
        ):
            if here in done:
                continue
            done.add(here)
            for x, y in _beside(before, here, after, frame, len(here.name)):
                written = Written(here.name, round(x, 2), round(y, 2))
                if free.take(written):
                    yield written
                    break


def _beside(
    before: PlanCorner, here: PlanCorner, after: PlanCorner, frame: Frame, letters: int
) -> Iterator[Point]:
    """Places for a name: along the bisector outward, then around, then farther out."""
    a, p, b = (frame.to_paper(*corner.place) for corner in (before, here, after))
    one, two = _unit(p, a), _unit(p, b)
    outward = -(one[0] + two[0]), -(one[1] + two[1])
    if math.hypot(*outward) < 0.1:
        outward = one[1], -one[0]
    start = math.atan2(outward[1], outward[0])
    for stretch in (1.0, 1.6):
        for turn in (0, 0.6, -0.6, 1.2, -1.2, math.pi):
            angle = start + turn
            # Names are wider than high: sideways they need half their width more.
            reach = MARK_MM * stretch + abs(math.cos(angle)) * max(letters * DIGIT_MM / 2 - 1, 0)
            yield p[0] + math.cos(angle) * reach, p[1] + math.sin(angle) * reach * 0.95


def _unit(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length) if length else (0.0, 0.0)


def _sides(parcels: Sequence[PlanParcel], frame: Frame, free: Room) -> Iterator[Written]:
    """Azimuth and length of each side, once; the length alone where both have no room."""
    found: dict[frozenset[PlanCorner], PlanSide] = {}
    for side in (side for each in parcels for side in each.sides):
        found.setdefault(frozenset({side.start, side.end}), side)
    for side in sorted(found.values(), key=lambda each: -each.length_m):
        length = f"{side.length_m:.2f}"
        texts = (f"{side.azimuth}\u2002{length}", length)
        for text, outside in ((texts[0], 1), (texts[0], -1), (texts[1], 1), (texts[1], -1)):
            if (written := _along(side, text, outside, frame)) and free.take(written):
                yield written
                break


def _along(side: PlanSide, text: str, outside: int, frame: Frame) -> Written | None:
    a, b = frame.to_paper(*side.start.place), frame.to_paper(*side.end.place)
    drawn = math.dist(a, b)
    if drawn < len(text) * DIGIT_MM + 2:
        return None
    along = _unit(a, b)
    # Rings run clockwise, so what lies to the left of a side is outside.
    x = (a[0] + b[0]) / 2 + along[1] * SIDE_MM * outside
    y = (a[1] + b[1]) / 2 - along[0] * SIDE_MM * outside
    angle = math.degrees(math.atan2(along[1], along[0]))
    upright = angle if -90 < angle <= 90 else angle - math.copysign(180, angle)
    return Written(text, round(x, 2), round(y, 2), round(upright, 2))


def _within(text: str, shape: BaseGeometry, frame: Frame, free: Room) -> Written | None:
    """What a parcel is called, where it shows within the frame and has room."""
    east, north = frame.easting + frame.width_m, frame.northing + frame.height_m
    seen = shapely.clip_by_rect(shape, frame.easting, frame.northing, east, north)
    parts = [part for part in shapely.get_parts(shapely.make_valid(seen)).tolist() if part.area]
    if not text or not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=frame.scale / 1000)
    if circle.length * 1000 / frame.scale < LEAST_NEIGHBOUR_MM:
        return None
    x, y = _rounded(frame.to_paper(*circle.coords[0]))
    for dy in (0, 4, -4, 8, -8):
        written = Written(text, x, round(y + dy, 2))
        if abs(dy) * frame.scale / 1000 <= circle.length and free.take(written):
            return written
    return None


def _path(shape: BaseGeometry, frame: Frame) -> str:
    parts = []
    for polygon in shapely.get_parts(shape).tolist():
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = (frame.to_paper(x, y) for x, y, *_ in ring.coords[:-1])
            parts.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z")
    return "".join(parts)


def _rounded(point: Point) -> Point:
    return round(point[0], 2), round(point[1], 2)
