"""The list of survey jobs, a new one, its plan, its page, its field sheet, and its next step."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, permission_required, staff_of
from parcels.models import Parcel
from surveys.forms import FileForm, JobForm, PhotoForm
from surveys.job_page import TONES, job_map, points_shown, step_names, step_now
from surveys.models import SurveyJob
from surveys.offsets import PointOffset, point_offsets
from surveys.services.jobs import (
    MOVES,
    OPEN,
    survey_job_check,
    survey_job_open,
    survey_job_plan,
    survey_job_withdraw,
)
from surveys.services.points import points_compute
from surveys.views.common import asked, job_or_404, office_or_404
from web.spreadsheet import csv_response

JOBS_ON_A_PAGE: Final = 30
POINTS_ON_A_PAGE: Final = 100
EVENTS_SHOWN: Final = 50
CSV_HEAD: Final = (
    _("Point"), _("Boundary mark"), _("Method"), _("Easting (m)"), _("Northing (m)"), "EPSG",
    _("Epoch"), _("Ellipsoidal height (m)"), _("Horizontal accuracy (m)"),
    _("Vertical accuracy (m)"), _("Solution"), _("Satellites"), "PDOP", _("Land number"),
    _("Offset east (mm)"), _("Offset north (mm)"), _("Offset (mm)"), _("To be checked"),
    _("Verdict"),
)  # fmt: skip


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs of the acting office, newest first, by status, by surveyor, by a part of the number."""
    office = office_or_404(request)
    number, state, mine = asked(request, "number"), asked(request, "state"), asked(request, "list")
    jobs = SurveyJob.objects.of_office(office).select_related("surveyor").newest_first()
    if number:
        jobs = jobs.numbered(number)
    if state in SurveyJob.Status.values:
        jobs = jobs.filter(status=state)
    if mine == "mine":
        jobs = jobs.filter(surveyor=staff_of(request))
    page = Paginator(
        jobs.with_quality(settings.CHANOT_SURVEY_TOLERANCE_MM), JOBS_ON_A_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "office": office, "number": number, "state": state, "mine": mine == "mine", "page": page,
        "rows": [(job, TONES.get(job.status, "")) for job in page],
        "states": SurveyJob.Status.choices, "filtered": bool(number or state or mine),
        "tolerance_mm": settings.CHANOT_SURVEY_TOLERANCE_MM,
    }  # fmt: skip
    return render(request, "surveys/jobs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_SURVEYS)
def job_new(request: HttpRequest) -> HttpResponse:
    """Take a request for a survey in; ``parcel`` in the query fills the parcel in."""
    office = office_or_404(request)
    initial = {"requested_on": timezone.localdate(), "parcels": _address_of(request)}
    form = JobForm(request.POST or None, office=office, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            job = survey_job_open(
                office=office, facts=form.facts(), by=staff_of(request), now=timezone.now()
            )
        except LandError as refusal:
            form.add_error(None, refusal.render(gettext))
        else:
            messages.success(request, _("The job is open. Plan it next."))
            return redirect("survey-job", job.pk)
    context = {"form": form, "office": office, "job": None}
    return render(request, "surveys/job_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_SURVEYS)
def job_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who does the job, when, and in which class."""
    job = job_or_404(request, pk)
    form = JobForm(request.POST or None, office=job.office, initial=_said_of(request, job))
    if request.method == "POST" and form.is_valid():
        try:
            survey_job_plan(job=job, facts=form.facts(), by=staff_of(request), now=timezone.now())
        except LandError as refusal:
            form.add_error(None, refusal.render(gettext))
        else:
            messages.success(request, _("The plan is kept. Print the field sheet, and observe."))
            return redirect("survey-job", job.pk)
    context = {"form": form, "office": job.office, "job": job}
    return render(request, "surveys/job_form.html", context, status=422 if form.errors else 200)


def _said_of(request: HttpRequest, job: SurveyJob) -> dict[str, Any]:
    addresses = [_address(request, each.parcel) for each in job.parcels.select_related("parcel")]
    return {
        "number": job.number, "purpose": job.purpose, "kind": job.kind,
        "requested_on": job.requested_on, "planned_on": job.planned_on, "surveyor": job.surveyor,
        "quality_class": job.quality_class, "zone_srid": job.zone_srid,
        "parcels": "\n".join(addresses),
    }  # fmt: skip


def _address_of(request: HttpRequest) -> str:
    parcel = Parcel.objects.filter(public_id=asked(request, "parcel")).first()
    return _address(request, parcel) if parcel else ""


def _address(request: HttpRequest, parcel: Parcel) -> str:
    return request.build_absolute_uri(f"/parcels/{parcel.public_id}/")


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: how far it is, what was observed, how well it fits the register, where it lies."""
    return job_page(request, job_or_404(request, pk))


def job_page(
    request: HttpRequest, job: SurveyJob, *, file_form: FileForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a job, also when what was sent to it was refused."""
    offsets = _offsets_of(job)
    show = asked(request, "show")
    page = Paginator(points_shown(offsets, show), POINTS_ON_A_PAGE)
    files = job.files.select_related("imported_by").order_by("-imported_at", "-pk")
    context = {
        "job": job, "tone": TONES.get(job.status, ""), "steps": step_names(),
        "step": step_now(job), "is_open": job.status in OPEN,
        "plannable": job.status in MOVES["planned"][0],
        "checkable": job.status in MOVES["checked"][0],
        "parcels": [each.parcel for each in job.parcels.select_related("parcel__map_sheet")],
        "page": page.get_page(request.GET.get("page")), "show": show, "points": len(offsets),
        "flagged": sum(each.is_flagged for each in offsets),
        "failing": sum(each.point.verdict == "fail" for each in offsets),
        "systems": sorted({(each.point.srid, each.crs_name) for each in offsets}),
        "tolerance_mm": settings.CHANOT_SURVEY_TOLERANCE_MM, "map_data": job_map(job, offsets),
        "files": files, "file_form": file_form or FileForm(office=job.office),
        "photos": job.photos.order_by("point_name", "pk"), "photo_form": PhotoForm(),
        "events": job.events.select_related("actor").order_by("-at", "-pk")[:EVENTS_SHOWN],
        "limit_mb": settings.CHANOT_SURVEY_LARGEST_FILE_MB,
    }  # fmt: skip
    return render(request, "surveys/job.html", context, status=status)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The field sheet: what to take along, to print."""
    job = job_or_404(request, pk)
    parcels = [each.parcel for each in job.parcels.select_related("parcel__map_sheet")]
    context = {
        "job": job, "parcels": parcels, "now": timezone.now(),
        "points": job.points.order_by("name"), "blank_rows": range(12),
    }  # fmt: skip
    return render(request, "surveys/sheet.html", context)


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def job_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge the points anew, say that the job was checked, or withdraw it."""
    job = job_or_404(request, pk)
    step = request.POST.get("do", "")
    note = request.POST.get("note", "").replace("\x00", "").strip()[:500]
    by, now = staff_of(request), timezone.now()
    if step == "withdraw" and not note:
        messages.error(request, _("Write the reason, so that others know why the job ended."))
        return redirect("survey-job", job.pk)
    try:
        if step == "compute":
            judged = points_compute(job=job, by=by, now=now)
            messages.success(request, judged.sentence)
        elif step == "check":
            survey_job_check(job=job, note=note, by=by, now=now)
            messages.success(request, _("The job is checked. It can be proposed to the register."))
        elif step == "withdraw":
            survey_job_withdraw(job=job, note=note, by=by, now=now)
            messages.success(request, _("The job is withdrawn. What was observed is kept."))
        else:
            raise Http404
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    return redirect("survey-job", job.pk)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The points of a job for a spreadsheet: UTF-8 with its mark, formulas defused."""
    job = job_or_404(request, pk)
    rows = [CSV_HEAD, *(_row(each) for each in _offsets_of(job))]
    return csv_response(rows, filename=f"survey-job-{job.pk}.csv")


def _offsets_of(job: SurveyJob) -> list[PointOffset]:
    return point_offsets(
        job, on=timezone.localdate(), tolerance_mm=settings.CHANOT_SURVEY_TOLERANCE_MM
    )


def _row(each: PointOffset) -> tuple[object, ...]:
    point, corner = each.point, each.corner
    away = (corner.east_mm, corner.north_mm, corner.offset_mm) if corner else ()
    millimetres = [round(mm, 1) for mm in away] if away else [None] * 3
    epoch = None if each.epoch is None else f"{each.epoch:.3f}"
    return (
        point.name, " ".join(each.marks), point.get_method_display(), point.easting,
        point.northing, point.srid, epoch, point.ellipsoidal_height_m,
        point.horizontal_accuracy_m, point.vertical_accuracy_m, point.get_fix_display(),
        point.satellites, point.pdop, corner.land_number if corner else None,
        *millimetres, "1" if each.is_flagged else "0", point.get_verdict_display(),
    )  # fmt: skip
