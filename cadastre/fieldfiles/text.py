"""From bytes to lines, and from the words of a line to numbers, refusing what is neither."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from cadastre.fieldfiles.errors import (
    FieldFileTooLong,
    LineNotText,
    LineTooLong,
    NumberUnreadable,
    ValueMissing,
    ValueOutOfRange,
)
from cadastre.fieldfiles.tally import Tally, shown

MAX_LINES = 1_000_000
MAX_LINE_LENGTH = 10_000
LARGEST = 1e8  # metres: more than any coordinate on Earth, ECEF and false origins included

_NUMBER = re.compile(r"[+-]?(?:\d{1,17}(?:\.\d{0,24})?|\.\d{1,24})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DAMAGED = re.compile("[\udc80-\udcff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_THAI = re.compile("[ก-๛]")


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    UTF-8 and UTF-16 by their marks, then UTF-8, then the Thai code page 874 (TIS-620), and at last
    Latin-1, which loses nothing. A byte that is damaged in UTF-8 becomes a lone surrogate: its line
    is refused, the others keep their Thai.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", errors="surrogateescape"), "utf-8-sig"
    text = content.decode("utf-8", errors="surrogateescape")
    damaged = len(_DAMAGED.findall(text))
    # Thai of code page 874 all but never makes Thai when it is taken for UTF-8.
    if not damaged or len(_THAI.findall(text)) > 4 * damaged:
        return text, "utf-8"
    try:
        return content.decode("cp874"), "cp874"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def is_damaged(text: str) -> bool:
    """Whether it holds control characters or bytes that are no text."""
    return _CONTROL.search(text) is not None or _SURROGATE.search(text) is not None


def count_lines(text: str) -> int:
    """How many lines a text has, whichever way they end."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


def lines_of(text: str, tally: Tally) -> Iterator[tuple[int, str]]:
    """Each line with its number; blank ones are ignored, those that are no text rejected."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        tally.lines = number
        if number > MAX_LINES:
            raise FieldFileTooLong(name=tally.name, limit=f"{MAX_LINES:,}")
        content = line.removesuffix("\n").strip("\x1a")  # DOS closed its text files with ^Z
        if not content.strip():
            tally.ignore("blank")
        elif len(content) > MAX_LINE_LENGTH:
            reason = LineTooLong(line=number, length=len(content), limit=MAX_LINE_LENGTH)
            tally.reject(number, content, reason)
        elif is_damaged(content):
            tally.reject(number, content, LineNotText(line=number))
        else:
            yield number, content


def number(
    text: str | None, *, field: str, line: int, low: float = -LARGEST, high: float = LARGEST
) -> float:
    """A finite decimal number in ASCII digits within its range; "nan" and "inf" are none."""
    written = (text or "").strip()
    if not written:
        raise ValueMissing(line=line, field=field)
    if not _NUMBER.fullmatch(written):
        raise NumberUnreadable(line=line, field=field, text=shown(written, 40))
    value = float(written)
    if not low <= value <= high:
        raise ValueOutOfRange(
            line=line, field=field, text=shown(written, 40), low=f"{low:g}", high=f"{high:g}"
        )
    return value


def optional_number(
    text: str | None, *, field: str, line: int, low: float = -LARGEST, high: float = LARGEST
) -> float | None:
    """None where nothing stands; what stands must be a number."""
    if text is None or not text.strip():
        return None
    return number(text, field=field, line=line, low=low, high=high)


def whole(text: str | None, *, field: str, line: int, low: int = 0, high: int = 10**9) -> int:
    """A whole number; "7.0" counts, as some tables write it."""
    value = number(text, field=field, line=line, low=low, high=high)
    if value != int(value):
        raise NumberUnreadable(line=line, field=field, text=shown(text or "", 40))
    return int(value)


def named(text: str | None, *, field: str, line: int) -> str:
    """The name of a point: any text but none."""
    name = (text or "").strip()
    if not name:
        raise ValueMissing(line=line, field=field)
    return name
