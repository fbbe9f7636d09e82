"""The files of a made-up package, byte by byte: tables with their dirt, shapes in their wrapper."""

from __future__ import annotations

import csv
import io
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from shapely.geometry import Polygon

from cadastre.geodesy.datum import indian_1975_proj4
from cadastre.identifiers import MapSheet
from parcels.importing.encoding import looks_thai

Shape = tuple[MapSheet, str, Polygon]


def table_bytes(
    heads: Sequence[str], rows: Sequence[Sequence[str]], lines: Mapping[int, str], *, seed: int,
    dirty: bool,
) -> bytes:  # fmt: skip
    """A table as CSV; ``lines`` stand in for the rows of the same place.

    Dirt that must not matter: columns in another order, blanks about their heads, the whole table
    or single rows in CP874 or with Thai digits, blank rows between.
    """
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    places = list(range(len(heads)))
    if dirty:
        chance.shuffle(places)
    encoding = chance.choice(["utf-8-sig", "cp874", "utf-8"]) if dirty else "utf-8-sig"
    named = [f" {heads[p]} " if dirty and chance.random() < 0.3 else heads[p] for p in places]
    out = [_line(named).encode(encoding)]
    plain = encoding.removesuffix("-sig")
    for at, row in enumerate(rows):
        text = lines[at] + "\r\n" if at in lines else _line([row[p] for p in places])
        other = dirty and plain == "utf-8" and chance.random() < 0.1
        out.append(text.encode("cp874" if other and _fits(text) else plain, "replace"))
        if dirty and chance.random() < 0.1:
            out.append(chance.choice([b"\r\n", b" \r\n", b"," * (len(heads) - 1) + b"\r\n"]))
    return b"".join(out)


def _fits(text: str) -> bool:
    """Whether CP874 has every letter (it has no sign for the baht), and is told by its bytes."""
    try:
        return looks_thai(text.encode("cp874"))
    except UnicodeEncodeError:
        return False


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def shape_files(name: str, shapes: Sequence[Shape], zone: int) -> dict[str, bytes]:
    """The wrapped GeoJSON and the shapefile of the same shapes, in Indian 1975 of the zone."""
    stem = f"{name}_MAP_LAND_GIS_{zone}"
    features = [
        {"type": "Feature", "properties": _properties(sheet, land),
         "geometry": shapely.geometry.mapping(shapely.set_precision(shape, 0.001))}
        for sheet, land, shape in shapes
    ]  # fmt: skip
    collection = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": f"EPSG:240{zone}"}},
        "features": features,
    }
    text = json.dumps({"LocationGeospatial": collection}, ensure_ascii=False)
    return {f"{stem}.geojson": text.encode()} | _shapefile(stem, shapes, zone)


def _properties(sheet: MapSheet, land: str) -> dict[str, Any]:
    """Numbers are numbers here, though they are text in the tables."""
    return {
        "LandUTM1": sheet.index, "LandUTM2": sheet.quadrant, "LandUTM3": sheet.square,
        "LandUTM4": sheet.number, "LandUTMScale": sheet.scale, "LandNumber": int(land),
    }  # fmt: skip


def _shapefile(stem: str, shapes: Sequence[Shape], zone: int) -> dict[str, bytes]:
    if not shapes:
        return {}
    rows = [_properties(sheet, land) for sheet, land, _ in shapes]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{stem}.shp"
        pyogrio.raw.write(
            path, shapely.to_wkb([shape for *_, shape in shapes]),
            [np.array([str(row[name]) for row in rows], dtype=object) for name in rows[0]],
            [name[:10] for name in rows[0]], driver="ESRI Shapefile", geometry_type="Polygon",
            crs=indian_1975_proj4(zone), encoding="UTF-8",
        )  # fmt: skip
        files = {each.name: each.read_bytes() for each in sorted(Path(folder).iterdir())}
    dbf = files[f"{stem}.dbf"]
    # Its head holds the day of writing; the same order shall give the same bytes.
    files[f"{stem}.dbf"] = dbf[:1] + b"\x50\x01\x01" + dbf[4:]
    return files
