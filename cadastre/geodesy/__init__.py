"""Where things are: datums, UTM zones, coordinates as people write them, map sheets.

Map sheets live in `cadastre.geodesy.sheets`.
"""

from cadastre.geodesy.coordinates import (
    CoordinatesUnreadable,
    Position,
    format_dms,
    format_utm,
    parse_coordinates,
)
from cadastre.geodesy.datum import (
    DATUM_PARAMETERS,
    DEFAULT_DATUM_PARAMETERS,
    DatumParameters,
    DatumParametersUnknown,
    PrivateCrs,
    indian_1975_proj4,
    private_crs,
)
from cadastre.geodesy.reference_systems import (
    CrsUnknown,
    is_metric,
    metric_srid_of,
    normalise_srid,
    plausible_srids,
)
from cadastre.geodesy.transform import (
    CoordinatesOutsideCrs,
    TransformationUnknown,
    reproject,
    transform_point,
    transformer,
)
from cadastre.geodesy.zones import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    INDIAN_1975_GEOGRAPHIC,
    PRIVATE_INDIAN_1975_47N,
    PRIVATE_INDIAN_1975_48N,
    THAI_ZONES,
    THAILAND,
    UTM_47N,
    UTM_48N,
    WGS84,
    Bounds,
    utm_srid,
    utm_srid_of,
    utm_zone_of,
    zone_of_srid,
)

__all__ = [
    "DATUM_PARAMETERS",
    "DEFAULT_DATUM_PARAMETERS",
    "INDIAN_1975_47N",
    "INDIAN_1975_48N",
    "INDIAN_1975_GEOGRAPHIC",
    "PRIVATE_INDIAN_1975_47N",
    "PRIVATE_INDIAN_1975_48N",
    "THAILAND",
    "THAI_ZONES",
    "UTM_47N",
    "UTM_48N",
    "WGS84",
    "Bounds",
    "CoordinatesOutsideCrs",
    "CoordinatesUnreadable",
    "CrsUnknown",
    "DatumParameters",
    "DatumParametersUnknown",
    "Position",
    "PrivateCrs",
    "TransformationUnknown",
    "format_dms",
    "format_utm",
    "indian_1975_proj4",
    "is_metric",
    "metric_srid_of",
    "normalise_srid",
    "parse_coordinates",
    "plausible_srids",
    "private_crs",
    "reproject",
    "transform_point",
    "transformer",
    "utm_srid",
    "utm_srid_of",
    "utm_zone_of",
    "zone_of_srid",
]
