"""Coordinate geometry of the surveyor: bearings, inverse and forward, intersections, curves,
areas, traverses.

Plane grid coordinates in metres, east before north; azimuths in degrees clockwise from grid north.
"""

from cadastre.cogo.areas import MeasuredArea, area_with_sigma, independent_corners
from cadastre.cogo.bearings import (
    BearingUnreadable,
    format_azimuth,
    format_packed,
    format_quadrant,
    parse_bearing,
    parse_packed,
)
from cadastre.cogo.curves import (
    Arc,
    CurveImpossible,
    TangentCurve,
    corner_of,
    curve_between_tangents,
    ring_area,
)
from cadastre.cogo.points import (
    NoIntersection,
    Offset,
    Place,
    forward,
    intersect_azimuth_distance,
    intersect_azimuths,
    intersect_distances,
    intersect_lines,
    inverse,
    offset_of,
    place_at,
)
from cadastre.cogo.traverse import (
    OpenTraverse,
    Rule,
    Traverse,
    TraverseIncomplete,
    TraverseOpen,
    orientation,
    traverse_adjust,
    traverse_loop,
    traverse_open,
)

__all__ = [
    "Arc",
    "BearingUnreadable",
    "CurveImpossible",
    "MeasuredArea",
    "NoIntersection",
    "Offset",
    "OpenTraverse",
    "Place",
    "Rule",
    "TangentCurve",
    "Traverse",
    "TraverseIncomplete",
    "TraverseOpen",
    "area_with_sigma",
    "corner_of",
    "curve_between_tangents",
    "format_azimuth",
    "format_packed",
    "format_quadrant",
    "forward",
    "independent_corners",
    "intersect_azimuth_distance",
    "intersect_azimuths",
    "intersect_distances",
    "intersect_lines",
    "inverse",
    "offset_of",
    "orientation",
    "parse_bearing",
    "parse_packed",
    "place_at",
    "ring_area",
    "traverse_adjust",
    "traverse_loop",
    "traverse_open",
]
