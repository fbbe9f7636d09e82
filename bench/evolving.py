"""A town whose parcels are edited one after the other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from cadastre.fabric import Edit, Plot

TOWN = 3_000
CELL_M = 100.0
AROUND_M = 1.0


class Fabric:
    """All plots of a town by key, with a hash of squares to find who is near."""

    def __init__(self, rings: Iterable[np.ndarray[Any, Any]]) -> None:
        self.plots: dict[int, MultiPolygon] = {}
        self._cells: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._next = 0
        for ring in rings:
            self.add(MultiPolygon([Polygon(ring)]))

    def add(self, geometry: MultiPolygon) -> int:
        self._next += 1
        self.put(self._next, geometry)
        return self._next

    def put(self, key: int, geometry: MultiPolygon) -> None:
        self.plots[key] = geometry
        for cell in self._of(geometry, 0.0):
            self._cells[cell].add(key)

    def drop(self, key: int) -> None:
        for cell in self._of(self.plots.pop(key), 0.0):
            self._cells[cell].discard(key)

    def around(self, geometry: MultiPolygon) -> list[Plot]:
        """The plots whose bounds come near, in an order that says nothing."""
        low_x, low_y, high_x, high_y = geometry.bounds
        keys = {key for cell in self._of(geometry, AROUND_M) for key in self._cells[cell]}
        found = []
        for key in keys:
            x0, y0, x1, y1 = self.plots[key].bounds
            if (
                x0 <= high_x + AROUND_M
                and x1 >= low_x - AROUND_M
                and y0 <= high_y + AROUND_M
                and y1 >= low_y - AROUND_M
            ):
                found.append(Plot(key, self.plots[key]))
        return found

    def apply(self, before: Sequence[Plot], edit: Edit) -> None:
        for plot in before:
            self.drop(plot.key)
        for piece in edit.pieces:
            self.add(piece)
        for key, geometry in edit.changed.items():
            self.drop(key)
            self.put(key, geometry)

    @staticmethod
    def _of(geometry: MultiPolygon, more: float) -> list[tuple[int, int]]:
        x0, y0, x1, y1 = geometry.bounds
        return [
            (i, j)
            for i in range(math.floor((x0 - more) / CELL_M), math.floor((x1 + more) / CELL_M) + 1)
            for j in range(math.floor((y0 - more) / CELL_M), math.floor((y1 + more) / CELL_M) + 1)
        ]


def town(seed: int) -> Fabric:
    """A fresh town; its rings lie on the millimetre grid."""
    from config.demo.generator import generate_town

    rings = generate_town(TOWN, seed).parcels.rings
    return Fabric(np.round(rings[i], 3) for i in range(len(rings)))
