"""Money at the counter: every satang has its place, once, whoever presses how often."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from cadastre.errors import LandError
from offices.models import AuditEntry, Role, User
from taxmap.balances import Owed, balance_of
from taxmap.errors import PaymentOfNothing
from taxmap.ledger_errors import (
    BillNotCharged,
    ChequeNotDescribed,
    EntryAlreadyReversed,
    InstalmentsNotPossible,
    OrderChanged,
    TenderedTooLittle,
)
from taxmap.models import Balance, Bill, Entry, Means, Payment, TaxYear
from taxmap.services.charging import bills_charge
from taxmap.services.ledger import Book, LegLine, Posting, entries_post, ledger_verify
from taxmap.services.payments import (
    Tender,
    due_on,
    instalments_agree,
    payment_take,
    payment_undo,
)
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.money import a_bill, sums

pytestmark = pytest.mark.django_db
IN_TIME = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
LATE = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def cashier() -> User:
    return a_user("cashier", Role.CASHIER, office=a_local_authority())


def pay(bill: Bill, satang: int, cashier: User, *, key: str = "k", **more: Any) -> Payment:
    now = more.pop("now", IN_TIME)
    tender = Tender(more.pop("means", Means.CASH), satang, **more)
    return payment_take(bill=bill, tender=tender, key=key, actor=cashier, now=now)[0]


def test_a_charge_is_owed_against_the_income_of_the_year() -> None:
    bill = a_bill(7_000, 3_000)
    assert sums(bill) == {"tax_due": 10_000, "land_building_tax": -10_000}
    assert balance_of(bill) == Owed(charged_satang=10_000, due_satang=10_000)
    assert ledger_verify() == []


def test_charging_again_charges_nothing_twice() -> None:
    bill = a_bill()
    again = {
        "local_authority": bill.local_authority, "tax_year": 2026, "kind": bill.kind,
        "actor": None, "now": NOW,
    }  # fmt: skip
    assert bills_charge(**again) == 0
    assert Entry.objects.filter(bill=bill).count() == 1


def test_a_payment_has_its_receipt_and_its_trace(cashier: User) -> None:
    bill = a_bill(7_000, 3_000)
    payment = pay(bill, 10_000, cashier, tendered_satang=20_000)
    receipt = payment.receipt
    assert (receipt.series, receipt.fiscal_year, receipt.number) == ("A", 2026, 1)
    assert (receipt.tax_satang, receipt.penalty_satang, receipt.overpaid_satang) == (10_000, 0, 0)
    assert balance_of(bill).due_satang == 0
    assert sums(bill) == {"cash": 10_000, "land_building_tax": -10_000}
    entry = AuditEntry.objects.get(action="taxmap.payment_taken")
    assert entry.data == {"amount_satang": 10_000, "means": "cash"}
    assert entry.office == bill.local_authority


def test_the_fiscal_year_begins_in_october(cashier: User) -> None:
    paid = pay(a_bill(), 100, cashier, now=datetime(2026, 10, 1, 3, 0, tzinfo=UTC))
    assert paid.receipt.fiscal_year == 2027


def test_a_part_is_apportioned_over_the_assessments(cashier: User) -> None:
    bill = a_bill(7_000, 3_000, 1)
    pay(bill, 5_001, cashier)
    received = Balance.objects.filter(bill=bill).order_by("pk").values_list("received_satang")
    assert [row[0] for row in received] == [3_500, 1_500, 1]
    assert balance_of(bill).due_satang == 5_000
    assert ledger_verify() == []


def test_a_late_payment_is_charged_with_what_lateness_costs_on_its_day(cashier: User) -> None:
    bill = a_bill(100_000)
    asked = due_on(bill, date(2026, 7, 15))
    assert (asked.tax, asked.penalty, asked.surcharge, asked.total) == (
        100_000, 10_000, 1_000, 111_000
    )  # fmt: skip
    payment = pay(bill, asked.total, cashier, now=LATE)
    assert payment.receipt.penalty_satang == 10_000
    assert balance_of(bill) == Owed(100_000, 10_000, 1_000, 111_000, 0, 0)
    assert sums(bill) == {
        "cash": 111_000, "land_building_tax": -100_000, "penalty": -10_000, "surcharge": -1_000
    }  # fmt: skip


def test_a_reminder_doubles_the_penalty_and_passing_its_day_doubles_it_again() -> None:
    bill = a_bill(100_000, reminded_on=date(2026, 7, 10))
    assert due_on(bill, date(2026, 7, 25)).penalty == 20_000
    assert due_on(bill, date(2026, 7, 26)).penalty == 40_000


def test_money_paid_too_much_is_owed_back(cashier: User) -> None:
    bill = a_bill()
    payment = pay(bill, 12_500, cashier)
    assert payment.receipt.overpaid_satang == 2_500
    assert sums(bill)["overpaid"] == -2_500
    assert balance_of(bill).due_satang == 0
    assert due_on(bill, date(2026, 7, 1)).overpaid == 2_500


@pytest.mark.parametrize(
    ("tender", "refusal"),
    [
        (Tender(Means.CASH, 0), PaymentOfNothing),
        (Tender(Means.CASH, -5), PaymentOfNothing),
        (Tender(Means.CASH, 10**14), PaymentOfNothing),
        (Tender(Means.CASH, 10_000, 9_999), TenderedTooLittle),
        (Tender(Means.CHEQUE, 10_000, cheque_number="1"), ChequeNotDescribed),
    ],
)
def test_what_cannot_be_is_refused(tender: Tender, refusal: type[LandError], cashier: User) -> None:
    bill = a_bill()
    with pytest.raises(refusal) as told:
        payment_take(bill=bill, tender=tender, key="k", actor=cashier, now=IN_TIME)
    assert "{" not in str(told.value)
    assert not Payment.objects.exists()


def test_a_draft_takes_no_money(cashier: User) -> None:
    bill = a_bill()
    draft = Bill.objects.create(
        local_authority=bill.local_authority, tax_year=2026, taxpayers=[99], units=0,
        value_satang=0, exemption_satang=0, tax_satang=0, assessed_at=NOW,
    )  # fmt: skip
    with pytest.raises(BillNotCharged):
        pay(draft, 100, cashier)


def test_pressing_twice_pays_once(cashier: User) -> None:
    bill = a_bill()
    tender = Tender(Means.CASH, 4_000)
    first = payment_take(bill=bill, tender=tender, key="one", actor=cashier, now=IN_TIME)
    again = payment_take(bill=bill, tender=tender, key="one", actor=cashier, now=LATE)
    assert (first[1], again[1]) == (True, False)
    assert first[0] == again[0]
    with pytest.raises(OrderChanged):
        pay(bill, 4_001, cashier, key="one")
    assert balance_of(bill).received_satang == 4_000


def test_a_reversal_brings_everything_back_as_it_was(cashier: User) -> None:
    bill = a_bill(100_000)
    before = sums(bill)
    payment = pay(bill, 111_000, cashier, now=LATE)
    payment_undo(payment, source="test", actor=None, now=LATE)
    assert sums(bill) == before
    assert balance_of(bill) == Owed(charged_satang=100_000, due_satang=100_000)
    with pytest.raises(EntryAlreadyReversed):
        payment_undo(payment, source="test", actor=None, now=LATE)


def test_undoing_a_payment_in_time_makes_the_later_one_carry_the_tax(cashier: User) -> None:
    """Half was paid in time by a cheque that bounced; the late half now pays tax and penalty."""
    bill = a_bill(100_000)
    cheque = pay(
        bill, 50_000, cashier, means=Means.CHEQUE, key="1", cheque_number="77",
        cheque_bank="กรุงไทย", cheque_on=date(2026, 6, 30),
    )  # fmt: skip
    pay(bill, 55_500, cashier, key="2", now=LATE)
    assert balance_of(bill).due_satang == 0
    payment_undo(cheque, source="test", actor=None, now=LATE)
    assert balance_of(bill).received_satang == 55_500
    assert due_on(bill, date(2026, 7, 15)).total == 55_500
    problems = [each for each in ledger_verify() if "void receipt" not in each[0]]
    assert problems == []


def test_three_instalments_cost_nothing_more_when_each_comes_in_time(cashier: User) -> None:
    bill = a_bill(300_001)
    instalments_agree(bill, actor=cashier, now=IN_TIME)
    for number, (month, satang) in enumerate([(6, 100_001), (7, 100_000), (8, 100_000)]):
        pay(bill, satang, cashier, key=f"{number}", now=datetime(2026, month, 30, tzinfo=UTC))
    assert balance_of(bill) == Owed(charged_satang=300_001, received_satang=300_001)


def test_who_misses_one_loses_the_right_to_the_rest(cashier: User) -> None:
    bill = a_bill(300_000)
    instalments_agree(bill, actor=cashier, now=IN_TIME)
    pay(bill, 100_000, cashier, key="1")
    august = due_on(bill, date(2026, 8, 5))
    assert (august.tax, august.penalty, august.surcharge) == (200_000, 20_000, 2_000)


def test_a_small_or_late_bill_is_not_paid_in_parts(cashier: User) -> None:
    with pytest.raises(InstalmentsNotPossible):
        instalments_agree(a_bill(299_999), actor=cashier, now=IN_TIME)
    with pytest.raises(InstalmentsNotPossible):
        instalments_agree(a_bill(300_000, number=2), actor=cashier, now=LATE)


def test_an_authority_may_announce_a_later_day() -> None:
    bill = a_bill(100_000)
    TaxYear.objects.create(
        local_authority=bill.local_authority, year=2026, stage="assessed",
        property_list_on=date(2026, 1, 31), prices_announced_on=date(2026, 3, 31),
        assessment_on=date(2026, 4, 30), payment_on=date(2026, 8, 31),
        reminder_on=date(2026, 9, 30), arrears_reported_on=date(2026, 10, 31),
        instalments_on=[date(2026, 8, 31)],
    )  # fmt: skip
    assert due_on(bill, date(2026, 8, 31)).total == 100_000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE taxmap_leg SET satang = satang + 1",
        "DELETE FROM taxmap_leg",
        "TRUNCATE taxmap_leg CASCADE",
        "UPDATE taxmap_entry SET happened_on = happened_on - 1",
        "DELETE FROM taxmap_entry",
        "TRUNCATE taxmap_entry CASCADE",
        "UPDATE taxmap_balance SET received_satang = charged_satang, tax_due_satang = 0",
        "DELETE FROM taxmap_balance",
        "TRUNCATE taxmap_balance",
        "UPDATE taxmap_payment SET amount_satang = 1",
        "DELETE FROM taxmap_receipt",
        "UPDATE taxmap_receipt SET number = 2",
        "UPDATE taxmap_receiptseries SET last_number = 0",
        "DELETE FROM taxmap_receiptseries",
    ],
)
def test_the_owner_of_the_tables_changes_nothing(statement: str, cashier: User) -> None:
    pay(a_bill(), 10_000, cashier)
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert ledger_verify() == []


def test_an_entry_that_does_not_balance_is_refused_at_commit() -> None:
    bill = a_bill()
    book = Book.of(bill.local_authority, actor=None, channel="test", now=NOW)
    for legs in ([LegLine("cash", 5), LegLine("bank", -4)], [LegLine("cash", 5)], []):
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            entries_post(book, [Posting(Entry.Kind.PAYMENT, NOW.date(), legs)])
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_no_leg_is_added_to_an_entry_of_another_day() -> None:
    entry = Entry.objects.get(bill=a_bill())
    leg = entry.legs.first()
    assert leg is not None
    with pytest.raises(DatabaseError, match="is closed"):
        entry.legs.create(account=leg.account, satang=1)
