"""The shapes of a package: unwrapped, read and checked in child processes, by their land key.

GDAL and GEOS see a stranger's data only in the children of `parcels.importing`; this process
compares, copies bytes and believes nothing. Indian 1975 is shifted by parameters that are named,
never by PROJ's choice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy import INDIAN_1975_47N, INDIAN_1975_48N, UTM_47N, UTM_48N
from cadastre.identifiers import MapSheet, land_number
from parcels.importing.encoding import encoding_of_dbf
from parcels.importing.frames import Item
from parcels.importing.gate import Gate, GateSettings, Verdict
from parcels.importing.pipeline import Territory
from parcels.importing.reader import open_dataset
from parcels.importing.sniff import Format
from parcels.importing.source import Source
from parcels.section10.errors import NotASection10Package
from parcels.section10.package import OpenPackage
from parcels.section10.words import shape_fields

WRAPPER = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"LocationGeospatial"\s*:\s*(?=[\[{])')
_HEAD_BYTES: Final = 4096
_CHUNK: Final = 2**20
_ZONE_OF_NAME = re.compile(r"_(47|48)$")
_INDIAN: Final = {"47": INDIAN_1975_47N, "48": INDIAN_1975_48N}
_INDIAN_OF_ZONE: Final = {UTM_47N: INDIAN_1975_47N, UTM_48N: INDIAN_1975_48N}


@dataclass(slots=True)
class Shapes:
    """EWKB (multipolygon, EPSG:4326) by land key, and what could not be used."""

    by_key: dict[str, bytes] = field(default_factory=dict)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    isolation: tuple[str, ...] = ()
    _twice: set[str] = field(default_factory=set)

    def add(self, key: str, ewkb: bytes) -> None:
        """Keep a shape; of two different ones under one key neither is believed."""
        if key in self._twice or self.by_key.get(key, ewkb) != ewkb:
            self.refused["shape_ambiguous"] += 1 if key in self._twice else 2
            self._twice.add(key)
            self.by_key.pop(key, None)
            return
        if key in self.by_key:
            self.refused["shape_repeated"] += 1
        self.by_key[key] = ewkb


def shapes_of(package: OpenPackage, territory: Territory, parameters: str) -> Shapes:
    """All shapes of a package; the shapefile is read only where there is no GeoJSON."""
    shapes = Shapes()
    for source, srid in _sources(package, territory.zone):
        settings = GateSettings(srid, territory.zone, parameters, territory.bounds)
        with open_dataset(source) as dataset, Gate(settings) as gate:
            shapes.isolation = dataset.isolation
            for batch in dataset.batches:
                _take(batch, gate, shapes)
    return shapes


def _sources(package: OpenPackage, zone: int) -> Iterator[tuple[Source, int]]:
    for path in package.shape_files:
        target = package.folder / f"unwrapped-{path.stem}.geojson"
        unwrap(path, target)
        yield _source(package, target, Format.GEOJSON, "UTF-8"), _srid(path, zone)
    if package.shape_files:
        return
    for path in package.shapefiles:
        dbf, cpg = path.with_suffix(".dbf"), path.with_suffix(".cpg")
        encoding = "UTF-8"
        if dbf.is_file():
            encoding = encoding_of_dbf(dbf, cpg if cpg.is_file() else None, "")
        yield _source(package, path, Format.SHAPEFILE, encoding), _srid(path, zone)


def _source(package: OpenPackage, path: Path, form: Format, encoding: str) -> Source:
    return Source(path, package.name, form, package.sha256, encoding, packed=True)


def _srid(path: Path, zone: int) -> int:
    """Indian 1975 in the zone that the file's name says, else in the zone of the office."""
    match = _ZONE_OF_NAME.search(path.stem)
    return _INDIAN[match[1]] if match else _INDIAN_OF_ZONE.get(zone, zone)


def unwrap(path: Path, target: Path) -> None:
    """Copy a file without its wrapper ``{"LocationGeospatial": …}``; nothing is parsed.

    A bare list of features gets the collection around it that GDAL expects.
    """
    with path.open("rb") as file, target.open("xb") as out:
        head = file.read(_HEAD_BYTES)
        match = WRAPPER.match(head)
        if match is None:
            raise NotASection10Package(
                name=path.name, reason=gettext_noop("its shapes are not wrapped as expected")
            )
        rest = head[match.end() :]
        is_list = rest.startswith(b"[")
        if is_list:
            out.write(b'{"type":"FeatureCollection","features":')
        _copy_without_last_brace(file, out, rest)
        if is_list:
            out.write(b"}")


def _copy_without_last_brace(file: IO[bytes], out: IO[bytes], held: bytes) -> None:
    while chunk := file.read(_CHUNK):
        # White space after the brace may be cut anywhere, so a little is always held back.
        out.write(held[:-64])
        held = held[-64:] + chunk
    out.write(held.rstrip().removesuffix(b"}"))


def _take(batch: list[Item], gate: Gate, shapes: Shapes) -> None:
    fields = shape_fields()
    verdicts: dict[int, Verdict] = {
        each.position: each for each in gate.check([i for i in batch if i.wkb is not None])
    }
    for item in batch:
        shapes.read += 1
        verdict = verdicts.get(item.position)
        if verdict is None or verdict.ewkb is None:
            shapes.refused[verdict.code if verdict else "geometry_missing"] += 1
            continue
        said = {
            fields[name.lower()]: value
            for name, value in item.facts["attributes"].items()
            if name.lower() in fields
        }
        key = _key(said)
        if not key:
            shapes.refused["shape_without_key"] += 1
            continue
        shapes.add(key, verdict.ewkb)


def _key(said: dict[str, Any]) -> str:
    """The land key of a shape, by the same rule as that of a row; empty where it has none."""
    parts = [
        typed_text("" if said.get(name) is None else str(said[name]))
        for name in ("map_1", "map_2", "map_3", "map_4", "scale")
    ]
    try:
        land = land_number(str(said.get("land_number") or ""))
        return f"{MapSheet.from_fields(*parts).key}|{land}"
    except LandError:
        return ""
