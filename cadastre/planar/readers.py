"""Strict readers of geometry from outside: they look before they allocate, and never recurse far.

GEOS dies on tens of thousands of nested collections and believes a header that claims 2³¹ points;
so what comes in is walked here first, down to the bare coordinates of its polygons.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from cadastre.planar.faults import (
    BoundaryFault,
    GeometryNestedTooDeep,
    GeometryUnreadable,
    GeometryUnsupported,
    TooManyVertices,
)
from cadastre.planar.measures import Point, Rings

DEEPEST_COLLECTION: Final = 2

_KINDS: Final = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000


class _Wkb:
    """A cursor over well-known binary (ISO and the EWKB of PostGIS)."""

    def __init__(self, data: bytes, limit: int) -> None:
        self.data = data
        self.at = 0
        self.limit = limit
        self.points = 0

    def take(self, layout: str, size: int) -> tuple[int, ...]:
        if self.at + size > len(self.data):
            raise GeometryUnreadable(reason="it ends too early")
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += size
        return values

    def header(self) -> tuple[str, int, int]:
        """Byte order, geometry kind and number of ordinates per point."""
        (order,) = self.take("B", 1)
        if order not in {0, 1}:
            raise GeometryUnreadable(reason="its byte order mark is wrong")
        prefix = "<" if order else ">"
        (code,) = self.take(prefix + "I", 4)
        dimensions = 2 + bool(code & _Z) + bool(code & _M)
        if code & _SRID:
            self.take(prefix + "I", 4)
        iso, kind = divmod(code & 0x0FFFFFFF, 1000)
        if iso not in {0, 1, 2, 3} or kind not in _KINDS:
            raise GeometryUnsupported(kind=f"type {code}")
        return prefix, kind, dimensions + (0, 1, 1, 2)[iso]

    def count(self, prefix: str, smallest: int) -> int:
        """A number of items, believed only when that many fit into what is left."""
        (count,) = self.take(prefix + "I", 4)
        if count * smallest > len(self.data) - self.at:
            raise GeometryUnreadable(reason=f"it claims {count} items and ends before them")
        return count

    def polygon(self, prefix: str, dimensions: int) -> list[list[Point]]:
        rings = []
        for _ in range(self.count(prefix, 4)):
            count = self.count(prefix, 8 * dimensions)
            self.points += count
            if self.points > self.limit:
                raise TooManyVertices(count=self.points, limit=self.limit)
            numbers = struct.unpack_from(f"{prefix}{count * dimensions}d", self.data, self.at)
            self.at += 8 * count * dimensions
            rings.append(list(zip(numbers[::dimensions], numbers[1::dimensions], strict=True)))
        return rings

    def polygons(self, depth: int = 0) -> list[Rings]:
        if depth > DEEPEST_COLLECTION:
            raise GeometryNestedTooDeep(limit=DEEPEST_COLLECTION)
        prefix, kind, dimensions = self.header()
        if kind == 3:
            return [self.polygon(prefix, dimensions)]
        if kind not in {6, 7}:
            raise GeometryUnsupported(kind=_KINDS[kind])
        return [rings for _ in range(self.count(prefix, 5)) for rings in self.polygons(depth + 1)]


def polygons_of_wkb(data: bytes, limit: int) -> list[Rings]:
    """The polygons of WKB or EWKB as rings of (x, y); heights and measures fall away.

    Raises a `BoundaryFault`: damaged, not polygons, nested deeper than two, above ``limit`` points.
    """
    cursor = _Wkb(data, limit)
    polygons = cursor.polygons()
    if cursor.at != len(data):
        raise GeometryUnreadable(reason="bytes follow its end")
    return polygons


def polygons_of_geojson(geometry: Mapping[str, object], depth: int = 0) -> list[Rings]:
    """The polygons of a GeoJSON geometry object as rings of (x, y). Raises a `BoundaryFault`."""
    if depth > DEEPEST_COLLECTION:
        raise GeometryNestedTooDeep(limit=DEEPEST_COLLECTION)
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return [
            rings
            for member in _list(geometry.get("geometries"))
            for rings in polygons_of_geojson(_object(member), depth + 1)
        ]
    coordinates = geometry.get("coordinates")
    if kind == "Polygon":
        return [_rings(coordinates)]
    if kind == "MultiPolygon":
        return [_rings(polygon) for polygon in _list(coordinates)]
    raise GeometryUnsupported(kind=str(kind)[:40])


def _rings(value: object) -> list[list[Point]]:
    return [[_point(point) for point in _list(ring)] for ring in _list(value)]


def _point(value: object) -> Point:
    numbers = _list(value)
    if not 2 <= len(numbers) <= 4:
        raise _malformed()
    x, y = numbers[0], numbers[1]
    return _number(x), _number(y)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _malformed()
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _list(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    raise _malformed()


def _object(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise _malformed()


def _malformed() -> BoundaryFault:
    return GeometryUnreadable(reason="its coordinates are not lists of numbers")
