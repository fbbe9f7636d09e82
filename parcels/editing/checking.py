"""Whether the result of an edit is sound among the parcels around it; nothing is repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString, MultiPolygon

from cadastre.fabric import (
    Edit,
    EditFinding,
    EditRefused,
    OverlapsNeighbour,
    Plot,
    Point,
    check_edit,
)
from parcels.models import Transaction

Kind = Transaction.Kind

KEEPS_GROUND: Final = (Kind.DIVIDE, Kind.DIVIDE_PUBLIC, Kind.MERGE)
"""Kinds whose pieces cover the ground of the parcels before and nothing else."""

OVERLAP_M2: Final = 0.01


def findings_of(
    kind: str,
    before: Sequence[Plot],
    results: Sequence[MultiPolygon],
    changed: Mapping[int, MultiPolygon],
    others: Sequence[Plot],
) -> list[EditRefused]:
    """What is wrong with an edit that makes ``results`` of the plots ``before``.

    ``changed`` gives new boundaries to some of the ``others``, all the plots around as they are
    now. Faults that were there before are not reported.
    """
    edit = Edit(
        pieces=tuple(results),
        changed=changed,
        new_boundary=_new_boundary(before, results),
        new_marks=(),
        keeps_ground=kind in KEEPS_GROUND,
    )
    found: list[EditFinding] = check_edit(before, edit, others)
    return [*found, *_overlaps(before, results, others)]


def _new_boundary(before: Sequence[Plot], results: Iterable[MultiPolygon]) -> MultiLineString:
    old = {side for plot in before for side in _sides(plot.geometry)}
    new = sorted({side for shape in results for side in _sides(shape)} - old)
    return MultiLineString(new)


def _sides(shape: MultiPolygon) -> Iterator[tuple[Point, Point]]:
    for part in shape.geoms:
        for ring in (part.exterior, *part.interiors):
            for a, b in pairwise(ring.coords):
                yield (a, b) if a <= b else (b, a)


def _overlaps(
    before: Sequence[Plot], results: Sequence[MultiPolygon], others: Sequence[Plot]
) -> Iterator[OverlapsNeighbour]:
    """Ground of the results that another parcel covers and did not share with them before."""
    sound = [plot.geometry for plot in others if shapely.is_valid(plot.geometry)]
    tree = shapely.STRtree(sound)
    old = [plot.geometry for plot in before if shapely.is_valid(plot.geometry)]
    for shape in results:
        near = tree.query(shape, predicate="intersects")
        for other in (sound[i] for i in sorted(near.tolist())):
            shared = shapely.intersection(shape, other)
            known = sum(float(shapely.area(shapely.intersection(each, other))) for each in old)
            if float(shapely.area(shared)) > known + OVERLAP_M2:
                place = shapely.point_on_surface(_largest(shapely.get_parts(shared)))
                yield OverlapsNeighbour(x=float(place.x), y=float(place.y), count=1)


def _largest(parts: NDArray[Any]) -> shapely.Geometry:
    return parts[int(np.argmax(shapely.area(parts)))]
