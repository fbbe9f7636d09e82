"""The journal balances day by day and names no person."""

from __future__ import annotations

from datetime import date

import pytest

from taxmap.journal import COLUMNS, journal_rows
from tests.factories import NOW, a_local_authority
from tests.taxmap.money import a_bill, paid_at_counter

pytestmark = pytest.mark.django_db
DAY = NOW.date()


def test_every_day_debits_equal_credits() -> None:
    bill = a_bill(7_000, 3_000)
    paid_at_counter(bill, 12_000)
    rows = list(journal_rows(bill.local_authority, DAY, DAY))
    assert sum(row["debit_satang"] for row in rows) == sum(row["credit_satang"] for row in rows)
    assert all((row["debit_satang"] > 0) != (row["credit_satang"] > 0) for row in rows)
    cash = next(row for row in rows if row["account_purpose"] == "cash")
    assert (cash["debit_satang"], cash["account_code"], cash["receipt_number"]) == (
        12_000, "1110", 1
    )  # fmt: skip
    assert {row["parcel_code"] for row in rows} == {None, "01A011", "01A012"}
    assert set(rows[0]) == set(COLUMNS)


def test_other_days_and_authorities_stay_out() -> None:
    bill = a_bill()
    assert not journal_rows(bill.local_authority, date(2026, 1, 1), date(2026, 11, 19)).exists()
    other = a_bill(number=2, local_authority=a_local_authority("LA-OTHER"))
    told = {row["bill_reference"] for row in journal_rows(other.local_authority, DAY, DAY)}
    assert told == {other.reference_1}
