"""The survey behind a transaction, on the page on which it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from parcels.act_sections import ActSection, register
from parcels.models import Transaction
from surveys.models import SurveyJob
from surveys.proposal_page import HANDED_OVER, ProposalPage


def survey_behind(act: Transaction) -> Mapping[str, Any] | None:
    """The marks and areas of the job that proposed it, as they were handed over."""
    jobs = SurveyJob.objects.filter(transaction=act, status__in=HANDED_OVER)
    job = jobs.select_related("office", "surveyor").first()
    if job is None:
        return None
    return {
        "job": job, "view": ProposalPage(job, timezone.now()), "keeps": False,
        "map_url": reverse("survey-proposal", args=[job.pk]),
    }  # fmt: skip


register(ActSection(name="survey", template="surveys/act_section.html", context=survey_behind))
