"""What receivers and total stations write, read as it stands; nothing dropped, nothing improved.

`read_field_file` tells the format, reads the file whole and counts: read = accepted + rejected.
Coordinates stay in the file's system, north and east by name; angles are radians, lengths metres,
times aware UTC. See ``docs/algorithms/field-files.md``.
"""

from cadastre.fieldfiles.columns import PENZD, PNEZD, ColumnMapping
from cadastre.fieldfiles.curves import ring
from cadastre.fieldfiles.errors import ColumnMappingUnusable, FieldFileUnreadable, LineRefused
from cadastre.fieldfiles.landxml_writing import write_landxml
from cadastre.fieldfiles.reading import FORMATS, MAX_BYTES, read_field_file
from cadastre.fieldfiles.records import (
    AngleReading,
    Baseline,
    DistanceReading,
    EcefPosition,
    FieldFile,
    FixType,
    GeodeticPosition,
    GnssObservation,
    GnssQuality,
    PlanArc,
    PlanLine,
    PlanParcel,
    PlanPoint,
    PointCoordinates,
    Reading,
    Record,
    Rejected,
    StationSetup,
)
from cadastre.fieldfiles.uncertainty import Covariance

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "PENZD",
    "PNEZD",
    "AngleReading",
    "Baseline",
    "ColumnMapping",
    "ColumnMappingUnusable",
    "Covariance",
    "DistanceReading",
    "EcefPosition",
    "FieldFile",
    "FieldFileUnreadable",
    "FixType",
    "GeodeticPosition",
    "GnssObservation",
    "GnssQuality",
    "LineRefused",
    "PlanArc",
    "PlanLine",
    "PlanParcel",
    "PlanPoint",
    "PointCoordinates",
    "Reading",
    "Record",
    "Rejected",
    "StationSetup",
    "read_field_file",
    "ring",
    "write_landxml",
]
