"""Boundaries with nothing to remark, told from the rest by whole batches.

`cadastre.planar.check_polygons` names every fault of one boundary; nearly all boundaries have
none. This answers for all of them at once with numpy and GEOS, by the same limits, and never
accepts what the gate would refuse or warn of: whatever is in doubt goes to the gate.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from cadastre.planar import LARGEST_COORDINATE_M, MILLIMETRE, SMALLEST_AREA_M2

_POLYGONAL: Final = (3, 6)

Geometries = NDArray[Any]
Flags = NDArray[np.bool_]


def are_plain(geometries: Geometries) -> Flags:
    """Which geometries (metres; None for unreadable) are valid polygons without any finding."""
    plain = np.isin(shapely.get_type_id(geometries), _POLYGONAL)
    plain &= ~shapely.is_empty(geometries)
    plain[plain] = shapely.is_valid(geometries[plain])
    parts, owner = shapely.get_parts(geometries[plain], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    doubtful = part[_doubtful(rings)]
    plain[np.flatnonzero(plain)[owner[doubtful]]] = False
    return plain


def _doubtful(rings: Geometries) -> Flags:
    """Rings with coordinates beyond the earth, next to no area, repeated points or spikes."""
    found: Flags = np.asarray(shapely.area(shapely.polygons(rings)) < 2 * SMALLEST_AREA_M2)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    found[ring[(np.abs(xy) > LARGEST_COORDINATE_M).any(axis=1)]] = True
    # Every point but the last, which repeats the first: the point before it and the one after.
    counts = np.bincount(ring, minlength=len(rings))
    starts = np.cumsum(counts) - counts
    is_last = np.zeros(len(xy), np.bool_)
    is_last[starts + counts - 1] = True
    tip = np.flatnonzero(~is_last)
    before = tip - 1
    at_start = np.isin(tip, starts)
    before[at_start] = tip[at_start] + counts[ring[tip[at_start]]] - 2
    a, b = xy[before] - xy[tip], xy[tip + 1] - xy[tip]
    side_a, side_b = np.hypot(a[:, 0], a[:, 1]), np.hypot(b[:, 0], b[:, 1])
    longer = np.maximum(np.maximum(side_a, side_b), MILLIMETRE / 2)
    between = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / longer
    back = (a * b).sum(axis=1) > 0
    # Twice the gate's limits: rounding may differ, and doubt costs only time.
    found[ring[tip[(side_b < MILLIMETRE) | (back & (between < MILLIMETRE))]]] = True
    return found
