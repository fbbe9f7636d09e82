"""A request that may arrive many times and must count once; `appointments_book` does the work."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from appointments.models import IdempotencyRecord

KEPT_FOR = timedelta(days=2)


def digest_of(text: str | bytes) -> str:
    """The SHA-256 under which a key or a request is kept: keys are anybody's text."""
    written = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(written).hexdigest()


def records_forget(*, now: datetime) -> int:
    """Drop answers that nobody will ask for again; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
