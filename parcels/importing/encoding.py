"""Which encoding the text of a file is in: what it says, what its bytes allow, never a hope."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from parcels.importing.errors import EncodingUnknown, EncodingWrong

SAMPLE_BYTES: Final = 8 * 2**20
# Language driver ids of dBASE that name a code page unmistakably. 0x57 says only "Windows", and
# Thai Windows writes it over CP874.
_LANGUAGE_BYTES: Final = {
    0x50: "CP874", 0x01: "CP437", 0x02: "CP850", 0x03: "CP1252", 0x64: "CP852", 0x65: "CP866",
    0x77: "CP949", 0x78: "CP950", 0x79: "GBK", 0x7A: "GBK", 0x7B: "CP932", 0x7C: "CP874",
    0xC8: "CP1250", 0xC9: "CP1251", 0xCA: "CP1254", 0xCB: "CP1253",
}  # fmt: skip
_NAMES: Final = {"tis-620": "CP874", "tis620": "CP874", "windows-874": "CP874", "874": "CP874"}
_LATIN: Final = {"cp1252", "iso8859-1"}

_HIGH = re.compile(rb"[\x80-\xff]+")
# A run of Thai begins with a consonant, a vowel written before it, a digit or a mark of its own.
_THAI_RUN = re.compile(rb"[\xa1-\xda\xdf-\xfb]+")
_THAI_START = re.compile(rb"[\xa1-\xcf\xe0-\xe4\xe6\xef-\xfb\xdf]")


def codec_name(name: str) -> str:
    """The encoding as we write it in results; `EncodingUnknown` for a name nobody knows."""
    text = name.strip().lower().removeprefix("ansi ").removeprefix("oem ")
    if text in _NAMES:
        return _NAMES[text]
    if text.isdecimal():
        text = {"65001": "utf-8", "88591": "iso8859-1"}.get(text, f"cp{text}")
    try:
        found = codecs.lookup(text)
    except LookupError:
        raise EncodingUnknown from None
    if not found._is_text_encoding:
        raise EncodingUnknown
    return {"tis-620": "CP874", "ascii": "UTF-8"}.get(found.name, found.name.upper())


def guess(data: bytes) -> str | None:
    """UTF-8 (or plain ASCII) or CP874 when the bytes leave no doubt, else None."""
    if is_valid(data, "utf-8"):
        return "UTF-8"
    return "CP874" if looks_thai(data) else None


def is_valid(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def looks_thai(data: bytes) -> bool:
    """Whether the bytes above ASCII come in runs as Thai writes them in CP874.

    Latin text has single accented letters between ASCII letters; Thai has runs of several
    characters that never begin with an upper vowel or a tone mark.
    """
    runs = _HIGH.findall(data)
    thai = sum(bool(_THAI_RUN.fullmatch(run) and _THAI_START.match(run)) for run in runs)
    long = sum(len(run) > 1 for run in runs)
    return bool(runs) and thai >= 0.95 * len(runs) and long >= 0.6 * len(runs)


def encoding_of_dbf(dbf: Path, cpg: Path | None, asked: str) -> str:
    """The encoding of a shapefile's attributes.

    In this order: what was asked for; the ``.cpg``; the language byte; the bytes themselves.
    A declaration that the bytes contradict is not believed: `EncodingWrong`; none and no clear
    bytes: `EncodingUnknown`.
    """
    sample = _text_of_dbf(dbf)
    declared = asked or _declared(dbf, cpg)
    if not declared:
        found = guess(sample)
        if found is None:
            raise EncodingUnknown
        return found
    name = codec_name(declared)
    if not asked and name.lower() in _LATIN and looks_thai(sample):
        return "CP874"
    if not is_valid(sample, name):
        raise EncodingWrong(encoding=name)
    return name


def _declared(dbf: Path, cpg: Path | None) -> str:
    if cpg is not None:
        text = cpg.read_bytes()[:60].decode("ascii", "replace").strip()
        if text:
            return text
    with dbf.open("rb") as file:
        head = file.read(32)
    return _LANGUAGE_BYTES.get(head[29], "") if len(head) == 32 else ""


def _text_of_dbf(dbf: Path) -> bytes:
    """Field names and the character fields of the first records, each field on a line."""
    with dbf.open("rb") as file:
        data = file.read(SAMPLE_BYTES)
    header_size = int.from_bytes(data[8:10], "little")
    record_size = int.from_bytes(data[10:12], "little")
    parts, spans, at = [], [], 1
    for start in range(32, min(header_size, len(data)) - 31, 32):
        descriptor = data[start : start + 32]
        if descriptor[:1] == b"\r":
            break
        parts.append(descriptor[:11].split(b"\x00")[0])
        if descriptor[11:12] == b"C":
            spans.append((at, at + descriptor[16]))
        at += descriptor[16]
    if record_size > 0:
        # A field cut in the middle of the last, incomplete record would look invalid.
        last = len(data) - record_size
        for start in range(header_size, last + 1, record_size):
            parts += [data[start + a : start + b].rstrip() for a, b in spans]
    return b"\n".join(parts)


_XML_ENCODING = re.compile(rb'^(\s*<\?xml[^>]*encoding=["\'])([A-Za-z0-9._-]+)(["\'])')


def as_utf8(path: Path, asked: str, *, xml: bool) -> str:
    """Make a text file UTF-8 in place if it is not; returns the encoding it was in."""
    with path.open("rb") as file:
        head = file.read(200)
    declared = _XML_ENCODING.match(head) if xml else None
    name = asked or (declared[2].decode() if declared else "")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = asked or "utf-16"
    encoding = codec_name(name) if name else _scan(path)
    if encoding == "UTF-8":
        for _ in _decoded(path, encoding):
            pass
    else:
        _rewrite(path, encoding, xml=xml)
    return encoding


def _scan(path: Path) -> str:
    """UTF-8 when the whole file is; else what a sample of it shows."""
    try:
        for _ in _decoded(path, "UTF-8"):
            pass
    except EncodingWrong:
        with path.open("rb") as file:
            if looks_thai(file.read(SAMPLE_BYTES)):
                return "CP874"
        raise EncodingUnknown from None
    return "UTF-8"


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text of a file, piece by piece. Raises `EncodingWrong` at the first byte that is none."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                yield decoder.decode(chunk)
            yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise EncodingWrong(encoding=encoding) from None


def _rewrite(path: Path, encoding: str, *, xml: bool) -> None:
    """Put the file back as UTF-8, the XML declaration with it."""
    target = path.with_name(path.name + ".utf8")
    with target.open("xb") as out:
        for i, text in enumerate(_decoded(path, encoding)):
            data = text.encode()
            out.write(_XML_ENCODING.sub(rb"\1UTF-8\3", data) if xml and i == 0 else data)
    target.replace(path)
