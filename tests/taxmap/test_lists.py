"""Lists for other systems: what stands in which cell, who gets them, what they leave behind."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from django.test import Client
from django.urls import reverse

from offices.jobs import CommandRun
from offices.models import AuditEntry, Job, Role
from taxmap.exports.layout import ExportSettingsWrong, WorkbookLayout, layout_of
from taxmap.models import Leg, Signboard, ValuationUnit
from taxmap.services import exports
from taxmap.services.exports import EntriesDoNotBalance, ListKind, ListOrder, list_export
from tests.factories import NOW, a_building, a_local_authority, a_map_sheet, a_party, a_unit, a_user
from tests.taxmap.money import a_bill, paid_at_counter

pytestmark = pytest.mark.django_db
YEAR = 2026
SHEETS = [
    "1_เจ้าของทรัพย์สิน", "2_ที่ดิน", "2_ที่ดิน_ใช้ประโยชน์", "3_สิ่งปลูกสร้าง", "3_สิ่งปลูกสร้าง_ใช้ประโยชน์", "ป้าย",
]  # fmt: skip
"""Owner → land → use of land → building → use of building → signboard."""


@pytest.fixture
def unit() -> ValuationUnit:
    """A shop house with a hostile owner and a signboard."""
    found = a_unit(
        a_party("=HYPERLINK(0)"), a_party("อารีย์", title="นาง", surname="ใจดี"),
        uses={"residential": 50, "other": 50},
        parcel={"map_sheet": a_map_sheet("5136 IV 5834-1", 1000), "land_number": "007"},
    )  # fmt: skip
    a_building(found)
    Signboard.objects.create(
        local_authority=a_local_authority(), code="01A001-P001", unit=found,
        owner=a_party("ร้านป้าย"), lettering="2ข", text="+ร้าน", width_cm=100, height_cm=200,
        valid_during=(date(2026, 4, 2), None),
    )  # fmt: skip
    return found


def exported(tmp_path: Path, **order: Any) -> Any:
    order = {"kind": ListKind.LTAX, "with_owners": True, "tax_year": YEAR} | order
    asked = ListOrder(authority=a_local_authority(), **order)
    target = tmp_path / asked.filename
    result = list_export(
        order=asked, target=target, person=None, run=CommandRun(io.StringIO()), now=NOW
    )
    return openpyxl.load_workbook(target), result


def rows(book: Any, title: str) -> list[dict[str, Any]]:
    head, *found = book[title].iter_rows(values_only=True)
    return [
        {key: value for key, value in zip(head, row, strict=True) if value is not None}
        for row in found
    ]


def test_the_six_kinds_of_records_come_in_the_order_of_ltax(
    unit: ValuationUnit, tmp_path: Path
) -> None:
    book, result = exported(tmp_path)
    assert book.sheetnames == SHEETS
    assert result["rows"] == 3 + 1 + 2 + 1 + 1 + 1
    heads = [next(book[title].iter_rows(max_row=1, values_only=True)) for title in SHEETS]
    assert [len(head) for head in heads] == [28, 34, 12, 31, 12, 30]
    assert heads[1][:4] == ("ลำดับ", "เลขบัตรเจ้าของที่ดิน", "รหัสแปลงที่ดิน", "ประเภทเอกสาร")


def test_land_is_written_in_the_codes_of_ltax(unit: ValuationUnit, tmp_path: Path) -> None:
    land = rows(exported(tmp_path)[0], "2_ที่ดิน")[0]
    assert land["รหัสแปลงที่ดิน"] == "01A001"
    assert land["ประเภทเอกสาร"] == "1"  # a chanote
    assert (land["ระวาง"], land["แผนที่ระวางภูมิประเทศ"]) == ("5136", "4")
    assert (land["ระวางUTM"], land["แผ่นที่ระวางUTM"]) == ("5834", "1")
    assert land["มาตราส่วน"] == 1000
    assert land["เลขที่ดิน"] == "007"  # an identifier keeps its zeros
    assert (land["ไร่"], land["งาน"], land["ตร.วา"]) == (1, 0, 0)
    assert land["รวมเนื้อที่ทั้งหมด (ตร.ว.)"] == 400
    assert (land["ราคาต่อตร.วา"], land["รวมราคาประเมินที่ดิน (บาท)"]) == (1000, 400_000)


def test_uses_buildings_and_signboards_too(unit: ValuationUnit, tmp_path: Path) -> None:
    book, _result = exported(tmp_path)
    uses = rows(book, "2_ที่ดิน_ใช้ประโยชน์")
    assert {use["ประเภทการใช้ประโยชน์"] for use in uses} == {"4", "5"}
    assert [use["งาน"] for use in uses] == [2, 2]
    building = rows(book, "3_สิ่งปลูกสร้าง")[0]
    assert building["รหัสสิ่งปลูกสร้าง"] == "01A001-B001"
    assert (building["โครงสร้าง"], building["ปีที่สร้าง"]) == ("2", 2559)
    assert building["อายุสิ่งปลูกสร้าง (ปี)"] == 10
    assert rows(book, "3_สิ่งปลูกสร้าง_ใช้ประโยชน์")[0]["ประเภทการใช้งาน"] == "2"  # home and trade
    signboard = rows(book, "ป้าย")[0]
    assert signboard["ประเภทป้าย"] == "2"  # LTAX's number of 2ข
    assert (signboard["งวดที่ติดตั้งป้าย"], signboard["เนื้อที่ป้าย (ตร.ซม.)"]) == (2, 20_000)
    assert signboard["ข้อความภายในป้าย"] == "+ร้าน"


@pytest.mark.parametrize(("since", "code"), [(2025, "6"), (2023, "8"), (2020, "9")])
def test_vacant_land_is_told_by_its_years(since: int, code: str, tmp_path: Path) -> None:
    a_unit(a_party(), uses={"vacant": 100}, vacant_since=since)
    assert rows(exported(tmp_path)[0], "2_ที่ดิน_ใช้ประโยชน์")[0]["ประเภทการใช้ประโยชน์"] == code


def test_a_formula_in_a_name_stays_a_name(unit: ValuationUnit, tmp_path: Path) -> None:
    book, _result = exported(tmp_path)
    cells = [cell for row in book["1_เจ้าของทรัพย์สิน"].iter_rows() for cell in row]
    found = next(cell for cell in cells if cell.value == "=HYPERLINK(0)")
    assert (found.data_type, found.quotePrefix) == ("s", True)


def test_the_sheets_refer_to_each_other(unit: ValuationUnit, tmp_path: Path) -> None:
    book, _result = exported(tmp_path)
    known = {row["อ้างอิงเจ้าของ (Chanot)"] for row in rows(book, "1_เจ้าของทรัพย์สิน")}
    for title in SHEETS[1:]:
        for row in rows(book, title):
            assert set(row["อ้างอิงเจ้าของ (Chanot)"].split(";")) <= known


def test_without_owners_nobody_is_named(unit: ValuationUnit, tmp_path: Path) -> None:
    book, _result = exported(tmp_path, with_owners=False)
    assert book.sheetnames == SHEETS[1:]
    text = str([list(page.iter_rows(values_only=True)) for page in book])
    assert "อารีย์" not in text
    for title in SHEETS[1:]:
        assert all("อ้างอิงเจ้าของ (Chanot)" not in row for row in rows(book, title))


def test_the_register_adds_up_to_the_roll(unit: ValuationUnit, tmp_path: Path) -> None:
    book, _result = exported(tmp_path, kind=ListKind.REGISTER)
    found = rows(book, "ผ.ท.4")
    assert {row["ชื่อเจ้าของทรัพย์สิน"] for row in found} == {"=HYPERLINK(0)", "นางอารีย์ ใจดี"}
    assert {row["ส่วนที่ถือ"] for row in found} == {"1/2"}
    assert found[0]["การใช้ประโยชน์"] == "อื่น ๆ 50%, ที่อยู่อาศัย 50%"
    assert found[0]["ประเภทเอกสารสิทธิ"] == "โฉนด"


def test_what_was_not_in_force_that_year_is_not_in_its_list(tmp_path: Path) -> None:
    a_unit(a_party("เจ้าของ"))
    assert rows(exported(tmp_path, tax_year=1990)[0], "2_ที่ดิน") == []


def test_another_authority_is_not_in_the_list(unit: ValuationUnit, tmp_path: Path) -> None:
    a_unit(a_party("คนอื่น"), local_authority=a_local_authority("LA-OTHER"),
           parcel={"tax_parcel_code": "02A001"})  # fmt: skip
    book, _result = exported(tmp_path)
    assert "02A001" not in {row["รหัสแปลงที่ดิน"] for row in rows(book, "2_ที่ดิน")}


def officer(*roles: Role, **fields: Any) -> Client:
    client = Client()
    client.force_login(a_user("officer", *roles, office=a_local_authority(), **fields))
    client.cookies["django_language"] = "en"
    return client


ORDER = {"kind": "ltax", "year": "2026"}


def test_the_list_is_ordered_on_a_page_and_made_by_a_job(unit: ValuationUnit) -> None:
    client = officer(Role.TAX_OFFICER)
    answer = client.post(reverse("taxmap-lists"), ORDER | {"with_owners": "on"})
    job = Job.objects.get(kind="taxmap.export_list_with_owners")
    assert answer["Location"] == reverse("job-detail", args=[job.public_id])
    assert job.parameters == {"kind": "ltax", "year": 2026, "first": "", "last": ""}
    assert "Worklist for LTAX" in client.get(reverse("taxmap-lists")).content.decode()


def test_a_cashier_gets_no_owners(unit: ValuationUnit) -> None:
    client = officer(Role.CASHIER)
    refused = client.post(reverse("taxmap-lists"), ORDER | {"with_owners": "on"})
    assert refused.status_code == 422
    assert not Job.objects.exists()
    assert client.get(reverse("taxmap-register")).status_code == 404
    assert client.post(reverse("taxmap-lists"), ORDER).status_code == 302


def test_entries_need_their_days() -> None:
    client = officer(Role.TAX_OFFICER)
    address = reverse("taxmap-lists")
    for days, said in (
        ({}, "Write the day."),
        ({"first": "2/1/2569", "last": "1/1/2569"}, "lies before"),
    ):
        answer = client.post(address, ORDER | {"kind": "accounting"} | days)
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_the_printed_register_leaves_a_trace(unit: ValuationUnit) -> None:
    page = officer(Role.TAX_OFFICER).get(reverse("taxmap-register"), {"block": "01A"})
    assert "นางอารีย์ ใจดี" in page.content.decode()
    entry = AuditEntry.objects.get(action="taxmap.register_viewed")
    assert entry.data == {"block": "01A", "year": 2026, "page": 1}


def test_every_export_leaves_a_trace(unit: ValuationUnit, tmp_path: Path) -> None:
    exported(tmp_path)
    entry = AuditEntry.objects.get(action="taxmap.list_exported")
    assert (entry.data["list"], entry.data["owners"]) == ("ltax", True)
    assert "อารีย์" not in str(entry.data)


@pytest.mark.parametrize("name", ["ltax", "register", "accounting", "journal"])
def test_our_own_settings_can_be_read(name: str) -> None:
    assert layout_of(name).sheets


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sheets": []}, "sheets"),
        ({"unknown": 1}, "unknown"),
        ({"format": "pdf"}, "format"),
        ({"codes": {}}, "no list of codes"),
        ({"format": "csv"}, "one sheet"),
    ],
)
def test_wrong_settings_are_told_with_their_place(
    change: dict[str, Any], place: str, tmp_path: Path
) -> None:
    file = tmp_path / "own.yaml"
    ours = yaml.safe_load(Path("taxmap/exports/ltax.yaml").read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(ours | change, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ExportSettingsWrong, match=place):
        layout_of("ltax", file)
    with pytest.raises(ExportSettingsWrong):
        layout_of("ltax", tmp_path / "not there")


def test_a_word_without_a_code_is_shown_as_it_is() -> None:
    layout = WorkbookLayout.model_validate({
        "title": "t", "codes": {"c": {"a": "1"}},
        "sheets": [
            {"title": "s", "rows": "r", "columns": [{"head": "h", "from": "x", "codes": "c"}]}
        ],
    })  # fmt: skip
    cells = list(layout.cells(layout.sheets[0], [{"x": "a"}, {"x": "new"}, {"x": 5}, {"x": None}]))
    assert cells == [["1"], ["new"], [5], [None]]


@pytest.fixture
def books() -> None:
    """A bill charged, paid in part in cash."""
    paid_at_counter(a_bill(7_000, 3_000), 4_000, now=datetime(2026, 6, 30, tzinfo=UTC))


DAYS = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), "kind": ListKind.ACCOUNTING}


def test_the_accounts_get_every_leg_and_both_sides_are_equal(books: None, tmp_path: Path) -> None:
    book, result = exported(tmp_path, **DAYS)
    found = rows(book, "รายการบัญชี")
    assert result["rows"] == len(found) == Leg.objects.count()
    sides = [sum(Decimal(str(row.get(side, 0))) for row in found) for side in ("เดบิต", "เครดิต")]
    assert sides[0] == sides[1] == 140  # 100 charged, 40 paid
    assert {row["ประเภท"] for row in found} == {"ตั้งหนี้ตามแบบแจ้งการประเมิน", "รับชำระ"}
    cash = next(row for row in found if row["บัญชี"] == "เงินสดในมือ")
    assert (cash["เดบิต"], cash["วิธีชำระ"], cash["ปีภาษี"]) == (40, "เงินสด", 2569)
    assert rows(exported(tmp_path, **DAYS | {"last": date(2026, 1, 1)})[0], "รายการบัญชี") == []


def test_an_office_sets_columns_order_and_codes(books: None, tmp_path: Path, settings: Any) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        """
title: own
format: csv
codes:
  ours: {cash: "1101", tax_due: "1102", land_building_tax: "4101"}
sheets:
  - title: Entries
    rows: accounting
    columns:
      - {head: Account, from: purpose, codes: ours}
      - {head: Credit, from: credit}
      - {head: Date, from: booked_on}
""",
        encoding="utf-8",
    )
    settings.CHANOT_ACCOUNTING_EXPORT = str(own)
    order = ListOrder(authority=a_local_authority(), tax_year=YEAR, **DAYS)
    target = tmp_path / order.filename
    list_export(order=order, target=target, person=None, run=CommandRun(io.StringIO()), now=NOW)
    head, *found = csv.reader(target.read_text(encoding="utf-8-sig").splitlines())
    assert target.suffix == ".csv"
    assert head == ["Account", "Credit", "Date"]
    assert {row[0] for row in found} == {"1101", "1102", "4101"}
    assert all(date.fromisoformat(row[2]) for row in found)


def test_a_file_that_does_not_balance_is_not_written(
    books: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exports.rows_of
    monkeypatch.setattr(exports, "rows_of", lambda *asked: list(real(*asked))[:-1])
    with pytest.raises(EntriesDoNotBalance):
        exported(tmp_path, **DAYS)
    assert not list(tmp_path.iterdir())
