"""Ground from sides: the faces that a noded set of sides encloses, proved exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from cadastre.fabric.errors import EditUnsound
from cadastre.fabric.grid import Edge, Frame, Part, Spot, doubled_area, edges_of, undirected


def polygon_of(parts: Iterable[Part]) -> MultiPolygon:
    """Rings in millimetres as a geometry."""
    return MultiPolygon([Polygon(part[0], part[1:]) for part in parts])


def point_within(face: Part) -> Point:
    """A point inside a face, in millimetres."""
    point: Point = shapely.point_on_surface(Polygon(face[0], face[1:]))
    return point


def ground_of(face: Part) -> int:
    """Twice the area of a face in mm², exactly, whatever the direction of its rings."""
    return abs(doubled_area(face[0])) - sum(abs(doubled_area(hole)) for hole in face[1:])


def enclosed_by(sides: Collection[Edge]) -> list[Part]:
    """The faces that sides enclose, holes among them; sides meet at their ends only."""
    lines = np.asarray(shapely.linestrings(np.array(sorted(undirected(sides)), dtype=float)))
    found = shapely.get_parts(shapely.polygonize(lines)).tolist()
    return [
        [
            [(round(x), round(y)) for x, y in ring.coords[:-1]]
            for ring in (face.exterior, *face.interiors)
        ]
        for face in found
    ]


def faces_of(frame: Frame, parts: list[Part], cuts: Sequence[Sequence[Spot]]) -> list[Part]:
    """The pieces into which ``cuts`` divide noded rings; each cut runs within, between marks.

    Exact: the doubled areas of the pieces add up to the doubled area of the whole, and each cut
    has a piece on both sides. Raises `EditUnsound` with a place otherwise.
    """
    whole = polygon_of(parts)
    if not shapely.is_valid(whole):
        raise EditUnsound(**frame.place(fault_of(whole)))
    cut_sides = undirected(edge for cut in cuts for edge in pairwise(cut))
    found = enclosed_by(undirected(edges_of(parts)) | cut_sides)
    shapely.prepare(whole)
    faces = [face for face in found if shapely.contains(whole, point_within(face))]
    sides = {edge for face in faces for edge in edges_of([face])}
    for a, b in sorted(cut_sides):
        if (a, b) not in sides or (b, a) not in sides:
            raise EditUnsound(**frame.place(a))
    if sum(map(ground_of, faces)) != sum(map(ground_of, parts)):
        raise EditUnsound(**frame.place(parts[0][0][0]))
    return faces


def united(faces: Sequence[Part]) -> list[Part]:
    """Canonical faces that fit together as one ground: the sides that only one has remain."""
    sides = {edge for face in faces for edge in edges_of([face])}
    found = enclosed_by([edge for edge in sides if edge[::-1] not in sides])
    ground = shapely.STRtree([Polygon(face[0], face[1:]) for face in faces])
    points = np.array([point_within(face) for face in found], dtype=object)
    covered = np.unique(ground.query(points, predicate="intersects")[0])
    return [found[i] for i in covered.tolist()]


def fault_of(geometry: MultiPolygon) -> Sequence[float]:
    """A place where an invalid geometry meets itself."""
    reason = str(shapely.is_valid_reason(geometry))
    try:
        x, y = reason[reason.index("[") + 1 : reason.index("]")].split()
        return float(x), float(y)
    except ValueError:
        first: list[float] = shapely.get_coordinates(geometry)[0].tolist()
        return first
