"""What the header of a TIFF claims, read without any image library. Standard library only.

An upload is judged here before GDAL sees a byte of it: by its magic number (the name proves
nothing), the chain of its directories, its size and its bands. docs/algorithms/imagery.md gives the
limits and the reasons.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cadastre.errors import gettext_noop
from tiles.errors import ImageryDamaged, ImageryNotGeoTiff, ImageryTooLarge

MAX_PIXELS: Final = 2**32
MAX_BANDS: Final = 64
MAX_DIRECTORIES: Final = 64
MAX_ENTRIES: Final = 1_000
# A large image that shrank by more than deflate can shrink zeros has no pixels behind its claims.
MAX_EXPANSION: Final = 1_000
MODEST_BYTES: Final = 256 * 2**20

_WIDTH, _LENGTH, _BITS, _SAMPLES = 256, 257, 258, 277
_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}  # BYTE, SHORT, LONG, LONG8
_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file: full size, overview or mask."""

    width: int
    height: int
    bands: int
    bits: int

    @property
    def uncompressed_bytes(self) -> int:
        return self.width * self.height * self.bands * self.bits // 8


@dataclass(frozen=True, slots=True)
class _Layout:
    order: str
    count: str  # struct code of the number of entries
    offset: str  # struct code of an offset
    entry_bytes: int

    def number(self, code: str, data: bytes) -> int:
        (value,) = struct.unpack_from(self.order + code, data)
        return int(value)


_CLASSIC, _BIG = ("H", "I", 12), ("Q", "Q", 20)


def header_check(path: Path) -> list[Directory]:
    """The directories of a TIFF, when all its claims are acceptable.

    Raises ImageryNotGeoTiff, ImageryDamaged or ImageryTooLarge; reads a few kilobytes.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            directories = _directories(file, size, path.name)
        except struct.error:
            raise ImageryDamaged(
                file=path.name, reason=gettext_noop("a directory ends too early")
            ) from None
    for directory in directories:
        _judge(directory, size, path.name)
    return directories


def _directories(file: BinaryIO, size: int, name: str) -> list[Directory]:
    layout, offset = _beginning(file, name)
    found: list[Directory] = []
    seen: set[int] = set()
    while offset:
        if offset in seen:
            raise ImageryDamaged(
                file=name, reason=gettext_noop("its directories go round in a circle")
            )
        if not 8 <= offset < size:
            raise ImageryDamaged(
                file=name, reason=gettext_noop("a directory lies outside the file")
            )
        if len(found) == MAX_DIRECTORIES:
            raise ImageryTooLarge(
                file=name,
                what=gettext_noop("directories"),
                found=f"more than {len(found)}",
                limit=len(found),
            )
        seen.add(offset)
        directory, offset = _directory(file, offset, layout, name)
        found.append(directory)
    if not found:
        raise ImageryDamaged(file=name, reason=gettext_noop("it holds no image"))
    return found


def _beginning(file: BinaryIO, name: str) -> tuple[_Layout, int]:
    magic = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(magic[:2])
    if order is None or len(magic) < 8:
        raise ImageryNotGeoTiff(file=name)
    (version,) = struct.unpack_from(order + "H", magic, 2)
    if version == 42:
        layout = _Layout(order, *_CLASSIC)
        return layout, layout.number("I", magic[4:])
    if version == 43 and struct.unpack_from(order + "HH", magic, 4) == (8, 0):
        layout = _Layout(order, *_BIG)
        return layout, layout.number("Q", magic[8:])
    raise ImageryNotGeoTiff(file=name)


def _directory(file: BinaryIO, offset: int, layout: _Layout, name: str) -> tuple[Directory, int]:
    file.seek(offset)
    count = layout.number(layout.count, file.read(struct.calcsize(layout.count)))
    if not 1 <= count <= MAX_ENTRIES:
        raise ImageryDamaged(
            file=name, reason=gettext_noop("a directory has an absurd number of entries")
        )
    table = file.read(count * layout.entry_bytes)
    following = layout.number(layout.offset, file.read(struct.calcsize(layout.offset)))
    values = {_BITS: 1, _SAMPLES: 1}
    for start in range(0, len(table), layout.entry_bytes):
        entry = table[start : start + layout.entry_bytes]
        tag, kind = struct.unpack_from(layout.order + "HH", entry)
        if tag in {_WIDTH, _LENGTH, _BITS, _SAMPLES}:
            values[tag] = _value(file, entry, kind, layout, name)
    try:
        directory = Directory(values[_WIDTH], values[_LENGTH], values[_SAMPLES], values[_BITS])
    except KeyError:
        raise ImageryDamaged(
            file=name, reason=gettext_noop("a directory does not tell its size")
        ) from None
    return directory, following


def _value(file: BinaryIO, entry: bytes, kind: int, layout: _Layout, name: str) -> int:
    """The first value of an entry: in the entry itself where all of them fit, else elsewhere."""
    if kind not in _SIZES:
        raise ImageryDamaged(file=name, reason=gettext_noop("a size is not written as a number"))
    width = struct.calcsize(layout.offset)
    how_many = layout.number(layout.offset, entry[4:])
    place = entry[4 + width :]
    if how_many * _SIZES[kind] > width:
        file.seek(layout.number(layout.offset, place))
        place = file.read(_SIZES[kind])
    return layout.number(_FORMATS[kind], place)


def _judge(directory: Directory, size: int, name: str) -> None:
    if not directory.width or not directory.height or not directory.bands:
        raise ImageryDamaged(file=name, reason=gettext_noop("an image in it has no pixels"))
    limits = (
        (gettext_noop("bands"), directory.bands, MAX_BANDS),
        (gettext_noop("pixels"), directory.width * directory.height, MAX_PIXELS),
    )
    for what, found, limit in limits:
        if found > limit:
            raise ImageryTooLarge(file=name, what=what, found=f"{found:,}", limit=f"{limit:,}")
    claimed = directory.uncompressed_bytes
    if claimed > MODEST_BYTES and claimed > size * MAX_EXPANSION:
        raise ImageryTooLarge(
            file=name,
            what=gettext_noop("bytes of pixels"),
            found=f"{claimed:,}",
            limit=f"{size * MAX_EXPANSION:,}",
        )
