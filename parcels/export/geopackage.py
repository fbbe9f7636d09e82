"""Parcels as a GeoPackage: one layer of multipolygons in EPSG:4326."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw

from parcels.export.rows import COLUMNS, Row, owners_text

LAYER: Final = "parcels"
Told = Callable[[int], None]


def write(batches: Iterator[list[Row]], target: Path, told: Told, *, with_owners: bool) -> int:
    """Write all batches; returns how many parcels. ``told`` hears how many are written so far."""
    written = 0
    columns: dict[str, type] = COLUMNS | ({"owners": str} if with_owners else {})
    for batch in _at_least_one(batches):
        pyogrio.raw.write(
            target,
            np.array([bytes(row["geometry"]) for row in batch], dtype=object),
            [_column(batch, name, kind) for name, kind in columns.items()],
            list(columns),
            field_mask=[_mask(batch, name) for name in columns],
            layer=LAYER,
            driver="GPKG",
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            append=written > 0,
        )
        written += len(batch)
        told(written)
    return written


def _at_least_one(batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """An empty register is an empty layer, not a missing one."""
    first = next(batches, [])
    yield first
    yield from batches


def _column(batch: list[Row], name: str, kind: type) -> Any:
    if name == "owners":
        return np.array([owners_text(row) for row in batch], dtype=object)
    if kind is str:
        return np.array([row[name] or "" for row in batch], dtype=object)
    return np.array(
        [row[name] or 0 for row in batch], dtype=np.int32 if kind is int else np.float64
    )


def _mask(batch: list[Row], name: str) -> Any:
    return np.array([row[name] is None for row in batch], dtype=np.bool_)
