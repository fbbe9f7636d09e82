"""All faults of a fabric, one kind after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cadastre.coverage.closeness import close_places, unshared_vertices
from cadastre.coverage.covered_twice import fabric_overlaps
from cadastre.coverage.fabric import Fabric, Keys, are_valid
from cadastre.coverage.faults import NOWHERE, Fault, Finding, Flags, Geometries, Tolerances
from cadastre.coverage.gaps import SEARCH_WIDTHS, gaps
from cadastre.planar import check_wkb

Progress = Callable[[str, int, int], None]
COVERED_TWICE = frozenset({Fault.OVERLAP, Fault.CONTAINED, Fault.DUPLICATE})
CLOSE = frozenset({Fault.GAP, Fault.UNSHARED_VERTEX})


def find_faults(
    keys: Keys | Sequence[int],
    geometries: Geometries,
    tolerances: Tolerances | None = None,
    only: Collection[Fault] | None = None,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Every fault of a fabric, or those kinds of fault in ``only``.

    ``geometries`` are shapely polygons and multipolygons in metres with distinct integer ``keys``;
    None and empty ones are `Fault.INVALID_RING`, as is every invalid one. Invalid ones take part in
    nothing else. ``progress`` is called with what is being looked for, the number of steps done and
    that of all steps.
    """
    wanted = frozenset(Fault) if only is None else frozenset(only)
    limits = tolerances or Tolerances()
    tell = progress or _silent
    numbers, given = np.asarray(keys), np.asarray(geometries, dtype=object)
    tell("invalid_ring", 0, 4)
    valid = are_valid(given)
    if Fault.INVALID_RING in wanted:
        yield from _invalid_rings(numbers[~valid], given[~valid])
    numbers, given = numbers[valid], given[valid]
    if Fault.SLIVER in wanted:
        yield from _slivers(numbers, given, limits)
    if not len(numbers) or not wanted & (COVERED_TWICE | CLOSE):
        tell("", 4, 4)
        return
    tell("overlap", 1, 4)
    fabric = Fabric.of(numbers, given)
    doubled = np.empty(0, np.int64)
    if wanted & (COVERED_TWICE | {Fault.GAP}):
        found = fabric_overlaps(fabric, limits)
        yield from (each for each in found if each.fault in wanted)
        involved = [key for each in found for key in (each.first, each.second) if key is not None]
        doubled = np.flatnonzero(np.isin(numbers, involved))
    if wanted & CLOSE:
        tell("unshared_vertex", 2, 4)
        close = close_places(fabric.edges, max(limits.vertex_m, limits.gap_width_m * SEARCH_WIDTHS))
        if Fault.UNSHARED_VERTEX in wanted:
            yield from unshared_vertices(fabric, close, limits)
        tell("gap", 3, 4)
        if Fault.GAP in wanted:
            yield from gaps(fabric, close, doubled, limits)
    tell("", 4, 4)


def _silent(_what: str, _done: int, _of: int) -> None:
    """Nobody wants to know."""


def _invalid_rings(keys: Keys, geometries: Geometries) -> Iterator[Finding]:
    """One finding for each geometry: the place of its first fault, and how many it has."""
    for key, geometry in zip(keys.tolist(), geometries, strict=True):
        if geometry is None or shapely.is_empty(geometry):
            yield Finding(Fault.INVALID_RING, key, None, NOWHERE, 1, "count", None)
            continue
        faults = check_wkb(shapely.to_wkb(geometry)).faults
        places = [place for fault in faults if (place := fault.place) is not None]
        place = places[0] if places else _first_place(geometry)
        yield Finding(
            Fault.INVALID_RING, key, None, place, max(len(faults), 1), "count", geometry
        )  # fmt: skip


def _first_place(geometry: BaseGeometry) -> tuple[float, float]:
    for x, y in shapely.get_coordinates(geometry).tolist():
        if math.isfinite(x) and math.isfinite(y):
            return x, y
    return NOWHERE


def _slivers(keys: Keys, geometries: Geometries, tolerances: Tolerances) -> Iterator[Finding]:
    """Parcels that are narrow in metres and thin in shape."""
    area, length = shapely.area(geometries), shapely.length(geometries)
    narrow: Flags = 2 * area <= tolerances.sliver_width_m * length
    narrow &= 4 * math.pi * area <= tolerances.sliver_thinness * length**2
    for i in np.flatnonzero(narrow).tolist():
        geometry = geometries[i]
        point = shapely.point_on_surface(geometry)
        place = float(shapely.get_x(point)), float(shapely.get_y(point))
        yield Finding(Fault.SLIVER, int(keys[i]), None, place, float(area[i]), "m2", geometry)
