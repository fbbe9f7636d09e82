"""One row of a package on its way: known, applied, in the queue, or aside.

Called inside the transaction of a batch; docs/algorithms/section10.md has the order of questions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.utils import timezone

from parcels.models import Parcel, Party, Section10Row, Transaction
from parcels.registration import Registration
from parcels.section10.cells import Holder
from parcels.section10.effects import Refusal, Work, apply, refuse_claimed
from parcels.section10.matching import Register
from parcels.section10.rows import RIVALS, land_key, quarantine
from parcels.section10.shapes import Shapes
from parcels.section10.words import Table, holder_kind, status_of
from parcels.signals import transaction_registered

Outcome = Section10Row.Outcome


def take(
    row: Section10Row, holder: Holder | None, shapes: Shapes, register: Register, now: datetime
) -> None:
    """Settle one new row, and save it with what became of it."""
    if not row.outcome:
        _settle_plain(row, now)
    if not row.outcome:
        if shape := shapes.by_key.get(land_key(row.content)):
            row.geometry = cast("MultiPolygon", GEOSGeometry(memoryview(shape)))
        row.party = _party(holder) if holder else None
        settle(row, register, now)
    row.save(force_insert=True)


def _settle_plain(row: Section10Row, now: datetime) -> None:
    """What needs no look at the register: the same row again, a building, a day to come."""
    twin = Section10Row.objects.filter(
        authority=row.authority_id, digest=row.digest, outcome__in=Section10Row.STANDING
    ).first()
    if twin is not None:
        row.outcome, row.reason = Outcome.UNCHANGED, "row_known"
        row.evidence = {"row": twin.public_id}
    elif row.effective_on and row.effective_on > timezone.localdate(now):
        quarantine(row, "day_in_future", {"value": row.effective_on.isoformat()})
    elif row.table == Table.CONSTRUCTION:
        row.outcome, row.reason = Outcome.UNCHANGED, "building_not_in_register"


def _party(holder: Holder) -> Party:
    return Party.objects.create(
        kind=holder_kind(holder.title or holder.name), title=holder.title,
        name=holder.name or holder.surname, surname=holder.surname if holder.name else "",
    )  # fmt: skip


def settle(row: Section10Row, register: Register, now: datetime) -> None:
    """Find the row's parcel and apply the row to it, or put it into the queue."""
    status = status_of(row.status_text)
    assert status is not None
    if status.effect == "cancel" and _ended_before(row, register):
        row.outcome, row.reason = Outcome.UNCHANGED, "title_already_ended"
        return
    creates = status.effect in {"new", "divide", "merge"}
    match = register.match(row, creates=creates)
    row.candidates = match.candidates
    creates = creates and not match.candidates
    if match.parcel is None and not creates:
        _queue(row, match.reason, row.evidence)
        return
    if match.parcel is None and row.geometry is None:
        _queue(row, "no_shape_for_new_parcel")
        return
    if RIVALS in row.evidence:
        _queue(row, "several_holders", row.evidence)
        return
    try:
        register_row(row, register, match.parcel, now)
    except Refusal as refusal:
        _queue(row, refusal.reason, refusal.evidence)


def _ended_before(row: Section10Row, register: Register) -> bool:
    titles = register.titles(row.content)
    ended = titles.model.objects.filter(
        office=register.office, deed_number=row.content["deed_number"],
        title_type=row.content["title_type"], retired_by__isnull=False,
    )  # fmt: skip
    return not titles.exists() and ended.exists()


def _queue(row: Section10Row, reason: str, evidence: dict[str, Any] | None = None) -> None:
    row.outcome, row.reason, row.evidence = Outcome.QUEUED, reason, evidence or {}


def register_row(
    row: Section10Row, register: Register, parcel: Parcel | None, now: datetime,
    *, decided: bool = False,
) -> None:  # fmt: skip
    """Register the row as a transaction; all of it or, with a `Refusal`, nothing."""
    assert row.effective_on is not None
    with transaction.atomic():
        if parcel is not None:
            locked = Parcel.objects.select_for_update(of=("self",)).select_related("ba_unit")
            parcel = locked.get(pk=parcel.pk)
            refuse_claimed([parcel], [parcel.ba_unit] if parcel.ba_unit else [])
        act = _transaction(row, now)
        registration = Registration(act=act, day=row.effective_on, now=now)
        work = Work(row, registration, register, parcel, decided)
        apply(work)
    row.outcome, row.reason, row.evidence = Outcome.APPLIED, "", {}
    row.transaction, row.parcel = act, work.parcel
    if status_of(row.status_text).effect not in {"record", "share"}:  # type: ignore[union-attr]
        transaction.on_commit(
            lambda: transaction_registered.send_robust(sender=Transaction, transaction=act)
        )


def _transaction(row: Section10Row, now: datetime) -> Transaction:
    """The department registered it long ago: there is no maker here, and nothing to check."""
    package = row.package
    content = {"section10": {"status": row.status_text, "change": row.change} | row.content}
    if row.kind == Transaction.Kind.NOTE:
        content["text"] = row.status_text  # the form of a note
    act = Transaction.objects.create(
        office=package.office, kind=row.kind, status=Transaction.Status.REGISTERED,
        source=package.source, reason=f"{row.status_text} ({package.file_name})"[:500],
        effective_on=row.effective_on, content=content, created_at=now, registered_at=now,
    )  # fmt: skip
    act.refresh_from_db(fields=["public_id"])
    return act
