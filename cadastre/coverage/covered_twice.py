"""Ground that two parcels cover: found by patches, measured by GEOS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cadastre.coverage.edges import Parts
from cadastre.coverage.fabric import Fabric, Keys, are_valid
from cadastre.coverage.faults import Fault, Finding, Geometries, Ints, Tolerances
from cadastre.coverage.patches import Patches, patches_of

# What two patches have in common is looked into from this share of the tolerance on: a thousand
# crumbs too small for that are needed before a pair is missed.
_CRUMB: Final = 1e-3
_CHUNK: Final = 20_000

Pairs = tuple[Ints, Ints]


def overlaps(
    keys: Keys | Sequence[int],
    geometries: Geometries,
    tolerances: Tolerances | None = None,
) -> list[Finding]:
    """Every pair of parcels that covers more than ``overlap_m2`` of the same ground.

    Geometries are polygons or multipolygons in metres; invalid and empty ones are left out. Each
    pair is found once, as `Fault.DUPLICATE`, `Fault.CONTAINED` or `Fault.OVERLAP`, ordered by keys.
    Exact and complete: the proof is in docs/algorithms/fabric-checks.md.
    """
    given = np.asarray(geometries, dtype=object)
    valid = are_valid(given)
    return fabric_overlaps(
        Fabric.of(np.asarray(keys)[valid], given[valid]), tolerances or Tolerances()
    )


def fabric_overlaps(fabric: Fabric, tolerances: Tolerances) -> list[Finding]:
    """`overlaps` for parcels that are known to be valid and not empty."""
    if len(fabric) < 2:
        return []
    patches = patches_of(fabric.parts, fabric.edges)
    first, second = _part_pairs(fabric.parts, patches, tolerances.overlap_m2 * _CRUMB)
    a, b = fabric.parts.owner[first], fabric.parts.owner[second]
    low, high = np.minimum(a, b), np.maximum(a, b)
    pairs = np.unique(np.column_stack((low, high))[low != high], axis=0)
    found = [
        finding
        for start in range(0, len(pairs), _CHUNK)
        for finding in _measured(fabric, pairs[start : start + _CHUNK], tolerances)
    ]
    return sorted(found, key=lambda each: (each.first, each.second or 0))


def _measured(fabric: Fabric, pairs: Ints, tolerances: Tolerances) -> list[Finding]:
    one, other = fabric.geometries[pairs[:, 0]], fabric.geometries[pairs[:, 1]]
    common = shapely.intersection(one, other)
    area = shapely.area(common)
    count = area > tolerances.overlap_m2
    left = np.column_stack((shapely.area(one) - area, shapely.area(other) - area))
    within = left <= tolerances.overlap_m2
    found = []
    for i in np.flatnonzero(count).tolist():
        a, b = (int(key) for key in fabric.keys[pairs[i]])
        fault = Fault.OVERLAP
        if within[i].all():
            fault = Fault.DUPLICATE
        elif within[i].any():
            fault = Fault.CONTAINED
        if (within[i, 1] and fault is Fault.CONTAINED) or (fault is not Fault.CONTAINED and b < a):
            a, b = b, a
        shape = ground_of(common[i])
        found.append(Finding(fault, a, b, place_in(shape), float(area[i]), "m2", shape))
    return found


def ground_of(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry: where two parcels overlap they may touch elsewhere, too."""
    if shape.geom_type != "GeometryCollection":
        return shape
    polygons = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    return shapely.union_all(polygons)


def place_in(shape: BaseGeometry) -> tuple[float, float]:
    """A point within the largest part."""
    parts = shapely.get_parts(shape)
    point = shapely.point_on_surface(parts[np.argmax(shapely.area(parts))])
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _part_pairs(parts: Parts, patches: Patches, crumb: float) -> Pairs:
    """Pairs of parts that may overlap: all that do are among them."""
    first, second, regions = _meeting(patches.polygons, crumb)
    groups = np.column_stack((patches.group_of[first], patches.group_of[second]))
    involved = np.flatnonzero(np.isin(patches.group, groups))
    region, hit = shapely.STRtree(parts.polygons[involved]).query(regions, predicate="intersects")
    hit = involved[hit]
    order = np.argsort(region, kind="stable")
    region, hit = region[order], hit[order]
    starts = np.searchsorted(region, np.arange(len(regions) + 1))
    pairs: list[Pairs] = []
    for i, (one, other) in enumerate(groups):
        here = hit[starts[i] : starts[i + 1]]
        of = patches.group[here]
        a, b = here[of == one], here[of == other]
        pairs.append((np.repeat(a, len(b)), np.tile(b, len(a))))
    a, b = (np.concatenate(each) for each in zip(*pairs, strict=True)) if pairs else _NONE
    # Within one group every pair came twice, and every part with itself.
    once = np.unique(np.column_stack((np.minimum(a, b), np.maximum(a, b)))[a != b], axis=0)
    a, b = once[:, 0], once[:, 1]
    common = _common_areas(parts.polygons[a], parts.polygons[b])
    return a[common > crumb], b[common > crumb]


_NONE: Final[Pairs] = (np.empty(0, np.int64), np.empty(0, np.int64))


def _meeting(polygons: Geometries, crumb: float) -> tuple[Ints, Ints, Geometries]:
    """Pairs of patches with more than a crumb in common, and what they have in common."""
    tree = shapely.STRtree(polygons)
    found: list[tuple[Ints, Ints, Geometries]] = []
    for start in range(0, len(polygons), _CHUNK):
        chunk = polygons[start : start + _CHUNK]
        one, other = tree.query(chunk, predicate="intersects")
        one += start
        once = one < other
        one, other = one[once], other[once]
        shapely.prepare(polygons[one])
        meet = shapely.relate_pattern(polygons[one], polygons[other], "T********")
        one, other = one[meet], other[meet]
        common = shapely.intersection(polygons[one], polygons[other])
        enough = shapely.area(common) > crumb
        found.append((one[enough], other[enough], common[enough]))
    first, second, regions = (np.concatenate(each) for each in zip(*found, strict=True))
    return first, second, regions


def _common_areas(one: Geometries, other: Geometries) -> NDArray[np.float64]:
    areas = np.zeros(len(one))
    meet = shapely.intersects(one, other)
    areas[meet] = shapely.area(shapely.intersection(one[meet], other[meet]))
    return areas
