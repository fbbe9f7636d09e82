"""Correcting an assessed bill: what the tax would be by the register as it now is, and notes.

A bill that was assessed is never edited. Somebody prepares a credit or supplementary note, somebody
else decides it; the ledger posts what is approved. docs/algorithms/valuation.md, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from cadastre.tax import Line, Step, assess_properties, explain, schedule_for
from cadastre.tax.money import baht_written
from offices.models import User
from offices.services.audit import entry_record
from taxmap.calculation import sheet_of, steps_of
from taxmap.models import Assessment, BillNote
from taxmap.roll_units import Unit, property_of_facts, units_of
from taxmap.services.charging import note_post
from taxmap.valuation_errors import (
    NoteBySamePerson,
    NoteDecided,
    NoteExceedsTax,
    NoteOfNothing,
    UnitNotAssessable,
)
from web.formats import format_date

Explained = list[tuple[Line, tuple[Step, ...]]]


@dataclass(frozen=True, slots=True)
class Recalculation:
    """An assessment beside what it would be by the register as it now is for that 1 January."""

    sheet: dict[str, Any]
    former_satang: int
    """The tax as it stands: assessed, with approved notes."""
    now_satang: int
    former_lines: Explained
    lines: Explained

    @property
    def difference_satang(self) -> int:
        """More to pay if positive, less if negative."""
        return self.now_satang - self.former_satang


def tax_of(assessment: Assessment) -> int:
    """The tax of an assessment with its approved notes, in satang."""
    total = assessment.tax_satang
    for note in assessment.notes.filter(is_approved=True):
        total += note.amount_satang if note.kind == BillNote.Kind.SUPPLEMENTARY else (
            -note.amount_satang
        )  # fmt: skip
    return total


def recalculation_of(assessment: Assessment) -> Recalculation:
    """Assess a unit anew, together with what it was assessed with; nothing is stored.

    Raises `UnitNotAssessable` for a signboard, and when the register lacks an owner, price or use.
    """
    stored = assessment.lines
    unit = _unit_now(assessment)
    companions = list(stored.get("with") or ())
    joint = int(stored["property"].get("joint") or 0) if "property" in stored else 0
    sheet = sheet_of(unit, joint=joint, companions=companions)
    facts, index = [sheet["property"]], 0
    if companions:
        kept = Assessment.objects.filter(unit__in=companions, tax_year=assessment.tax_year)
        known = dict(kept.values_list("unit", "lines"))
        facts = [
            sheet["property"] if each == unit.id else known[each]["property"]
            for each in companions
        ]  # fmt: skip
        index = companions.index(unit.id)
    schedule = schedule_for(assessment.tax_year)
    assert unit.owner is not None
    found = assess_properties(unit.owner, [property_of_facts(each) for each in facts], schedule)
    lines = [line for line in found.lines if line.property_index == index]
    return Recalculation(
        sheet=sheet, former_satang=tax_of(assessment),
        now_satang=sum(line.tax_satang for line in lines),
        former_lines=steps_of(stored, assessment.tax_year) if "property" in stored else [],
        lines=[(line, explain(found, line)) for line in lines],
    )  # fmt: skip


def _unit_now(assessment: Assessment) -> Unit:
    on = date(assessment.tax_year, 1, 1)
    if assessment.unit_id is None:
        raise UnitNotAssessable(trouble=gettext("signboard"))
    unit = units_of([assessment.unit_id], on).get(assessment.unit_id)
    if unit is None or unit.trouble is not None:
        raise UnitNotAssessable(trouble=unit.trouble if unit else "no_unit")
    return unit._replace(registered=unit.registered and not _has_other_home(assessment))


def _has_other_home(assessment: Assessment) -> bool:
    """Nobody is registered in two houses: another unit of the bill has that place already."""
    others = Assessment.objects.filter(bill=assessment.bill_id).exclude(pk=assessment.pk)
    return others.filter(lines__property__registered=True).exists()


@transaction.atomic
def note_prepare(
    *, assessment: Assessment, cause: BillNote.Cause, difference_satang: int, reason: str,
    lines: dict[str, Any] | None = None, actor: User, now: datetime,
) -> BillNote:  # fmt: skip
    """Propose that an assessment owes ``difference_satang`` more, or less if negative.

    Raises `NoteOfNothing`, and `NoteExceedsTax` for a credit of more than the tax as it stands.
    """
    stored = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if not difference_satang:
        raise NoteOfNothing
    tax = tax_of(stored)
    if difference_satang < -tax:
        raise NoteExceedsTax(amount=baht_written(-difference_satang), tax=baht_written(tax))
    is_credit = difference_satang < 0
    note = BillNote.objects.create(
        assessment=stored, cause=cause, amount_satang=abs(difference_satang), reason=reason,
        kind=BillNote.Kind.CREDIT if is_credit else BillNote.Kind.SUPPLEMENTARY,
        lines=lines, prepared_by=actor, prepared_at=now,
    )  # fmt: skip
    _audit("taxmap.note_prepared", note, actor, now)
    return note


@transaction.atomic
def note_decide(*, note: BillNote, approve: bool, actor: User, now: datetime) -> BillNote:
    """Approve or refuse a note; an approved one is posted at once.

    Raises `NoteBySamePerson`, `NoteDecided`, and `NoteExceedsTax` if other notes came first.
    """
    Assessment.objects.select_for_update(of=("self",)).get(pk=note.assessment_id)
    stored = BillNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if stored.decided_at is not None:
        raise NoteDecided(day=format_date(stored.decided_at, "short"))
    if stored.prepared_by_id == actor.pk:
        raise NoteBySamePerson
    tax = tax_of(stored.assessment)
    if approve and stored.kind == BillNote.Kind.CREDIT and stored.amount_satang > tax:
        raise NoteExceedsTax(amount=baht_written(stored.amount_satang), tax=baht_written(tax))
    stored.decided_by, stored.decided_at, stored.is_approved = actor, now, approve
    stored.save(update_fields=["decided_by", "decided_at", "is_approved"])
    if approve:
        note_post(stored, actor=actor, now=now)
    _audit("taxmap.note_decided", stored, actor, now)
    return stored


def _audit(action: str, note: BillNote, actor: User, now: datetime) -> None:
    bill = note.assessment.bill
    assert bill is not None
    entry_record(
        action=action, subject_kind="bill", subject_id=bill.public_id, actor=actor,
        office=bill.local_authority, now=now,
        data={
            "note": note.pk, "kind": note.kind, "cause": note.cause,
            "satang": note.amount_satang, "approved": note.is_approved,
        },
    )  # fmt: skip
