"""Indian 1975 to WGS 84: which parameters, from whom, and how good.

PROJ and PostGIS answer for EPSG:24047 and 24048 with EPSG:1812, whose registered rotations put
Thai parcels 190 m away from where everybody else does. So the parameters are always named here,
and an import records which set it used. See ``docs/algorithms/datum.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy.zones import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    INDIAN_1975_GEOGRAPHIC,
    PRIVATE_INDIAN_1975_47N,
    PRIVATE_INDIAN_1975_48N,
    THAI_ZONES,
)

EVEREST_1937: Final = "+a=6377276.345 +rf=300.8017"
"""Everest 1830 (1937 adjustment), the ellipsoid of Indian 1975."""

INDIAN_1975_ZONES: Final[Mapping[int, int | None]] = MappingProxyType(
    {
        INDIAN_1975_GEOGRAPHIC: None,
        INDIAN_1975_47N: 47,
        INDIAN_1975_48N: 48,
        PRIVATE_INDIAN_1975_47N: 47,
        PRIVATE_INDIAN_1975_48N: 48,
    }
)


class DatumParametersUnknown(LandError):
    """A parameter set that is not in the table."""

    code = "datum_parameters_unknown"
    message = gettext_noop("There are no datum parameters named “{name}”. Choose one of: {known}.")


@dataclass(frozen=True, slots=True)
class DatumParameters:
    """A geocentric translation from Indian 1975 to WGS 84, in metres."""

    name: str
    dx: float
    dy: float
    dz: float
    accuracy_m: float
    source: str

    @property
    def towgs84(self) -> str:
        """The seven numbers PROJ expects; rotations and scale are zero."""
        return f"{self.dx},{self.dy},{self.dz},0,0,0,0"


_SETS: Final = (
    DatumParameters(
        "EPSG:1537",
        204.64,
        834.74,
        293.8,
        1.0,
        "Derived 1995 at RTSD181; agrees with the 1:4,000 grid of municipal tax maps to 1e-14°",
    ),
    DatumParameters(
        "EPSG:1304", 210.0, 814.0, 289.0, 5.0, "Military survey, 62 stations; valid onshore"
    ),
    DatumParameters("EPSG:1154", 209.0, 818.0, 290.0, 5.0, "Military survey, 1991"),
    DatumParameters(
        "RTSD", 204.4798, 837.8940, 294.7765, 2.0, "Royal Thai Survey Department, as published"
    ),
    DatumParameters(
        "RTSD-OLD", 206.0, 837.0, 295.0, 2.0, "Royal Thai Survey Department, earlier set"
    ),
)

DATUM_PARAMETERS: Final[Mapping[str, DatumParameters]] = MappingProxyType(
    {parameters.name: parameters for parameters in _SETS}
)
DEFAULT_DATUM_PARAMETERS: Final = "EPSG:1537"


def datum_parameters(name: str) -> DatumParameters:
    """The set of that name, or `DatumParametersUnknown`."""
    try:
        return DATUM_PARAMETERS[name]
    except KeyError:
        raise DatumParametersUnknown(name=name, known=", ".join(DATUM_PARAMETERS)) from None


def indian_1975_proj4(zone: int | None, parameters: str = DEFAULT_DATUM_PARAMETERS) -> str:
    """Indian 1975 in a UTM zone (None: geographic) as PROJ text with its datum shift.

    PostGIS, GDAL and pyproj all honour the shift in this text; none of them does in EPSG:24047.
    """
    shift = f"{EVEREST_1937} +towgs84={datum_parameters(parameters).towgs84}"
    if zone is None:
        return f"+proj=longlat {shift} +no_defs +type=crs"
    if zone not in THAI_ZONES:
        raise ValueError(f"Indian 1975 is used in zones 47 and 48, not {zone}")
    return f"+proj=utm +zone={zone} {shift} +units=m +no_defs +type=crs"


class PrivateCrs(NamedTuple):
    """A row for PostGIS's ``spatial_ref_sys``, under an authority that PROJ does not know."""

    srid: int
    auth_name: str
    auth_srid: int
    proj4text: str


def private_crs(zone: int, parameters: str = DEFAULT_DATUM_PARAMETERS) -> PrivateCrs:
    """Indian 1975 / UTM of a zone as SRID 990047 or 990048, with the datum shift spelled out."""
    proj4 = indian_1975_proj4(zone, parameters)
    return PrivateCrs(990000 + zone, "CHANOT", 990000 + zone, proj4)
