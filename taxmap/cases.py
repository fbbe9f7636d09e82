"""Objections, appeals and notes of an authority: the lists behind the inbox and the exports."""

from __future__ import annotations

from django.db.models import QuerySet

from offices.models import Office
from taxmap.models import BillNote, Objection


def cases_of(office: Office) -> QuerySet[Objection]:
    """Every objection and appeal of an authority, with what its pages show."""
    return Objection.objects.filter(assessment__bill__local_authority=office).select_related(
        "assessment__bill__local_authority", "assessment__unit__parcel", "assessment__signboard",
        "note", "objection",
    )  # fmt: skip


def notes_waiting(office: Office) -> QuerySet[BillNote]:
    """Notes that nobody decided yet and that belong to no objection."""
    notes = BillNote.objects.filter(
        assessment__bill__local_authority=office, decided_at=None, objection=None
    )
    return notes.select_related("assessment__bill", "assessment__unit__parcel", "prepared_by")
