"""The page on which the network of a job is adjusted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cadastre.errors import LandError
from offices.models import Job
from offices.permissions import Permission, permission_required, staff_of
from surveys.adjustment_forms import AdjustmentForm, candidates
from surveys.adjustment_page import ROWS_SHOWN, AdjustmentPage
from surveys.models import SurveyJob
from surveys.networks import Choices
from surveys.services.computations import network_adjust_ordered
from surveys.services.jobs import OPEN
from surveys.views.common import asked, job_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_SURVEYS)
def job_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what is fixed and what is left out, run, and see how well it all agrees."""
    job = job_or_404(request, pk)
    number, point = asked(request, "number", 12), asked(request, "point")
    view = AdjustmentPage(job, point, int(number) if number.isdecimal() else None)
    form = AdjustmentForm(request.POST or None, job=job, before=_before(job, view))
    if request.method == "POST" and form.is_valid() and _adjusted(request, job, form):
        return redirect("survey-adjustment", job.pk)
    context = {
        "job": job, "view": view, "form": form, "is_open": job.status in OPEN, "asked": point,
        "rows_shown": ROWS_SHOWN, "has_readings": _has_readings(job),
    }  # fmt: skip
    return render(request, "surveys/adjustment.html", context, status=422 if form.errors else 200)


def _before(job: SurveyJob, view: AdjustmentPage) -> Choices:
    if view.computation is not None:
        return Choices.of_json(view.computation.choices)
    known = job.points.exclude(known_easting=None).exists()
    return Choices(fixed=tuple(candidates(job)) if known else ())


def _adjusted(request: HttpRequest, job: SurveyJob, form: AdjustmentForm) -> bool:
    """Whether it was adjusted or ordered; a refusal stands on the form."""
    try:
        found = network_adjust_ordered(
            job=job, choices=form.choices_made(), by=staff_of(request), now=timezone.now()
        )
    except LandError as refusal:
        form.add_error(None, refusal.render(gettext))
        return False
    if isinstance(found, Job):
        messages.success(request, _(
            "The network is large and is adjusted in the background. Its result appears on this "
            "page; the job is in your list of background jobs."
        ))  # fmt: skip
    elif found.positions:
        text = gettext("Adjusted. {count} points have a new position.")
        messages.success(request, text.format(count=found.positions))
    else:
        messages.warning(request, _("Adjusted. No position was changed; see the test below."))
    return True


def _has_readings(job: SurveyJob) -> bool:
    return job.occupations.filter(readings__isnull=False).exists()
