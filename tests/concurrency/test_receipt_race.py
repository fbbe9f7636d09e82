"""Receipts without gaps and money without doubles, while many cashiers press at one moment."""

from __future__ import annotations

import threading
from datetime import date, time
from typing import Any

import pytest
from django.db import connection, transaction

from cadastre.payments.bank_report import BankReportFile, ReportedPayment, write_report
from offices.models import Office, Role, User
from taxmap.balances import balance_of
from taxmap.models import Bill, Entry, Means, Payment, Receipt
from taxmap.services import payments, receipts
from taxmap.services.bank_reports import bank_report_import
from taxmap.services.ledger import ledger_verify
from taxmap.services.payments import Tender, payment_take
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.money import a_bill

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 12


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no fault of the locks."""
    monkeypatch.setattr(payments, "LOCK_TIMEOUT", "30s")


@pytest.fixture
def cashiers() -> list[User]:
    return [a_user(f"c{n}", Role.CASHIER, office=a_local_authority()) for n in range(4)]


def pays(bill: Bill, satang: int, cashier: User, key: str, *, fails: bool = False) -> Act:
    def act() -> Payment:
        with transaction.atomic():
            payment, _new = payment_take(
                bill=bill, tender=Tender(Means.CASH, satang), key=key, actor=cashier, now=NOW
            )
            if fails:
                raise RuntimeError("the till went dark")
        return payment

    return act


def numbers() -> list[int]:
    return sorted(Receipt.objects.values_list("number", flat=True))


def test_receipts_have_no_gap_while_every_third_payment_fails(cashiers: list[User]) -> None:
    bills = [a_bill(10_000, number=n) for n in range(1, 5)]
    outcomes = race([
        pays(bills[n % 4], 100, cashiers[n % 4], f"{n}", fails=n % 3 == 0) for n in range(MANY)
    ])  # fmt: skip
    failed = sum(isinstance(each, RuntimeError) for each in outcomes)
    assert failed == MANY // 3
    assert numbers() == list(range(1, MANY - failed + 1))
    assert ledger_verify() == []


def from_a_sequence(office: Office, series: str, fiscal_year: int, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('race_receipts') FROM generate_series(1, %s)", [count]
        )  # fmt: skip
        return [int(number) for (number,) in cursor]


def test_a_sequence_would_leave_gaps(cashiers: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the test above: numbers of payments that failed are lost with a sequence."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE race_receipts")
    try:
        monkeypatch.setattr(receipts, "numbers_draw", from_a_sequence)
        bills = [a_bill(10_000, number=n) for n in range(1, 5)]
        race([
            pays(bills[n % 4], 100, cashiers[n % 4], f"{n}", fails=n % 3 == 0) for n in range(MANY)
        ])  # fmt: skip
        pays(bills[0], 100, cashiers[0], "last")()
        assert numbers() != list(range(1, len(numbers()) + 1))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE race_receipts")


def test_two_cashiers_share_one_bill(cashiers: list[User]) -> None:
    """Whatever comes over the tax is owed back; nothing is settled twice."""
    bill = a_bill(10_000, reminded_on=None)
    race([pays(bill, 10_000, cashier, "k") for cashier in cashiers])
    assert balance_of(bill).due_satang == 0
    assert Payment.objects.count() == len(cashiers)
    assert ledger_verify() == []


def test_without_the_lock_on_the_bill_its_tax_is_settled_twice(
    cashiers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the test above. Behind the lock stands the constraint of the balance."""
    bill = a_bill(10_000)
    settle, read = payments.settlement_of, threading.Barrier(2)

    def read_then_wait(*args: Any, **options: Any) -> Any:
        change = settle(*args, **options)
        read.wait(PATIENCE_S)
        return change

    monkeypatch.setattr(payments, "bill_lock", lambda each: each)
    monkeypatch.setattr(payments, "settlement_of", read_then_wait)
    outcomes = race([pays(bill, 12_000, cashier, "k") for cashier in cashiers[:2]])
    refused = [each for each in outcomes if "less than nothing" in str(each)]
    assert len(refused) == 1


def test_the_same_press_many_times_is_one_payment(cashiers: list[User]) -> None:
    bill = a_bill(10_000)
    outcomes = race([pays(bill, 4_000, cashiers[0], "one press")] * 8)
    assert len({each.pk for each in outcomes}) == 1
    assert balance_of(bill).received_satang < 4_000 + 1
    assert Entry.objects.filter(kind=Entry.Kind.PAYMENT).count() == 1


def test_a_bank_file_and_a_cashier_meet_on_one_bill(cashiers: list[User]) -> None:
    bill = a_bill(10_000)
    line = ReportedPayment(
        line=0, bank_code="006", account="1", paid_on=date(2026, 6, 1), paid_at=time(9),
        amount_satang=10_000, reference_1=bill.reference_1,
    )  # fmt: skip
    data = write_report(BankReportFile("006", "1", "-", date(2026, 6, 1), payments=[line]))

    def imports() -> Any:
        return bank_report_import(
            data, local_authority=bill.local_authority, actor=None, now=NOW
        )  # fmt: skip

    outcomes = race([imports, imports, pays(bill, 10_000, cashiers[0], "k")])
    assert sorted(type(each).__name__ for each in outcomes) == [
        "BankReportAlreadyImported", "Imported", "Payment"
    ]  # fmt: skip
    assert balance_of(bill).due_satang == 0
    assert ledger_verify() == []
