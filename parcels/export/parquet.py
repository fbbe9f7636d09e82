"""Parcels as GeoParquet 1.1: WKB multipolygons with a bounding box for each row.

Specification: https://geoparquet.org/releases/v1.1.0/. Coordinates are longitude and latitude, so
the reference system is OGC:CRS84 as PROJJSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from parcels.export.geopackage import Told
from parcels.export.rows import COLUMNS, Row

VERSION: Final = "1.1.0"
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
_TYPES: Final = {str: pa.string(), int: pa.int32(), float: pa.float64()}
_BBOX: Final = pa.struct([(side, pa.float64()) for side in _SIDES])
_OWNERS: Final = pa.list_(pa.struct([
    ("kind", pa.string()), ("party_kind", pa.string()), ("title", pa.string()),
    ("name", pa.string()), ("surname", pa.string()), ("share_numerator", pa.int64()),
    ("share_denominator", pa.int64()), ("valid_from", pa.string()),
]))  # fmt: skip


def write(batches: Iterator[list[Row]], target: Path, told: Told, *, with_owners: bool) -> int:
    """Write all batches, one row group each; returns how many parcels."""
    fields = [pa.field(name, _TYPES[kind]) for name, kind in COLUMNS.items()]
    fields += [pa.field("owners", _OWNERS)] if with_owners else []
    fields += [pa.field("bbox", _BBOX, nullable=False), pa.field("geometry", pa.binary())]
    schema = pa.schema(fields)
    written, whole = 0, np.array([np.inf, np.inf, -np.inf, -np.inf])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches:
            bounds = shapely.bounds(shapely.from_wkb([bytes(row["geometry"]) for row in batch]))
            whole[:2] = np.minimum(whole[:2], bounds[:, :2].min(axis=0))
            whole[2:] = np.maximum(whole[2:], bounds[:, 2:].max(axis=0))
            rows = [_row(row, list(box)) for row, box in zip(batch, bounds.tolist(), strict=True)]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            written += len(batch)
            told(written)
        writer.add_key_value_metadata({"geo": json.dumps(_geo(whole.tolist() if written else []))})
    return written


def _row(row: Row, box: list[float]) -> Row:
    return row | {
        "geometry": bytes(row["geometry"]),
        "bbox": dict(zip(_SIDES, box, strict=True)),
    }


def _geo(bbox: list[float]) -> dict[str, Any]:
    """The metadata under the key ``geo``."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": pyproj.CRS.from_user_input("OGC:CRS84").to_json_dict(),
        "edges": "planar",
        "covering": {"bbox": {side: ["bbox", side] for side in _SIDES}},
    }
    if bbox:
        column["bbox"] = bbox
    return {"version": VERSION, "primary_column": "geometry", "columns": {"geometry": column}}
