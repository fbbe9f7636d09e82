"""Parts of pages that other rooms share: cards for a start page, the progress of a job."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from offices.acting import acting_office
from offices.dashboard import Page, cards_for
from offices.jobs import title_of
from offices.models import Job
from offices.permissions import Permission, may
from offices.views.jobs import state_of

register = template.Library()


@register.inclusion_tag("offices/components/cards.html", takes_context=True)
def dashboard_cards(context: RequestContext, page: Page) -> dict[str, Any]:
    """The cards of a start page (``office`` or ``taxmap``) for the acting office."""
    request = context["request"]
    return {"cards": cards_for(request, page, acting_office(request))}


@register.inclusion_tag("offices/components/job_progress.html")
def job_progress(job: Job, *, linked: bool = True) -> dict[str, Any]:
    """A job's progress; live on pages that load ``offices/job.js``."""
    return {"job": job, "title": title_of(job.kind), "state": state_of(job), "linked": linked}


@register.simple_tag(takes_context=True)
def permitted(context: RequestContext, permission: str) -> bool:
    """Whether the user may do this in the acting office: ``{% permitted "view_tax" as ok %}``."""
    request = context["request"]
    asked = Permission(permission)
    return may(request.user, asked, acting_office(request, asked))
