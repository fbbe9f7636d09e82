"""Closed walks through places: started by a tree, by insertion or by the nearest, then improved.

Every function takes a symmetric matrix of whole millimetres and is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from cadastre.routing.distances import Millimetres

Tour = list[int]
PASSES: Final = 60
"""Rounds of improvement at most: the time is bounded, whatever the town looks like."""

_LONGEST_MOVED: Final = 3
_Order = npt.NDArray[np.int64]


def length_of(tour: Sequence[int], walks: Millimetres) -> int:
    """Millimetres of the closed walk."""
    if len(tour) < 2:
        return 0
    return int(sum(walks[a, b] for a, b in pairwise([*tour, tour[0]])))


def spanning_tree(walks: Millimetres) -> tuple[list[int], int]:
    """Parent of each place in the shortest tree that joins all (Prim), and its millimetres.

    No closed walk is shorter than the tree: it is the bound that the rounds are compared with.
    """
    count = len(walks)
    parent, total = [0] * count, 0
    nearest = walks[0].copy() if count else np.zeros(0, np.int64)
    waiting = np.ones(count, bool)
    if count:
        waiting[0] = False
    for _ in range(count - 1):
        place = int(np.argmin(np.where(waiting, nearest, np.iinfo(np.int64).max)))
        waiting[place] = False
        total += int(nearest[place])
        closer = waiting & (walks[place] < nearest)
        nearest[closer] = walks[place][closer]
        for other in np.flatnonzero(closer):
            parent[int(other)] = place
    return parent, total


def tree_tour(walks: Millimetres) -> Tour:
    """The places in the order in which a walk round the spanning tree meets them first.

    At most twice as long as the tree, as every leg is at most the way round.
    """
    parent, _total = spanning_tree(walks)
    children: dict[int, list[int]] = {}
    for place in range(1, len(walks)):
        children.setdefault(parent[place], []).append(place)
    tour, stack = [], [0] if len(walks) else []
    while stack:
        place = stack.pop()
        tour.append(place)
        nearest_last = sorted(children.get(place, ()), key=lambda n: (-walks[place, n], -n))
        stack.extend(nearest_last)
    return tour


def nearest_tour(walks: Millimetres) -> Tour:
    """From the first place always to the nearest that is left; the first of equals."""
    count = len(walks)
    tour, waiting = [0] if count else [], np.ones(count, bool)
    while len(tour) < count:
        waiting[tour[-1]] = False
        tour.append(int(np.argmin(np.where(waiting, walks[tour[-1]], np.iinfo(np.int64).max))))
    return tour


def insertion_tour(walks: Millimetres) -> Tour:
    """Each time the place that lengthens the walk least, put where it does (cheapest insertion)."""
    count = len(walks)
    tour, waiting = [0] if count else [], list(range(1, count))
    while waiting:
        here, there = np.array(tour), np.array([*tour[1:], tour[0]])
        left = np.array(waiting)
        longer = walks[left][:, here] + walks[left][:, there] - walks[here, there][None, :]
        row, column = divmod(int(np.argmin(longer)), len(tour))
        tour.insert(column + 1, waiting.pop(row))
    return tour


def improved(tour: Sequence[int], walks: Millimetres, passes: int = PASSES) -> Tour:
    """The walk after turning stretches round (2-opt) and moving stretches (Or-opt) while it helps.

    Never longer than ``tour``; at most ``passes`` times over all places.
    """
    best = np.array(tour, dtype=np.int64)
    if len(best) < 4:
        return [int(n) for n in best]
    for _ in range(passes):
        turned = _turn(best, walks)
        best, moved = _move(best, walks)
        if not (turned or moved):
            break
    return [int(n) for n in best]


def _turn(tour: _Order, walks: Millimetres) -> bool:
    """One pass of 2-opt in place: each leg with its best partner, if the walk gets shorter."""
    count, changed = len(tour), False
    for i in range(count - 2):
        after = np.roll(tour, -1)[i + 1 :]
        others = tour[i + 1 :]
        gain = (
            walks[tour[i], others] + walks[tour[i + 1], after]
            - walks[tour[i], tour[i + 1]] - walks[others, after]
        )  # fmt: skip
        best = int(np.argmin(gain))
        if gain[best] < 0:
            tour[i + 1 : i + 2 + best] = tour[i + 1 : i + 2 + best][::-1].copy()
            changed = True
    return changed


def _move(tour: _Order, walks: Millimetres) -> tuple[_Order, bool]:
    """One pass of Or-opt: up to three places in a row, put where the walk gets shortest."""
    changed = False
    for size in range(1, min(_LONGEST_MOVED, len(tour) - 2) + 1):
        for place in range(len(tour)):
            turned = np.roll(tour, -int(np.flatnonzero(tour == place)[0]))
            part, rest = turned[:size], turned[size:]
            after = np.roll(rest, -1)
            saved = walks[rest[-1], part[0]] + walks[part[-1], rest[0]] - walks[rest[-1], rest[0]]
            open_legs = walks[rest, after]
            forwards = walks[rest, part[0]] + walks[part[-1], after] - open_legs
            backwards = walks[rest, part[-1]] + walks[part[0], after] - open_legs
            ways = ((forwards, part), (backwards, part[::-1]))
            cost, at, way = min(
                (int(added.min()), int(np.argmin(added)), n)
                for n, (added, _part) in enumerate(ways)
            )
            if cost < saved:
                tour = np.concatenate([rest[: at + 1], ways[way][1], rest[at + 1 :]])
                changed = True
    return tour, changed
