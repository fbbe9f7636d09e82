"""The audit trail: entries written with the act, chained by seals, and checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from offices.models import AuditEntry, Office, User


def entry_record(
    *,
    action: str,
    subject_kind: str,
    subject_id: str,
    actor: User | None = None,
    office: Office | None = None,
    data: dict[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Write down what was done or looked up. Call it inside the transaction of the act.

    ``action`` is a stable dotted name such as ``parcels.owner_viewed``; ``data`` holds no personal
    data: the trail is never erased.
    """
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        office=office,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        data=data or {},
    )
