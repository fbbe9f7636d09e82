"""Who may hold how many places: people, not programs that collect them to sell."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from appointments.errors import TooManyHolds
from parcels.services.lookups import allowance_spend

WITHOUT_PROOF: Final = 10
"""What a hold costs that comes without a proof of work."""


def hold_spend(*, request: HttpRequest, proven: bool, now: datetime) -> None:
    """Count one hold against the visitor's allowance; TooManyHolds when it is used up."""
    wait = allowance_spend(
        request=request, now=now, purpose="hold", per_hour=settings.HOLDS_PER_HOUR,
        burst=settings.HOLDS_BURST, cost=1 if proven else WITHOUT_PROOF,
    )  # fmt: skip
    if wait:
        raise TooManyHolds(retry_after_seconds=wait)
