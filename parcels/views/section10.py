"""Staff pages of section 10 packages: send one, see what became of it, decide what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from shapely.geometry import MultiPolygon

from cadastre.area import Area
from cadastre.errors import LandError
from cadastre.geodesy import WGS84, reproject
from offices.models import User
from offices.permissions import Permission, offices_where, permission_required, staff_of
from offices.services.jobs import job_enqueue
from parcels.drawing import Drawing, drawing_of, parcel_drawing
from parcels.importing.uploads import CappedUploadHandler, largest_upload, upload_keep
from parcels.models import Parcel, Section10Package, Section10Row
from parcels.representation import areas_of, title_of
from parcels.section10.forms import PackageForm
from parcels.section10.reasons import reason_of
from parcels.services.section10 import (
    creates_parcels,
    outcome_counts,
    package_result,
    row_accept,
    row_dismiss,
)
from web.spreadsheet import csv_response

Outcome = Section10Row.Outcome


@csrf_exempt  # the check below comes after the upload is capped, which it would otherwise start
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORT_PARCELS)
def packages(request: HttpRequest) -> HttpResponseBase:
    """The packages of one's offices, and the form for the next one."""
    if request.method == "POST":
        request.upload_handlers = [CappedUploadHandler(request)]
    return _packages(request)


@csrf_protect
def _packages(request: HttpRequest) -> HttpResponse:
    offices = offices_where(request.user, Permission.IMPORT_PARCELS)
    if request.method == "POST":
        form = PackageForm(request.POST, request.FILES, offices=offices)
        if form.is_valid():
            return _ordered(request, form)
    else:
        form = PackageForm(offices=offices)
    found = visible_packages(request.user).select_related("office", "authority")
    page = Paginator(found.order_by("-started_at", "-pk"), 20).get_page(request.GET.get("page"))
    counts = outcome_counts(list(page))
    context = {
        "form": form, "page": page, "limit_mb": largest_upload() // 10**6,
        "entries": [(each, counts[each.pk]) for each in page],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "parcels/section10/list.html", context, status=status)


def _ordered(request: HttpRequest, form: PackageForm) -> HttpResponse:
    said = form.cleaned_data
    path = upload_keep(said["file"])
    with transaction.atomic():
        job = job_enqueue(
            kind="parcels.section10",
            parameters={
                "path": str(path), "name": said["file"].name,
                "authority": said["authority"].code,
                "month": said["month"].isoformat() if said["month"] else "",
            },
            office=said["office"], requested_by=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    return redirect("job-detail", public_id=job.public_id)


def visible_packages(user: User | AnonymousUser) -> QuerySet[Section10Package]:
    """The packages of the offices in which the user may import: the register's or the town's."""
    offices = offices_where(user, Permission.IMPORT_PARCELS)
    return Section10Package.objects.filter(Q(office__in=offices) | Q(authority__in=offices))


def _package_or_404(request: HttpRequest, public_id: str) -> Section10Package:
    found = visible_packages(request.user).select_related("office", "authority", "maker")
    return get_object_or_404(found, public_id=public_id)


def _row_or_404(request: HttpRequest, public_id: str, row_id: str) -> Section10Row:
    package = _package_or_404(request, public_id)
    rows = Section10Row.objects.select_related("package", "parcel", "transaction", "decided_by")
    return get_object_or_404(rows, package=package, public_id=row_id)


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def package_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What became of one package: figures, reasons, and its rows by outcome."""
    package = _package_or_404(request, public_id)
    shown = request.GET.get("state", "")
    outcome = shown if shown in Outcome.values else Outcome.QUEUED.value
    rows = package.rows.filter(outcome=outcome).order_by("effective_on", "file_name", "line")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    result = package_result(package)
    context = {
        "package": package, "result": result, "page": page, "outcome": outcome,
        "figures": [(each.value, each.label, result[each.value]) for each in Outcome],
        "entries": [(row, reason_of(row.reason, row.evidence)) for row in page],
        "reasons": [(reason_of(code), number) for code, number in result["reasons"].items()],
        "shapes": [(reason_of(c), n) for c, n in result["shapes"]["refused"].items()],
    }  # fmt: skip
    return render(request, "parcels/section10/detail.html", context)


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def package_csv(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """All rows that were not applied, as CSV that a spreadsheet opens without running anything."""
    package = _package_or_404(request, public_id)
    return csv_response(_csv_rows(package), filename=f"section10-{package.public_id}.csv")


def _csv_rows(package: Section10Package) -> Iterator[list[object]]:
    yield ["file", "line", "outcome", "code", "reason", "status", "date", "row"]
    rows = package.rows.exclude(outcome=Outcome.APPLIED).order_by("file_name", "line")
    for row in rows.iterator(chunk_size=500):
        day = row.effective_on.isoformat() if row.effective_on else None
        yield [
            row.file_name, row.line, row.outcome, row.reason,
            reason_of(row.reason, row.evidence), row.status_text, day, row.raw,
        ]  # fmt: skip


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def row_detail(request: HttpRequest, public_id: str, row_id: str) -> HttpResponse:
    """One row beside the parcels that it may mean, each drawn."""
    return _row(request, _row_or_404(request, public_id, row_id))


def _row(
    request: HttpRequest, row: Section10Row, *, fault: str = "", status: int = 200
) -> HttpResponse:
    area = row.content.get("legal_area_m2")
    context = {
        "row": row, "package": row.package, "fault": fault,
        "reason": reason_of(row.reason, row.evidence), "drawing": _drawing(row),
        "area": Area.parse(f"{area} m²") if area else None,
        "candidates": list(_candidates(row)),
        "may_create": creates_parcels(row), "waits": row.outcome == Outcome.QUEUED,
    }  # fmt: skip
    return render(request, "parcels/section10/row.html", context, status=status)


def _drawing(row: Section10Row) -> Drawing | None:
    if row.geometry is None:
        return None
    shape = reproject(
        shapely.from_wkb(bytes(row.geometry.wkb)), WGS84, row.package.office.zone_srid
    )
    return drawing_of(shape) if isinstance(shape, MultiPolygon) else None


def _candidates(row: Section10Row) -> Iterator[dict[str, Any]]:
    keys = [each["parcel"] for each in row.candidates]
    parcels = {p.public_id: p for p in Parcel.objects.with_facts().filter(public_id__in=keys)}
    by = {
        "deed_number": gettext("same deed number"),
        "land_number": gettext("same land number"),
        "shape": gettext("same ground"),
    }
    for each in row.candidates:
        if parcel := parcels.get(each["parcel"]):
            yield {
                "parcel": parcel, "by": by[each["by"]], "percent": round(each["score"] * 100),
                "title": title_of(parcel), "areas": areas_of(parcel),
                "drawing": parcel_drawing(parcel),
            }  # fmt: skip


@require_POST
@permission_required(Permission.IMPORT_PARCELS)
def row_decide(request: HttpRequest, public_id: str, row_id: str) -> HttpResponse:
    """Accept a candidate, make a new parcel, or dismiss with a reason."""
    row, now = _row_or_404(request, public_id, row_id), timezone.now()
    person, decision = staff_of(request), request.POST.get("decision", "")
    try:
        if decision == "dismiss":
            because = request.POST.get("because", "").replace("\x00", "").strip()
            if not because:
                return _row(
                    request, row, fault=gettext("Say why the row is dismissed."), status=422
                )
            row_dismiss(row=row, because=because, person=person, now=now)
        elif decision == "create" and creates_parcels(row):
            row_accept(row=row, parcel=None, person=person, now=now)
        elif decision == "accept":
            row_accept(row=row, parcel=_chosen(request, row), person=person, now=now)
        else:
            raise Http404
    except LandError as error:
        row.refresh_from_db()
        return _row(request, row, fault=error.render(gettext), status=409)
    messages.success(request, gettext("The decision about line %d is written down.") % row.line)
    return redirect("section10-package", public_id=public_id)


def _chosen(request: HttpRequest, row: Section10Row) -> Parcel:
    """The candidate that was chosen; only what was shown can be."""
    chosen = request.POST.get("parcel", "")
    if chosen not in {each["parcel"] for each in row.candidates}:
        raise Http404
    return get_object_or_404(Parcel, public_id=chosen, office=row.package.office, retired_by=None)
