"""Divide a parcel by a line, by the ring of a piece, or by a strip for a road."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NoReturn

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from cadastre.fabric.errors import (
    LineEndsInside,
    LineMissesParcel,
    LineRunsAlongBoundary,
    LineTooCloseToBoundary,
    LineTooShort,
    LineTurnsTooSharply,
    PiecesTooMany,
    RingLeavesParcel,
    RingTakesAll,
    WidthUnusable,
)
from cadastre.fabric.faces import faces_of, point_within
from cadastre.fabric.grid import Edge, Floats, Part, Spot, canonical, distances, interactive
from cadastre.fabric.model import MOST_PIECES, SNAPPING_MM, Edit, Plot, Point
from cadastre.fabric.noding import Node, Outline
from cadastre.fabric.scene import Scene
from cadastre.planar import check_polygons

Where = Literal["inside", "outside", "along"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line between two marks of the boundary, or between a mark and the line's end."""

    spots: list[Spot]
    where: Where
    begins: float
    ends: float
    tip: Spot | None
    """The end of the line, where the stretch does not reach a mark."""


def stretches(outline: Outline, line: Floats) -> list[Stretch]:
    """The line in pieces, each wholly inside, outside or on the boundary of the parcel."""
    nodes = outline.nodes(line)
    last = float(len(line) - 1)
    begin, end = (Node(at, _whole(line[int(at)])) for at in (0.0, last))
    sides = outline.with_every_mark()
    found = [_stretch(outline, line, between, sides) for between in pairwise(nodes)]
    if not nodes:
        return [_stretch(outline, line, (begin, end), sides, tip=begin.spot)]
    if nodes[0].at > 0:
        found.insert(0, _stretch(outline, line, (begin, nodes[0]), sides, tip=begin.spot))
    if nodes[-1].at < last:
        found.append(_stretch(outline, line, (nodes[-1], end), sides, tip=end.spot))
    return [each for each in found if len(each.spots) > 1]


def _stretch(
    outline: Outline,
    line: Floats,
    between: tuple[Node, Node],
    sides: set[Edge],
    *,
    tip: Spot | None = None,
) -> Stretch:
    a, b = between
    inner = [_whole(line[i]) for i in range(math.floor(a.at) + 1, math.ceil(b.at))]
    spots = [a.spot, *inner, b.spot]
    distinct = [spots[0]] + [after for before, after in pairwise(spots) if before != after]
    where = "along" if _is_side(distinct, sides) else _where(outline, distinct)
    if where == "inside" and tip is None:
        _refuse_necks(outline, inner)
    return Stretch(distinct, where, a.at, b.at, tip)


def _is_side(spots: Sequence[Spot], sides: set[Edge]) -> bool:
    if len(spots) != 2:
        return False
    a, b = sorted(spots)
    return (a, b) in sides


def _where(outline: Outline, spots: Sequence[Spot]) -> Where:
    """Where the middle of the longest segment lies; nothing is crossed between two marks."""
    if len(spots) < 2:
        return "outside"
    a, b = max(pairwise(spots), key=lambda edge: (math.dist(*edge), edge))
    inside = shapely.contains_xy(outline.polygon, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    return "inside" if inside else "outside"


def _refuse_necks(outline: Outline, inner: Sequence[Spot]) -> None:
    if not inner:
        return
    apart, _ = distances(np.array(inner, dtype=float), outline.a, outline.b)
    nearest = float(apart.min())
    if nearest < SNAPPING_MM:
        spot = inner[int(apart.min(axis=1).argmin())]
        raise LineTooCloseToBoundary(**outline.frame.place(spot), distance_mm=f"{nearest:.1f}")


def _whole(xy: Floats) -> Spot:
    return round(float(xy[0])), round(float(xy[1]))


def refuse_few_or_many(count: int) -> None:
    """Refuse a division into one piece, or into more than anybody can look over."""
    if not 2 <= count <= MOST_PIECES:
        raise PiecesTooMany(count=count, limit=MOST_PIECES)


def divide_by_line(parent: Plot, line: Sequence[Point], neighbours: Sequence[Plot]) -> Edit:
    """Divide along an open line that crosses the parcel, once or several times.

    Each part that results becomes a piece of its own. The line may start and end on the
    boundary or outside. Raises `LineMissesParcel`, `LineRunsAlongBoundary`, `LineEndsInside`,
    `LineTooCloseToMark`, `LineTooCloseToBoundary`, `LineCrossesItself`, `LineTooShort`.
    """
    scene = Scene([parent], neighbours)
    outline = scene.outline()
    drawn = scene.line(line)
    cuts = through(outline, stretches(outline, drawn), drawn)
    faces = faces_of(scene.frame, outline.with_marks(ends_of(cuts)), cuts)
    refuse_few_or_many(len(faces))
    return scene.edit([[face] for face in faces], cuts)


def ends_of(cuts: Sequence[Sequence[Spot]]) -> set[Spot]:
    """The marks at which cuts begin and end."""
    return {cut[end] for cut in cuts for end in (0, -1)}


def through(outline: Outline, found: Sequence[Stretch], line: Floats) -> list[list[Spot]]:
    """The stretches that divide the parcel, or why the line does not do so."""
    for each in found:
        if each.where == "along":
            (ax, ay), (bx, by) = each.spots[0], each.spots[-1]
            raise LineRunsAlongBoundary(**outline.frame.place(((ax + bx) / 2, (ay + by) / 2)))
    refuse_ends(outline, found)
    cuts = [each.spots for each in found if each.where == "inside"]
    if not cuts:
        refuse_miss(outline, line)
    return cuts


def refuse_ends(outline: Outline, found: Sequence[Stretch]) -> None:
    """Refuse a line that ends within the parcel."""
    for each in found:
        if each.tip is not None and each.where == "inside":
            raise LineEndsInside(**outline.frame.place(each.tip))


def refuse_miss(outline: Outline, line: Floats) -> NoReturn:
    """Say that the line does not divide the parcel, with the nearest place."""
    nearest = shapely.shortest_line(outline.polygon, LineString(line))
    raise LineMissesParcel(**outline.frame.place(nearest.coords[0]))


# -- the ring of a piece ---------------------------------------------------------------------------


def divide_by_ring(parent: Plot, ring: Sequence[Point], neighbours: Sequence[Plot]) -> Edit:
    """Divide off the piece with this ring; ``pieces[0]`` is that piece.

    The ring may follow sides of the parcel or lie within it as an island. It may be closed by
    repeating its first point. Raises the faults of its boundary, `RingLeavesParcel`,
    `RingTakesAll`, and the errors of `divide_by_line`.
    """
    scene = Scene([parent], neighbours)
    outline = scene.outline()
    drawn = _ring_of(scene, ring)
    if marks := outline.nodes(np.vstack([drawn, drawn[:1]])):
        # Begin at a mark of the boundary, so that no stretch runs through the ring's start.
        first, k = marks[0], math.floor(marks[0].at)
        start = [] if first.at == k else [np.array([first.spot], dtype=float)]
        drawn = np.vstack([*start, np.roll(drawn, -k - len(start), axis=0)])
    found = stretches(outline, np.vstack([drawn, drawn[:1]]))
    for each in found:
        if each.where == "outside":
            middle = each.spots[len(each.spots) // 2]
            raise RingLeavesParcel(**scene.frame.place(middle))
    cuts = [each.spots for each in found if each.where == "inside"]
    if not cuts:
        raise RingTakesAll(**scene.frame.place(drawn[0].tolist()))
    faces = faces_of(scene.frame, outline.with_marks(ends_of(cuts)), cuts)
    return scene.edit(_with_first(faces, Polygon(drawn)), cuts, first=1)


def _ring_of(scene: Scene, ring: Sequence[Point]) -> Floats:
    """The ring on the grid, open, in canonical form; refused with its faults."""
    spots = [(x, y) for x, y in scene.frame.rounded(ring).tolist()]
    interactive(len(spots), *(sum(map(len, part)) for part in scene.subjects[0]))
    if len(spots) < 3:
        raise LineTooShort
    closed = spots if spots[0] == spots[-1] else [*spots, spots[0]]
    faults = check_polygons([[[scene.frame.point(spot) for spot in closed]]]).faults
    if faults:
        raise faults[0]
    return np.array(canonical([[closed[:-1]]])[0][0], dtype=float)


# -- strips ----------------------------------------------------------------------------------------


def divide_by_strip(
    parent: Plot,
    line: Sequence[Point],
    width_m: Decimal,
    neighbours: Sequence[Plot],
    align: Literal["centre", "left", "right"] = "centre",
) -> Edit:
    """Divide off a strip of even width along a line that crosses the parcel, as for a road.

    ``align`` says where the strip lies, seen along the line as drawn. ``pieces[0]`` is the
    strip. The line is drawn on by 2.5 widths at both ends, so that a side crossed at a slant is
    reached by both edges of the strip.
    """
    if not width_m.is_finite() or not Decimal("0.1") <= width_m <= 1000:
        raise WidthUnusable(width_m=str(width_m))
    scene = Scene([parent], neighbours)
    outline = scene.outline()
    scene.line(line)  # refuses what is no line
    width = float(width_m) * 1000
    left = {"centre": width / 2, "left": width, "right": 0.0}[align]
    spots = scene.frame.rounded(line).astype(float)
    drawn = spots[np.append(True, (np.diff(spots, axis=0) != 0).any(axis=1))]
    if drawn.tolist() > drawn[::-1].tolist():
        drawn, left = drawn[::-1], width - left
    longer, begin, end = _drawn_on(drawn, 2.5 * width)
    edges = [_beside(scene, longer, offset) for offset in (left, left - width)]
    cuts: list[list[Spot]] = []
    for edge in edges:
        scene.refuse_knots(edge)
        # What only the drawing on of the line brought into the parcel again is not meant.
        meant = [
            each for each in stretches(outline, edge) if each.ends > begin and each.begins < end
        ]
        refuse_ends(outline, meant)
        cuts += [each.spots for each in meant if each.where == "inside"]
    if not cuts:
        refuse_miss(outline, drawn)
    faces = faces_of(scene.frame, outline.with_marks(ends_of(cuts)), cuts)
    strip = Polygon(np.vstack([edges[0], edges[1][::-1]]))
    return scene.edit(_with_first(faces, strip), cuts, first=1)


def _with_first(faces: Sequence[Part], region: Polygon) -> list[list[Part]]:
    """The faces within a region as the first piece, each other face as one."""
    within = [bool(shapely.contains(region, point_within(face))) for face in faces]
    pieces = [[face for face, is_in in zip(faces, within, strict=True) if is_in]]
    pieces += [[face] for face, is_in in zip(faces, within, strict=True) if not is_in]
    refuse_few_or_many(len(pieces) if pieces[0] else 1)
    return pieces


def _drawn_on(line: Floats, length: float) -> tuple[Floats, float, float]:
    """The line with its ends drawn on, and where along it the drawn line begins and ends."""
    first, last = line[0] - line[1], line[-1] - line[-2]
    longer = line.copy()
    longer[0] += first * (length / np.hypot(*first))
    longer[-1] += last * (length / np.hypot(*last))
    run = np.hypot(*np.diff(longer, axis=0)[[0, -1]].T)
    return longer, length / float(run[0]), len(line) - 1 - length / float(run[1])


def _beside(scene: Scene, line: Floats, offset: float) -> Floats:
    """The parallel of a line, to its left for a positive offset, with mitred corners."""
    run = np.diff(line, axis=0)
    unit = run / np.hypot(run[:, 0], run[:, 1])[:, None]
    normal = np.column_stack([-unit[:, 1], unit[:, 0]])
    points = [line[0] + offset * normal[0]]
    for i in range(1, len(line) - 1):
        cosine = float(normal[i - 1] @ normal[i])
        if cosine < -0.5:
            raise LineTurnsTooSharply(**scene.frame.place(line[i].tolist()))
        points.append(line[i] + offset * (normal[i - 1] + normal[i]) / (1 + cosine))
    points.append(line[-1] + offset * normal[-1])
    beside = np.array(points)
    backwards = np.flatnonzero((np.diff(beside, axis=0) * run).sum(axis=1) <= 0)
    if len(backwards):
        raise LineTurnsTooSharply(**scene.frame.place(line[int(backwards[0])].tolist()))
    return beside
