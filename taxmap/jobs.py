from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import JobRun, job_kind
from taxmap import lead_jobs as _leads  # noqa: F401 – registers the search for missing tax
from taxmap import notice_jobs as _notices  # noqa: F401 – registers its kinds
from taxmap import round_jobs as _rounds  # noqa: F401 – registers its kinds
from taxmap import valuation_jobs as _valuation  # noqa: F401 – registers its kinds
from taxmap.exports import jobs as _lists  # noqa: F401 – registers the lists for other systems
from taxmap.offices import local_authority_named
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.year import year_open

STEPS = (
    _("Reading the register"), _("Assessing the tax"), _("Comparing with what is kept"),
    _("Writing the bills"), _("Numbering the bills"),
)  # fmt: skip
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


@job_kind("taxmap.close_roll", title=_("Numbering and charging the bills of a year"))
def close_roll(job: JobRun, *, office: str, tax_year: int) -> dict[str, Any]:
    """The roll of one local authority closed, in the background."""
    authority, now = local_authority_named(office), timezone.now()
    job.progress(0, 1, "Numbering the bills")
    year = year_open(local_authority=authority, year=tax_year, actor=job.requested_by, now=now)
    result = roll_assess_close(tax_year=year, actor=job.requested_by, now=now)
    job.progress(1, 1, "Numbering the bills")
    return result
