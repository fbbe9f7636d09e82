"""Transactions that are written on a title and change nothing else."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import StringConstraints

from parcels.models import Transaction
from parcels.registration.kinds import Content, KindOfAct, register
from parcels.registration.registering import Registration

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NoteContent(Content):
    """A note in the index of a title (หมายเหตุสารบัญ)."""

    text: Text


def _written(_registration: Registration) -> None:
    """The transaction itself is the entry: a title's page lists the transactions it is in."""


def _note_summary(act: Transaction) -> list[str]:
    return [_("A note is written in the index of the title: “%(text)s”") % act.content]


register(
    KindOfAct(
        kind=Transaction.Kind.NOTE, content=NoteContent, apply=_written, summary=_note_summary
    )
)
