"""Staff pages of imports: send a file, see what became of it, fetch what was kept aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from offices.acting import acting_office
from offices.models import User
from offices.permissions import Permission, offices_where, permission_required
from offices.services.jobs import job_enqueue
from parcels.importing.forms import ImportForm
from parcels.importing.reasons import WARNINGS, reason_of
from parcels.importing.uploads import CappedUploadHandler, largest_upload, upload_keep
from parcels.models import ImportRun, QuarantinedFeature
from web.spreadsheet import csv_response

SHOWN_ON_MAP = 500


@csrf_exempt  # the check below comes after the upload is capped, which it would otherwise start
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.IMPORT_PARCELS)
def imports(request: HttpRequest) -> HttpResponseBase:
    """The imports of one's offices, and the form for the next one."""
    if request.method == "POST":
        request.upload_handlers = [CappedUploadHandler(request)]
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponse:
    offices = offices_where(request.user, Permission.IMPORT_PARCELS)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, offices=offices)
        if form.is_valid():
            return _ordered(request, form)
    else:
        acting = acting_office(request, Permission.IMPORT_PARCELS)
        form = ImportForm(offices=offices, initial={"office": acting.code if acting else None})
    runs = visible_imports(request.user).select_related("office", "transaction__maker")
    page = Paginator(runs.order_by("-started_at", "-pk"), 20).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "limit_mb": largest_upload() // 10**6}
    return render(request, "parcels/imports/list.html", context, status=422 if form.errors else 200)


def _ordered(request: HttpRequest, form: ImportForm) -> HttpResponse:
    uploaded = form.cleaned_data["file"]
    path = upload_keep(uploaded)
    with transaction.atomic():
        job = job_enqueue(
            kind="parcels.import",
            parameters={
                "path": str(path),
                "name": uploaded.name,
                "options": asdict(form.options),
                "again": form.cleaned_data["again"],
            },
            office=form.cleaned_data["office"],
            requested_by=request.user if isinstance(request.user, User) else None,
            now=timezone.now(),
        )
    return redirect("job-detail", public_id=job.public_id)


def visible_imports(user: User | AnonymousUser) -> QuerySet[ImportRun]:
    """The imports of the offices in which the user may import."""
    return ImportRun.objects.filter(office__in=offices_where(user, Permission.IMPORT_PARCELS))


def _import_or_404(request: HttpRequest, public_id: str) -> ImportRun:
    runs = visible_imports(request.user).select_related("office", "transaction__maker")
    return get_object_or_404(runs, public_id=public_id)


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def import_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What became of one file: counts, reasons, and what is in quarantine, with its places."""
    run = _import_or_404(request, public_id)
    code = request.GET.get("reason", "").replace("\x00", "")
    kept = run.quarantine.order_by("position")
    if code:
        kept = kept.filter(code=code)
    page = Paginator(kept, 25).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "page": page,
        "reason": code,
        "entries": [(each, reason_of(each.code, each.evidence)) for each in page],
        "reasons": [(each, number) for each, number in run.reasons.items()],
        "warnings": [(_warning(each), number) for each, number in run.warnings.items()],
        "places": _places(kept),
    }
    return render(request, "parcels/imports/detail.html", context)


def _warning(code: str) -> str:
    return gettext(WARNINGS[code]) if code in WARNINGS else reason_of(code, {})


def _places(kept: QuerySet[QuarantinedFeature]) -> list[dict[str, Any]]:
    """Points for the map, with their reasons."""
    return [
        {
            "lon": each.place.x,
            "lat": each.place.y,
            "position": each.position,
            "reason": reason_of(each.code, each.evidence),
        }
        for each in kept.exclude(place=None)[:SHOWN_ON_MAP]
        if each.place is not None
    ]


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def quarantine_geojson(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Everything in quarantine as GeoJSON: points at the faults, the geometry as text beside it."""
    run = _import_or_404(request, public_id)
    return StreamingHttpResponse(
        _geojson(run),
        content_type="application/geo+json",
        headers={
            "Content-Disposition": f'attachment; filename="quarantine-{run.public_id}.geojson"'
        },
    )


def _geojson(run: ImportRun) -> Iterator[str]:
    yield '{"type":"FeatureCollection","features":['
    for i, each in enumerate(run.quarantine.order_by("position").iterator(chunk_size=500)):
        place = each.place
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.x, place.y]} if place else None,
            "properties": each.attributes
            | {
                "_position": each.position,
                "_code": each.code,
                "_reason": reason_of(each.code, each.evidence),
                "_geometry": each.geometry_text,
            },
        }
        yield ("," if i else "") + json.dumps(feature, ensure_ascii=False)
    yield "]}"


@require_safe
@permission_required(Permission.IMPORT_PARCELS)
def quarantine_csv(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Everything in quarantine as CSV that a spreadsheet opens without running anything."""
    run = _import_or_404(request, public_id)
    return csv_response(_rows(run), filename=f"quarantine-{run.public_id}.csv")


def _rows(run: ImportRun) -> Iterator[list[object]]:
    names = sorted({name for keys in _keys(run) for name in keys})
    yield ["position", "code", "reason", "lon", "lat", *names, "geometry"]
    for each in run.quarantine.order_by("position").iterator(chunk_size=500):
        lon, lat = (each.place.x, each.place.y) if each.place else (None, None)
        reason = reason_of(each.code, each.evidence)
        values = [each.attributes.get(name) for name in names]
        yield [each.position, each.code, reason, lon, lat, *values, each.geometry_text]


def _keys(run: ImportRun) -> Iterator[list[str]]:
    for attributes in run.quarantine.values_list("attributes", flat=True).iterator(chunk_size=500):
        yield list(attributes)
