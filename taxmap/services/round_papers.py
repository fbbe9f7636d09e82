"""What leaves a trace when a book is printed."""

from __future__ import annotations

from datetime import datetime

from offices.models import User
from offices.services.audit import entry_record
from taxmap.models import CollectionBook, RoundStop


def owners_opened(*, book: CollectionBook, by: User | None, now: datetime) -> None:
    """Write down that somebody printed the owners of every plot of a book, with their number."""
    plots = RoundStop.objects.filter(round__book=book).count()
    entry_record(
        action="taxmap.owners_printed", subject_kind="collection_book", subject_id=book.public_id,
        actor=by, office=book.local_authority, data={"plots": plots}, now=now,
    )  # fmt: skip
