"""The journal for the accounts: every leg with the codes that the authority's own books use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Abs

from offices.models import Office
from taxmap.models import Leg

COLUMNS = (
    "entry_id", "booked_on", "happened_on", "kind", "account_code", "account_purpose",
    "debit_satang", "credit_satang", "bill_reference", "parcel_code", "receipt_series",
    "receipt_fiscal_year", "receipt_number", "reverses_id", "source",
)  # fmt: skip
"""What each row holds, in this order; amounts are integer satang, one of the two is nothing."""


def journal_rows(office: Office, first: date, last: date) -> QuerySet[Leg, dict[str, Any]]:
    """The legs booked from ``first`` to ``last``, entry by entry; debits equal credits.

    No names and no identity numbers. Ordered, so that the same days give the same file.
    """
    nothing = Value(0)
    rows = Leg.objects.filter(
        entry__local_authority=office, entry__booked_on__gte=first, entry__booked_on__lte=last
    ).annotate(
        booked_on=F("entry__booked_on"),
        happened_on=F("entry__happened_on"),
        kind=F("entry__kind"),
        account_code=F("account__code"),
        account_purpose=F("account__purpose"),
        debit_satang=Case(
            When(Q(satang__gt=0), then=F("satang")), default=nothing, output_field=BigIntegerField()
        ),
        credit_satang=Case(
            When(Q(satang__lt=0), then=Abs(F("satang"))), default=nothing,
            output_field=BigIntegerField(),
        ),
        bill_reference=F("bill__reference_1"),
        parcel_code=F("assessment__unit__parcel__tax_parcel_code"),
        receipt_series=F("entry__payment__receipt__series"),
        receipt_fiscal_year=F("entry__payment__receipt__fiscal_year"),
        receipt_number=F("entry__payment__receipt__number"),
        reverses_id=F("entry__reverses"),
        source=F("entry__source"),
    )  # fmt: skip
    return rows.order_by("booked_on", "entry_id", "pk").values(*COLUMNS)
