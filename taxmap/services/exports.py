"""Writing the lists for other systems, whole or not at all, and saying so in the trail."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from cadastre.errors import LandError, gettext_noop
from offices.jobs import Run
from offices.models import Office, User
from offices.permissions import Permission, require
from offices.services.audit import entry_record
from taxmap.exports.layout import SheetLayout, WorkbookLayout, layout_of
from taxmap.exports.rows import rows_of
from web.spreadsheet import Sheet, safe_cell, xlsx_write

WRITING = gettext_noop("Writing rows")
EACH: Final = 500
"""Rows between two words of progress."""
OWNER_SHEETS: Final = frozenset({"owners"})
OWNER_COLUMNS: Final = frozenset({"owner", "owners", "share", "reference"})


class ListKind(StrEnum):
    """A list that another system is fed with."""

    LTAX = "ltax"
    REGISTER = "register"
    ACCOUNTING = "accounting"
    JOURNAL = "journal"
    JOURNAL_CSV = "journal-csv"


BOOKS: Final = frozenset({ListKind.ACCOUNTING, ListKind.JOURNAL, ListKind.JOURNAL_CSV})
"""Entries of some days: debits equal credits, or there is no file."""
TOTALLED: Final = BOOKS - {ListKind.ACCOUNTING}
"""With the sums of both sides in the last row; a system that loads rows would count those, too."""
TOTAL: Final = "รวม"

QUERIES: Final[Mapping[ListKind, str]] = {
    ListKind.LTAX: "ltax_{}",
    ListKind.REGISTER: "{}_rows",
    ListKind.ACCOUNTING: "{}_rows",
    ListKind.JOURNAL: "{}_rows",
    ListKind.JOURNAL_CSV: "{}_rows",
}


class EntriesDoNotBalance(LandError):
    code = "entries_do_not_balance"
    message = gettext_noop(
        "The entries from {first} to {last} differ by {satang} satang between debit and credit, so "
        "no file was written. Tell your administrator: the ledger must balance."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrder:
    """Which list of which authority; ``first`` and ``last`` bound the entries for accounts.

    ``area`` is a zone or block, such as 01A, for the register; empty for all.
    """

    kind: ListKind
    authority: Office
    tax_year: int
    first: date | None = None
    last: date | None = None
    area: str = ""
    with_owners: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "authority": self.authority.pk, "on": date(self.tax_year, 1, 1), "year": self.tax_year,
            "first": self.first, "last": self.last, "area": self.area,
        }  # fmt: skip

    @property
    def layout(self) -> WorkbookLayout:
        """The office's own file for accounts, if it named one, else ours."""
        if self.kind is ListKind.JOURNAL_CSV:
            return layout_of(ListKind.JOURNAL).model_copy(update={"format": "csv"})
        own = settings.CHANOT_ACCOUNTING_EXPORT if self.kind is ListKind.ACCOUNTING else ""
        return layout_of(self.kind, Path(own) if own else None)

    @property
    def filename(self) -> str:
        period = f"{self.first}-{self.last}" if self.first else str(self.tax_year)
        return f"{self.kind}-{self.authority.code}-{period}.{self.layout.format}"


def list_export(
    *, order: ListOrder, target: Path, person: User | None, run: Run, now: datetime
) -> dict[str, Any]:
    """Write the list beside its place and move it there when it is whole.

    Owners only for whoever may see them; the trail keeps who took what. Raises NotPermitted,
    ExportSettingsWrong, EntriesDoNotBalance.
    """
    started, layout = time.monotonic(), order.layout
    if person is not None:
        require(person, Permission.VIEW_TAX, order.authority)
        if order.with_owners:
            require(person, Permission.VIEW_OWNERS, order.authority)
    tally = _Tally(run)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
        draft = Path(folder) / target.name
        if layout.format == "csv":
            _csv_write(draft, layout, order, tally)
        else:
            xlsx_write(draft, _sheets(layout, order, tally))
        if order.kind in BOOKS and tally.satang:
            raise EntriesDoNotBalance(first=order.first, last=order.last, satang=tally.satang)
        entry_record(
            action="taxmap.list_exported", subject_kind="office",
            subject_id=order.authority.code, actor=person, office=order.authority, now=now,
            data={
                "list": order.kind.value, "year": order.tax_year, "rows": tally.rows,
                "owners": order.with_owners,
            },
        )  # fmt: skip
        draft.replace(target)
    return {
        "list": order.kind.value,
        "rows": tally.rows,
        "owners": order.with_owners,
        "bytes": target.stat().st_size,
        "seconds": round(time.monotonic() - started, 2),
    }


class _Tally:
    """Counts the rows that pass, and what their legs add up to, in satang and by side in baht."""

    def __init__(self, run: Run) -> None:
        self.run, self.rows, self.satang = run, 0, 0
        self.debit = self.credit = Decimal(0)

    def totalled(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows, and one more with the sums of both sides."""
        names: Iterable[str] = ()
        for row in rows:
            names = row.keys()
            self.debit += row["debit"] or 0
            self.credit += row["credit"] or 0
            yield row
        if names:
            sums = {"entry": TOTAL, "debit": self.debit, "credit": self.credit}
            yield dict.fromkeys(names) | sums

    def counted(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.rows += 1
            self.satang += row.get("satang", 0)
            if self.rows % EACH == 0:
                self.run.progress(self.rows, None, WRITING)
            yield row


def _sheets(layout: WorkbookLayout, order: ListOrder, tally: _Tally) -> Iterator[Sheet]:
    for sheet in layout.sheets:
        if order.with_owners or sheet.rows not in OWNER_SHEETS:
            yield Sheet(sheet.title, sheet.head, _cells(layout, sheet, order, tally))


def _cells(
    layout: WorkbookLayout, sheet: SheetLayout, order: ListOrder, tally: _Tally
) -> Iterator[list[object]]:
    rows = rows_of(QUERIES[order.kind].format(sheet.rows), order.parameters)
    if not order.with_owners:
        rows = (
            {key: None if key in OWNER_COLUMNS else value for key, value in row.items()}
            for row in rows
        )
    counted = tally.counted(rows)
    return layout.cells(sheet, tally.totalled(counted) if order.kind in TOTALLED else counted)


def _csv_write(draft: Path, layout: WorkbookLayout, order: ListOrder, tally: _Tally) -> None:
    sheet = layout.sheets[0]
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.head)
        for cells in _cells(layout, sheet, order, tally):
            writer.writerow(
                [each.isoformat() if isinstance(each, date) else safe_cell(each) for each in cells]
            )
