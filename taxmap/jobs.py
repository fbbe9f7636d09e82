from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import JobRun, job_kind
from taxmap import round_jobs as _rounds  # noqa: F401 – registers its kinds
from taxmap import valuation_jobs as _valuation  # noqa: F401 – registers its kinds
from taxmap.exports import jobs as _lists  # noqa: F401 – registers the lists for other systems
from taxmap.offices import local_authority_named
from taxmap.services.roll import roll_assess

STEPS = (_("Assessing the tax"),)
"""What the work says of itself while it runs, for the catalogue."""


@job_kind("taxmap.assess_roll", title=_("Yearly assessment of the land and building tax"))
def assess_roll(job: JobRun, *, office: str, tax_year: int) -> dict[str, Any]:
    """The roll of one local authority, in the background."""
    return roll_assess(
        local_authority=local_authority_named(office),
        tax_year=tax_year,
        now=timezone.now(),
        job=job,
    )
