"""Where an observation lies, and how well it says so; see docs/algorithms/occupations.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import pyproj
from django.contrib.gis.geos import Point

from cadastre.fieldfiles import (
    Baseline,
    Covariance,
    EcefPosition,
    FixType,
    GeodeticPosition,
    GnssQuality,
    PointCoordinates,
)
from cadastre.geodesy import (
    WGS84,
    CoordinatesOutsideCrs,
    CrsUnknown,
    TransformationUnknown,
    is_metric,
    normalise_srid,
    transform_point,
    transformer,
)
from surveys.models import Observation
from surveys.occupations import Positioned

Form, Fix = Observation.Form, Observation.Fix

FIXES: Final = {
    FixType.FIXED: Fix.FIXED, FixType.FLOAT: Fix.FLOAT, FixType.SBAS: Fix.DGNSS,
    FixType.DIFFERENTIAL: Fix.DGNSS, FixType.SINGLE: Fix.SINGLE,
}  # fmt: skip
_ECEF, _ELLIPSOIDAL = 4978, 4979


class Place(NamedTuple):
    """Degrees on WGS 84 and metres above its ellipsoid; the height may be unknown."""

    lon: float
    lat: float
    height_m: float | None


@dataclass(frozen=True, slots=True)
class Systems:
    """The systems of a file: ``grid_srid`` None for a local one; ``geodetic_srid`` in degrees.

    ``told``: somebody said so, which counts more than what a row says of itself.
    """

    grid_srid: int | None
    geodetic_srid: int
    datum_parameters: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Located:
    """A position as the file has it (``first``, ``second``, ``third``), and where that is."""

    form: str
    first: float
    second: float
    third: float | None
    place: Place | None
    covariance: list[float | None] | None

    @property
    def point(self) -> Point | None:
        """For the map."""
        return None if self.place is None else Point(self.place.lon, self.place.lat, srid=WGS84)


def located(record: Positioned, systems: Systems) -> Located | None:
    """The position of a record; of a row with both the geodetic one, from which the other came."""
    if isinstance(record, PointCoordinates):
        return _of_row(record, systems)
    quality = record.quality
    position = record.position
    if isinstance(position, GeodeticPosition):
        return _geodetic(position, quality, systems)
    if isinstance(position, EcefPosition):
        return _earth_centred(position, quality)
    return _baseline(position, record.base_position, quality)


def _of_row(record: PointCoordinates, systems: Systems) -> Located | None:
    if record.geodetic is not None:
        return _geodetic(record.geodetic, record.quality, systems)
    if record.east is None or record.north is None:
        return None
    place = None
    srid = _srid_of(record.crs, systems)
    if srid is not None:
        lonlat = _degrees(record.east, record.north, srid, systems.datum_parameters)
        # Above what the height of a grid position is counted, the file does not say.
        place = lonlat and Place(*lonlat, None)
    covariance = _terms(record.quality, place)
    return Located(Form.GRID, record.east, record.north, record.height, place, covariance)


def _srid_of(crs: str | None, systems: Systems) -> int | None:
    if systems.told or not crs:
        return systems.grid_srid
    try:
        return normalise_srid(crs)
    except CrsUnknown:
        return None


def _geodetic(position: GeodeticPosition, quality: GnssQuality | None, systems: Systems) -> Located:
    lonlat: tuple[float, float] | None = (position.longitude, position.latitude)
    if systems.geodetic_srid != WGS84:
        lonlat = _degrees(
            position.longitude, position.latitude, systems.geodetic_srid, systems.datum_parameters
        )
    place = lonlat and Place(*lonlat, position.height_m)
    height = position.height_m if position.height_m is not None else position.orthometric_m
    return Located(
        Form.GEODETIC, position.latitude, position.longitude, height, place,
        _terms(quality, place),
    )  # fmt: skip


def _earth_centred(position: EcefPosition, quality: GnssQuality | None) -> Located:
    place = _from_ecef(position.x, position.y, position.z)
    terms = _terms(quality, place)
    return Located(Form.ECEF, position.x, position.y, position.z, place, terms)


def _baseline(
    position: Baseline, base: GeodeticPosition | EcefPosition | None, quality: GnssQuality | None
) -> Located:
    at = _base_place(base)
    place = None
    if at is not None and at.height_m is not None:
        x, y, z = _ecef().transform(*at, direction="INVERSE")
        e, n, u = position.east, position.north, position.up
        lat, lon = math.radians(at.lat), math.radians(at.lon)
        out = math.cos(lat) * u - math.sin(lat) * n
        place = _from_ecef(
            x + math.cos(lon) * out - math.sin(lon) * e,
            y + math.sin(lon) * out + math.cos(lon) * e,
            z + math.sin(lat) * u + math.cos(lat) * n,
        )
    return Located(
        Form.BASELINE, position.east, position.north, position.up, place, _terms(quality, place)
    )


def _base_place(base: GeodeticPosition | EcefPosition | None) -> Place | None:
    if isinstance(base, EcefPosition):
        return _from_ecef(base.x, base.y, base.z)
    return None if base is None else Place(base.longitude, base.latitude, base.height_m)


def _from_ecef(x: float, y: float, z: float) -> Place | None:
    lon, lat, height = _ecef().transform(x, y, z)
    if not all(map(math.isfinite, (lon, lat, height))):
        return None
    return Place(float(lon), float(lat), float(height))


@lru_cache(maxsize=1)
def _ecef() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_ECEF, _ELLIPSOIDAL, always_xy=True)


def _degrees(x: float, y: float, srid: int, parameters: str) -> tuple[float, float] | None:
    """WGS 84 longitude and latitude; None for coordinates that the system does not have."""
    try:
        lon, lat = transform_point(x, y, srid, WGS84, parameters)
    except (CoordinatesOutsideCrs, TransformationUnknown):
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def _terms(quality: GnssQuality | None, place: Place | None) -> list[float | None] | None:
    """[ee, en, eu, nn, nu, uu] in m², each None if unknown; None if nothing is known."""
    covariance = quality.covariance if quality is not None else None
    if covariance is None:
        return None
    if covariance.axes == "ecef":
        if place is None:
            return None
        try:
            covariance = covariance.in_enu(place.lat, place.lon)
        except ValueError:  # a term is missing, so it cannot be turned
            return None
    return enu_terms(covariance)


def enu_terms(covariance: Covariance) -> list[float | None]:
    """A covariance in east, north, up as it is kept."""
    return [
        covariance.var_1, covariance.cov_12, covariance.cov_13, covariance.var_2,
        covariance.cov_23, covariance.var_3,
    ]  # fmt: skip


def systems_checked(
    *, srid: int | None, file_crs: str | None, zone_srid: int, local: bool, parameters: str
) -> Systems:
    """The systems of a file.

    ``srid`` is what somebody told: 0 a local system, None nothing; then the file's own counts,
    then a local system if the file is likely in one (``local``), then the job's zone. A code in
    degrees is that of the geodetic positions; the grid is then the zone. Raises the errors of
    `cadastre.geodesy` for what is unknown or cannot be transformed.
    """
    if srid == 0 or (srid is None and local and not file_crs):
        return Systems(None, WGS84, parameters, told=srid == 0)
    chosen = zone_srid if srid is None and not file_crs else normalise_srid(srid or file_crs or 0)
    transformer(chosen, WGS84, parameters)
    if is_metric(chosen):
        return Systems(chosen, WGS84, parameters, told=srid is not None)
    return Systems(zone_srid, chosen, parameters, told=srid is not None)
