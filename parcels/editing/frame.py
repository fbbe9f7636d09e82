"""Stored longitudes and latitudes to the millimetre grid of a zone and back, without losing a bit.

Geometry is edited in zone metres on the millimetre grid. A vertex that the register holds goes back
under the very longitude and latitude it came with; a new vertex is transformed once and shared by
every parcel that has it. docs/algorithms/transactions.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.gis.geos import MultiPolygon as StoredMultiPolygon
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from cadastre.fabric import Point
from cadastre.geodesy import WGS84, transformer

MM_PER_M: Final = 1000
Spot: TypeAlias = tuple[int, int]
"""Whole millimetres east and north in the zone."""
LonLat: TypeAlias = tuple[float, float]


class ZoneFrame:
    """The vertices of one edit: where each lies in the zone, and how the register writes it."""

    def __init__(self, zone_srid: int) -> None:
        self.zone_srid = zone_srid
        self._to_zone = transformer(WGS84, zone_srid)
        self._to_lonlat = transformer(zone_srid, WGS84)
        self._written: dict[Spot, LonLat] = {}

    def read(self, geometry: StoredMultiPolygon) -> MultiPolygon:
        """A stored boundary in zone metres on the grid; its vertices are remembered as written.

        Where two parcels write one place differently, the first that was read is remembered.
        """
        shape = cast("MultiPolygon", shapely.from_wkb(bytes(geometry.wkb)))
        lonlat = shapely.get_coordinates(shape)
        metres = np.rint(self._project(lonlat) * MM_PER_M)
        spots = metres.astype(np.int64).tolist()
        for (x, y), written in zip(spots, lonlat.tolist(), strict=True):
            self._written.setdefault((x, y), (written[0], written[1]))
        # Adding zero turns -0.0 into 0.0, which is another bit pattern for the same place.
        return shapely.set_coordinates(shape, metres / MM_PER_M + 0.0)

    def write(
        self, geometry: MultiPolygon, own: StoredMultiPolygon | None = None
    ) -> StoredMultiPolygon:
        """A boundary as it is stored. ``own`` is how the same parcel was written until now."""
        mine = self._spots_of(own) if own is not None else {}
        metres = shapely.get_coordinates(geometry)
        spots = [_spot(xy) for xy in metres.tolist()]
        self._transform(spot for spot in spots if spot not in mine)
        lonlat = np.array([mine.get(spot) or self._written[spot] for spot in spots])
        shape = shapely.set_coordinates(shapely.force_2d(geometry), lonlat.reshape(-1, 2))
        return stored(shape)

    def lonlat(self, point: Point) -> LonLat:
        """One point of the zone, as it is or will be stored."""
        spot = _spot(point)
        self._transform([spot])
        return self._written[spot]

    def _spots_of(self, geometry: StoredMultiPolygon) -> Mapping[Spot, LonLat]:
        lonlat = shapely.get_coordinates(shapely.from_wkb(bytes(geometry.wkb)))
        spots = np.rint(self._project(lonlat) * MM_PER_M).astype(np.int64).tolist()
        return {
            (x, y): (written[0], written[1])
            for (x, y), written in zip(spots, lonlat.tolist(), strict=True)
        }

    def _project(self, lonlat: NDArray[Any]) -> NDArray[np.float64]:
        return np.column_stack(self._to_zone.transform(lonlat[:, 0], lonlat[:, 1]))

    def _transform(self, spots: Iterable[Spot]) -> None:
        for spot in spots:
            if spot not in self._written:
                lon, lat = self._to_lonlat.transform(spot[0] / MM_PER_M, spot[1] / MM_PER_M)
                self._written[spot] = (float(lon), float(lat))


def _spot(xy: Iterable[float]) -> Spot:
    x, y = xy
    return round(x * MM_PER_M), round(y * MM_PER_M)


def stored(shape: MultiPolygon) -> StoredMultiPolygon:
    """A shape in longitude and latitude for GeoDjango, bit for bit."""
    found = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=WGS84)
    assert isinstance(found, StoredMultiPolygon)
    return found
