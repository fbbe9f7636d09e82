"""The ring of a figure: arcs as chords, only when somebody draws or measures them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cadastre.cogo import Place
from cadastre.fieldfiles.records import PlanArc, PlanSide

MAX_CHORDS = 3600


def sweep_rad(arc: PlanArc) -> float:
    """The angle turned from start to end in the sense of the arc, above 0 up to a full turn."""
    start, end = (
        math.atan2(point.east - arc.centre.east, point.north - arc.centre.north)
        for point in (arc.start, arc.end)
    )
    turned = end - start if arc.clockwise else start - end
    return turned % (2 * math.pi) or 2 * math.pi


def chord_points(arc: PlanArc, sagitta_m: float) -> list[Place]:
    """Points between start and end, so that no chord leaves the arc by more than the sagitta.

    The radius goes evenly from that at the start to that at the end, which a plan rounds apart.
    """
    if sagitta_m <= 0:
        raise ValueError("the sagitta must be above zero")
    sweep = sweep_rad(arc)
    step = 2 * math.acos(max(1 - sagitta_m / arc.radius_m, 0.0)) or sweep
    chords = min(max(math.ceil(sweep / step), 1), MAX_CHORDS)
    begin = math.atan2(arc.start.east - arc.centre.east, arc.start.north - arc.centre.north)
    at_start, at_end = (
        math.hypot(p.east - arc.centre.east, p.north - arc.centre.north)
        for p in (arc.start, arc.end)
    )
    points = []
    for i in range(1, chords):
        part = i / chords
        angle = begin + part * sweep * (1 if arc.clockwise else -1)
        radius = at_start + part * (at_end - at_start)
        points.append(
            Place(
                arc.centre.east + radius * math.sin(angle),
                arc.centre.north + radius * math.cos(angle),
            )
        )
    return points


def ring(figure: Sequence[PlanSide], sagitta_m: float = 0.001) -> list[Place]:
    """The points of a figure in its order, the first again at the end where it is closed."""
    points: list[Place] = []
    for side in figure:
        points.append(Place(side.start.east, side.start.north))
        if isinstance(side, PlanArc):
            points += chord_points(side, sagitta_m)
    if figure:
        points.append(Place(figure[-1].end.east, figure[-1].end.north))
    return points
