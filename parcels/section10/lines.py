"""A table of a package, line by line: a stranger's CSV, of which no part can swallow the rest.

Every line is a row of its own. A quoted line break, which no column of these tables needs, makes
two unreadable rows and not one that runs to the end of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parcels.importing.encoding import is_valid, looks_thai
from parcels.section10.cells import trimmed, without_ids, without_words
from parcels.section10.errors import Section10ColumnsMissing
from parcels.section10.words import HOLDER_FIELDS, TableForm, head_of

LONGEST_LINE: Final = 64 * 1024
MOST_COLUMNS: Final = 200
HIDDEN: Final = "•••"
_UTF8_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells by field, or in ``fault`` why it has none; ``raw`` names nobody."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    fault: str = ""


class TableLines:
    """The rows of one file. Raises `Section10ColumnsMissing` for a head without what is needed."""

    def __init__(self, path: Path, form: TableForm) -> None:
        self.path, self.form = path, form
        with path.open("rb") as file:
            head = file.readline(LONGEST_LINE).removeprefix(_UTF8_MARK)
        self.encoding = "UTF-8" if is_valid(head, "utf-8") else "CP874"
        text = self._text(head) or ""
        self._heads = [head_of(each) for each in _cells_of(text) or []]
        self._fields = [form.columns.get(head, "") for head in self._heads]
        missing = sorted(form.required - set(self._fields))
        if missing or len(self._heads) > MOST_COLUMNS:
            raise Section10ColumnsMissing(file=path.name, columns=", ".join(missing))

    def __iter__(self) -> Iterator[Line]:
        """Every row that is not blank, numbered as lines of the file from 1, the head being 1."""
        with self.path.open("rb") as file:
            number = 0
            while data := file.readline(LONGEST_LINE + 1):
                number += 1
                too_long = len(data) > LONGEST_LINE
                while data and len(data) > LONGEST_LINE and not data.endswith(b"\n"):
                    data = file.readline(LONGEST_LINE + 1)
                if number > 1 and (too_long or data.strip(b"\r\n\t ,")):
                    yield self._line(number, b"" if too_long else data, too_long=too_long)

    def _line(self, number: int, data: bytes, *, too_long: bool) -> Line:
        if too_long:
            return Line(number, fault="row_too_long")
        text = self._text(data)
        if text is None:
            return Line(number, fault="encoding_unknown")
        cells = _cells_of(text)
        if cells is None or not self._fits(cells):
            return Line(number, raw=without_words(text)[:2_000], fault="row_unreadable")
        found = zip(self._fields, cells, strict=False)
        return Line(number, {name: trimmed(cell) for name, cell in found if name}, self._raw(cells))

    def _fits(self, cells: list[str]) -> bool:
        """Whether there is a cell for each head; blank ones may follow."""
        count = len(self._heads)
        return len(cells) >= count and not any(cell.strip() for cell in cells[count:])

    def _raw(self, cells: list[str]) -> str:
        """The row as text, without names and ids."""
        parts = []
        for head, name, cell in zip(self._heads, self._fields, cells, strict=False):
            shown = without_ids(trimmed(cell))
            if name in HOLDER_FIELDS:
                shown = HIDDEN if shown else ""
            # What stands in a column that nobody knows may be a name or an address.
            elif not name:
                shown = without_words(cell)
            parts.append(f"{head[:40]}={shown[:200]}")
        return " | ".join(parts)[:4_000]

    def _text(self, data: bytes) -> str | None:
        """The line in the encoding of the head, else in the other one; None where neither fits."""
        if self.encoding == "UTF-8" and is_valid(data, "utf-8"):
            return data.decode("utf-8").replace("\x00", "")
        if data.isascii() or (is_valid(data, "cp874") and looks_thai(data)):
            return data.decode("cp874").replace("\x00", "")
        if is_valid(data, "utf-8"):
            return data.decode("utf-8").replace("\x00", "")
        # Abbreviations such as ม.ค. are too short to be told by their bytes: the head tells.
        own = self.encoding == "CP874" and is_valid(data, "cp874")
        return data.decode("cp874").replace("\x00", "") if own else None


def _cells_of(text: str) -> list[str] | None:
    """The cells of one line; None where a quote is left open."""
    try:
        rows = list(csv.reader([text.rstrip("\r\n")], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
