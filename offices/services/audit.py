"""The audit trail: entries written with the act, chained by seals, and checked.

docs/operations/audit.md has the algorithm and what it proves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import connection, transaction

from offices.models import AuditEntry, AuditSeal, Office, User

SQL = {
    name: (Path(__file__).parents[1] / "sql" / f"audit_{name}.sql").read_text(encoding="utf-8")
    for name in ("seal", "writers", "changed_entry", "broken_seal")
}
ENTRIES_PER_SEAL = 10_000

log = structlog.get_logger(__name__)


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


def audit_seal(now: datetime, *, patience_s: float = 20.0) -> int:
    """Chain the entries written since the last seal; return how many were sealed.

    Nobody waits for the sealer. The sealer waits, at most ``patience_s``, for the transactions that
    were writing when it began: one of them may hold a lower id than an entry already visible, and
    a seal over both could not be told from a later insertion. If one is still open then, nothing
    is sealed this time.
    """
    upto = _highest_id_drawn()
    if not _writers_ended(_writers(), patience_s):
        log.warning("audit_seal_postponed", reason="a transaction has been writing for long")
        return 0
    sealed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # Two sealers would write the same link; the second waits and finds nothing to do.
            cursor.execute("LOCK TABLE offices_auditseal IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(SQL["seal"], {"upto": upto, "limit": ENTRIES_PER_SEAL, "now": now})
            seal = cursor.fetchone()
        if seal is None:
            return sealed
        last_entry, count, digest = seal
        sealed += count
        # The log goes to another machine: who rewrites the chain here cannot rewrite it there.
        log.info("audit_sealed", last_entry=last_entry, entries=count, seal=bytes(digest).hex())


def _highest_id_drawn() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema()"
            " AND sequencename = 'offices_auditentry_id_seq'"
        )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(SQL["writers"])
        return {row[0] for row in cursor.fetchall()}


def _writers_ended(writers: set[str], patience_s: float) -> bool:
    """Wait until every one of these transactions has ended."""
    give_up_at = time.monotonic() + patience_s
    while writers & _writers():
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(0.05)
    return True


@dataclass(frozen=True, slots=True)
class AuditBreak:
    """The first place where the trail is not what was written.

    ``kind`` is ``entry_changed``, ``entries_missing``, ``entries_added``, ``entries_replaced``,
    ``chain_cut`` or ``head_missing``; the break lies among the entries ``first`` to ``last``.
    """

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the whole trail found; ``head`` is the hash of the latest seal, as hex."""

    entries: int
    unsealed: int
    seals: int
    head: str
    first_break: AuditBreak | None


def audit_verify(*, head: str | None = None) -> AuditReport:
    """Recompute every digest and every link and name the first break.

    ``head`` is the hash of a seal that was kept elsewhere (in the log, on paper): a chain that was
    rewritten, or cut short together with its seals, no longer contains it.
    """
    last_seal = AuditSeal.objects.order_by("-last_entry").first()
    sealed_upto = last_seal.last_entry if last_seal else 0
    breaks = [found for found in (_changed_entry(), _broken_seal()) if found]
    if head is not None and not AuditSeal.objects.filter(hash=_from_hex(head)).exists():
        breaks.append(AuditBreak("head_missing", 0, sealed_upto))
    return AuditReport(
        entries=AuditEntry.objects.count(),
        unsealed=AuditEntry.objects.filter(pk__gt=sealed_upto).count(),
        seals=AuditSeal.objects.count(),
        head=bytes(last_seal.hash).hex() if last_seal else "",
        first_break=min(breaks, key=lambda found: (found.last, found.first), default=None),
    )


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.strip())
    except ValueError:
        return b""


def _changed_entry() -> AuditBreak | None:
    with connection.cursor() as cursor:
        cursor.execute(SQL["changed_entry"])
        row = cursor.fetchone()
    return AuditBreak("entry_changed", row[0], row[0]) if row else None


def _broken_seal() -> AuditBreak | None:
    with connection.cursor() as cursor:
        cursor.execute(SQL["broken_seal"])
        row = cursor.fetchone()
    if row is None:
        return None
    after, last, expected, found, chain_is_cut = row
    if chain_is_cut:
        kind = "chain_cut"
    elif found < expected:
        kind = "entries_missing"
    elif found > expected:
        kind = "entries_added"
    else:
        kind = "entries_replaced"
    return AuditBreak(kind, after + 1, last)
