"""Coordinates from one reference system to another, by parameters that are named."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy.datum import (
    DEFAULT_DATUM_PARAMETERS,
    INDIAN_1975_ZONES,
    datum_parameters,
    indian_1975_proj4,
)
from cadastre.geodesy.reference_systems import CrsUnknown

GeometryT = TypeVar("GeometryT", bound=BaseGeometry)


class TransformationUnknown(LandError):
    """No operation with a known accuracy joins the two systems."""

    code = "transformation_unknown"
    message = gettext_noop(
        "There is no dependable way from EPSG:{from_srid} to EPSG:{to_srid}. Transform the file "
        "to EPSG:4326 with the software that made it and import that."
    )


class CoordinatesOutsideCrs(LandError):
    """A coordinate that has no meaning in its reference system."""

    code = "coordinates_outside_crs"
    message = gettext_noop(
        "The point {x}, {y} does not exist in EPSG:{srid}. The coordinates belong to another "
        "reference system or zone, or easting and northing are exchanged."
    )


@lru_cache(maxsize=64)
def reference_system(srid: int, parameters: str = DEFAULT_DATUM_PARAMETERS) -> pyproj.CRS:
    """The reference system of an EPSG code; Indian 1975 with the named shift written out."""
    if srid in INDIAN_1975_ZONES:
        return pyproj.CRS.from_proj4(indian_1975_proj4(INDIAN_1975_ZONES[srid], parameters))
    try:
        return pyproj.CRS.from_epsg(srid)
    except CRSError:
        raise CrsUnknown(text=str(srid)) from None


@lru_cache(maxsize=256)
def transformer(
    from_srid: int, to_srid: int, parameters: str = DEFAULT_DATUM_PARAMETERS
) -> pyproj.Transformer:
    """The transformation between two EPSG codes, always x (east) before y (north).

    Indian 1975 (4240, 24047, 24048 and our 990047, 990048) takes its shift to WGS 84 from the
    named parameter set, never from PROJ's choice. Between other datums PROJ picks its most
    accurate operation; an operation of unknown accuracy is refused (`TransformationUnknown`).
    Transformers are cached and safe to share between threads.
    """
    datum_parameters(parameters)
    try:
        return pyproj.Transformer.from_crs(
            reference_system(from_srid, parameters),
            reference_system(to_srid, parameters),
            always_xy=True,
            allow_ballpark=False,
        )
    except ProjError:
        raise TransformationUnknown(from_srid=from_srid, to_srid=to_srid) from None


def transform_point(
    x: float,
    y: float,
    from_srid: int,
    to_srid: int,
    parameters: str = DEFAULT_DATUM_PARAMETERS,
) -> tuple[float, float]:
    """One point, east before north; raises `CoordinatesOutsideCrs` for what has no answer."""
    result = transformer(from_srid, to_srid, parameters).transform(x, y)
    if not (math.isfinite(result[0]) and math.isfinite(result[1])):
        raise CoordinatesOutsideCrs(x=x, y=y, srid=from_srid)
    return float(result[0]), float(result[1])


def reproject(
    geometry: GeometryT,
    from_srid: int,
    to_srid: int,
    parameters: str = DEFAULT_DATUM_PARAMETERS,
) -> GeometryT:
    """The geometry with every vertex transformed; heights, if any, are dropped.

    Straight edges stay straight in the target, which moves their middle by less than 1 mm for
    parcels up to some kilometres.
    """
    change = transformer(from_srid, to_srid, parameters)

    def each(points: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = np.column_stack(change.transform(points[:, 0], points[:, 1]))
        lost = ~np.isfinite(moved).all(axis=1)
        if lost.any():
            x, y = points[int(np.argmax(lost))]
            raise CoordinatesOutsideCrs(x=float(x), y=float(y), srid=from_srid)
        return moved

    flat = shapely.force_2d(geometry)
    return geometry if geometry.is_empty else shapely.transform(flat, each)
