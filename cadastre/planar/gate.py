"""The gate that every boundary passes before anything computes with it.

Faults are found and named with their place; nothing is repaired. The order matters: size,
nesting and finiteness are checked on bare numbers, since GEOS must never see what can crash or
hang it. See ``docs/algorithms/planar-checks.md``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastre.planar.faults import (
    AreaTooSmall,
    BoundaryFault,
    CoordinateNotFinite,
    DuplicatePoint,
    HoleEqualsShell,
    HoleOutside,
    PartsOverlap,
    RingNotClosed,
    RingTooShort,
    SelfCrossing,
    Severity,
    Spike,
    TooManyVertices,
)
from cadastre.planar.measures import MILLIMETRE, Point, Ring, Rings, ring_area_m2
from cadastre.planar.readers import polygons_of_geojson, polygons_of_wkb

LARGEST_COORDINATE_M: Final = 20_000_000.0
SMALLEST_AREA_M2: Final = 0.01
INTERACTIVE_VERTICES: Final = 2_000
IMPORT_VERTICES: Final = 20_000


class Findings(NamedTuple):
    """What the gate found, and the polygon when nothing forbids it."""

    findings: list[BoundaryFault]
    geometry: MultiPolygon | None

    @property
    def faults(self) -> list[BoundaryFault]:
        """The findings that keep the boundary out; warnings are not among them."""
        return _faults(self.findings)

    @property
    def accepted(self) -> bool:
        return self.geometry is not None


def check_wkb(wkb: bytes, limit: int = IMPORT_VERTICES) -> Findings:
    """`check_polygons` for well-known binary, read by our own strict reader before GEOS."""
    try:
        return check_polygons(polygons_of_wkb(wkb, limit), limit)
    except BoundaryFault as fault:
        return Findings([fault], None)


def check_geojson(geometry: Mapping[str, object], limit: int = IMPORT_VERTICES) -> Findings:
    """`check_polygons` for a GeoJSON geometry object whose numbers are metres."""
    try:
        return check_polygons(polygons_of_geojson(geometry), limit)
    except BoundaryFault as fault:
        return Findings([fault], None)


def check_polygons(polygons: Sequence[Rings], limit: int = IMPORT_VERTICES) -> Findings:
    """Check a parcel of one or more polygons (shell, then holes) in metres.

    Every fault is reported, each with its place where it has one; GEOS is asked only about rings
    that passed the checks on bare numbers. The geometry comes back as given, two-dimensional,
    with its duplicate points.
    """
    count = sum(len(ring) for rings in polygons for ring in rings)
    if count > limit:
        return Findings([TooManyVertices(count=count, limit=limit)], None)
    if not polygons or not all(polygons):
        return Findings([RingTooShort(ring=0, count=0)], None)
    findings = [
        finding
        for rings in polygons
        for number, ring in enumerate(rings)
        for finding in _ring_findings(ring, number)
    ]
    if _faults(findings):
        return Findings(findings, None)
    parts = [Polygon(_flat(rings[0]), [_flat(hole) for hole in rings[1:]]) for rings in polygons]
    findings += [finding for part in parts for finding in _polygon_findings(part)]
    whole = MultiPolygon(parts)
    if not _faults(findings):
        findings += _invalid(whole)
    return Findings(findings, None if _faults(findings) else whole)


def _faults(findings: Sequence[BoundaryFault]) -> list[BoundaryFault]:
    return [each for each in findings if each.severity is Severity.FAULT]


def _flat(ring: Ring) -> list[Point]:
    return [(float(point[0]), float(point[1])) for point in ring]


def _ring_findings(ring: Ring, number: int) -> list[BoundaryFault]:
    """Checks on the numbers of one ring; the first kind of fault found ends them."""
    for position, point in enumerate(ring):
        x, y = point[0], point[1]
        if not all(math.isfinite(v) and abs(v) <= LARGEST_COORDINATE_M for v in (x, y)):
            return [CoordinateNotFinite(ring=number, position=position, value=f"{x}, {y}")]
    points = _flat(ring)
    distinct = len(set(points))
    if distinct < 3:
        return [RingTooShort(ring=number, count=distinct)]
    if points[0] != points[-1]:
        gap = f"{math.dist(points[0], points[-1]):.3f}"
        x, y = points[-1]
        return [RingNotClosed(ring=number, gap=gap, x=x, y=y)]
    # The hull, since the two halves of a bow-tie cancel out in the ring's own area.
    spread = float(shapely.area(shapely.convex_hull(shapely.MultiPoint(points))))
    if spread < SMALLEST_AREA_M2:
        return [AreaTooSmall(ring=number, area=f"{spread:.4f}")]
    return [*_duplicates(points, number), *_spikes(points, number)]


def _duplicates(points: Sequence[Point], number: int) -> Iterator[BoundaryFault]:
    for a, b in pairwise(points):
        if math.dist(a, b) < MILLIMETRE / 2:
            yield DuplicatePoint(ring=number, x=b[0], y=b[1])


def _spikes(points: Sequence[Point], number: int) -> Iterator[BoundaryFault]:
    """Points where the boundary turns back on itself, closer than half a millimetre."""
    open_ring = [b for a, b in pairwise(points) if a != b]
    count = len(open_ring)
    for i, tip in enumerate(open_ring):
        before, after = open_ring[i - 1], open_ring[(i + 1) % count]
        ax, ay = before[0] - tip[0], before[1] - tip[1]
        bx, by = after[0] - tip[0], after[1] - tip[1]
        longer = max(math.hypot(ax, ay), math.hypot(bx, by))
        between = abs(ax * by - ay * bx) / longer
        if ax * bx + ay * by > 0 and between < MILLIMETRE / 2:
            yield Spike(ring=number, x=tip[0], y=tip[1])


def _polygon_findings(polygon: Polygon) -> list[BoundaryFault]:
    rings = [polygon.exterior, *polygon.interiors]
    findings = [finding for ring in rings for finding in _invalid(Polygon(ring))]
    if findings:
        return findings
    for number, ring in enumerate(rings):
        area = abs(ring_area_m2(ring.coords[:]))
        if area < SMALLEST_AREA_M2:
            findings.append(AreaTooSmall(ring=number, area=f"{area:.4f}"))
    if findings:
        return findings
    shell = Polygon(polygon.exterior)
    for number, hole in enumerate(polygon.interiors, start=1):
        inner = Polygon(hole)
        if shapely.equals(inner, shell):
            findings.append(HoleEqualsShell(ring=number))
        elif not shapely.covers(shell, inner):
            outside = shapely.point_on_surface(shapely.difference(inner, shell))
            findings.append(HoleOutside(ring=number, x=float(outside.x), y=float(outside.y)))
    return findings or _invalid(polygon)


_REASON = re.compile(r"(?P<what>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]")


def _invalid(geometry: BaseGeometry) -> list[BoundaryFault]:
    """GEOS's own verdict with its place. Asking is safe and fast even for hostile rings."""
    match = _REASON.match(shapely.is_valid_reason(geometry))
    if match is None:
        return []
    x, y = float(match["x"]), float(match["y"])
    what = match["what"].lower()
    if "hole" in what and "outside" in what:
        return [HoleOutside(x=x, y=y)]
    if "nested" in what or "duplicate" in what:
        return [PartsOverlap(x=x, y=y)]
    if isinstance(geometry, MultiPolygon) or (
        isinstance(geometry, Polygon) and len(geometry.interiors) > 0
    ):
        # Every ring was valid alone, so two of them meet here.
        return [PartsOverlap(x=x, y=y)]
    return [SelfCrossing(x=x, y=y)]
