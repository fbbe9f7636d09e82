"""What a file is, told from its bytes; its name must agree. Only what is listed here is opened."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Final

from cadastre.errors import gettext_noop
from parcels.importing.errors import UnsupportedFile

HEAD_BYTES: Final = 64 * 1024


class Format(Enum):
    """A format that can be imported: its GDAL driver and the extensions it goes by."""

    SHAPEFILE = ("ESRI Shapefile", (".shp",))
    GEOPACKAGE = ("GPKG", (".gpkg",))
    GEOJSON = ("GeoJSON", (".geojson", ".json"))
    TOPOJSON = ("TopoJSON", (".topojson", ".json", ".geojson"))
    GML = ("GML", (".gml", ".xml"))
    EDIGEO = ("EDIGEO", (".thf",))

    def __init__(self, driver: str, extensions: tuple[str, ...]) -> None:
        self.driver = driver
        self.extensions = extensions


class Packing(Enum):
    """How a dataset may be packed."""

    ZIP = (b"PK\x03\x04", (".zip",))
    TAR_BZ2 = (b"BZh", (".tar.bz2", ".tbz2", ".bz2"))
    GZIP = (b"\x1f\x8b", (".gz",))

    def __init__(self, magic: bytes, extensions: tuple[str, ...]) -> None:
        self.magic = magic
        self.extensions = extensions


DATASET_EXTENSIONS: Final = frozenset(e for f in Format for e in f.extensions)
PACKED_EXTENSIONS: Final = (".zip", ".shz", ".kmz", ".7z", ".rar", ".tar", ".gz", ".bz2", ".xz")

_TYPE = re.compile(
    rb'"type"\s*:\s*"(Topology|FeatureCollection|Feature|GeometryCollection|'
    rb'MultiPolygon|Polygon|Point|MultiPoint|LineString|MultiLineString)"'
)
_SPACE = b"\xef\xbb\xbf \t\r\n"


def packing_of(path: Path, name: str) -> Packing | None:
    """The kind of archive, or None for a plain file. `UnsupportedFile` if name and bytes differ."""
    head = _head(path, 8)
    named = next((p for p in Packing if name.lower().endswith(p.extensions)), None)
    found = next((p for p in Packing if head.startswith(p.magic)), None)
    if named is not found:
        raise UnsupportedFile(
            name=name, reason=gettext_noop("its content is not what its name says")
        )
    return found


def format_of(path: Path, name: str) -> Format:
    """The format of a plain file. `UnsupportedFile` unless bytes and name agree."""
    found = _by_content(_head(path, HEAD_BYTES))
    suffix = Path(name).suffix.lower()
    if suffix not in DATASET_EXTENSIONS:
        raise UnsupportedFile(
            name=name, reason=gettext_noop("files ending in “{entry}” are not known"), entry=suffix
        )
    if found is None or suffix not in found.extensions:
        raise UnsupportedFile(
            name=name, reason=gettext_noop("its content is not what its name says")
        )
    return found


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _by_content(head: bytes) -> Format | None:
    if head.startswith(b"\x00\x00\x27\x0a"):
        return Format.SHAPEFILE
    if head.startswith(b"SQLite format 3\x00"):
        is_geopackage = head[68:72] in {b"GPKG", b"GP10", b"GP11"}
        return Format.GEOPACKAGE if is_geopackage else None
    text = head.lstrip(_SPACE)
    if text.startswith(b"{"):
        return _json_format(text)
    if text.startswith(b"<"):
        is_gml = b"opengis.net/gml" in text and b"OGRVRT" not in text
        return Format.GML if is_gml else None
    return Format.EDIGEO if text.startswith(b"BOM") and b"RTYSA" in text else None


def _json_format(text: bytes) -> Format | None:
    kinds = {match[1] for match in _TYPE.finditer(text)}
    if b"Topology" in kinds or (kinds and re.search(rb'"arcs"\s*:', text)):
        return Format.TOPOJSON
    return Format.GEOJSON if kinds else None
