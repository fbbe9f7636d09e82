"""Paper that takes long: books of rounds and all the tax-map sheets."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission, require
from taxmap.models import CollectionBook
from taxmap.paper.book import BookRequest, book_pdf
from taxmap.paper.tax_sheet import SheetRequest, tax_sheet_pdf
from taxmap.paper.tax_sheets import sheet_file_name, sheets_of
from taxmap.services.round_papers import owners_opened

DRAWING = (_("Drawing the rounds"), _("Drawing the sheets"))
"""What the work says of itself while it runs, for the catalogue."""


@job_kind(
    "taxmap.collection_book", title=_("Book of rounds"), permission=Permission.VIEW_OWNERS
)  # fmt: skip
def collection_book(
    run: Run, *, book: str, paper: str, owners: bool, language: str
) -> dict[str, Any]:
    """The book of many rounds as one PDF; its file is for who may see owners."""
    books = CollectionBook.objects.select_related("local_authority")
    found = books.get(public_id=book, local_authority=run.office)
    by, now = run.requested_by, timezone.now()
    if owners:
        if by is not None:
            require(by, Permission.VIEW_OWNERS, found.local_authority)
        owners_opened(book=found, by=by, now=now)
    with translation.override(language):
        content = book_pdf(
            BookRequest(found, paper, by.name if by else "", owners, now),
            progress=lambda done, total: run.progress(done, total, "Drawing the rounds"),
        )
    run.attach(f"collection-book-{found.area or 'all'}-{found.tax_year}.pdf", content)
    return {"rounds": found.rounds.count(), "bytes": len(content)}


@job_kind(
    "taxmap.tax_sheets", title=_("Tax-map sheets"), permission=Permission.PRINT_COLLECTION_MAP
)
def tax_sheets(run: Run, *, scale: int, paper: str, checker: str, language: str) -> dict[str, Any]:
    """Every tax-map sheet of a scale, each a PDF of its own, in one archive."""
    assert run.office is not None
    now = timezone.now()
    today, by = timezone.localdate(now), run.requested_by
    found = sheets_of(run.office, scale, today)
    with tempfile.TemporaryDirectory() as folder, translation.override(language):
        archive = Path(folder) / f"tax-map-1-{scale}-{paper}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
            for number, sheet in enumerate(found):
                run.progress(number, len(found), "Drawing the sheets")
                request = SheetRequest(
                    run.office, sheet, paper, by.name if by else "", checker, today
                )
                opened.writestr(sheet_file_name(sheet, paper), tax_sheet_pdf(request))
        run.attach(archive.name, archive)
    run.progress(len(found), len(found), "Drawing the sheets")
    return {"sheets": len(found)}
