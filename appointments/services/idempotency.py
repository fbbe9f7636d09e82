"""A request that may arrive many times and must count once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from appointments.errors import IdempotencyKeyReused, OfficeBusy
from appointments.models import IdempotencyRecord
from appointments.services.bookings import short_locks

KEPT_FOR = timedelta(days=2)


def answer_once(
    *, key: str, request: bytes, act: Callable[[], dict[str, Any]], now: datetime
) -> dict[str, Any]:
    """Do the act and keep its answer under the key, or return the answer kept.

    Who comes second with the same key waits for the first to commit (at most the lock timeout) and
    gets the same answer. If the act fails nothing is kept, so that the next try is a first one.
    Raises IdempotencyKeyReused when the key came with another request.
    """
    digest = hashlib.sha256(request).hexdigest()
    # Keys are anybody's text: the digest of one is as unique, and has a length.
    key = hashlib.sha256(key.encode()).hexdigest()
    with short_locks():
        mine = IdempotencyRecord(
            key=key, request_digest=digest, status=201, answer={}, created_at=now
        )
        # An insert that meets the same key in an open transaction waits for it to end.
        IdempotencyRecord.objects.bulk_create([mine], ignore_conflicts=True)
        kept = IdempotencyRecord.objects.select_for_update().filter(key=key).first()
        if kept is None:  # swept away as too old between the two statements
            raise OfficeBusy
        if kept.request_digest != digest:
            raise IdempotencyKeyReused(path=("Idempotency-Key",))
        if not kept.answer:
            kept.answer = act()
            kept.save(update_fields=["answer"])
    return dict(kept.answer)


def records_forget(*, now: datetime) -> int:
    """Drop answers that nobody will ask for again; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
