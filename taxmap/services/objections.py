"""Objections (ภ.ด.ส.10) and appeals (ภ.ด.ส.11): received, examined, decided by somebody else."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.core.files.base import ContentFile
from django.db import transaction

from offices.models import User
from offices.services.audit import entry_record
from taxmap.deadlines import deadlines_of
from taxmap.models import Assessment, BillNote, Objection, ObjectionDocument
from taxmap.services.notes import note_decide, note_prepare
from taxmap.valuation_errors import (
    AppealTooEarly,
    DocumentRefused,
    ObjectionBySamePerson,
    ObjectionNotOpen,
    ObjectionTwice,
)

Kind, State = Objection.Kind, Objection.State
OPEN: Final = (State.RECEIVED, State.EXAMINED)
DECISIONS: Final = (State.ALLOWED, State.PARTLY_ALLOWED, State.DISMISSED)
LARGEST_DOCUMENT_MB: Final = 20
SIGNATURES: Final = {".pdf": b"%PDF-", ".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n"}


@transaction.atomic
def objection_receive(
    *, assessment: Assessment, grounds: str, received_on: date, actor: User, now: datetime
) -> Objection:
    """Take in an objection to one assessment; filed too late it is kept and flagged.

    Raises `ObjectionTwice` while another one is open.
    """
    stored = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if stored.objections.filter(kind=Kind.OBJECTION, state__in=OPEN).exists():
        raise ObjectionTwice
    told_on = stored.bill.notified_on if stored.bill else None
    return _receive(
        kind=Kind.OBJECTION, assessment=stored, against=None, told_on=told_on, grounds=grounds,
        received_on=received_on, actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def appeal_receive(
    *, objection: Objection, grounds: str, received_on: date, actor: User, now: datetime
) -> Objection:
    """Take in the appeal against a decided objection.

    Raises `AppealTooEarly` before the owner was told, and `ObjectionTwice` for a second appeal.
    """
    stored = _locked(objection)
    if stored.state not in DECISIONS or stored.told_on is None or stored.kind != Kind.OBJECTION:
        raise AppealTooEarly
    if Objection.objects.filter(objection=stored).exists():
        raise ObjectionTwice
    return _receive(
        kind=Kind.APPEAL, assessment=stored.assessment, against=stored, told_on=stored.told_on,
        grounds=grounds, received_on=received_on, actor=actor, now=now,
    )  # fmt: skip


def _receive(
    *, kind: Objection.Kind, assessment: Assessment, against: Objection | None,
    told_on: date | None, grounds: str, received_on: date, actor: User, now: datetime,
) -> Objection:  # fmt: skip
    last = deadlines_of(kind, told_on=told_on, received_on=received_on)
    stored = Objection.objects.create(
        kind=kind, assessment=assessment, objection=against, received_on=received_on,
        filed_by=last.file_by, decide_by=last.decide_by, is_late=received_on > last.file_by,
        grounds=grounds, received_by=actor,
    )  # fmt: skip
    _audit("taxmap.objection_received", stored, actor, {"late": stored.is_late}, now)
    return stored


@transaction.atomic
def document_add(
    *, objection: Objection, name: str, content: bytes, actor: User, now: datetime
) -> ObjectionDocument:
    """Keep a document of the case; the same file is kept once. Raises `DocumentRefused`."""
    ending = Path(name).suffix.lower().replace("jpeg", "jpg")
    signature = SIGNATURES.get(ending)
    too_large = len(content) > LARGEST_DOCUMENT_MB * 2**20
    if signature is None or not content.startswith(signature) or too_large:
        raise DocumentRefused(name=name[:80], limit=LARGEST_DOCUMENT_MB)
    digest = hashlib.sha256(content).hexdigest()
    known = ObjectionDocument.objects.filter(objection=objection, sha256=digest).first()
    if known is not None:
        return known
    document = ObjectionDocument(objection=objection, name=name[:200], sha256=digest, added_at=now)
    document.file.save(f"{digest}{ending}", ContentFile(content), save=False)
    document.save()
    _audit("taxmap.objection_document_added", objection, actor, {"sha256": digest}, now)
    return document


@transaction.atomic
def objection_examine(
    *, objection: Objection, finding: str, difference_satang: int, lines: dict[str, Any] | None,
    actor: User, now: datetime,
) -> Objection:  # fmt: skip
    """Record what was found; a difference becomes the note that the decision approves or not.

    Raises `ObjectionNotOpen`, `NoteExceedsTax`.
    """
    stored = _locked(objection)
    if stored.state != State.RECEIVED:
        raise ObjectionNotOpen(state=stored.get_state_display())
    if difference_satang:
        is_appeal = stored.kind == Kind.APPEAL
        stored.note = note_prepare(
            assessment=stored.assessment, difference_satang=difference_satang, reason=finding,
            cause=BillNote.Cause.APPEAL if is_appeal else BillNote.Cause.OBJECTION, lines=lines,
            actor=actor, now=now,
        )  # fmt: skip
    stored.state, stored.finding, stored.examined_by = State.EXAMINED, finding, actor
    stored.save(update_fields=["state", "finding", "examined_by", "note"])
    _audit("taxmap.objection_examined", stored, actor, {"satang": difference_satang}, now)
    return stored


@transaction.atomic
def objection_decide(
    *, objection: Objection, outcome: Objection.State, decision: str, actor: User, now: datetime
) -> Objection:
    """Decide an examined case; allowed, its note is approved and posted, else it is refused.

    Raises `ObjectionNotOpen`, `ObjectionBySamePerson`.
    """
    stored = _locked(objection)
    if stored.state != State.EXAMINED or outcome not in DECISIONS:
        raise ObjectionNotOpen(state=stored.get_state_display())
    if stored.examined_by_id == actor.pk:
        raise ObjectionBySamePerson
    if stored.note is not None:
        note_decide(note=stored.note, approve=outcome != State.DISMISSED, actor=actor, now=now)
    stored.state, stored.decision, stored.decided_by = outcome, decision, actor
    stored.decided_on = now.date()
    stored.save(update_fields=["state", "decision", "decided_by", "decided_on"])
    _audit("taxmap.objection_decided", stored, actor, {"outcome": outcome}, now)
    return stored


@transaction.atomic
def objection_tell(*, objection: Objection, told_on: date, actor: User, now: datetime) -> Objection:
    """Record on which day the owner received the decision: the time to appeal runs from it."""
    stored = _locked(objection)
    if stored.state not in DECISIONS:
        raise ObjectionNotOpen(state=stored.get_state_display())
    stored.told_on = told_on
    stored.save(update_fields=["told_on"])
    _audit("taxmap.objection_told", stored, actor, {"on": told_on.isoformat()}, now)
    return stored


@transaction.atomic
def objection_withdraw(*, objection: Objection, actor: User, now: datetime) -> Objection:
    """The owner withdraws; only what nobody examined yet can be withdrawn."""
    stored = _locked(objection)
    if stored.state != State.RECEIVED:
        raise ObjectionNotOpen(state=stored.get_state_display())
    stored.state = State.WITHDRAWN
    stored.save(update_fields=["state"])
    _audit("taxmap.objection_withdrawn", stored, actor, {}, now)
    return stored


def _locked(objection: Objection) -> Objection:
    return Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)


def _audit(
    action: str, objection: Objection, actor: User, data: dict[str, Any], now: datetime
) -> None:
    bill = objection.assessment.bill
    entry_record(
        action=action, subject_kind="objection", subject_id=objection.public_id, actor=actor,
        office=bill.local_authority if bill else None,
        data={"kind": objection.kind, **data}, now=now,
    )  # fmt: skip
