"""Station and measurement files of DynAdjust in text columns (``DNA 3.01``), GNSS only.

They hold what DynaML holds, so they are turned into its elements and read as such. Columns: type,
mark of what is ignored, names of 20 characters each, then numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cadastre.adjustment.network import Network
from cadastre.adjustment.reading.dynaml import read_dynaml
from cadastre.adjustment.reading.xml import Element

SIGNATURE: Final = b"!#=DNA"
NAME: Final = 20
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_COMMENT = ("*", "!")
_OWN: Final = (("XX",), ("XY", "YY"), ("XZ", "YZ", "ZZ"))


class _Lines:
    """Lines with data and their numbers; comments are passed over."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = [
            (number, line)
            for number, line in enumerate(text.splitlines()[1:], 2)
            if line.strip() and not line.startswith(_COMMENT)
        ]
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.lines)

    def take(self) -> tuple[Element, str]:
        """The next line and an element that stands for its place."""
        if not self:
            Element("end", {}, self.file, self.lines[-1][0] if self.lines else 1).refuse(
                "the file ends in the middle of a measurement"
            )
        number, line = self.lines[self.at]
        self.at += 1
        return Element("DnaMeasurement", {}, self.file, number), line


def is_dna_text(data: bytes) -> bool:
    """Whether a file begins as DynAdjust's text files do."""
    return data.lstrip().startswith(SIGNATURE)


def read_dna_text(contents: Sequence[tuple[str, bytes]]) -> Network:
    """One network of text files. Raises `NetworkFileUnreadable`."""
    roots: list[Element] = []
    for file, data in contents:
        text = data.decode("utf-8", errors="replace")
        head = text.splitlines()[0].split()
        frame = head[4] if len(head) > 4 else ""
        epoch = head[5] if len(head) > 5 else ""
        root = Element("DnaXmlFormat", {"referenceframe": frame, "epoch": epoch}, file, 1)
        lines = _Lines(text, file)
        root.children = list(_stations(lines) if "STN" in head else _measurements(lines))
        roots.append(root)
    return read_dynaml(roots)


def _text(parent: Element, tag: str, text: str) -> Element:
    element = Element(tag, {}, parent.file, parent.line, text)
    parent.children.append(element)
    return element


def _stations(lines: _Lines) -> Iterator[Element]:
    while lines:
        place, line = lines.take()
        fields = line[NAME:].split()
        if len(fields) < 5:
            place.refuse("a station needs constraints, type and three coordinates")
        station = Element("DnaStation", {}, place.file, place.line)
        _text(station, "Name", line[:NAME].strip())
        _text(station, "Constraints", fields[0])
        _text(station, "Type", fields[1])
        coordinates = _text(station, "StationCoord", "")
        for tag, value in zip(("XAxis", "YAxis", "Height"), fields[2:5], strict=True):
            _text(coordinates, tag, value)
        if len(fields) > 5:
            _text(coordinates, "HemisphereZone", fields[5])
        yield station


def _measurements(lines: _Lines) -> Iterator[Element]:
    while lines:
        element, line = lines.take()
        kind = line[0]
        if kind not in "GXY":
            element.refuse(f"type {kind!r} is read from DynaML only; export the file as XML")
        first, second = line[2 : 2 + NAME].strip(), line[2 + NAME : 2 + 2 * NAME].strip()
        rest = line[2 + 2 * NAME :].split()
        total = 1 if kind == "G" else int(element.number(rest.pop(0) if rest else "", "Total"))
        if len(rest) < 4:
            element.refuse("four scales of the variances are needed")
        _text(element, "Type", kind)
        _text(element, "Ignore", line[1:2].strip())
        for tag, value in zip(
            ("Vscale", "Pscale", "Lscale", "Hscale", "ReferenceFrame", "Epoch"), rest, strict=False
        ):
            _text(element, tag, value)
        if kind == "Y":
            _text(element, "Coords", second)
        for member in range(total):
            if member:
                _, line = lines.take()
                first, second = line[2 : 2 + NAME].strip(), line[2 + NAME : 2 + 2 * NAME].strip()
            _text(element, "First", first)
            if kind != "Y":
                _text(element, "Second", second)
            _block(element, lines, kind, total - 1 - member)
        yield element


def _block(element: Element, lines: _Lines, kind: str, later: int) -> None:
    """One baseline or point: three lines of its own, three for each later member."""
    tag, other = (
        ("Clusterpoint", "PointCovariance") if kind == "Y" else ("GPSBaseline", "GPSCovariance")
    )
    block = _text(element, tag, "")
    for axis, names in zip("XYZ", _OWN, strict=True):
        value, *variances = _numbers(lines, len(names) + 1)
        _text(block, axis, value)
        for name, variance in zip(names, variances, strict=True):
            _text(block, f"Sigma{name}", variance)
    for _ in range(later):
        covariance = _text(block, other, "")
        for row in (1, 2, 3):
            for column, value in enumerate(_numbers(lines, 3), 1):
                _text(covariance, f"m{row}{column}", value)


def _numbers(lines: _Lines, count: int) -> list[str]:
    place, line = lines.take()
    found = _NUMBER.findall(line)
    if len(found) != count:
        place.refuse(f"{count} numbers are needed, {len(found)} were found")
    return found
