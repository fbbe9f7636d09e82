"""Background work of surveys."""

from __future__ import annotations

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission
from surveys.models import SurveyJob
from surveys.networks import Choices
from surveys.paper.book import book_pdf, rows_in
from surveys.services.computations import JOB_KIND, network_adjust
from surveys.services.papers import BOOK_KIND


@job_kind(JOB_KIND, title=_("Adjustment of a network"), permission=Permission.MANAGE_SURVEYS)
def adjust_network(run: Run, *, job: int, choices: dict[str, Any]) -> dict[str, Any]:
    """Adjust the network of a large job; the page of its adjustment shows the result."""
    found = network_adjust(
        job=SurveyJob.objects.get(pk=job, office=run.office), choices=Choices.of_json(choices),
        by=run.requested_by, now=timezone.now(),
    )  # fmt: skip
    return {
        "computation": found.computation.pk, "passed": found.computation.passed,
        "positions": found.positions,
    }  # fmt: skip


@job_kind(BOOK_KIND, title=_("Field book"), permission=Permission.MANAGE_SURVEYS)
def field_book(run: Run, *, job: int, language: str) -> dict[str, Any]:
    """Make the field book of a job with many observations."""
    survey = SurveyJob.objects.select_related("office", "surveyor").get(pk=job, office=run.office)
    rows = rows_in(survey)
    run.progress(0, rows)
    with translation.override(language):
        content = book_pdf(survey, now=timezone.now())
    run.attach(f"field-book-{survey.pk}.pdf", content)
    run.progress(rows, rows)
    return {"rows": rows}
