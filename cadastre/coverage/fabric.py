"""The valid parcels that are compared with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from cadastre.coverage.edges import Edges, Parts, edges_of, parts_of
from cadastre.coverage.faults import Flags, Geometries

Keys: TypeAlias = NDArray[np.integer[Any]]

_NONE_OR_POLYGONAL = (-1, 3, 6)


def are_valid(geometries: Geometries) -> Flags:
    """Which geometries can be compared: valid and with ground. `TypeError` for points and lines."""
    kinds = shapely.get_type_id(geometries)
    if not np.isin(kinds, _NONE_OR_POLYGONAL).all():
        other = geometries[~np.isin(kinds, _NONE_OR_POLYGONAL)][0].geom_type
        raise TypeError(f"a parcel is a polygon or a multipolygon, not a {other}")
    return np.asarray(shapely.is_valid(geometries) & ~shapely.is_empty(geometries), np.bool_)


@dataclass(frozen=True, slots=True)
class Fabric:
    """Parcels with their keys, the polygons they consist of, and the edges of those."""

    keys: Keys
    geometries: Geometries
    parts: Parts
    edges: Edges

    @classmethod
    def of(cls, keys: Keys, geometries: Geometries) -> Fabric:
        """Every geometry must be a valid polygon or multipolygon and not empty."""
        parts = parts_of(geometries)
        return cls(keys, geometries, parts, edges_of(parts))

    def __len__(self) -> int:
        return len(self.keys)
