"""Reading a stranger's file with GDAL, in the child process that `reader_child` started.

It knows no database and no settings. What it needs comes as one line of JSON on standard input;
what it found goes out in frames: I (what the file is), B (features), Z (end), or E (a refusal).
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import pyogrio
import pyogrio.raw

from cadastre.errors import LandError, gettext_noop
from parcels.importing import gml, gpkg
from parcels.importing.errors import UnsafeFile
from parcels.importing.frames import (
    LARGEST_ATTRIBUTES,
    LARGEST_WKB,
    Item,
    encode_json,
    pack_item,
    write_frame,
)
from parcels.importing.gdal import keep_only, layers_of
from parcels.importing.layers import Layer, choose_layer

BATCH_FEATURES: Final = 1_000
BATCH_BYTES: Final = 8 * 2**20
READ_AT_ONCE: Final = 20_000


def serve(granted: list[str]) -> None:
    """Read what standard input asks for. Whatever goes wrong is an E frame."""
    out = sys.stdout.buffer
    request = json.loads(sys.stdin.buffer.readline())
    warnings.simplefilter("ignore")
    try:
        _read(request, granted, out)
    except LandError as error:
        _refuse(out, error.code, error.evidence)
    except MemoryError:
        _refuse(out, "reading_stopped", {"limit": "2 GB"})
    except Exception as error:  # noqa: BLE001 (what GDAL raises is not a closed set)
        folder = str(Path(request["path"]).parent)
        reason = f"{type(error).__name__}: {error}".replace(folder, "")
        _refuse(out, "file_unreadable", {"driver": request["driver"], "reason": reason[:300]})
    else:
        write_frame(out, b"Z", b"{}")


def _refuse(out: IO[bytes], code: str, evidence: dict[str, object]) -> None:

    write_frame(out, b"E", encode_json({"code": code, "evidence": evidence}))


def _read(request: dict[str, Any], granted: list[str], out: IO[bytes]) -> None:
    path, driver = Path(request["path"]), request["driver"]
    keep_only(driver)
    layer = choose_layer(_layers(path, driver), request["layer"])
    options = {"layer": layer.name} | _encoding(driver, request["encoding"])
    info = pyogrio.read_info(path, **options)
    columns = [str(name) for name in info["fields"]]
    write_frame(
        out,
        b"I",
        encode_json(
            {
                "layer": layer.name,
                "columns": columns,
                "crs": info["crs"] or "",
                "features": max(int(info["features"]), -1),
                "isolation": granted,
            }
        ),
    )
    boundary = layer.boundary
    if boundary is not None and len(layer.geometries) > 1:
        # OGR SQL returns the geometry that is named first.
        options = {"sql": f"SELECT {_quoted(boundary.name)}, * FROM {_quoted(layer.name)}"}  # noqa: S608
        options["sql_dialect"] = "OGRSQL"
    fast = bool(info["capabilities"]["fast_set_next_by_index"]) and "sql" not in options
    for items in _batches(path, options, READ_AT_ONCE if fast else None):
        write_frame(out, b"B", items)


def _layers(path: Path, driver: str) -> list[Layer]:
    """The layers of the file, after the checks that its format needs."""

    if driver == "GPKG" and (fault := gpkg.fault_of(path)):
        raise UnsafeFile(reason=fault[0], entry=fault[1])
    if driver == "GML":
        try:
            gml.refuse_document_type(path)
        except gml.UnsafeXml:
            raise UnsafeFile(reason=gettext_noop("a document type or an entity")) from None
    layers = layers_of(path)
    gfs = path.with_suffix(".gfs")
    described = any(g.is_polygonal for layer in layers for g in layer.geometries)
    if driver == "GML" and not described and gfs.is_file() and gml.name_boundaries(path, gfs):
        return layers_of(path)
    return layers


def _encoding(driver: str, encoding: str) -> dict[str, str]:
    return {"encoding": encoding} if driver == "ESRI Shapefile" else {}


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _batches(path: Path, options: dict[str, Any], at_once: int | None) -> Iterator[bytes]:
    start = 0
    while True:
        window = {} if at_once is None else {"skip_features": start, "max_features": at_once}
        meta, _, geometries, columns = pyogrio.raw.read(
            path, datetime_as_string=True, **options, **window
        )
        count = len(columns[0]) if columns else len(geometries if geometries is not None else [])
        names = [str(name) for name in meta["fields"]]
        parts: list[bytes] = []
        size = 0
        for i in range(count):
            facts = {name: _plain(column[i]) for name, column in zip(names, columns, strict=True)}
            wkb = None if geometries is None else geometries[i]
            part = pack_item(_item(start + i, facts, wkb))
            parts.append(part)
            size += len(part)
            if len(parts) == BATCH_FEATURES or size > BATCH_BYTES:
                yield b"".join(parts)
                parts, size = [], 0
        if parts:
            yield b"".join(parts)
        start += count
        if at_once is None or count < at_once:
            return


def _item(position: int, facts: dict[str, Any], wkb: bytes | None) -> Item:
    """The feature, or what is left of one that is larger than a frame may be."""

    if len(encode_json(facts)) > LARGEST_ATTRIBUTES:
        facts = {name: str(value)[:1_000] for name, value in list(facts.items())[:100]}
    if wkb is not None and len(wkb) > LARGEST_WKB:
        return Item(position, {"attributes": facts, "wkb_size": len(wkb)}, None)
    return Item(position, {"attributes": facts}, wkb)


def _plain(value: Any) -> Any:
    """A value as JSON and PostgreSQL can keep it: no NaN, no NUL, no bytes."""
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        value = value.tolist()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # A column of integers with gaps comes as floats.
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()
