"""Lists as files for a spreadsheet: CSV that Excel reads as UTF-8 and that runs nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from django.http import StreamingHttpResponse
from django.utils.functional import Promise

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
