"""Lists as workbooks, read back by another program's reader."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web import spreadsheet
from web.spreadsheet import XLSX, Baht, Sheet, SheetIsFull, xlsx_response, xlsx_write

# What XML itself cannot hold is written as _x0001_ by one program and read so by the other.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


def read_back(*rows, **options):
    file = BytesIO()
    xlsx_write(file, [Sheet("ทดสอบ", ["a", "b"], rows, **options)])
    return openpyxl.load_workbook(file)["ทดสอบ"], file


@settings(max_examples=40)
@given(st.lists(TEXT.filter(lambda text: text and "_x" not in text), min_size=1, max_size=4))
def test_text_comes_back_as_text(texts) -> None:
    page, _file = read_back(*([text] for text in texts))
    assert [page.cell(n, 1).value for n in range(2, len(texts) + 2)] == texts
    assert {page.cell(n, 1).data_type for n in range(2, len(texts) + 2)} == {"s"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(1)", "http://a.th"]
)
def test_nothing_is_run_and_nothing_is_a_link(text) -> None:
    page, file = read_back([text])
    assert (page["A2"].value, page["A2"].data_type) == (text, "s")
    assert page["A2"].style is not None
    assert page["A2"].quotePrefix  # also not when somebody edits the cell
    with ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in parts.read("xl/worksheets/sheet1.xml")


@settings(max_examples=40)
@given(st.integers(-(10**15), 10**15))
def test_money_comes_back_to_the_satang(satang) -> None:
    page, _file = read_back([Baht(satang)])
    assert page["A2"].data_type == "n"
    assert round(Decimal(str(page["A2"].value)) * 100) == satang
    assert page["A2"].number_format == "#,##0.00"


def test_numbers_days_and_ids_keep_their_kind() -> None:
    page, _file = read_back(["1101700230708", 5, Decimal("1.25"), dt.date(2026, 1, 1), None, True])
    row = [page.cell(2, column) for column in range(1, 7)]
    assert [cell.data_type for cell in row] == ["s", "n", "n", "d", "n", "b"]
    assert [cell.value for cell in row] == [
        "1101700230708", 5, 1.25, dt.datetime.fromisoformat("2026-01-01"), None, True,
    ]  # fmt: skip


def test_every_row_of_every_sheet_is_written_while_it_is_read() -> None:
    file = BytesIO()
    sheets = (Sheet(f"s{n}", ["n"], ([each] for each in range(50))) for n in range(3))
    assert xlsx_write(file, sheets) == 150
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["s0", "s1", "s2"]
    assert [row[0] for row in book["s2"].iter_rows(min_row=2, values_only=True)] == list(range(50))


def test_a_sheet_that_is_full_is_told_and_not_cut(monkeypatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    with pytest.raises(SheetIsFull):
        read_back(*([n] for n in range(4)))


def test_a_small_list_is_an_answer() -> None:
    answer = xlsx_response([Sheet("a", ["b"], [])], filename="list.xlsx")
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    assert openpyxl.load_workbook(BytesIO(answer.content)).sheetnames == ["a"]
