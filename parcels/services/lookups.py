"""How many parcels one visitor may look up, so that nobody copies the register parcel by parcel.

docs/algorithms/search.md has the rule and its numbers.
"""

from __future__ import annotations

import hmac
import ipaddress
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

SPEND = (Path(__file__).parents[1] / "sql" / "lookup_spend.sql").read_text(encoding="utf-8")
DIGEST_BYTES = 16
STAFF_FACTOR = 10


def lookup_spend(
    *, request: HttpRequest, now: datetime, parcels: int = 1, forced: bool = False
) -> None:
    """Count ``parcels`` against the visitor's allowance; raise `TooManyLookups` when it is used up.

    ``forced`` counts what has been told already and never refuses.
    """
    per_hour, burst = settings.LOOKUPS_PER_HOUR, settings.LOOKUPS_BURST
    visitor = _visitor(request)
    if not per_hour or visitor is None or parcels <= 0:
        return
    if request.user.is_authenticated:
        per_hour, burst = per_hour * STAFF_FACTOR, burst * STAFF_FACTOR
    each = timedelta(hours=1) / per_hour
    digest = blake2b(visitor.encode(), key=_key(), digest_size=DIGEST_BYTES).digest()
    parameters: dict[str, Any] = {
        "visitor": digest, "now": now, "cost": parcels * each, "burst": burst * each,
        "forced": forced,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SPEND, parameters)
        if cursor.fetchone() is not None:
            return
    full_at = LookupAllowance.objects.values_list("full_at", flat=True).get(visitor=digest)
    wait = full_at + parcels * each - (now + burst * each)
    raise TooManyLookups(retry_after_seconds=max(1, math.ceil(wait.total_seconds())))


def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"parcels.lookups", "sha256")


def _visitor(request: HttpRequest) -> str | None:
    """Who is counted: a signed-in user, or a network address; None on the machine itself.

    An IPv6 visitor owns a /64. Loopback is exempt (the demo at a desk, a measurement), but not when
    somebody else's address was forwarded: then a proxy stands in front that PROXY_COUNT forgot.
    """
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",")] if settings.PROXY_COUNT else []
    trusted = len(hops) >= settings.PROXY_COUNT > 0
    text = hops[-settings.PROXY_COUNT] if trusted else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.is_loopback and not forwarded:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
