"""UTM zones and the few reference systems a Thai land record can be in."""

from __future__ import annotations

from typing import Final, NamedTuple

WGS84: Final = 4326
UTM_47N: Final = 32647
UTM_48N: Final = 32648
INDIAN_1975_GEOGRAPHIC: Final = 4240
INDIAN_1975_47N: Final = 24047
INDIAN_1975_48N: Final = 24048
PRIVATE_INDIAN_1975_47N: Final = 990047
PRIVATE_INDIAN_1975_48N: Final = 990048
"""Rows of our own in PostGIS, because it resolves 24047 and 24048 by PROJ's unsuitable default."""

THAI_ZONES: Final = frozenset({47, 48})


class Bounds(NamedTuple):
    """A rectangle in one reference system; x is longitude or easting."""

    min_x: float
    min_y: float
    max_x: float
    max_y: float

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the edge; never for NaN."""
        return self.min_x <= x <= self.max_x and self.min_y <= y <= self.max_y

    @property
    def centre(self) -> tuple[float, float]:
        return (self.min_x + self.max_x) / 2, (self.min_y + self.max_y) / 2


THAILAND: Final = Bounds(97.3, 5.5, 105.7, 20.5)
"""The land of Thailand with a small margin, EPSG:4326 (97.34-105.64 E, 5.61-20.47 N)."""


def utm_zone_of(lon: float, lat: float) -> int:
    """The UTM zone (1-60) of a point in degrees, with the exceptions of Norway and Svalbard.

    In Thailand 47 west of the 102nd meridian and 48 from it eastward.
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise ValueError(f"no UTM zone at lon {lon}, lat {lat}")
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if lat >= 72 and 0 <= lon < 42:
        return 31 if lon < 9 else 33 if lon < 21 else 35 if lon < 33 else 37
    return min(int((lon + 180) // 6) + 1, 60)


def utm_srid(zone: int, *, south: bool = False) -> int:
    """The EPSG code of WGS 84 / UTM for a zone."""
    if not 1 <= zone <= 60:
        raise ValueError(f"no UTM zone {zone}")
    return (32700 if south else 32600) + zone


def utm_srid_of(lon: float, lat: float) -> int:
    """The EPSG code of WGS 84 / UTM in which a point is measured: 32647 or 32648 in Thailand."""
    return utm_srid(utm_zone_of(lon, lat), south=lat < 0)


def zone_of_srid(srid: int) -> int | None:
    """The UTM zone of a WGS 84 or Indian 1975 UTM code, ours included; None for anything else."""
    if 32601 <= srid <= 32660 or 32701 <= srid <= 32760:
        return srid % 100
    if srid in {
        INDIAN_1975_47N,
        INDIAN_1975_48N,
        PRIVATE_INDIAN_1975_47N,
        PRIVATE_INDIAN_1975_48N,
    }:
        return srid % 100
    return None
