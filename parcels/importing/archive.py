"""Opening an archive that a stranger packed: everything is judged before a byte is unpacked.

Sizes in an archive are claims, so the unpacked bytes are counted as they come, too.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from cadastre.errors import gettext_noop
from parcels.importing.errors import ArchiveRefused, ArchiveTooLarge
from parcels.importing.sniff import PACKED_EXTENSIONS, Packing

MOST_ENTRIES: Final = 100
LARGEST_DIRECTORY: Final = 2**20
LARGEST_UNPACKED: Final = 500 * 10**6
GREATEST_RATIO: Final = 100
RATIO_COUNTS_FROM: Final = 2**20
_CHUNK: Final = 2**18

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)")
_Damage = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError)


def unpack(path: Path, packing: Packing, into: Path, name: str) -> list[Path]:
    """Unpack into the empty folder ``into``, all files side by side; returns them.

    Raises `ArchiveRefused` for links, absolute or climbing names, passwords, archives in the
    archive, two files of one name; `ArchiveTooLarge` for more than 100 entries, 500 MB or a
    compression above 100:1.
    """
    try:
        if packing is Packing.ZIP:
            return _unzip(path, into)
        if packing is Packing.TAR_BZ2:
            return _untar(path, into)
        return [_gunzip(path, into, name)]
    except (*_Damage, UnicodeError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ArchiveRefused(reason=gettext_noop("it is damaged")) from error


class _Counted(io.RawIOBase):
    """A stream that ends with `ArchiveTooLarge` once too many bytes came out of it."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._left = stream, limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(_CHUNK if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveTooLarge(
                reason=gettext_noop("more than {entry} MB"), entry=LARGEST_UNPACKED // 10**6
            )
        return data


def safe_name(name: str) -> str:
    """The name as a file of ours may bear it: letters, digits, dot, dash, underscore."""
    path = PurePosixPath(name)
    stem = re.sub(r"[^\w.-]+", "_", path.stem).strip(".")[:80] or "data"
    return stem + path.suffix.lower()


def _judge_names(names: Iterable[str]) -> None:
    seen = set()
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        shown = name[:60].encode("ascii", "backslashreplace").decode()
        if path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name:
            raise ArchiveRefused(
                reason=gettext_noop("“{entry}” points outside the archive"), entry=shown
            )
        if _RESERVED.fullmatch(path.name):
            raise ArchiveRefused(reason=gettext_noop("“{entry}” is a reserved name"), entry=shown)
        if path.name.lower().endswith(PACKED_EXTENSIONS):
            raise ArchiveRefused(reason=gettext_noop("“{entry}” is an archive itself"), entry=shown)
        if safe_name(path.name).lower() in seen:
            raise ArchiveRefused(reason=gettext_noop("“{entry}” is in it twice"), entry=shown)
        seen.add(safe_name(path.name).lower())


def _unzip(path: Path, into: Path) -> list[Path]:
    _judge_directory(path)
    with zipfile.ZipFile(path) as archive:
        entries = [
            e for e in archive.infolist() if not e.is_dir() and not _LITTER.search(e.filename)
        ]
        if any("\x00" in e.orig_filename for e in entries):
            raise ArchiveRefused(reason=gettext_noop("a name holds a NUL"))
        _judge_names(e.filename for e in entries)
        for entry in entries:
            _judge_entry(entry)
        _judge_sizes([(e.file_size, e.compress_size) for e in entries])
        left = LARGEST_UNPACKED
        files = []
        for entry in entries:
            with archive.open(entry) as packed:
                files.append(_write(packed, into / safe_name(entry.filename), left))
            left -= files[-1].stat().st_size
        return files


def _judge_directory(path: Path) -> None:
    """Read only the end record: a directory of a million entries is refused unread."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise ArchiveRefused(reason=gettext_noop("its directory is missing"))
    entries, directory_size = struct.unpack_from("<HI", tail, at + 10)
    if entries > MOST_ENTRIES or directory_size > LARGEST_DIRECTORY:
        raise ArchiveTooLarge(reason=gettext_noop("more than {entry} files"), entry=MOST_ENTRIES)


def _judge_entry(entry: zipfile.ZipInfo) -> None:
    kind = entry.external_attr >> 16 & 0o170000
    if kind not in {0, 0o100000}:
        raise ArchiveRefused(reason=gettext_noop("it holds a link or a device"))
    if entry.flag_bits & 0x1:
        raise ArchiveRefused(reason=gettext_noop("it is protected by a password"))


def _judge_sizes(sizes: list[tuple[int, int]]) -> None:
    if len(sizes) > MOST_ENTRIES:
        raise ArchiveTooLarge(reason=gettext_noop("more than {entry} files"), entry=MOST_ENTRIES)
    total = (sum(unpacked for unpacked, _ in sizes), sum(packed for _, packed in sizes))
    if total[0] > LARGEST_UNPACKED:
        raise ArchiveTooLarge(
            reason=gettext_noop("more than {entry} MB"), entry=LARGEST_UNPACKED // 10**6
        )
    for unpacked, packed in [*sizes, total]:
        if unpacked > RATIO_COUNTS_FROM and unpacked > GREATEST_RATIO * max(packed, 1):
            raise ArchiveTooLarge(
                reason=gettext_noop("it is compressed more than {entry} times"),
                entry=GREATEST_RATIO,
            )


def _untar(path: Path, into: Path) -> list[Path]:
    limit = min(LARGEST_UNPACKED, max(RATIO_COUNTS_FROM, GREATEST_RATIO * path.stat().st_size))
    files: list[Path] = []
    names: list[str] = []
    with bz2.open(path) as packed, tarfile.open(fileobj=_Counted(packed, limit), mode="r|") as tar:
        for member in _members(tar):
            if not member.isfile():
                raise ArchiveRefused(reason=gettext_noop("it holds a link or a device"))
            names.append(member.name)
            _judge_names(names)
            content = tar.extractfile(member)
            if content is None:
                raise ArchiveRefused(reason=gettext_noop("it is damaged"))
            files.append(_write(content, into / safe_name(member.name), limit))
    return files


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for count, member in enumerate(tar, start=1):
        if count > MOST_ENTRIES:
            raise ArchiveTooLarge(
                reason=gettext_noop("more than {entry} files"), entry=MOST_ENTRIES
            )
        if not member.isdir() and not _LITTER.search(member.name):
            yield member


def _gunzip(path: Path, into: Path, name: str) -> Path:
    inner = name[: -len(".gz")]
    _judge_names([inner])
    limit = min(LARGEST_UNPACKED, max(RATIO_COUNTS_FROM, GREATEST_RATIO * path.stat().st_size))
    with gzip.open(path) as packed:
        return _write(cast("IO[bytes]", packed), into / safe_name(inner), limit)


def _write(packed: IO[bytes], target: Path, limit: int) -> Path:
    counted = _Counted(packed, limit)
    with target.open("xb") as file:
        while chunk := counted.read(_CHUNK):
            file.write(chunk)
    return target
