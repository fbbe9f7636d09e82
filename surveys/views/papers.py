"""A job as paper and as files for other programs."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, permission_required, staff_of
from surveys.adjustment_page import AdjustmentPage
from surveys.export.gama import write_gama
from surveys.export.landxml import job_landxml
from surveys.models import SurveyJob
from surveys.networks import Choices, network_of
from surveys.paper.book import AT_ONCE, book_pdf, rows_in
from surveys.paper.picture import PAPERS
from surveys.paper.plan import PlanRequest, plan_pdf
from surveys.paper.report import report_pdf
from surveys.services.papers import field_book_order
from surveys.views.common import asked, job_or_404

Made = Callable[[SurveyJob], bytes]


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_plan_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The plan of survey; ``paper`` is A4 or A3, else what fits best."""
    paper, now = asked(request, "paper", 4), timezone.now()

    def made(job: SurveyJob) -> bytes:
        return plan_pdf(PlanRequest(
            job=job, today=timezone.localdate(now), now=now,
            paper=paper if paper in PAPERS else "",
        ))  # fmt: skip

    return _sent(request, pk, made, "application/pdf", "survey-plan-{}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_SURVEYS)
def job_book_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The field book; a long one is ordered by POST and made in the background."""
    job, now = job_or_404(request, pk), timezone.now()
    if request.method == "POST":
        language = get_language() or settings.LANGUAGE_CODE
        ordered = field_book_order(job=job, language=language, by=staff_of(request), now=now)
        return redirect("job-detail", public_id=ordered.public_id)
    if (rows := rows_in(job)) > AT_ONCE:
        return render(request, "surveys/book.html", {"job": job, "rows": rows})
    return _sent(
        request, pk, lambda job: book_pdf(job, now=now), "application/pdf", "field-book-{}.pdf"
    )


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_report_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The report of the job."""
    now = timezone.now()
    return _sent(
        request, pk, lambda job: report_pdf(job, now=now), "application/pdf", "survey-report-{}.pdf"
    )


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_landxml_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Points, parcels, setups and readings as LandXML 1.2."""
    now = timezone.now()
    return _sent(
        request, pk, lambda job: job_landxml(job, now=now), "application/xml", "survey-job-{}.xml"
    )


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_gama_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The network as it was last adjusted, or as it would be, as GNU Gama XML."""

    def made(job: SurveyJob) -> bytes:
        kept = AdjustmentPage(job).computation
        choices = Choices.of_json(kept.choices) if kept else Choices()
        return write_gama(network_of(job, choices).network, description=f"{job.number}")

    return _sent(request, pk, made, "application/xml", "survey-job-{}.gkf")


def _sent(
    request: HttpRequest, pk: int, made: Made, content_type: str, name: str
) -> HttpResponseBase:
    """The file to keep, or back to the job with the reason why there is none."""
    job = job_or_404(request, pk)
    try:
        content = made(job)
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
        return redirect("survey-job", job.pk)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name.format(job.pk)}"'
    return response
