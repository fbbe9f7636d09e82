"""Background work of the valuation; `taxmap.jobs` brings it in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadastre.tax.money import baht_text
from offices.jobs import Run, job_kind
from offices.permissions import Permission
from parcels.services.imports import upload_discard
from taxmap.models import Bill, BillKind
from taxmap.offices import local_authority_named
from taxmap.services.price_imports import prices_import
from taxmap.services.roll import roll_assess
from taxmap.services.roll_over import year_roll_over

STEPS = (_("Reading the prices"), _("Storing the prices"), _("Valuing new parcels"))
"""What the work says of itself while it runs, for the catalogue."""


@job_kind(
    "taxmap.import_prices", title=_("Import of a price list"), permission=Permission.ASSESS_TAX
)
def import_prices(run: Run, *, path: str, name: str, valid_from: str) -> dict[str, Any]:
    """Take in an uploaded price list; the upload goes when it is through."""
    assert run.office is not None
    stored = prices_import(
        local_authority=run.office, content=Path(path).read_bytes(), filename=name,
        valid_from=date.fromisoformat(valid_from), now=timezone.now(), job=run,
    )  # fmt: skip
    upload_discard(path=Path(path))
    return stored.counts()


@job_kind("taxmap.try_roll", title=_("Trial of the yearly assessment; nothing is stored"))
def try_roll(run: Run, *, office: str, tax_year: int) -> dict[str, Any]:
    """What the roll would give, beside the bills of the year before."""
    authority = local_authority_named(office)
    result = roll_assess(
        local_authority=authority, tax_year=tax_year, now=timezone.now(), job=run, dry_run=True
    )
    former = Bill.objects.filter(
        local_authority=authority, tax_year=tax_year - 1, kind=BillKind.LAND_BUILDING
    ).aggregate(bills=Count("pk"), tax=Coalesce(Sum("tax_satang"), 0))
    return result | {
        "former_bills": former["bills"], "former_tax": baht_text(former["tax"]),
        "more_tax_satang": result["tax_satang"] - former["tax"],
    }  # fmt: skip


@job_kind("taxmap.roll_over", title=_("Carry over into a new tax year"))
def roll_over(run: Run, *, office: str, tax_year: int) -> dict[str, Any]:
    """Open a tax year and value what is new in the register; again and again without harm."""
    return year_roll_over(
        local_authority=local_authority_named(office), year=tax_year, now=timezone.now(), job=run
    )
