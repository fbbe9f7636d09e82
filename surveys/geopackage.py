"""Points of a GeoPackage, read in the jailed child of parcel imports and told as GeoJSON.

The file is a stranger's database: GDAL opens it in a process without network, without other files
and with limits of time and memory, after the checks of `parcels.importing.gpkg`.
"""

from __future__ import annotations

import json
import math
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cadastre.fieldfiles.errors import FieldFileTooLarge
from cadastre.geodesy import normalise_srid
from parcels.importing.errors import LayerNeeded, NoPolygonLayer
from parcels.importing.frames import Item
from parcels.importing.reader import Dataset, open_dataset
from parcels.importing.source import Source, source_of

MAGIC: Final = b"SQLite format 3\x00"
MOST_POINTS: Final = 200_000
_KINDS: Final = {
    2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon",
    7: "GeometryCollection",
}  # fmt: skip


def is_geopackage(content: bytes) -> bool:
    """Whether the bytes are a SQLite database, which among field files is a GeoPackage."""
    return content.startswith(MAGIC)


def geojson_of(content: bytes) -> bytes:
    """The only layer as GeoJSON, one feature a line, in the system of the layer.

    Raises the refusals of `parcels.importing.errors`, `CrsUnknown`, and `FieldFileTooLarge`.
    """
    with tempfile.TemporaryDirectory(prefix="chanot-survey-") as folder:
        file = Path(folder) / "points.gpkg"
        file.write_bytes(content)
        with source_of(file) as source:
            try:
                return _read(source, "")
            except NoPolygonLayer as told:
                # The reader looks for parcels; asked by name it gives any layer.
                layers = str(told.evidence["layers"]).split(", ")
                if len(layers) != 1:
                    raise LayerNeeded(layers=", ".join(layers)) from None
                return _read(source, layers[0])


def _read(source: Source, layer: str) -> bytes:
    with open_dataset(source, layer=layer) as dataset:
        srid = normalise_srid(dataset.crs)
        crs = {"type": "name", "properties": {"name": f"EPSG:{srid}"}}
        head = json.dumps({"type": "FeatureCollection", "crs": crs})[:-1]
        body = ",\n".join(_features(dataset))
    return f'{head}, "features": [{body}]}}'.encode()


def _features(dataset: Dataset) -> Iterator[str]:
    count = 0
    for items in dataset.batches:
        for item in items:
            count += 1
            if count > MOST_POINTS:
                raise FieldFileTooLarge(name="GeoPackage", limit=f"{MOST_POINTS:,}", unit="points")
            yield json.dumps(_feature(item), ensure_ascii=False)


def _feature(item: Item) -> dict[str, Any]:
    return {
        "type": "Feature", "id": item.position + 1, "geometry": _geometry(item.wkb),
        "properties": item.facts["attributes"],
    }  # fmt: skip


def _geometry(wkb: bytes | None) -> dict[str, Any] | None:
    """A point of well-known binary; of anything else only what it is."""
    if wkb is None or len(wkb) < 5:
        return None
    order = "<" if wkb[0] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", wkb, 1)
    kind = (code & 0x0FFFFFFF) % 1000
    if kind != 1:
        return {"type": _KINDS.get(kind, "Geometry")}
    # Heights are told by a bit (extended WKB) or by the thousands (ISO: 1 is z, 2 m, 3 both).
    axes = 3 if code & 0x80000000 or (code & 0x0FFFFFFF) // 1000 in {1, 3} else 2
    if len(wkb) < 5 + 8 * axes:
        return None
    place = list(struct.unpack_from(f"{order}{axes}d", wkb, 5))
    return {"type": "Point", "coordinates": place} if all(map(math.isfinite, place)) else None
