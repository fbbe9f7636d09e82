"""Coordinate geometry of the surveyor: bearings, inverse and forward, intersections, traverses.

Plane grid coordinates in metres, east before north; azimuths in degrees clockwise from grid north.
"""

from cadastre.cogo.bearings import (
    BearingUnreadable,
    format_azimuth,
    format_quadrant,
    parse_bearing,
)
from cadastre.cogo.points import (
    NoIntersection,
    Place,
    forward,
    intersect_azimuths,
    intersect_distances,
    inverse,
)
from cadastre.cogo.traverse import (
    Traverse,
    TraverseIncomplete,
    orientation,
    traverse_adjust,
)

__all__ = [
    "BearingUnreadable",
    "NoIntersection",
    "Place",
    "Traverse",
    "TraverseIncomplete",
    "format_azimuth",
    "format_quadrant",
    "forward",
    "intersect_azimuths",
    "intersect_distances",
    "inverse",
    "orientation",
    "parse_bearing",
    "traverse_adjust",
]
