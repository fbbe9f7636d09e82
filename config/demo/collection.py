"""The demo's tax year: the roll by the real engine, and payments as they stand in autumn."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from offices.jobs import Run
from offices.models.office import Office
from taxmap.models import Assessment, Payment
from taxmap.services.roll import roll_assess

_PAID, _PARTLY = 0.71, 0.06  # shares of the units that owe something
_INSTALMENTS_FROM_SATANG = 300_000  # s. 52: three instalments from 3,000 baht


def tax_year_create(*, authority: Office, seed: int, now: datetime, job: Run) -> int:
    """Assess the year of ``now`` and let most owners pay; returns the number of payments."""
    roll_assess(local_authority=authority, tax_year=now.year, now=now, job=job)
    rng = np.random.default_rng([seed, 52])
    owing = Assessment.objects.filter(
        unit__local_authority=authority, tax_year=now.year, tax_satang__gt=0
    )
    payments: list[Payment] = []
    for assessment in owing.order_by("unit_id").only("pk", "tax_satang"):
        fate, day = rng.random(), int(rng.integers(0, 120))
        amount = _amount(assessment.tax_satang, fate)
        if amount:
            payments.append(
                Payment(
                    assessment=assessment,
                    amount_satang=amount,
                    received_on=min(date(now.year, 3, 1) + timedelta(days=day), now.date()),
                    reference=f"DEMO-{now.year + 543}-{len(payments) + 1:06d}",
                )
            )
    return len(Payment.objects.bulk_create(payments, batch_size=2_000))


def _amount(tax_satang: int, fate: float) -> int:
    """All of it, the first of three instalments, or nothing yet."""
    if fate < _PAID:
        return tax_satang
    if fate < _PAID + _PARTLY and tax_satang >= _INSTALMENTS_FROM_SATANG:
        return tax_satang // 3
    return 0
