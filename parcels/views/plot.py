"""The page of one plot, and for staff of its offices its owners."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cadastre.geodesy import format_dms, format_utm
from parcels.drawing import parcel_drawing
from parcels.forms import OwnerLookForm
from parcels.mapping import map_settings
from parcels.models import Parcel, Right
from parcels.plot_sections import sections_of
from parcels.representation import (
    areas_of,
    geojson_of,
    title_of,
    whole_address_of,
)
from parcels.services.lookups import lookup_spend
from parcels.services.owners import LookReason, office_to_look_for, owners_view

MOST_SUCCESSORS = 20


@require_safe
def parcel_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything public about a plot; of one that ended, when, and what lies there now."""
    lookup_spend(request=request, now=timezone.now())
    parcel = _parcel(public_id)
    today = timezone.localdate()
    since, until = parcel.valid_during.lower, parcel.valid_during.upper
    if since is not None and since > today:
        raise Http404
    if until is not None and until <= today:
        return _ended(request, parcel)
    return _plot(request, parcel)


@never_cache
@require_POST
def parcel_owners(request: HttpRequest, public_id: str) -> HttpResponse:
    """The plot page with its owners, after a reason was given; 404 for whoever may not see them."""
    parcel = _parcel(public_id)
    office = office_to_look_for(request.user, parcel)
    if office is None:
        raise Http404
    form = OwnerLookForm(request.POST)
    if not form.is_valid():
        return _plot(request, parcel, form=form, status=422)
    rights = owners_view(
        parcel=parcel, user=request.user, office=office,
        reason=LookReason(form.cleaned_data["reason"]), now=timezone.now(),
    )  # fmt: skip
    return _plot(request, parcel, rights=rights, form=form)


def _parcel(public_id: str) -> Parcel:
    if len(public_id) > 40:
        raise Http404
    found: Parcel | None = Parcel.objects.with_facts().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _plot(
    request: HttpRequest,
    parcel: Parcel,
    *,
    rights: list[Right] | None = None,
    form: OwnerLookForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lon, lat = parcel.label_point.x, parcel.label_point.y
    office = office_to_look_for(request.user, parcel)
    context: dict[str, Any] = {
        "parcel": parcel,
        "title": title_of(parcel),
        "address": whole_address_of(parcel),
        "areas": areas_of(parcel),
        "drawing": parcel_drawing(parcel),
        "position": {
            "degrees": f"{lat:.6f}, {lon:.6f}",
            "dms": format_dms(lon, lat),
            "utm": format_utm(lon, lat, parcel.zone_srid),
        },
        "map": map_settings(shape=geojson_of(parcel.geometry)),
        "map_place": f"#18/{lat:.5f}/{lon:.5f}/{parcel.public_id}",
        "permalink": request.build_absolute_uri(reverse("parcel-detail", args=[parcel.public_id])),
        "sections": list(sections_of(parcel, timezone.localdate())),
        "now": timezone.now(),
        "owners_office": office,
        "rights": rights if office else None,
        "owners_form": (form or OwnerLookForm()) if office else None,
    }
    return _unlisted(render(request, "parcels/plot.html", context, status=status))


def _ended(request: HttpRequest, parcel: Parcel) -> HttpResponse:
    current = Parcel.objects.in_force(timezone.localdate()).overlapping(parcel).with_facts()
    context = {
        "parcel": parcel,
        "title": title_of(parcel),
        "ended_on": parcel.valid_during.upper,
        "successors": [
            {"parcel": one, "title": title_of(one), "address": whole_address_of(one)}
            for one in current[:MOST_SUCCESSORS]
        ],
    }
    return _unlisted(render(request, "parcels/plot_ended.html", context, status=410))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
