"""Taking money for a bill. docs/algorithms/ledger.md, section 4."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from cadastre.tax.money import baht_written
from offices.models import User
from offices.services.audit import entry_record
from taxmap.errors import PaymentOfNothing
from taxmap.ledger_errors import (
    ChequeNotDescribed,
    EntryAlreadyReversed,
    InstalmentsNotPossible,
    OrderChanged,
    TenderedTooLittle,
)
from taxmap.models import AccountPurpose, BankLine, Bill, Entry, InstalmentPlan, Means, Payment
from taxmap.services.cash_up import booking_day, taken_back
from taxmap.services.ledger import Book, LegLine, Posting, entries_post, entry_reverse
from taxmap.services.receipts import receipts_issue
from taxmap.services.settling import BillFacts, Change, Incoming, facts_of, settlement_of

LOCK_TIMEOUT: Final = "3s"
MONEY: Final = {
    Means.CASH: AccountPurpose.CASH,
    Means.CHEQUE: AccountPurpose.CHEQUES,
    Means.QR: AccountPurpose.BANK_CLEARING,
    Means.TRANSFER: AccountPurpose.BANK_CLEARING,
}
MOST_SATANG: Final = 10**13
"""A hundred thousand million baht: more is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Tender:
    """What somebody hands over. Cash may be more than the amount: the rest is change."""

    means: Means
    amount_satang: int
    tendered_satang: int | None = None
    cheque_number: str = ""
    cheque_bank: str = ""
    cheque_on: date | None = None

    def check(self) -> None:
        """Raise `PaymentOfNothing`, `TenderedTooLittle` or `ChequeNotDescribed`."""
        if not 0 < self.amount_satang <= MOST_SATANG:
            raise PaymentOfNothing
        if self.tendered_satang is not None and self.tendered_satang < self.amount_satang:
            raise TenderedTooLittle(
                amount=baht_written(self.amount_satang), tendered=baht_written(self.tendered_satang)
            )
        if self.means == Means.CHEQUE and not (
            self.cheque_number and self.cheque_bank and self.cheque_on
        ):
            raise ChequeNotDescribed


@dataclass(frozen=True, slots=True)
class DueToday:
    """What a bill costs on one day, in satang; ``total`` clears it."""

    on: date
    tax: int
    penalty: int
    surcharge: int
    overpaid: int

    @property
    def total(self) -> int:
        return max(self.tax + self.penalty + self.surcharge - self.overpaid, 0)


def due_on(bill: Bill, day: date) -> DueToday:
    """What clears the bill on ``day``, with penalty and surcharge of that day."""
    return due_of(facts_of([bill])[bill.pk], day)


def due_of(facts: BillFacts, day: date) -> DueToday:
    """The same from facts that are read already, for lists of bills."""
    now, cleared = facts.due_on_day(day)
    return DueToday(
        on=day,
        tax=cleared.tax_paid - now.tax_paid,
        penalty=cleared.penalty_paid - now.penalty_paid,
        surcharge=cleared.surcharge_paid - now.surcharge_paid,
        overpaid=now.left,
    )


@transaction.atomic
def payment_take(
    *, bill: Bill, tender: Tender, key: str, actor: User, now: datetime
) -> tuple[Payment, bool]:
    """Take money at a counter today; the payment with its receipt, and whether it is new.

    ``key`` belongs to one press of the button: sent again with the same order it gives the same
    payment, with another order `OrderChanged`. Locks the bill, so that two cashiers take turns.
    """
    tender.check()
    order = _hash(bill, tender)
    locked = bill_lock(bill)
    known = Entry.objects.filter(actor=actor, channel="counter", idempotency_key=key).first()
    if known is not None:
        if known.request_hash != order:
            raise OrderChanged
        return Payment.objects.select_related("receipt").get(entry=known), False
    today = timezone.localdate(now)
    book = Book.of(locked.local_authority, actor=actor, channel="counter", now=now)
    change = settlement_of(
        facts_of([locked])[locked.pk], on=today,
        incoming=Incoming(MONEY[tender.means], tender.amount_satang, today),
        booked_on=booking_day(actor, locked.local_authority, today),
    )  # fmt: skip
    entry = _post(book, change, key=key, order=order)
    payment = Payment.objects.create(
        bill=locked, entry=entry, means=tender.means, amount_satang=tender.amount_satang,
        paid_on=today, received_at=now, cashier=actor, tendered_satang=tender.tendered_satang,
        cheque_number=tender.cheque_number, cheque_bank=tender.cheque_bank,
        cheque_on=tender.cheque_on,
    )  # fmt: skip
    payment.refresh_from_db()
    entry_record(
        action="taxmap.payment_taken", subject_kind="bill", subject_id=locked.public_id,
        actor=actor, office=locked.local_authority,
        data={"amount_satang": tender.amount_satang, "means": str(tender.means)}, now=now,
    )  # fmt: skip
    receipts_issue([(payment, change)], office=locked.local_authority, now=now)
    return payment, True


def _post(book: Book, change: Change, *, key: str, order: str) -> Entry:
    """Post a settlement; the entry that brings the money carries the key of its order."""
    postings = [
        Posting(
            each.kind, each.happened_on, each.legs, each.bill_id, each.source, each.booked_on,
            idempotency_key=key, request_hash=order,
        )
        if each.kind == Entry.Kind.PAYMENT
        else each
        for each in change.postings
    ]  # fmt: skip
    entries = entries_post(book, postings)
    return next(each for each in entries if each.kind == Entry.Kind.PAYMENT)


def bill_lock(bill: Bill) -> Bill:
    """The bill, locked until the transaction ends: payments of one bill take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    return (
        Bill.objects.select_for_update(of=("self",))
        .select_related("local_authority")
        .get(pk=bill.pk)
    )


@transaction.atomic
def payment_undo(payment: Payment, *, source: str, actor: User | None, now: datetime) -> Entry:
    """Reverse a payment that does not stand (bounced cheque, wrong bill) and settle its bill anew.

    Called by the decision of a second person. Raises `EntryAlreadyReversed` the second time and
    `MoreGivenBackThanLeft` when a refund used the money.
    """
    bill = bill_lock(payment.bill)
    entry = Entry.objects.get(pk=payment.entry_id)
    if Entry.objects.filter(reverses=entry).exists():
        raise EntryAlreadyReversed(entry=entry.pk)
    today = timezone.localdate(now)
    book = Book.of(bill.local_authority, actor=actor, channel="decision", now=now)
    undone = entry_reverse(book, entry, happened_on=today, booked_on=today)
    if (back := taken_back(book, payment, today)) is not None:
        entries_post(book, [back])
    line = BankLine.objects.filter(confirms=payment).first()
    if line is not None:
        legs = [
            LegLine(AccountPurpose.BANK_CLEARING, payment.amount_satang),
            LegLine(AccountPurpose.SUSPENSE, -payment.amount_satang),
        ]
        entries_post(book, [Posting(Entry.Kind.SUSPENSE, today, legs, source=f"line:{line.pk}")])
    change = settlement_of(facts_of([bill])[bill.pk], on=today, source=source)
    entries_post(book, change.postings)
    return undone


@transaction.atomic
def instalments_agree(bill: Bill, *, actor: User, now: datetime) -> InstalmentPlan:
    """Note that the taxpayers asked in time to pay in parts; raises `InstalmentsNotPossible`."""
    locked = bill_lock(bill)
    today = timezone.localdate(now)
    facts = facts_of([locked])[locked.pk]
    facts.in_parts = True
    if today > facts.due_on or facts.payments or len(facts.charges(today)) < 2:
        raise InstalmentsNotPossible
    plan, _new = InstalmentPlan.objects.get_or_create(
        bill=locked, defaults={"agreed_on": today, "agreed_by": actor}
    )
    entry_record(
        action="taxmap.instalments_agreed", subject_kind="bill", subject_id=locked.public_id,
        actor=actor, office=locked.local_authority, now=now,
    )  # fmt: skip
    return plan


def _hash(bill: Bill, tender: Tender) -> str:
    order = [
        bill.pk, tender.means, tender.amount_satang, tender.tendered_satang, tender.cheque_number,
        tender.cheque_bank, str(tender.cheque_on or ""),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(order).encode()).hexdigest()
