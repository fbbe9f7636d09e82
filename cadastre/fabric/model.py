"""What an edit of the parcel fabric takes and gives: plots, the edit, and the limits of its gate.

Metres in one zone, east before north, on the millimetre grid: every coordinate is the double
nearest to a whole number of millimetres (`on_grid` makes it so).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from shapely.geometry import MultiLineString, MultiPolygon

Point: TypeAlias = tuple[float, float]

TOUCH_MM: Final = 1.0
"""Closer than this to a side or mark is on it: the grid itself moves a point by up to 0.71 mm."""

SNAPPING_MM: Final = 10.0
"""Closer than this to a mark but not on it is a slip: a drawn line should have been snapped."""

MOST_PIECES: Final = 100


@dataclass(frozen=True, slots=True)
class Plot:
    """A parcel in force. ``key`` names it in `Edit.changed`; metres on the mm grid."""

    key: int
    geometry: MultiPolygon


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit does to the fabric; nothing is stored by it.

    ``pieces``        what the subject plots become; the order does not depend on how they were
                      written down (docs/algorithms/parcel-editing.md)
    ``changed``       the other plots whose rings gain, lose or move marks, and only those
    ``new_boundary``  boundary that did not exist before
    ``new_marks``     points of the result that were no vertex of any plot before, west to east
    ``keeps_ground``  the pieces cover the ground of the subjects and nothing else
    """

    pieces: tuple[MultiPolygon, ...]
    changed: Mapping[int, MultiPolygon]
    new_boundary: MultiLineString
    new_marks: tuple[Point, ...]
    keeps_ground: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """What `check_edit` holds a result to, in metres and square metres.

    ``area_m2``, ``width_m``  a piece must be larger, and somewhere wider, than this
    ``thinness``              4πA/P² below this is a warning
    ``gap_m``                 a gap between plots narrower than this is a fault
    ``area_per_metre``        m² by which areas may differ for each metre of new boundary
    ``outline_m``             how far the outline of all pieces may lie from that of the subjects
    """

    area_m2: float = 1.0
    width_m: float = 0.1
    thinness: float = 0.02
    gap_m: float = 0.05
    area_per_metre: float = 0.0005
    outline_m: float = 0.001
