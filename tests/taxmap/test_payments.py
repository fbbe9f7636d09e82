"""Payments: never more than the tax, also when two cashiers press at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadastre.errors import LandError
from offices.models import AuditEntry
from taxmap.errors import (
    PaymentExceedsTax,
    PaymentOfNothing,
    PaymentReferenceUsed,
    ReversalExceedsPayments,
)
from taxmap.models import Assessment, Payment
from taxmap.services import payments
from taxmap.services.payments import payment_record
from tests.factories import NOW, an_assessment


def pay(assessment: Assessment, satang: int, reference: str = "R1") -> Payment:
    return payment_record(
        assessment=assessment, amount_satang=satang, received_on=NOW.date(), reference=reference,
        actor=None, now=NOW,
    )  # fmt: skip


def paid() -> int:
    return Payment.objects.aggregate(total=Sum("amount_satang"))["total"] or 0


@pytest.mark.django_db
def test_a_payment_is_recorded_with_its_trace() -> None:
    assessment = an_assessment()
    pay(assessment, 4_000)
    entry = AuditEntry.objects.get(action="taxmap.payment_recorded")
    assert entry.data == {"amount_satang": 4_000, "reference": "R1"}
    assert entry.office == assessment.unit.local_authority


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("satang", "reference", "refusal"),
    [
        (0, "R2", PaymentOfNothing),
        (6_001, "R2", PaymentExceedsTax),
        (-4_001, "R2", ReversalExceedsPayments),
        (100, "R1", PaymentReferenceUsed),
    ],
)
def test_what_cannot_be_is_refused(satang: int, reference: str, refusal: type[LandError]) -> None:
    assessment = an_assessment()
    pay(assessment, 4_000)
    with pytest.raises(refusal) as told:
        pay(assessment, satang, reference)
    assert "{" not in str(told.value)
    assert paid() == 4_000


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=st.lists(st.integers(-12_000, 12_000), max_size=6))
def test_what_is_paid_stays_between_nothing_and_the_tax(amounts: list[int]) -> None:
    assessment = an_assessment()
    balance = 0
    for number, amount in enumerate(amounts):
        try:
            pay(assessment, amount, f"{assessment.pk}-{number}")
            balance += amount
        except LandError:
            assert amount == 0 or not 0 <= balance + amount <= 10_000
    total = assessment.payments.aggregate(total=Sum("amount_satang"))["total"] or 0
    assert total == balance
    assert 0 <= balance <= 10_000
    Payment.objects.all().delete()
    unit = assessment.unit
    assessment.delete()
    unit.uses.all().delete()
    unit.delete()


def race(assessment: Assessment, cashiers: int, satang: int) -> list[str]:
    """Everybody pays at the same moment; the references of those who succeeded."""
    start, succeeded = threading.Barrier(cashiers), []

    def cashier(number: int) -> None:
        try:
            start.wait(10)
            pay(assessment, satang, f"R{number}")
            succeeded.append(f"R{number}")
        except (LandError, IntegrityError):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=cashier, args=(n,)) for n in range(cashiers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return succeeded


@pytest.mark.django_db(transaction=True)
def test_the_tax_is_taken_once_from_many_cashiers() -> None:
    assessment = an_assessment()
    assert len(race(assessment, 6, 10_000)) == 1
    assert paid() == 10_000


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the test above: if this stops overpaying, that proves nothing."""
    assessment = an_assessment()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    added_up = threading.Barrier(2)
    create = payments.Payment.objects.create

    def wait_then_create(**fields: Any) -> Payment:
        added_up.wait(10)
        return create(**fields)

    monkeypatch.setattr(payments.Payment.objects, "create", wait_then_create)
    assert len(race(assessment, 2, 10_000)) == 2
    assert paid() == 20_000
