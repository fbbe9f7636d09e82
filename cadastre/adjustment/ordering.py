"""Nested dissection: in which order stations are eliminated, and which fronts that makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cadastre.adjustment.columns import Indices
from cadastre.adjustment.observations import Matrix

# Smaller sets are one dense front: below this, array calls cost more than they save.
LEAF_STATIONS: Final = 24
# A separator that takes more than this share of a set saves nothing.
LARGEST_SEPARATOR: Final = 0.5


@dataclass(slots=True)
class Dissection:
    """Sets of stations in order of elimination (children first) and the parent of each."""

    sets: list[Indices] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def add(self, stations: Indices, children: list[int]) -> int:
        place = len(self.sets)
        self.sets.append(stations)
        self.parents.append(-1)
        for child in children:
            self.parents[child] = place
        return place


def dissect(places: Matrix, edges: Indices) -> Dissection:
    """Order stations by their ``places`` (any two or three coordinates) and who is seen by whom."""
    result = Dissection()
    side = np.zeros(len(places), np.int8)
    _split(np.arange(len(places), dtype=np.intp), edges, places, side, result)
    return result


def _split(
    stations: Indices, edges: Indices, places: Matrix, side: np.ndarray, result: Dissection
) -> int:
    if len(stations) <= LEAF_STATIONS:
        return result.add(stations, [])
    here = places[stations]
    along = here[:, np.argmax(np.ptp(here, axis=0))]
    half = len(stations) // 2
    order = np.argpartition(along, half)
    left, right = stations[order[:half]], stations[order[half:]]
    side[left], side[right] = 0, 1
    ends = side[edges]
    crossing = edges[ends[:, 0] != ends[:, 1]]
    touching = np.unique(crossing)
    separator, other = touching[side[touching] == 0], touching[side[touching] == 1]
    if len(other) < len(separator):
        separator = other
    if len(separator) > LARGEST_SEPARATOR * len(stations):
        return result.add(stations, [])
    side[separator] = 2
    ends = side[edges]
    parts = [
        (part[side[part] == which], edges[(ends == which).all(axis=1)])
        for which, part in ((0, left), (1, right))
    ]
    children = [_split(part, among, places, side, result) for part, among in parts]
    return result.add(separator, children)
