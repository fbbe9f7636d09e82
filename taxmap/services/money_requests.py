"""Waivers, refunds, reversals and matches by hand: one person prepares, another decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cadastre.tax.money import baht_written
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.ledger_errors import (
    ChequeNotWaiting,
    EntryAlreadyReversed,
    RequestDecided,
    RequestUnusable,
    SamePersonDecides,
    TaxReasonMissing,
)
from taxmap.models import (
    AccountPurpose,
    BankLine,
    Bill,
    Entry,
    Means,
    MoneyRequest,
    Payment,
    Receipt,
)
from taxmap.services.bank_reports import line_claim, payments_from
from taxmap.services.ledger import Book, LegLine, Posting, entries_post
from taxmap.services.payments import bill_lock, due_of, payment_undo
from taxmap.services.receipts import receipt_void
from taxmap.services.settling import facts_of, settlement_of

Kind = MoneyRequest.Kind
P = AccountPurpose


def waiver_prepare(
    *,
    bill: Bill,
    component: MoneyRequest.Component,
    satang: int,
    reason: str,
    actor: User,
    now: datetime,
) -> MoneyRequest:
    """Ask that a part of tax, penalty or surcharge of a bill be waived.

    Penalty and surcharge are waived as they arise: what a later payment would be charged, up to
    the amount. Raises `RequestUnusable` for more than would be due today.
    """
    owed = due_of(facts_of([bill])[bill.pk], timezone.localdate(now))
    most = {"tax": owed.tax, "penalty": owed.penalty, "surcharge": owed.surcharge}[component]
    return _prepare(
        kind=Kind.WAIVER, office=bill.local_authority, bill=bill, component=component,
        satang=satang, most=most, reason=reason, actor=actor, now=now,
    )  # fmt: skip


def refund_prepare(
    *, bill: Bill, satang: int, pay_to: str, reason: str, actor: User, now: datetime
) -> MoneyRequest:
    """Ask that what was paid too much be given back."""
    left = max(facts_of([bill])[bill.pk].settled().left, 0)
    return _prepare(
        kind=Kind.REFUND, office=bill.local_authority, bill=bill, satang=satang, most=left,
        reason=reason, actor=actor, now=now, pay_to=pay_to[:120],
    )  # fmt: skip


def reversal_prepare(*, payment: Payment, reason: str, actor: User, now: datetime) -> MoneyRequest:
    """Ask that a payment be undone and its receipt voided; raises `EntryAlreadyReversed`."""
    if Entry.objects.filter(reverses=payment.entry_id).exists():
        raise EntryAlreadyReversed(entry=payment.entry_id)
    return _prepare(
        kind=Kind.REVERSAL, office=payment.bill.local_authority, bill=payment.bill,
        payment=payment, satang=payment.amount_satang, most=payment.amount_satang, reason=reason,
        actor=actor, now=now,
    )  # fmt: skip


def match_prepare(
    *, line: BankLine, bill: Bill, reason: str, actor: User, now: datetime
) -> MoneyRequest:
    """Ask that money of an unknown bill pay this one; raises `BankLineClaimed`."""
    with transaction.atomic():
        locked = line_claim(line)
    return _prepare(
        kind=Kind.MATCH, office=bill.local_authority, bill=bill, bank_line=locked,
        satang=line.amount_satang, most=line.amount_satang, reason=reason, actor=actor, now=now,
    )  # fmt: skip


def line_refund_prepare(
    *, line: BankLine, pay_to: str, reason: str, actor: User, now: datetime
) -> MoneyRequest:
    """Ask that money of an unknown bill be sent back; raises `BankLineClaimed`."""
    with transaction.atomic():
        locked = line_claim(line)
    return _prepare(
        kind=Kind.LINE_REFUND, office=locked.report.local_authority, bank_line=locked,
        satang=line.amount_satang, most=line.amount_satang, reason=reason, actor=actor, now=now,
        pay_to=pay_to[:120],
    )  # fmt: skip


@transaction.atomic
def _prepare(
    *,
    kind: MoneyRequest.Kind,
    office: Office,
    satang: int,
    most: int,
    reason: str,
    actor: User,
    now: datetime,
    **about: object,
) -> MoneyRequest:
    if not reason.strip():
        raise TaxReasonMissing
    if not 0 < satang <= most:
        raise RequestUnusable(amount=baht_written(satang), most=baht_written(most))
    prepared = MoneyRequest.objects.create(
        kind=kind, local_authority=office, amount_satang=satang, reason=reason.strip()[:300],
        prepared_by=actor, prepared_at=now, **about,
    )  # fmt: skip
    _record("prepared", prepared, actor, now)
    return prepared


@transaction.atomic
def request_decide(
    request: MoneyRequest, *, approve: bool, actor: User, now: datetime
) -> MoneyRequest:
    """Approve or refuse; an approval moves the money in the same transaction.

    Raises `SamePersonDecides` for whoever prepared it, `RequestDecided` the second time, and what
    the move itself raises when the facts have changed meanwhile: then nothing is decided.
    """
    if request.bill_id is not None:
        bill_lock(request.bill)  # type: ignore[arg-type]
    locked = (
        MoneyRequest.objects.select_for_update(of=("self",))
        .select_related("local_authority", "bill", "payment__bill", "bank_line__report")
        .get(pk=request.pk)
    )
    if locked.is_approved is not None:
        raise RequestDecided
    if locked.prepared_by_id == actor.pk:
        raise SamePersonDecides
    if approve and locked.bank_line is not None:
        line_claim(locked.bank_line)
    locked.is_approved, locked.decided_by, locked.decided_at = approve, actor, now
    locked.save(update_fields=["is_approved", "decided_by", "decided_at"])
    if approve:
        _MOVES[Kind(locked.kind)](locked, actor, now)
    _record("approved" if approve else "refused", locked, actor, now)
    return locked


def _settle(request: MoneyRequest, actor: User, now: datetime, first: list[Posting]) -> None:
    """Post ``first``, then what the bill's settlement changes by it."""
    assert request.bill is not None
    book = Book.of(request.local_authority, actor=actor, channel="decision", now=now)
    entries_post(book, first)
    day = timezone.localdate(now)
    change = settlement_of(
        facts_of([request.bill])[request.bill.pk], on=day, source=_source(request)
    )
    entries_post(book, change.postings)


def _waive(request: MoneyRequest, actor: User, now: datetime) -> None:
    _settle(request, actor, now, [])


def _refund(request: MoneyRequest, actor: User, now: datetime) -> None:
    assert request.bill_id is not None
    legs = [
        LegLine(P.OVERPAID, request.amount_satang, None, request.bill_id),
        LegLine(P.BANK, -request.amount_satang, None, request.bill_id),
    ]
    day = timezone.localdate(now)
    _settle(
        request, actor, now,
        [Posting(Entry.Kind.REFUND, day, legs, request.bill_id, _source(request))],
    )  # fmt: skip


def _reverse(request: MoneyRequest, actor: User, now: datetime) -> None:
    assert request.payment is not None
    payment_undo(request.payment, source=_source(request), actor=actor, now=now)
    receipt = Receipt.objects.filter(payment=request.payment, voided_at=None).first()
    if receipt is not None:
        receipt_void(receipt, reason=request.reason, actor=actor, now=now)


def _match(request: MoneyRequest, actor: User, now: datetime) -> None:
    assert request.bill is not None
    assert request.bank_line is not None
    book = Book.of(request.local_authority, actor=actor, channel="decision", now=now)
    payments_from(book, [(request.bank_line, request.bill)])


def _send_back(request: MoneyRequest, actor: User, now: datetime) -> None:
    book = Book.of(request.local_authority, actor=actor, channel="decision", now=now)
    legs = [LegLine(P.SUSPENSE, request.amount_satang), LegLine(P.BANK, -request.amount_satang)]
    day = timezone.localdate(now)
    entries_post(book, [Posting(Entry.Kind.REFUND, day, legs, None, _source(request))])


_MOVES: Mapping[MoneyRequest.Kind, Callable[[MoneyRequest, User, datetime], None]] = {
    Kind.WAIVER: _waive,
    Kind.REFUND: _refund,
    Kind.REVERSAL: _reverse,
    Kind.MATCH: _match,
    Kind.LINE_REFUND: _send_back,
}


@transaction.atomic
def cheque_clear(payment: Payment, *, on: date, actor: User, now: datetime) -> Entry:
    """The bank has paid a cheque; raises `ChequeNotWaiting`. A bounced one is reversed instead."""
    bill_lock(payment.bill)
    source = f"cheque:{payment.public_id}"
    if (
        payment.means != Means.CHEQUE
        or Entry.objects.filter(reverses=payment.entry_id).exists()
        or Entry.objects.filter(kind=Entry.Kind.CHEQUE_CLEARED, source=source).exists()
    ):
        raise ChequeNotWaiting
    book = Book.of(payment.bill.local_authority, actor=actor, channel="counter", now=now)
    legs = [LegLine(P.BANK, payment.amount_satang), LegLine(P.CHEQUES, -payment.amount_satang)]
    return entries_post(book, [Posting(Entry.Kind.CHEQUE_CLEARED, on, legs, None, source)])[0]


def _source(request: MoneyRequest) -> str:
    return f"request:{request.pk}"


def _record(what: str, request: MoneyRequest, actor: User, now: datetime) -> None:
    entry_record(
        action=f"taxmap.money_request_{what}", subject_kind="money_request",
        subject_id=str(request.pk), actor=actor, office=request.local_authority,
        data={"kind": request.kind, "amount_satang": request.amount_satang}, now=now,
    )  # fmt: skip
