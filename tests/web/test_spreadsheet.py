from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from web.spreadsheet import csv_response, safe_cell

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
CELLS = st.none() | st.integers() | TEXT


@given(st.text())
def test_no_text_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert isinstance(cell, str)
    assert cell in {text, f"'{text}"}
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert [safe_cell(value) for value in (-1, -0.5, Decimal("-1.50"), None)] == [
        -1, -0.5, Decimal("-1.50"), "",
    ]  # fmt: skip


def test_what_is_no_text_is_written_as_json() -> None:
    assert safe_cell({"ชื่อ": ["=1+1"]}) == '{"ชื่อ": ["=1+1"]}'
    assert safe_cell(gettext_lazy("=")) == "'="


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_every_row_comes_back(rows: list[list[object]]) -> None:
    answer = csv_response(rows, filename="list.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="list.csv"'
    written = b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    assert written.startswith("\ufeff")
    read = list(csv.reader(StringIO(written.removeprefix("\ufeff"), newline="")))
    assert read == [[str(safe_cell(cell)) for cell in row] for row in rows]
