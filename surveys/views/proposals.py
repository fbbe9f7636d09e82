"""The proposal of a job: what stands against it, what it changes, and handing it over."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import (
    NotPermitted,
    Permission,
    may,
    offices_where,
    permission_required,
    permissions_in,
    require,
    staff_of,
)
from surveys.errors import SurveyJobStatusWrong, SurveyProposalFaulty
from surveys.models import SurveyJob
from surveys.proposal_forms import MatchForm
from surveys.proposal_page import ProposalPage
from surveys.proposing.decisions import decisions_keep
from surveys.proposing.lodging import survey_job_propose, survey_job_settle
from surveys.proposing.plan import Plan
from surveys.services.jobs import OPEN
from surveys.views.common import job_or_404

READERS: Final = frozenset({
    Permission.MANAGE_SURVEYS, Permission.CHECK_TRANSACTIONS, Permission.EDIT_PARCELS,
})  # fmt: skip
"""Who may look at a proposal; only who keeps surveys decides and hands over."""
View = Callable[..., HttpResponseBase]


def reader_required(view: View) -> View:
    """Let a view be opened by whoever has one of the tasks of `READERS` in some office."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not READERS & permissions_in(request.user):
            raise NotPermitted(permission=Permission.MANAGE_SURVEYS.label)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def offices_read(request: HttpRequest) -> QuerySet[Office]:
    """The offices in which the user has one of those tasks."""
    offices = [offices_where(request.user, each) for each in READERS]
    return functools.reduce(operator.or_, offices)


def reader_of(request: HttpRequest, office: Office) -> None:
    """Raise unless the user has one of the tasks at this office."""
    if not READERS & permissions_in(request.user, office):
        require(request.user, Permission.MANAGE_SURVEYS, office)


@require_safe
@reader_required
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """The pre-check, the map with its vectors, the table of marks, the areas, and the button."""
    jobs = SurveyJob.objects.select_related("office", "surveyor", "quality_class", "transaction")
    job = get_object_or_404(jobs, pk=pk)
    reader_of(request, job.office)
    if job.status == SurveyJob.Status.PROPOSED:
        survey_job_settle(job=job, now=timezone.now())
        job = jobs.get(pk=pk)
    return _page(request, job)


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def proposal_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep which point is which corner."""
    job = job_or_404(request, pk)
    plan = Plan(job, timezone.now())
    form = MatchForm(request.POST, ground=plan.ground, divides=plan.divides)
    if not form.is_valid():
        return _page(request, job, form=form, status=422)
    try:
        decisions_keep(
            job=job, decisions=form.decisions(), by=staff_of(request), now=timezone.now()
        )
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        messages.success(request, _("Your decisions are kept."))
    return redirect("survey-proposal", job.pk)


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def proposal_lodge(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the proposal to the checkers of the register."""
    job = job_or_404(request, pk)
    note = request.POST.get("note", "").replace("\x00", "").strip()[:300]
    try:
        survey_job_propose(job=job, note=note, by=staff_of(request), now=timezone.now())
    except LandError as refusal:
        return _page(request, job, note=note, refusal=refusal, status=_status_of(refusal))
    messages.success(request, _("The proposal is with the checkers of the register."))
    return redirect("survey-proposal", job.pk)


def _status_of(refusal: LandError) -> int:
    return 409 if isinstance(refusal, SurveyProposalFaulty | SurveyJobStatusWrong) else 422


def _page(
    request: HttpRequest,
    job: SurveyJob,
    *,
    form: MatchForm | None = None,
    note: str | None = None,
    refusal: LandError | None = None,
    status: int = 200,
) -> HttpResponse:
    keeps = may(request.user, Permission.MANAGE_SURVEYS, job.office)
    if not keeps and job.status in OPEN and job.transaction_id is None:
        raise Http404  # a job is nobody else's business before it is proposed
    view = ProposalPage(job, timezone.now())
    decides = keeps and view.plan is not None and job.status in OPEN
    if decides and form is None and view.plan is not None:
        form = MatchForm(None, ground=view.plan.ground, divides=view.plan.divides)
    context = {
        "job": job, "view": view, "form": form if decides else None, "keeps": keeps,
        "note": view.note if note is None else note,
        "refusal": refusal.render(gettext) if refusal else "", "map_data": view.map_data,
    }  # fmt: skip
    return render(request, "surveys/proposal.html", context, status=status)
