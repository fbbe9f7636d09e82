"""The search for missing tax, in the background."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission
from taxmap.services.leads import leads_search

STEPS = (_("Searching for missing tax"),)
"""What the work says of itself while it runs, for the catalogue."""
RESULTS = (_("leads"), _("new"), _("back"), _("gone"), _("causes"), _("at_stake_satang"))
"""What the page of the job calls the parts of a result."""


@job_kind(
    "taxmap.find_missing_tax", title=_("Search for missing tax"), permission=Permission.VIEW_TAX
)
def find_missing_tax(run: Run, *, year: int) -> dict[str, Any]:
    """Run every rule over the authority of the job."""
    assert run.office is not None
    return leads_search(local_authority=run.office, tax_year=year, run=run, now=timezone.now())
