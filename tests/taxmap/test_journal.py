"""The journal of some days balances, says so in its last row, and names no person."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from offices.jobs import CommandRun
from offices.models import Job, Role
from taxmap.models import Bill, Leg
from taxmap.services import exports
from taxmap.services.exports import EntriesDoNotBalance, ListKind, ListOrder, list_export
from tests.factories import NOW, a_local_authority, a_party, a_user
from tests.taxmap.money import a_bill, paid_at_counter

pytestmark = pytest.mark.django_db
DAY = NOW.date()
SIDES = ("เดบิต", "เครดิต")


def journal(
    folder: Path, kind: ListKind = ListKind.JOURNAL, first: date = DAY, last: date = DAY
) -> list[list[Any]]:
    """The rows of the file with its head, as whoever opens it reads them."""
    order = ListOrder(kind=kind, authority=a_local_authority(), tax_year=2026, first=first,
                      last=last)  # fmt: skip
    target = folder / order.filename
    list_export(order=order, target=target, person=None, run=CommandRun(io.StringIO()), now=NOW)
    if kind is ListKind.JOURNAL_CSV:
        assert target.suffix == ".csv"
        return list(csv.reader(target.read_text(encoding="utf-8-sig").splitlines()))
    sheet = openpyxl.load_workbook(target).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def amount(cell: Any) -> Decimal:
    return Decimal(str(cell or 0))


@pytest.fixture
def bill() -> Bill:
    """120 baht in cash for a bill of 100, late: penalty, surcharge and a rest."""
    found = a_bill(7_000, 3_000, taxpayers=[a_party("สมหญิง", surname="ไม่ปรากฏ").pk])
    paid_at_counter(found, 12_000)
    return found


@pytest.mark.parametrize("kind", [ListKind.JOURNAL, ListKind.JOURNAL_CSV])
def test_both_sides_are_equal_and_the_last_row_says_so(
    kind: ListKind, bill: Bill, tmp_path: Path
) -> None:
    head, *rows, total = journal(tmp_path, kind)
    assert len(rows) == Leg.objects.count()
    debit, credit = (head.index(side) for side in SIDES)
    sums = [sum(amount(row[side]) for row in rows) for side in (debit, credit)]
    assert sums[0] == sums[1] == Decimal(
        sum(leg.satang for leg in Leg.objects.filter(satang__gt=0))
    ) / 100  # fmt: skip
    assert [amount(total[debit]), amount(total[credit])] == sums
    assert total[head.index("เลขที่รายการ")] == "รวม"
    by_entry: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_entry[row[head.index("เลขที่รายการ")]] += amount(row[debit]) - amount(row[credit])
    assert set(by_entry.values()) == {Decimal(0)}
    assert "ไม่ปรากฏ" not in str(rows)


def test_money_has_its_account_bill_and_receipt(bill: Bill, tmp_path: Path) -> None:
    head, *rows = journal(tmp_path)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    cash = next(row for row in found if row["บัญชี"] == "เงินสดในมือ")
    assert (cash["เดบิต"], cash["รหัสบัญชี"], cash["วิธีชำระ"]) == (120, "1110", "เงินสด")
    assert cash["เลขที่ใบเสร็จ"] == f"A 1/{bill.payments.get().receipt.fiscal_year + 543}"
    assert cash["เลขอ้างอิง"] == bill.reference_1
    assert {row["รหัสแปลงที่ดิน"] for row in found} == {None, "01A011", "01A012"}


def test_other_days_and_authorities_stay_out(bill: Bill, tmp_path: Path) -> None:
    before = journal(tmp_path, first=date(2026, 1, 1), last=date(2026, 11, 19))
    assert len(before) == 1  # its head alone
    other = a_bill(number=2, local_authority=a_local_authority("LA-OTHER"))
    assert other.reference_1 not in str(journal(tmp_path))


def test_a_journal_that_does_not_balance_is_not_written(
    bill: Bill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exports.rows_of
    monkeypatch.setattr(exports, "rows_of", lambda *asked: list(real(*asked))[:-1])
    with pytest.raises(EntriesDoNotBalance):
        journal(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_journal_is_ordered_like_the_list_for_the_accounts(client: Client) -> None:
    client.force_login(a_user("cashier", Role.CASHIER, office=a_local_authority()))
    order = {"kind": "journal", "year": "2026"}
    a_bill()
    assert client.post(reverse("taxmap-lists"), order).status_code == 422
    days = {"first": "1/10/2569", "last": "20/11/2569"}
    assert client.post(reverse("taxmap-lists"), order | days).status_code == 302
    told = Job.objects.get().parameters
    assert (told["kind"], told["first"], told["last"]) == ("journal", "2026-10-01", "2026-11-20")
    client.force_login(a_user("land", Role.LAND_OFFICER))
    assert client.get(reverse("taxmap-lists")).status_code in {403, 404}
