"""Papers of a job that take too long to wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from offices.models import Job, User
from offices.services.jobs import job_enqueue
from surveys.models import SurveyJob

BOOK_KIND: Final = "surveys.field_book"


def field_book_order(*, job: SurveyJob, language: str, by: User | None, now: datetime) -> Job:
    """Order the field book of a job in a language; its job keeps the PDF for download."""
    return job_enqueue(
        kind=BOOK_KIND, parameters={"job": job.pk, "language": language}, office=job.office,
        requested_by=by, now=now,
    )  # fmt: skip
