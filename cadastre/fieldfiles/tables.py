"""Tables of points: P,N,E,Z,D without a heading and the CSV of receivers with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cadastre.fieldfiles.columns import PNEZD, ColumnMapping, Options
from cadastre.fieldfiles.errors import ColumnsWithoutPosition, LineRefused
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.headings import guess_mapping
from cadastre.fieldfiles.rows import Table, split_cells
from cadastre.fieldfiles.tally import Tally
from cadastre.fieldfiles.text import lines_of, number

_COMMENT = ("#", "%", "//")


def recognises_csv(source: Source) -> bool:
    first = _first_line(source.head)
    return first is not None and guess_mapping(*_headings(first)) is not None


def recognises_pnezd(source: Source) -> bool:
    """A name and two numbers on half of the first lines; on nearly all where blanks part them.

    Numbers that look like degrees are left to somebody who says what they are.
    """
    if "RINEX VERSION" in source.head:
        return False
    lines = [line for line in source.head.splitlines()[:-1] or [source.head] if line.strip()]
    lines = [line for line in lines[:20] if not line.startswith(_COMMENT)]
    rows = [split_cells(line, _delimiter(line)) for line in lines]
    good = [row for row in rows if len(row) >= 3 and row[0] and all(map(_is_number, row[1:3]))]
    if not good or all(map(_looks_like_degrees, good)):
        return False
    blanks = _delimiter(lines[0]) == "space"
    return len(good) * 10 >= len(rows) * (9 if blanks else 5)


def _looks_like_degrees(row: list[str]) -> bool:
    """Six decimals and no more than the globe has; grid metres have three."""
    return all(
        len(cell.strip().partition(".")[2]) >= 6 and abs(float(cell)) <= limit
        for cell, limit in zip(row[1:3], (90, 180), strict=True)
    )


def _is_number(text: str) -> bool:
    try:
        number(text, field="", line=0)
    except LineRefused:
        return False
    return True


def read_csv(source: Source, tally: Tally, options: Options) -> None:
    mapping, table = options.mapping, None
    for line, text in _rows(source, tally, mapping):
        if table is not None:
            with tally.piece(line, text) as found:
                found.append(table.point(line, text))
            continue
        headings, delimiter = _headings(text, mapping.delimiter if mapping else None)
        mapping = mapping or guess_mapping(headings, delimiter)
        if mapping is None:
            raise ColumnsWithoutPosition(name=tally.name)
        table = Table(mapping, headings)
        tally.ignore("header")
    if table is not None:
        tally.facts["columns"] = table.mapping.to_json()
        tally.crs = table.mapping.crs


def read_pnezd(source: Source, tally: Tally, options: Options) -> None:
    mapping = options.mapping or PNEZD
    table = None
    for line, text in _rows(source, tally, mapping):
        if table is None:
            if options.mapping is None:
                mapping = replace(mapping, delimiter=_delimiter(text))
            table = Table(mapping, [])
        with tally.piece(line, text) as found:
            found.append(table.point(line, text))
    tally.facts["columns"] = mapping.to_json()
    tally.crs = mapping.crs


def _rows(source: Source, tally: Tally, mapping: ColumnMapping | None) -> Iterator[tuple[int, str]]:
    skipped = mapping.skip_lines if mapping else 0
    for line, text in lines_of(source.text, tally):
        if line <= skipped:
            tally.ignore("skipped")
        elif text.lstrip().startswith(_COMMENT):
            tally.ignore("comment")
        else:
            yield line, text


def _first_line(text: str) -> str | None:
    lines = (line for line in text.splitlines() if line.strip())
    return next((line for line in lines if not line.lstrip().startswith(_COMMENT)), None)


def _delimiter(text: str) -> str:
    """The one of comma, semicolon, tab and bar that stands most often; else blanks."""
    best = max(",;\t|", key=text.count)
    return best if text.count(best) else "space"


def _headings(text: str, delimiter: str | None = None) -> tuple[list[str], str]:
    delimiter = delimiter or _delimiter(text)
    return [
        heading.strip().removeprefix("\ufeff") for heading in split_cells(text, delimiter)
    ], delimiter


CSV = FieldFormat("csv", "Table with headings (CSV)", recognises_csv, read_csv)
PNEZD_FORMAT = FieldFormat("pnezd", "Points: P,N,E,Z,D", recognises_pnezd, read_pnezd)
