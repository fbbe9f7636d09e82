"""Naming reference systems: from what a file says to an EPSG code, and to one in metres."""

from __future__ import annotations

import re
from functools import lru_cache

import pyproj
from pyproj.exceptions import CRSError

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy.datum import INDIAN_1975_ZONES
from cadastre.geodesy.zones import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    INDIAN_1975_GEOGRAPHIC,
    PRIVATE_INDIAN_1975_47N,
    PRIVATE_INDIAN_1975_48N,
    THAILAND,
    UTM_47N,
    UTM_48N,
    WGS84,
    Bounds,
    utm_srid,
    utm_srid_of,
)

LONGEST_TEXT = 20_000
WEB_MERCATOR = frozenset({3857, 3785, 900913, 102100, 102113})


class CrsUnknown(LandError):
    """Text or a number that names no reference system we know."""

    code = "crs_unknown"
    message = gettext_noop(
        "“{text}” names no known coordinate reference system. Give an EPSG code such as 32647 "
        "(WGS 84, zone 47) or 24047 (Indian 1975, zone 47)."
    )


_CODE = re.compile(
    r"(?:EPSG:{1,2}|SRID=|urn:(?:x-)?ogc:def:crs:EPSG:[\d.]*:|"
    r"https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/|"
    r"https?://www\.opengis\.net/gml/srs/epsg\.xml#)?(?P<code>\d{3,6})",
    re.ASCII | re.IGNORECASE,
)
_CRS84 = re.compile(
    r"(?:OGC:|urn:(?:x-)?ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/)?"
    r"CRS84",
    re.IGNORECASE,
)
_PRIVATE = {
    PRIVATE_INDIAN_1975_47N: INDIAN_1975_47N,
    PRIVATE_INDIAN_1975_48N: INDIAN_1975_48N,
    # Esri's numbers for the same systems.
    102100: 3857,
    900913: 3857,
}


@lru_cache(maxsize=256)
def normalise_srid(crs: int | str) -> int:
    """The EPSG code of a reference system given as number, ``EPSG:n``, OGC name or WKT.

    Our private 990047 and 990048 come back as 24047 and 24048; CRS84 as 4326 (this package
    always puts x first). WKT without a code (the ``.prj`` of a shapefile) is matched against the
    EPSG registry. Raises `CrsUnknown`.
    """
    text = str(crs).strip()
    if _CRS84.fullmatch(text):
        return WGS84
    if match := _CODE.fullmatch(text):
        code = int(match["code"])
        code = _PRIVATE.get(code, code)
        try:
            pyproj.CRS.from_epsg(code)
        except CRSError:
            raise CrsUnknown(text=text) from None
        return code
    return _srid_of_wkt(text)


def _srid_of_wkt(text: str) -> int:
    if len(text) <= LONGEST_TEXT and "[" in text:
        try:
            code = pyproj.CRS.from_wkt(text).to_epsg(min_confidence=70)
        except CRSError:
            code = None
        if code is not None:
            return int(code)
    raise CrsUnknown(text=text[:80])


@lru_cache(maxsize=256)
def is_metric(srid: int) -> bool:
    """Whether both axes are metres on a map projection fit for areas (not Web Mercator)."""
    if srid in WEB_MERCATOR:
        return False
    try:
        crs = pyproj.CRS.from_epsg(_PRIVATE.get(srid, srid))
    except CRSError:
        return False
    return bool(crs.is_projected) and all(axis.unit_name == "metre" for axis in crs.axis_info[:2])


def metric_srid_of(file_srid: int, centre_lon: float, centre_lat: float) -> int:
    """The reference system to measure a file's parcels in.

    The file's own when that is metric; WGS 84 / UTM of the same zone for Indian 1975, so that a
    parcel keeps one datum; else the UTM zone of the file's centre (EPSG:4326 degrees).
    """
    srid = _PRIVATE.get(file_srid, file_srid)
    zone = INDIAN_1975_ZONES.get(srid)
    if zone is not None:
        return utm_srid(zone)
    if is_metric(srid):
        return srid
    return utm_srid_of(centre_lon, centre_lat)


def plausible_srids(bounds: Bounds) -> tuple[int, ...]:
    """What a Thai file without a reference system may be in, most likely first.

    Degrees are told from metres by their size. Metres leave the zone and the datum open: the
    caller shows the candidates on the map against the office's boundary and a person decides.
    """
    corners = ((bounds.min_x, bounds.min_y), (bounds.max_x, bounds.max_y))
    if all(THAILAND.contains(x, y) for x, y in corners):
        return (WGS84, INDIAN_1975_GEOGRAPHIC)
    candidates: list[int] = []
    for zone_srids in ((UTM_47N, INDIAN_1975_47N), (UTM_48N, INDIAN_1975_48N)):
        zone_bounds = _zone_bounds(zone_srids[0])
        if all(zone_bounds.contains(x, y) for x, y in corners):
            candidates.extend(zone_srids)
    return tuple(candidates)


@lru_cache(maxsize=2)
def _zone_bounds(srid: int) -> Bounds:
    """Thailand's part of a zone with 50 km beyond its meridian, in that zone's metres."""
    west, east = (THAILAND.min_x, 102.5) if srid == UTM_47N else (101.5, THAILAND.max_x)
    to_zone = pyproj.Transformer.from_crs(WGS84, srid, always_xy=True)
    return Bounds(*to_zone.transform_bounds(west, THAILAND.min_y, east, THAILAND.max_y))
