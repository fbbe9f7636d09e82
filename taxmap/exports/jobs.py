"""Lists for other systems, written in the background."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission
from taxmap.services.exports import ListKind, ListOrder, list_export

KINDS: Final = ("taxmap.export_list", "taxmap.export_list_with_owners")
"""Without and with owners: who may fetch the file is not the same."""
STEPS = (_("Writing rows"),)
"""What the work says of itself while it runs, for the catalogue."""
RESULTS = (_("list"), _("rows"), _("owners"), _("bytes"), _("seconds"))
"""What the page of the job calls the parts of a result."""


@job_kind(KINDS[False], title=_("List for another system"), permission=Permission.VIEW_TAX)
def export_list(run: Run, *, kind: str, year: int, first: str, last: str) -> dict[str, Any]:
    """Write the list of the job's authority into a file for download."""
    return _exported(run, kind, year, first, last, with_owners=False)


@job_kind(
    KINDS[True], title=_("List for another system, with owners"), permission=Permission.VIEW_OWNERS
)
def export_list_with_owners(
    run: Run, *, kind: str, year: int, first: str, last: str
) -> dict[str, Any]:
    """The same with the names of owners."""
    return _exported(run, kind, year, first, last, with_owners=True)


def _exported(
    run: Run, kind: str, year: int, first: str, last: str, *, with_owners: bool
) -> dict[str, Any]:
    assert run.office is not None
    order = ListOrder(
        kind=ListKind(kind), authority=run.office, tax_year=year, with_owners=with_owners,
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / order.filename
        result = list_export(
            order=order, target=target, person=run.requested_by, run=run, now=timezone.now()
        )
        run.attach(target.name, target)
    return result
