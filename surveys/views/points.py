"""One point of a job: why it passes or fails, its pictures, its positions over time."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, permission_required, staff_of
from surveys.forms import PointForm
from surveys.models import Occupation, SurveyJob, SurveyPoint
from surveys.point_page import PointPage
from surveys.services.jobs import OPEN
from surveys.services.points import occupation_decide, point_purpose_set
from surveys.views.common import job_or_404


def point_or_404(job: SurveyJob, pk: int) -> SurveyPoint:
    """A point of the job."""
    return get_object_or_404(SurveyPoint.objects.filter(job=job), pk=pk)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def point_detail(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """The verdict in words, what to do, and every figure behind it."""
    job = job_or_404(request, pk)
    return _page(request, job, point_or_404(job, point))


def _page(
    request: HttpRequest, job: SurveyJob, point: SurveyPoint, form: PointForm | None = None
) -> HttpResponse:
    initial = {
        "purpose": point.purpose, "known_easting": point.known_easting,
        "known_northing": point.known_northing,
    }  # fmt: skip
    context = {
        "job": job, "point": point, "is_open": job.status in OPEN,
        "view": PointPage(job, point), "form": form or PointForm(initial=initial),
        "photos": job.photos.filter(point_name=point.name).order_by("pk"),
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "surveys/point.html", context, status=status)


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def point_purpose(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Say what a point is for, and judge the job anew."""
    job = job_or_404(request, pk)
    row = point_or_404(job, point)
    form = PointForm(request.POST)
    if not form.is_valid():
        return _page(request, job, row, form)
    try:
        judged = point_purpose_set(
            job=job, name=row.name, purpose=form.cleaned_data["purpose"], known=_known(form),
            by=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        messages.success(request, judged.sentence)
    return redirect("survey-point", job.pk, row.pk)


def _known(form: PointForm) -> tuple[Decimal, Decimal] | None:
    said = form.cleaned_data
    if said["purpose"] != SurveyPoint.Purpose.CHECK or said["known_easting"] is None:
        return None
    return said["known_easting"], said["known_northing"]


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def occupation_choose(request: HttpRequest, pk: int, occupation: int) -> HttpResponse:
    """Set an occupation aside, with the reason, or take it back."""
    job = job_or_404(request, pk)
    aside = request.POST.get("do") != "take_back"
    note = request.POST.get("note", "").replace("\x00", "").strip()[:400]
    row = get_object_or_404(Occupation.objects.filter(job=job), pk=occupation)
    point = get_object_or_404(SurveyPoint.objects.filter(job=job), name=row.point_name)
    if aside and not note:
        messages.error(request, _("Write why the occupation is set aside."))
        return redirect("survey-point", job.pk, point.pk)
    try:
        judged = occupation_decide(
            job=job, occupation=row.pk, aside=aside, note=note, by=staff_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        messages.success(request, judged.sentence)
    return redirect("survey-point", job.pk, point.pk)
