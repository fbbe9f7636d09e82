"""What is owed, as everybody reads it: from the ledger's balances only.

An assessment that is not charged yet (its roll is a draft, or its tax is nothing) has no balance:
nothing was received for it, and its tax is still to come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from taxmap.models import Assessment, Balance, Bill, Entry, Leg

COLUMNS = (
    "charged_satang", "penalty_satang", "surcharge_satang", "received_satang", "waived_satang",
    "due_satang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """Charged, received and still due, in satang, of one bill or of many."""

    charged_satang: int = 0
    penalty_satang: int = 0
    surcharge_satang: int = 0
    received_satang: int = 0
    waived_satang: int = 0
    due_satang: int = 0


def with_balances(assessments: QuerySet[Assessment]) -> QuerySet[Any]:
    """With the columns of `Owed`; ``due_satang`` of what is not charged yet is its tax."""
    read = {
        column: Coalesce(F(f"balance__{column}"), 0, output_field=BigIntegerField())
        for column in COLUMNS
        if column != "due_satang"
    }
    return assessments.annotate(
        **read, due_satang=Coalesce(F("balance__due_satang"), F("tax_satang"))
    )


def balance_of(bill: Bill) -> Owed:
    """What the whole bill stands at. Penalty and surcharge appear once they are charged."""
    return balances_of([bill.pk]).get(bill.pk, Owed())


def balances_of(bills: Iterable[int]) -> dict[int, Owed]:
    """The same for many bills by their keys; a bill without charges is absent."""
    rows = Balance.objects.filter(bill__in=list(bills)).order_by().values_list("bill_id")
    sums = rows.annotate(*(Sum(column) for column in COLUMNS))
    return {bill: Owed(*(int(each) for each in found)) for bill, *found in sums}


def money_received(assessment: Assessment) -> list[dict[str, Any]]:
    """``received_on``, ``amount_satang`` and ``reference`` of what was received for it, by day."""
    legs = Leg.objects.filter(
        assessment=assessment, entry__kind__in=[Entry.Kind.PAYMENT, Entry.Kind.ALLOCATION]
    )
    sums = legs.values(
        "entry", received_on=F("entry__happened_on"), reference=F("entry__source")
    ).annotate(amount_satang=-Sum("satang"))
    found = sums.exclude(amount_satang=0).order_by("received_on", "entry")
    return [dict(each) for each in found]
