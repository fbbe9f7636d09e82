"""Money received for an assessment."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.errors import (
    PaymentExceedsTax,
    PaymentOfNothing,
    PaymentReferenceUsed,
    ReversalExceedsPayments,
)
from taxmap.models import Assessment, Payment


@transaction.atomic
def payment_record(
    *,
    assessment: Assessment,
    amount_satang: int,
    received_on: date,
    reference: str,
    actor: User | None,
    now: datetime,
) -> Payment:
    """Record money received; a negative amount reverses an earlier mistake.

    Never more than the tax is taken, never more than was paid is reversed: the row of the
    assessment is locked while the payments are added up. Raises `PaymentExceedsTax`,
    `ReversalExceedsPayments`, `PaymentOfNothing` or `PaymentReferenceUsed`.
    """
    if amount_satang == 0:
        raise PaymentOfNothing
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    paid = locked.payments.aggregate(total=Sum("amount_satang"))["total"] or 0
    if amount_satang > locked.tax_satang - paid:
        raise PaymentExceedsTax(amount=amount_satang, due=locked.tax_satang - paid)
    if paid + amount_satang < 0:
        raise ReversalExceedsPayments(amount=-amount_satang, paid=paid)
    if Payment.objects.filter(reference=reference).exists():
        raise PaymentReferenceUsed(reference=reference)
    payment = Payment.objects.create(
        assessment=locked, amount_satang=amount_satang, received_on=received_on, reference=reference
    )
    entry_record(
        action="taxmap.payment_recorded",
        subject_kind="assessment",
        subject_id=str(locked.pk),
        actor=actor,
        office=_office_of(locked),
        data={"amount_satang": amount_satang, "reference": reference},
        now=now,
    )
    return payment


def _office_of(assessment: Assessment) -> Office:
    taxed = assessment.unit or assessment.signboard
    assert taxed is not None
    return taxed.local_authority
