"""Least squares for plane and levelling networks."""

from cadastre.adjustment.observations import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Distance,
    HeightDifference,
    Observation,
    Unknown,
)
from cadastre.adjustment.result import Adjustment, GlobalTest, Residual
from cadastre.adjustment.solve import (
    DatumDefect,
    NotConverged,
    NothingToAdjust,
    PointMissing,
    adjust,
)

__all__ = [
    "Adjustment",
    "Angle",
    "Azimuth",
    "Component",
    "Coordinate",
    "DatumDefect",
    "Distance",
    "GlobalTest",
    "HeightDifference",
    "NotConverged",
    "NothingToAdjust",
    "Observation",
    "PointMissing",
    "Residual",
    "Unknown",
    "adjust",
]
