"""Outlines of groups of parcels: shared edges cancel, what remains is walked round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fabric import Noded
from .town import Ints


@dataclass(frozen=True, slots=True)
class Loops:
    """Open loops of vertex numbers: outlines run counter-clockwise, holes clockwise."""

    vertices: list[Ints]
    group: list[int]


def dissolve(noded: Noded, group: Ints) -> Loops:
    """Boundaries of the unions of rings that share a ``group`` number (non-negative)."""
    counts = noded.counts()
    following = np.arange(1, len(noded.ring) + 1)
    following[noded.offsets[1:] - 1] = noded.offsets[:-1]
    start, end = noded.ring, noded.ring[following]
    owner = np.repeat(group, counts)
    size = len(noded.plan)
    edge = np.minimum(start, end) * size + np.maximum(start, end)
    order = np.lexsort((edge, owner))
    sorted_edge, sorted_owner = edge[order], owner[order]
    same = (sorted_edge[1:] == sorted_edge[:-1]) & (sorted_owner[1:] == sorted_owner[:-1])
    single = np.ones(len(order), bool)
    single[1:] &= ~same
    single[:-1] &= ~same
    keep = order[single]
    loops = Loops([], [])
    bounds = np.flatnonzero(np.diff(owner[keep])) + 1
    for chunk in np.split(keep, bounds):
        if len(chunk):
            _walk(start[chunk].tolist(), end[chunk].tolist(), int(owner[chunk[0]]), loops)
    return loops


def _walk(start: list[int], end: list[int], group: int, loops: Loops) -> None:
    """Chain directed edges into simple loops; where two meet in a point, they are parted there."""
    leaving: dict[int, list[int]] = {}
    for a, b in zip(start, end, strict=True):
        leaving.setdefault(a, []).append(b)
    while leaving:
        here = next(iter(leaving))
        path, place = [here], {here: 0}
        while path:
            exits = leaving.get(path[-1])
            if not exits:
                break
            here = exits.pop()
            if not exits:
                del leaving[path[-1]]
            if here in place:
                loops.vertices.append(np.array(path[place[here] :]))
                loops.group.append(group)
                for vertex in path[place[here] + 1 :]:
                    del place[vertex]
                del path[place[here] + 1 :]
            else:
                place[here] = len(path)
                path.append(here)


def plan_area(plan: Ints, loop: Ints) -> float:
    """Signed area of an open loop on the plan, mm²; negative for a hole."""
    xy = plan[loop].astype(np.float64)
    x, y = (xy - xy[0]).T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
