"""What a row says, read as the department writes it; what cannot be read is told by its reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.area import Area
from parcels.section10.cells import amount_satang, day_of, legal_area_m2, without_ids, without_words
from parcels.section10.errors import CellUnreadable, Section10ColumnsMissing
from parcels.section10.lines import TableLines
from parcels.section10.rows import land_key, row_of
from parcels.section10.words import status_of, table_of_file

HEAD = (
    "โฉนด,UTM_MAP1,UTM_MAP2,UTM_MAP3,UTM_MAP4,UTM_SCALE,ที่ดิน,ไร่,งาน,วา,เศษ,"
    "คำนำหน้า,ชื่อ,นามสกุล,13 หลัก,สถานะดำเนินการ ,วันที่, REG_AMT "
)
ROW = (
    "31635,5039,2,4682,7,1000,84,0,2,24,0,นาง,มาลี,ใจงาม,1 2345 67890 12 1,ขาย ,5/1/2569,"
    '" ฿304,000.00 "'
)


def rows_of(folder: Path, *lines: str, encoding: str = "utf-8-sig", head: str = HEAD):
    path = folder / "parcel_1.csv"
    path.write_bytes("\r\n".join([head, *lines, ""]).encode(encoding))
    form = table_of_file(path.name)
    assert form
    return [row_of(line, form, path.name) for line in TableLines(path, form)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp874"])
def test_a_row_is_read_as_the_department_writes_it(tmp_path, encoding) -> None:
    row = ROW.replace("฿", "") if encoding == "cp874" else ROW
    ((found, holder),) = rows_of(tmp_path, row, encoding=encoding)
    assert found.outcome == ""
    assert found.effective_on.isoformat() == "2026-01-05"
    assert (found.kind, found.change) == ("transfer", "TRANSFER")
    assert land_key(found.content) == "5039|2|4682|07|1000|84"
    assert found.content["legal_area_m2"] == "896.00"
    assert found.content["amount_satang"] == 30_400_000
    assert (holder.title, holder.name, holder.surname) == ("นาง", "มาลี", "ใจงาม")
    assert "มาลี" not in found.raw
    assert "12345" not in found.raw.replace(" ", "")


def test_columns_may_stand_in_any_order(tmp_path) -> None:
    ((one, _),) = rows_of(tmp_path, ROW)
    heads, cells = HEAD.split(","), [*ROW.split(",")[:17], "฿-"]
    ((other, _),) = rows_of(tmp_path, ",".join(reversed(cells)), head=",".join(reversed(heads)))
    assert other.content | {"amount_satang": 30_400_000} == one.content


def test_a_table_without_what_is_needed_is_refused(tmp_path) -> None:
    with pytest.raises(Section10ColumnsMissing) as refused:
        rows_of(tmp_path, ROW, head=HEAD.replace("วันที่", "เมื่อ"))
    assert refused.value.evidence["columns"] == "day"


def test_an_open_quote_spoils_its_own_line_only(tmp_path) -> None:
    found = rows_of(tmp_path, '"' + ROW.replace('"', ""), ROW)
    assert [row.reason for row, _ in found] == ["row_unreadable", ""]


def test_a_row_whose_columns_are_unclear_names_nobody(tmp_path) -> None:
    ((row, _),) = rows_of(tmp_path, "31635,มาลี ใจงาม,1234567890121")
    assert row.reason == "row_unreadable"
    assert "มาลี" not in row.raw
    assert "1234567890121" not in row.raw


def test_a_line_without_end_is_cut(tmp_path) -> None:
    found = rows_of(tmp_path, "9" * 500_000, ROW)
    assert [row.reason for row, _ in found] == ["row_too_long", ""]


def test_a_single_row_in_the_other_encoding_is_read(tmp_path) -> None:
    path = tmp_path / "parcel_1.csv"
    lines = [HEAD.encode(), ROW.encode(), ROW.replace("฿", "").encode("cp874")]
    path.write_bytes(b"\r\n".join(lines))
    form = table_of_file(path.name)
    first, second = (row_of(line, form, path.name)[1] for line in TableLines(path, form))
    assert first == second


@pytest.mark.parametrize(
    ("text", "reason"),
    [("29/2/2566", "day_does_not_exist"), ("31/4/2569", "day_does_not_exist"),
     ("5/1/2026", "day_unreadable"), ("2026-01-05", "day_unreadable"), ("", "day_unreadable"),
     ("5/1/69", "day_unreadable")],
)  # fmt: skip
def test_a_wrong_day_is_told(text, reason) -> None:
    with pytest.raises(CellUnreadable) as refused:
        day_of({"day": text})
    assert refused.value.reason == reason


def test_the_29th_of_february_of_a_leap_year_is_a_day() -> None:
    assert day_of({"day": "29/2/2567"}).isoformat() == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "satang"),
    [("฿304,000.00", 30_400_000), ("฿-", None), ("฿ -", None), ("", None), ("0", 0),
     ("1234.5", 123_450), ("฿ 1,000", 100_000)],
)  # fmt: skip
def test_money_is_exact(text, satang) -> None:
    assert amount_satang({"amount": text}) == satang


@pytest.mark.parametrize("text", ["1,23.00", "-5", "฿1.234", "=1+1", "12e3", "NaN"])
def test_money_that_is_none_is_refused(text) -> None:
    with pytest.raises(CellUnreadable):
        amount_satang({"amount": text})


@pytest.mark.parametrize(
    ("cells", "m2"),
    [(("0", "2", "24", "0"), "896.00"), (("1", "2", "30", "9"), "2520.36"),
     (("1,234", "", "-", ""), "1974400.00"), (("0", "0", "0", "0"), None)],
)  # fmt: skip
def test_the_rest_counts_hundredths_of_a_square_wa(cells, m2) -> None:
    found = legal_area_m2(dict(zip(("rai", "ngan", "wa", "hundredths"), cells, strict=True)))
    assert found == (Decimal(m2) if m2 else None)


@given(st.integers(1, 10**7))
def test_every_area_comes_back_as_it_was_written(hundredths: int) -> None:
    area = Area.from_square_wa(Decimal(hundredths) / 100)
    names = ("rai", "ngan", "wa", "hundredths")
    cells = dict(zip(names, map(str, area.to_hundredths()), strict=True))
    assert legal_area_m2(cells) == area.square_metres


@pytest.mark.parametrize(
    ("text", "change", "kind"),
    [("ขาย", "TRANSFER", "transfer"), ("โอนมรดก", "TRANSFER", "inheritance"),
     ("ให้เฉพาะส่วน (ระหว่างภาระจำยอม)", "TRANSFER_PARTIAL", "transfer_share"),
     ("ไถ่ถอนจากจำนอง รวมสองโฉนด", "MERGE", "merge"), ("แบ่งแยกในนามเดิม", "SPLIT", "divide"),
     ("แบ่งหักเป็นที่สาธารณประโยชน์", "SPLIT_PUBLIC", "divide_public"),
     ("สอบเขตโฉนดที่ดิน", "BOUNDARY_CHANGE", "boundary_correction"),
     ("แก้ชื่อ (ราชการให้เปลี่ยนชื่อ)", "OWNER_CORRECTION", "name_correction"),
     ("ขึ้นเงินจากจำนอง ครั้งที่หนึ่ง", "ENCUMBRANCE", "mortgage"),
     ("ไถ่ถอนจากจำนอง", "ENCUMBRANCE", "mortgage_release"),
     ("ระงับจำนอง (ศาลขายบังคับจำนอง)", "ENCUMBRANCE", "mortgage_release"),
     ("หมายเหตุสารบัญ", "NOTE", "note"), ("ใบแทน", "ADMIN", "replacement_deed"),
     ("เอกสารสิทธิที่ยกเลิกระหว่างเดือน", "RETIRED", "title_cancellation"),
     ("เอกสารสิทธิที่เกิดใหม่ - ปรับปรุง ระหว่างเดือน", "NEW", "new_registration")],
)  # fmt: skip
def test_a_status_keeps_what_it_is_there_and_here(text, change, kind) -> None:
    status = status_of(f" {text} ")
    assert status
    assert (status.change, status.kind) == (change, kind)


@pytest.mark.parametrize("text", ["", "ขายฝาก", "ขาย ขาย", "สอบเขตx"])
def test_a_status_that_nobody_listed_is_not_guessed(text) -> None:
    assert status_of(text) is None


@given(st.from_regex(r"[ก-ฮ ]{0,9}[1-9]( ?|-)\d{4}( ?|-)\d{5}( ?|-)\d{2}( ?|-)\d", fullmatch=True))
def test_a_personal_number_is_hidden_however_it_is_grouped(text: str) -> None:
    for hidden in (without_ids(text), without_words(text)):
        assert not any(letter.isdigit() for letter in hidden)
