"""Merge parcels into one: sides that two of them share vanish, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import shapely

from cadastre.fabric.errors import OverlapsNeighbour, ParcelsNotAdjacent, ParcelsTooFew
from cadastre.fabric.faces import ground_of, point_within, united
from cadastre.fabric.grid import Edge, Ring, Spot, distance_to_side, edges_of, undirected
from cadastre.fabric.model import Edit, Plot
from cadastre.fabric.noding import noded_together
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
    rings = noded_together(scene.subjects)
    edges = [set(edges_of(parts)) for parts in rings]
    _refuse_apart(scene, edges)
    everything = set().union(*edges)
    gone = undirected(edge for edge in everything if edge[::-1] in everything)
    faces = united([part for parts in rings for part in parts])
    before = sum(ground_of(part) for parts in rings for part in parts)
    if before != sum(map(ground_of, faces)) or sum(map(len, edges)) != len(everything):
        raise _overlap(scene, parents)
    used = {(x, y) for x, y in scene.others.tolist()}
    loose = {spot for edge in gone for spot in edge} - used
    return scene.edit([[[_straight(ring, loose) for ring in part] for part in faces]])


def _refuse_apart(scene: Scene, edges: Sequence[set[Edge]]) -> None:
    group = list(range(len(edges)))
    for i, j in combinations(range(len(edges)), 2):
        if group[i] != group[j] and any((b, a) in edges[j] for a, b in edges[i]):
            old, new = max(group[i], group[j]), min(group[i], group[j])
            group = [new if each == old else each for each in group]
    apart = [i for i, each in enumerate(group) if each]
    if apart:
        part = min(scene.subjects[i] for i in apart)[0]
        inside = point_within(part)
        raise ParcelsNotAdjacent(**scene.frame.place((inside.x, inside.y)))


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
