"""Comparing the parcels of a stranger's file, in the child process that `faults_child` started.

In: one frame I with the reference systems and tolerances, frames B with the boundaries as the file
has them, a frame Z. Out: frames I with the step it is at, frames B with findings, a frame Z. It is
done here and not in the parent because even a valid boundary can be made to keep GEOS busy for
hours, and only a process can be stopped.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely

from cadastre.coverage import Finding, Tolerances, find_faults
from cadastre.geodesy import WGS84, transformer
from parcels.importing.frames import (
    Item,
    encode_json,
    pack_item,
    read_frame,
    unpack_items,
    write_frame,
)

BATCH: Final = 1_000
BATCH_BYTES: Final = 4 * 2**20
POLYGON: Final = 3  # as shapely numbers the types
LARGEST_SHAPE: Final = 2**20
"""A fault with a longer outline is told by its place and its parcels alone."""


def serve(granted: list[str]) -> None:  # noqa: ARG001 (the same shape as the other children's)
    """Hear the whole file, then answer."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    first = read_frame(source)
    if first is None:
        return
    settings = first.json()
    items: list[Item] = []
    while (frame := read_frame(source)) is not None and frame.kind == b"B":
        items.extend(unpack_items(frame.body))

    def tell(step: str, done: int, of: int) -> None:
        write_frame(out, b"I", encode_json({"step": step, "done": done, "of": of}))

    batch = bytearray()
    for number, answer in enumerate(_answers(settings, items, tell), 1):
        batch += pack_item(answer)
        if number % BATCH == 0 or len(batch) > BATCH_BYTES:
            write_frame(out, b"B", bytes(batch))
            batch.clear()
    write_frame(out, b"B", bytes(batch))
    write_frame(out, b"Z", b"{}")


def _answers(settings: dict[str, Any], items: list[Item], tell: Any) -> Iterator[Item]:
    """A finding as an item: its position is that of the first parcel."""
    parameters = settings["parameters"]
    to_zone = transformer(settings["srid"], settings["zone"], parameters)
    to_lonlat = transformer(settings["zone"], WGS84, parameters)
    given = shapely.force_2d(shapely.from_wkb([item.wkb for item in items], on_invalid="ignore"))
    metres = given
    if settings["srid"] != settings["zone"]:
        metres = shapely.transform(
            given, lambda xy: np.column_stack(to_zone.transform(xy[:, 0], xy[:, 1]))
        )
    keys = np.array([item.position for item in items], dtype=np.int64)
    tolerances = Tolerances(**settings["tolerances"])
    for finding in find_faults(keys, metres, tolerances, progress=tell):
        shape = _shape(finding, to_lonlat) if settings["shapes"] else None
        yield Item(finding.first, _facts(finding, to_lonlat), shape)


def _shape(finding: Finding, to_lonlat: Any) -> bytes | None:
    """The ground of a finding in longitude and latitude; None for a vertex."""
    parts = shapely.get_parts(finding.shape)
    ground = parts[shapely.get_type_id(parts) == POLYGON]
    if not len(ground):
        return None
    shape = shapely.transform(
        shapely.multipolygons(ground),
        lambda xy: np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1])),
    )
    wkb: bytes = shapely.to_wkb(shape)
    return wkb if len(wkb) <= LARGEST_SHAPE else None


def _facts(finding: Finding, to_lonlat: Any) -> dict[str, Any]:
    lon, lat = to_lonlat.transform(*finding.place)
    known = math.isfinite(lon) and math.isfinite(lat)
    return {
        "code": finding.fault.value,
        "second": finding.second,
        "place": (lon, lat) if known else None,
        "measure": finding.measure,
        "unit": finding.unit,
    }
