"""How many parcels one visitor may look up, so that nobody copies the register parcel by parcel.

docs/algorithms/search.md has the rule and its numbers.
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from parcels.errors import TooManyLookups
from parcels.models import LookupAllowance
from web.visitors import network_of

SPEND = (Path(__file__).parents[1] / "sql" / "lookup_spend.sql").read_text(encoding="utf-8")
DIGEST_BYTES = 16
STAFF_FACTOR = 10


def lookup_spend(
    *, request: HttpRequest, now: datetime, parcels: int = 1, forced: bool = False
) -> None:
    """Count ``parcels`` against the visitor's allowance; raise `TooManyLookups` when it is used up.

    ``forced`` counts what has been told already and never refuses.
    """
    wait = allowance_spend(
        request=request, now=now, purpose="", per_hour=settings.LOOKUPS_PER_HOUR,
        burst=settings.LOOKUPS_BURST, cost=parcels, forced=forced,
    )  # fmt: skip
    if wait:
        raise TooManyLookups(retry_after_seconds=wait)


def allowance_spend(
    *,
    request: HttpRequest,
    now: datetime,
    purpose: str,
    per_hour: int,
    burst: int,
    cost: int = 1,
    forced: bool = False,
) -> int:
    """Spend ``cost`` of what a visitor may do of one ``purpose``; the seconds to wait, 0 if spent.

    ``per_hour`` comes back in an hour, ``burst`` can be spent at once; 0 an hour is no limit.
    """
    visitor = _visitor(request)
    if not per_hour or visitor is None or cost <= 0:
        return 0
    if request.user.is_authenticated:
        per_hour, burst = per_hour * STAFF_FACTOR, burst * STAFF_FACTOR
    each = timedelta(hours=1) / per_hour
    named = f"{purpose} {visitor}" if purpose else visitor
    digest = blake2b(named.encode(), key=_key(), digest_size=DIGEST_BYTES).digest()
    parameters: dict[str, Any] = {
        "visitor": digest, "now": now, "cost": cost * each, "burst": burst * each,
        "forced": forced,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SPEND, parameters)
        if cursor.fetchone() is not None:
            return 0
    full_at = LookupAllowance.objects.values_list("full_at", flat=True).get(visitor=digest)
    wait = full_at + cost * each - (now + burst * each)
    return max(1, math.ceil(wait.total_seconds()))


def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"parcels.lookups", "sha256")


def _visitor(request: HttpRequest) -> str | None:
    """Who is counted: a signed-in user, or a network address; None on the machine itself."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    return network_of(request)
