"""Merge parcels into one: sides that two of them share vanish, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import shapely
from shapely.geometry import Polygon

from cadastre.fabric.errors import OverlapsNeighbour, ParcelsNotAdjacent, ParcelsTooFew
from cadastre.fabric.grid import (
    Edge,
    Part,
    Ring,
    Spot,
    distance_to_side,
    doubled_area,
    edges_of,
    undirected,
)
from cadastre.fabric.model import Edit, Plot
from cadastre.fabric.noding import enter_marks
from cadastre.fabric.scene import Scene

COLLINEAR_MM = 0.5
"""How far the grid can have moved a mark from the straight side that it was put on."""


def merge(parents: Sequence[Plot], neighbours: Sequence[Plot]) -> Edit:
    """Make one piece of parcels that share sides.

    A mark at which a shared side ended is dropped where it lies within 0.5 mm of the straight
    side and no other plot uses it; every other mark stays. Raises `ParcelsTooFew`,
    `ParcelsNotAdjacent`, and `OverlapsNeighbour` where they cover the same ground.
    """
    if len({plot.key for plot in parents}) != len(parents) or len(parents) < 2:
        raise ParcelsTooFew
    scene = Scene(parents, neighbours)
    rings = _noded(scene.subjects)
    edges = [set(edges_of(parts)) for parts in rings]
    _refuse_apart(scene, edges)
    everything = set().union(*edges)
    left = {(a, b) for a, b in everything if (b, a) not in everything}
    gone = undirected(everything - left)
    faces = _faces(left, rings)
    before = sum(doubled_area(ring) for parts in rings for part in parts for ring in part)
    after = sum(abs(doubled_area(part[0])) - sum(abs(doubled_area(h)) for h in part[1:])
                for part in faces)  # fmt: skip
    if before != after or sum(map(len, edges)) != len(everything):
        raise _overlap(scene, parents)
    used = {(x, y) for x, y in scene.others.tolist()}
    loose = {spot for edge in gone for spot in edge} - used
    return scene.edit([[[_straight(ring, loose) for ring in part] for part in faces]])


def _noded(subjects: Sequence[list[Part]]) -> list[list[Part]]:
    """Each parcel with the marks that the others have on its sides."""
    spots = [sorted({a for a, _ in edges_of(parts)}) for parts in subjects]
    return [
        enter_marks(parts, (s for j, own in enumerate(spots) if j != i for s in own), ())
        for i, parts in enumerate(subjects)
    ]


def _refuse_apart(scene: Scene, edges: Sequence[set[Edge]]) -> None:
    group = list(range(len(edges)))
    for i, j in combinations(range(len(edges)), 2):
        if group[i] != group[j] and any((b, a) in edges[j] for a, b in edges[i]):
            old, new = max(group[i], group[j]), min(group[i], group[j])
            group = [new if each == old else each for each in group]
    apart = [i for i, each in enumerate(group) if each]
    if apart:
        part = min(scene.subjects[i] for i in apart)[0]
        inside = shapely.point_on_surface(Polygon(part[0], part[1:]))
        raise ParcelsNotAdjacent(**scene.frame.place((inside.x, inside.y)))


def _faces(left: set[Edge], rings: Sequence[list[Part]]) -> list[Part]:
    """The ground within the sides that are left."""
    lines = shapely.linestrings(np.array(sorted(undirected(left)), dtype=float))
    found = np.array(shapely.get_parts(shapely.polygonize(lines)))
    ground = [Polygon(part[0], part[1:]) for parts in rings for part in parts]
    tree = shapely.STRtree(ground)
    hits = tree.query(shapely.point_on_surface(found), predicate="intersects")[0]
    return [
        [
            [(int(x), int(y)) for x, y in ring.coords[:-1]]
            for ring in (face.exterior, *face.interiors)
        ]
        for face in found[np.unique(hits)].tolist()
    ]


def _overlap(scene: Scene, parents: Sequence[Plot]) -> OverlapsNeighbour:
    invalid = shapely.coverage_invalid_edges([plot.geometry for plot in parents])
    lines = [each for each in shapely.get_parts(invalid).tolist() if not each.is_empty]
    edges = tuple(sorted((line.coords[0], line.coords[-1]) for line in lines))
    x, y = edges[0][0] if edges else scene.frame.point(scene.subjects[0][0][0][0])
    return OverlapsNeighbour(x=x, y=y, count=len(edges), edges=edges)


def _straight(ring: Ring, loose: set[Spot]) -> Ring:
    """The ring without those loose marks that lie on the straight line between the others."""
    fixed = [i for i, spot in enumerate(ring) if spot not in loose]
    if not fixed:
        return ring
    turned = ring[fixed[0] :] + ring[: fixed[0] + 1]
    kept: Ring = []
    begin = 0
    for end in range(1, len(turned)):
        if turned[end] not in loose:
            kept += _thinned(turned[begin : end + 1])[:-1]
            begin = end
    return kept if len(kept) > 2 else ring


def _thinned(run: Ring) -> Ring:
    """The ends of a run of marks, and what lies further than the grid from between them."""
    if len(run) < 3:
        return run
    apart = [(distance_to_side(spot, run[0], run[-1]), spot) for spot in run[1:-1]]
    worst, at = max(apart)
    if worst <= COLLINEAR_MM:
        return [run[0], run[-1]]
    k = run.index(at)
    return _thinned(run[: k + 1])[:-1] + _thinned(run[k:])
