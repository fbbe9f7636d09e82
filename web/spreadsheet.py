"""Lists as files for a spreadsheet, CSV and XLSX, that show what they say and run nothing."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.functional import Promise
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

_BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_response(rows: Iterable[Iterable[object]], *, filename: str) -> StreamingHttpResponse:
    """``rows``, the head first, as a download that is written while they are read.

    ``filename`` is ASCII without quotes; the cells pass through `safe_cell`.
    """
    return StreamingHttpResponse(
        _lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def safe_cell(value: object) -> str | int | float | Decimal:
    """A cell that no spreadsheet takes for a formula: text that looks like one gets a quote.

    Numbers stay numbers, nothing is an empty cell, and what is no text is written as JSON.
    """
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return value
    text = str(value) if isinstance(value, str | Promise) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Line:
    """What ``csv.writer`` writes to: hands every line on."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])


XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_575
"""What a sheet of Excel holds besides its head."""
MOST_LETTERS: Final = 32_767
_WIDEST: Final = 40


@dataclass(frozen=True, slots=True)
class Baht:
    """An amount of money: a number with two decimals in the file."""

    satang: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (at most 31 characters), its head and its rows, read once."""

    title: str
    head: Sequence[object]
    rows: Iterable[Iterable[object]]
    widths: Sequence[int] = field(default=())


class SheetIsFull(ValueError):
    """More rows than a sheet of Excel holds; the list belongs into several."""


def xlsx_write(target: str | Path | IO[bytes], sheets: Iterable[Sheet]) -> int:
    """Write ``sheets`` one after the other; gives the number of rows. Memory stays constant.

    Text stays text, whatever it begins with, also when somebody edits the cell (Excel's own quote
    mark); numbers, `Baht` and dates are numbers. Raises SheetIsFull.
    """
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "in_memory": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), options) as b:
        styles = {
            "head": b.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}),
            "text": b.add_format({"quote_prefix": True}),
            "baht": b.add_format({"num_format": "#,##0.00"}),
            "day": b.add_format({"num_format": "yyyy-mm-dd"}),
        }
        return sum(_sheet_write(b, sheet, styles) for sheet in sheets)


def xlsx_response(sheets: Iterable[Sheet], *, filename: str) -> HttpResponse:
    """A list that is small enough for one answer, as a download; ``filename`` is ASCII."""
    file = BytesIO()
    xlsx_write(file, sheets)
    return HttpResponse(
        file.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _sheet_write(book: Workbook, sheet: Sheet, styles: dict[str, Any]) -> int:
    page: Worksheet = book.add_worksheet(sheet.title)
    page.freeze_panes(1, 0)
    for column, title in enumerate(sheet.head):
        wide = sheet.widths[column] if column < len(sheet.widths) else len(str(title)) + 2
        page.set_column(column, column, min(wide, _WIDEST))
        page.write_string(0, column, str(title), styles["head"])
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise SheetIsFull(sheet.title)
        for column, value in enumerate(row):
            _cell_write(page, number, column, value, styles)
    return number


def _cell_write(page: Worksheet, row: int, column: int, value: object, styles: Any) -> None:
    match value:
        case None | "":
            return
        case Baht(satang):
            page.write_number(row, column, Decimal(satang) / 100, styles["baht"])
        case bool():
            page.write_boolean(row, column, value)
        case int() | float() | Decimal():
            page.write_number(row, column, value)
        case dt.date() if not isinstance(value, dt.datetime):
            page.write_datetime(row, column, value, styles["day"])
        case _:
            text = str(value) if isinstance(value, str | Promise) else json.dumps(
                value, ensure_ascii=False, default=str
            )  # fmt: skip
            page.write_string(row, column, text[:MOST_LETTERS], styles["text"])
