"""GML whose features have several geometries: tell GDAL which element is the boundary.

Without a schema GDAL takes whichever geometry of a feature it meets last, which for the Dutch
cadastre is the place of the label. Runs in the reader child.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

SCANNED_BYTES: Final = 32 * 2**20
_GML = re.compile(r"http://www\.opengis\.net/gml(/3\.\d(\.\d)?)?")
_SURFACES: Final = frozenset(
    {"Polygon", "MultiPolygon", "Surface", "MultiSurface", "CompositeSurface", "PolyhedralSurface"}
)
_OTHERS: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Curve", "MultiCurve"}
)


class UnsafeXml(Exception):
    """A document type or an entity: data never needs one."""


class _Found(Exception):
    """Enough was read."""


class _Scanner:
    """Counts, for each feature class, at which element paths its surfaces stand."""

    def __init__(self, classes: dict[str, str]) -> None:
        self.classes = classes
        self.stack: list[str] = []
        self.feature: tuple[str, int] | None = None
        self.inside = 0
        self.paths: dict[str, Counter[str]] = {name: Counter() for name in classes.values()}

    def start(self, tag: str, _attributes: Any) -> None:
        namespace, _, name = tag.rpartition(" ")
        self.stack.append(name)
        if self.inside:
            self.inside += 1
        elif self.feature is None:
            if name in self.classes:
                self.feature = (self.classes[name], len(self.stack))
        elif _GML.fullmatch(namespace) and name in _SURFACES | _OTHERS:
            self.inside = 1
            path = "|".join(self.stack[self.feature[1] : -1])
            if name in _SURFACES and path:
                self.paths[self.feature[0]][path] += 1

    def end(self, _tag: str) -> None:
        if self.inside:
            self.inside -= 1
        if self.feature is not None and len(self.stack) == self.feature[1]:
            self.feature = None
        self.stack.pop()


def refuse_document_type(path: Path) -> None:
    """Raise `UnsafeXml` if the file declares a document type, which is where entities come from."""

    def stop(*_: Any) -> None:
        raise UnsafeXml

    def enough(*_: Any) -> None:
        raise _Found

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = stop
    parser.EntityDeclHandler = stop
    parser.StartElementHandler = enough
    with path.open("rb") as file:
        try:
            parser.Parse(file.read(2**20))
        except (_Found, expat.ExpatError):
            return


def surface_paths(path: Path, classes: dict[str, str]) -> dict[str, str]:
    """For each feature class the element path of its boundary, where it has one.

    ``classes`` maps the element name of a feature to its class. A document that is damaged ends
    the search with what was found: GDAL will say what is wrong with it.
    """
    scanner = _Scanner(classes)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    left = SCANNED_BYTES
    with path.open("rb") as file:
        try:
            while left > 0 and (chunk := file.read(2**18)):
                parser.Parse(chunk)
                left -= len(chunk)
        except expat.ExpatError:
            pass
    return {name: found.most_common(1)[0][0] for name, found in scanner.paths.items() if found}


def name_boundaries(gml: Path, gfs: Path) -> bool:
    """Name the boundary of each class in the description that GDAL wrote; whether it changed."""
    tree = ET.parse(gfs)  # noqa: S314 (GDAL wrote it, in this process, from features it parsed)
    described = tree.getroot().findall("GMLFeatureClass")
    classes = {
        (each.findtext("ElementPath") or "").split("|")[-1]: each.findtext("Name") or ""
        for each in described
    }
    paths = surface_paths(gml, classes)
    for each in described:
        boundary = paths.get(each.findtext("Name") or "")
        if boundary:
            _describe(each, boundary)
    if paths:
        tree.write(gfs)
    return bool(paths)


def _describe(described: ET.Element, boundary: str) -> None:
    for tag in ("GeometryName", "GeometryElementPath", "GeometryType", "GeomPropertyDefn"):
        for element in described.findall(tag):
            described.remove(element)
    definition = ET.Element("GeomPropertyDefn")
    ET.SubElement(definition, "Name").text = boundary.rsplit("|", maxsplit=1)[-1]
    ET.SubElement(definition, "ElementPath").text = boundary
    ET.SubElement(definition, "Type").text = "MultiPolygon"
    described.insert(2, definition)
