"""What can be wrong with a fabric of parcels, and from which size on it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Geometries: TypeAlias = NDArray[Any]
Ints: TypeAlias = NDArray[np.int64]
Hashes: TypeAlias = NDArray[np.uint64]
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

NOWHERE: Final = (float("nan"), float("nan"))


class Fault(StrEnum):
    """The faults of a fabric, by what is seen on the map."""

    OVERLAP = "overlap"
    CONTAINED = "contained"
    DUPLICATE = "duplicate"
    GAP = "gap"
    SLIVER = "sliver"
    UNSHARED_VERTEX = "unshared_vertex"
    INVALID_RING = "invalid_ring"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    ``first`` and ``second`` are keys as given. For `Fault.CONTAINED` the first lies within the
    second; for `Fault.UNSHARED_VERTEX` the first has the vertex and the second lacks it; otherwise
    the first is the smaller key, and ``second`` is None where only one parcel is concerned.
    ``place`` is a point of the fault in the metres given (`NOWHERE`, two NaN, for a geometry
    without any coordinate). ``measure`` is in ``unit``: ``m2`` for ground (overlap, gap, sliver),
    ``m`` for the distance of a vertex from the side, ``count`` of the faults of one boundary.
    ``shape`` is what to draw: the ground covered twice or not at all, the parcel, the vertex.
    """

    fault: Fault
    first: int
    second: int | None
    place: tuple[float, float]
    measure: float
    unit: str
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Tolerances:
    """From which size on a fault counts. Working values of Chanot, not of any regulation.

    ``overlap_m2``      ground covered twice that still passes; also by how much two parcels may
                        differ and be duplicates, or stick out of one another and be contained
    ``gap_width_m``     enclosed ground without a parcel is a gap up to this width (the diameter of
                        the largest circle in it); what is wider is a road, a pond, a free plot
    ``gap_m2``          … and from this area on
    ``sliver_width_m``  a parcel is a sliver when it is at most this wide on average
                        (2 × area / perimeter) …
    ``sliver_thinness`` … and its thinness 4πA/P² is at most this
    ``vertex_m``        a vertex this close to a neighbour's side needs a vertex there
    """

    overlap_m2: float = 0.01
    gap_width_m: float = 0.05
    gap_m2: float = 0.01
    sliver_width_m: float = 0.5
    sliver_thinness: float = 0.1
    vertex_m: float = 0.02
