"""A finding drawn to scale as SVG: the parcels concerned, and the fault among them.

Drawn in the zone of the parcel. What is small against its parcels is drawn a second time, near.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

import shapely
from django.contrib.gis.geos import GEOSGeometry
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from cadastre.geodesy import reproject
from parcels.drawing import HEIGHT, WIDTH, ScaleBar, fitted, ring_path, rings_of, scale_bar_of
from parcels.models import Finding

Bounds = tuple[float, float, float, float]
NEAR_SHARE: Final = 0.15
"""A fault smaller than this part of the picture is drawn near, too."""
NEAR_M: Final = 0.5
"""The least half width of what is shown near, in metres."""
MARK: Final = 7.0


@dataclass(frozen=True, slots=True)
class FaultDrawing:
    """What ``parcels/findings/drawing.html`` draws, in units of its view box."""

    near: bool
    parcel: str
    other: str
    fault: str
    mark: tuple[float, float] | None
    scale_bar: ScaleBar
    width: float = WIDTH
    height: float = HEIGHT


def fault_drawings(finding: Finding) -> list[FaultDrawing]:
    """None without a parcel, one of the whole, and one near where the fault is small."""
    if finding.parcel is None:
        return []
    zone = finding.parcel.zone_srid
    other = finding.other_parcel
    parcels = [
        _in_zone(each.geometry, zone) for each in (finding.parcel, other) if each is not None
    ]
    shape = _in_zone(finding.shape, zone) if finding.shape else None
    place = _in_zone(finding.place, zone) if finding.place else None
    fault = shape if isinstance(shape, BaseGeometry) else place
    whole = shapely.union_all([p.envelope for p in parcels]).bounds
    drawn = [_drawing(whole, parcels, shape, place, near=False)]
    if fault is not None and _extent(fault.bounds) < NEAR_SHARE * _extent(whole):
        drawn.append(_drawing(_about(fault), parcels, shape, place, near=True))
    return drawn


def _drawing(
    bounds: Bounds,
    parcels: list[BaseGeometry],
    shape: BaseGeometry | None,
    place: BaseGeometry | None,
    *,
    near: bool,
) -> FaultDrawing:
    to_picture, scale = fitted(bounds)
    areal = shape is not None and shape.area > 0
    tiny = not areal or _extent(shape.bounds) * scale < 2 * MARK if shape is not None else True
    point = place if isinstance(place, Point) else None
    x, y = to_picture((point.x, point.y)) if point else (0.0, 0.0)

    def path(geometry: BaseGeometry) -> str:
        polygons = [p for p in shapely.get_parts(geometry) if isinstance(p, Polygon)]
        rings = chain.from_iterable(rings_of(polygon) for polygon in polygons)
        return " ".join(ring_path([to_picture(corner) for corner in ring]) for ring in rings)

    return FaultDrawing(
        near=near,
        parcel=path(parcels[0]),
        other=path(parcels[1]) if len(parcels) > 1 else "",
        fault=path(shape) if areal and shape is not None else "",
        mark=(round(x, 1), round(y, 1)) if point and tiny else None,
        scale_bar=scale_bar_of(scale),
    )


def _in_zone(geometry: GEOSGeometry, zone: int) -> BaseGeometry:
    return reproject(shapely.from_wkb(bytes(geometry.wkb)), 4326, zone)


def _extent(bounds: Bounds) -> float:
    return max(bounds[2] - bounds[0], bounds[3] - bounds[1])


def _about(fault: BaseGeometry) -> Bounds:
    """The fault with as much room around it."""
    west, south, east, north = fault.bounds
    x, y = (west + east) / 2, (south + north) / 2
    half = max(_extent(fault.bounds), NEAR_M)
    return x - half, y - half, x + half, y + half
