"""Survey jobs of the office one acts for: the list, one job with its points, and its file."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from offices.acting import acting_office
from offices.permissions import Permission, permission_required, require
from surveys.models import SurveyJob
from surveys.offsets import PointOffset, point_offsets
from tiles.registry import layer_named
from web.spreadsheet import csv_response

JOBS_ON_A_PAGE: Final = 30
POINTS_ON_A_PAGE: Final = 100
CSV_HEAD: Final = (
    _("Point"), _("Boundary mark"), _("Method"), _("Easting (m)"), _("Northing (m)"), "EPSG",
    _("Epoch"), _("Ellipsoidal height (m)"), _("Horizontal accuracy (m)"),
    _("Vertical accuracy (m)"), _("Solution"), _("Satellites"), "PDOP", _("Land number"),
    _("Offset east (mm)"), _("Offset north (mm)"), _("Offset (mm)"), _("To be checked"),
)  # fmt: skip


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs of the acting office, newest first, found by a part of their number."""
    office = acting_office(request, Permission.MANAGE_SURVEYS)
    if office is None:
        raise Http404
    number = request.GET.get("number", "").replace("\x00", "").strip()[:40]
    jobs = SurveyJob.objects.of_office(office).order_by("-surveyed_on", "-pk")
    if number:
        jobs = jobs.numbered(number)
    page = Paginator(
        jobs.with_quality(settings.CHANOT_SURVEY_TOLERANCE_MM), JOBS_ON_A_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "office": office, "number": number, "page": page,
        "tolerance_mm": settings.CHANOT_SURVEY_TOLERANCE_MM,
    }  # fmt: skip
    return render(request, "surveys/jobs.html", context)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: what was observed, how well it fits the register, and where it lies."""
    job = _job_or_404(request, pk)
    offsets = _offsets_of(job)
    flagged = [each for each in offsets if each.is_flagged]
    only_flagged = request.GET.get("show") == "flagged"
    shown = Paginator(flagged if only_flagged else offsets, POINTS_ON_A_PAGE)
    context = {
        "job": job,
        "page": shown.get_page(request.GET.get("page")),
        "points": len(offsets),
        "flagged": len(flagged),
        "only_flagged": only_flagged,
        "systems": sorted({(each.point.srid, each.crs_name) for each in offsets}),
        "tolerance_mm": settings.CHANOT_SURVEY_TOLERANCE_MM,
        "map_data": _map_data(job),
    }
    return render(request, "surveys/job.html", context)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def job_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The points of a job for a spreadsheet: UTF-8 with its mark, formulas defused."""
    job = _job_or_404(request, pk)
    rows = [CSV_HEAD, *(_row(each) for each in _offsets_of(job))]
    return csv_response(rows, filename=f"survey-job-{job.pk}.csv")


def _job_or_404(request: HttpRequest, pk: int) -> SurveyJob:
    job = get_object_or_404(SurveyJob.objects.select_related("office"), pk=pk)
    require(request.user, Permission.MANAGE_SURVEYS, job.office)
    return job


def _offsets_of(job: SurveyJob) -> list[PointOffset]:
    return point_offsets(
        job, on=timezone.localdate(), tolerance_mm=settings.CHANOT_SURVEY_TOLERANCE_MM
    )


def _map_data(job: SurveyJob) -> dict[str, Any]:
    """Where the job lies (west, south, east, north) and the words the map needs."""
    return {
        "job": job.number,
        "bounds": job.points.aggregate(bounds=Extent("geometry"))["bounds"],
        "tolerance": settings.CHANOT_SURVEY_TOLERANCE_MM / 1000,
        "layers": {
            name: {
                "url": f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt",
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
            }
            for name in ("parcels", "survey_points")
            if (layer := layer_named(name))
        },
        "words": {"zoomIn": gettext("Zoom in"), "zoomOut": gettext("Zoom out")},
    }


def _row(each: PointOffset) -> tuple[object, ...]:
    point, corner = each.point, each.corner
    away = (corner.east_mm, corner.north_mm, corner.offset_mm) if corner else ()
    millimetres = [round(mm, 1) for mm in away] if away else [None] * 3
    return (
        point.name, " ".join(each.marks), point.get_method_display(), point.easting,
        point.northing, point.srid, f"{each.epoch:.3f}", point.ellipsoidal_height_m,
        point.horizontal_accuracy_m, point.vertical_accuracy_m, point.get_fix_display(),
        point.satellites, point.pdop, corner.land_number if corner else None,
        *millimetres, "1" if each.is_flagged else "0",
    )  # fmt: skip
