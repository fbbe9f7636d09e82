"""Receipts: numbered without a gap, voided with a reason and a second person, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from cadastre.payments.rules import fiscal_year_of
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.ledger_errors import ReceiptAlreadyVoid, SamePersonDecides, TaxReasonMissing
from taxmap.models import Means, Payment, Receipt, ReceiptSeries
from taxmap.services.settling import Change

COUNTER_SERIES: Final = "A"
"""Payments taken at a counter."""
BANK_SERIES: Final = "B"
"""Payments that a bank reports."""


def receipts_issue(
    paid: Sequence[tuple[Payment, Change]], *, office: Office, now: datetime
) -> list[Receipt]:
    """The next numbers of the series, drawn in the transaction of the payments themselves.

    Call it last: the row of the series stays locked until that transaction ends, so that one rolled
    back gives its numbers back and nobody is given a number behind them meanwhile.
    """
    if not paid:
        return []
    series = COUNTER_SERIES if paid[0][0].bank_line_id is None else BANK_SERIES
    fiscal_year = fiscal_year_of(timezone.localdate(now))
    numbers = numbers_draw(office, series, fiscal_year, len(paid))
    return Receipt.objects.bulk_create(
        [
            Receipt(
                local_authority=office, series=series, fiscal_year=fiscal_year, number=number,
                payment=payment, tax_satang=change.tax, penalty_satang=change.penalty,
                surcharge_satang=change.surcharge, overpaid_satang=change.left, issued_at=now,
            )
            for number, (payment, change) in zip(numbers, paid, strict=True)
        ],
        batch_size=2_000,
    )  # fmt: skip


def numbers_draw(office: Office, series: str, fiscal_year: int, count: int) -> list[int]:
    """Count the series up, one by one; its row stays locked until the transaction ends."""
    counter = series_lock(office, series, fiscal_year)
    drawn = []
    for _ in range(count):
        counter.last_number += 1
        counter.save(update_fields=["last_number"])
        drawn.append(counter.last_number)
    return drawn


def series_lock(office: Office, series: str, fiscal_year: int) -> ReceiptSeries:
    """The counter of the series, locked; opened if this is its first receipt."""
    ReceiptSeries.objects.bulk_create(
        [ReceiptSeries(local_authority=office, series=series, fiscal_year=fiscal_year)],
        ignore_conflicts=True,
    )
    return ReceiptSeries.objects.select_for_update(of=("self",)).get(
        local_authority=office, series=series, fiscal_year=fiscal_year
    )


@transaction.atomic
def receipt_void(receipt: Receipt, *, reason: str, actor: User, now: datetime) -> Receipt:
    """Void a receipt whose payment is reversed. Its number stays used.

    Another person than the cashier does it: raises `SamePersonDecides`, `ReceiptAlreadyVoid` or
    `TaxReasonMissing`. Called by the decision about the reversal.
    """
    if not reason.strip():
        raise TaxReasonMissing
    locked = (
        Receipt.objects.select_for_update(of=("self",)).select_related("payment").get(pk=receipt.pk)
    )
    if locked.voided_at is not None:
        raise ReceiptAlreadyVoid(number=str(locked))
    if locked.payment.cashier_id == actor.pk:
        raise SamePersonDecides
    locked.void_reason, locked.voided_at, locked.voided_by = reason.strip(), now, actor
    locked.save(update_fields=["void_reason", "voided_at", "voided_by"])
    entry_record(
        action="taxmap.receipt_voided", subject_kind="receipt", subject_id=locked.public_id,
        actor=actor, office=locked.local_authority, data={"reason": reason.strip()}, now=now,
    )  # fmt: skip
    return locked


IN_TILL: Final = (Means.CASH, Means.CHEQUE)
"""What a cashier holds in hand; the rest is at the bank."""
