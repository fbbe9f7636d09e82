"""Field files: send one, see what became of each of its lines, fetch it as it came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, permission_required, staff_of
from surveys.forms import FileForm
from surveys.models import FieldFile, Observation, Reading, SurveyJob
from surveys.reasons import reason_in_words
from surveys.services.imports import Imported, field_file_import, outside_office
from surveys.services.mappings import mapping_of
from surveys.services.points import points_compute
from surveys.uploads import FieldFileUploadHandler
from surveys.views.common import file_or_404, job_or_404, wants_json
from surveys.views.jobs import job_page
from web.spreadsheet import csv_response

REJECTS_ON_A_PAGE: Final = 50
OCCUPATIONS_SHOWN: Final = 200


@csrf_exempt  # the check below comes after the upload is capped, which it would otherwise start
@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def file_send(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a field file into a job, and judge its points."""
    request.upload_handlers = [FieldFileUploadHandler(request)]
    return _file_send(request, pk)


@csrf_protect
def _file_send(request: HttpRequest, pk: int) -> HttpResponse:
    job = job_or_404(request, pk)
    form = FileForm(request.POST, request.FILES, office=job.office)
    if not form.is_valid():
        return _refused(request, job, form)
    try:
        imported = _taken_in(request, job, form)
    except LandError as refusal:
        if wants_json(request):
            raise
        form.add_error("file", refusal.render(gettext))
        return _refused(request, job, form)
    address = reverse("survey-file", args=[imported.file.public_id])
    if wants_json(request):
        return JsonResponse({"location": address, "again": imported.again})
    return redirect(address)


def _taken_in(request: HttpRequest, job: SurveyJob, form: FileForm) -> Imported:
    said = form.cleaned_data
    uploaded, by, now = said["file"], staff_of(request), timezone.now()
    uploaded.seek(0)
    imported = field_file_import(
        job=job, name=uploaded.name or "", content=uploaded.read(), format=said["format"] or None,
        mapping=mapping_of(said["mapping"]) if said["mapping"] else None, srid=said["srid"],
        datum=said["datum"], point=said["point"], day=said["day"], by=by, now=now,
    )  # fmt: skip
    if imported.again:
        messages.info(request, _("The job has this file already. Nothing was changed."))
    else:
        judged = points_compute(job=job, by=by, now=now)
        messages.success(request, judged.sentence)
    return imported


def _refused(request: HttpRequest, job: SurveyJob, form: FileForm) -> HttpResponse:
    if wants_json(request):
        told = [str(message) for errors in form.errors.values() for message in errors]
        return JsonResponse({"detail": " ".join(told)}, status=422)
    return job_page(request, job, file_form=form, status=422)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def file_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What became of a file: counts, stays, and every line that was not taken, with the reason."""
    file = file_or_404(request, public_id)
    rejects = file.rejects.order_by("line", "pk")
    page = Paginator(rejects, REJECTS_ON_A_PAGE).get_page(request.GET.get("page"))
    stays = file.occupations.annotate(
        observed=Count("observations", distinct=True), read=Count("readings", distinct=True)
    ).order_by("pk")
    observations = Observation.objects.filter(occupation__file=file)
    context = {
        "file": file, "job": file.job, "page": page,
        "rejects": [(each, reason_in_words(each.code, each.evidence)) for each in page],
        "reasons": _reasons(file), "stays": stays[:OCCUPATIONS_SHOWN], "stays_count": stays.count(),
        "observations": observations.count(),
        "readings": Reading.objects.filter(occupation__file=file).count(),
        "unplaced": observations.filter(geometry=None).count(), "outside": outside_office(file),
        "ignored": file.ignored.items(), "parcels": file.header.get("parcels", []),
        "points": dict(file.job.points.values_list("name", "pk")),
    }  # fmt: skip
    return render(request, "surveys/file.html", context)


def _reasons(file: FieldFile) -> list[tuple[str, int]]:
    counted = file.rejects.values("code").annotate(number=Count("pk")).order_by("-number", "code")
    return [(row["code"], row["number"]) for row in counted]


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def file_rejects(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Every line that was not taken, for a spreadsheet."""
    file = file_or_404(request, public_id)
    return csv_response(_reject_rows(file), filename=f"rejected-{file.pk}.csv")


def _reject_rows(file: FieldFile) -> Iterator[tuple[object, ...]]:
    yield _("Line"), _("Reason"), _("Text"), _("Code")
    for each in file.rejects.order_by("line", "pk").iterator(chunk_size=500):
        yield each.line, reason_in_words(each.code, each.evidence), each.text, each.code


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def file_original(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file as it came, as a download."""
    file = file_or_404(request, public_id)
    response = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name,
        content_type="application/octet-stream",
    )  # fmt: skip
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
