"""The page of one plot, and for staff of its offices its owners."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cadastre.geodesy import format_dms, format_utm
from cadastre.moment import Moment
from parcels.as_of import is_former, parcels_at
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
from parcels.services.lineage import predecessors, successors, today_of
from parcels.services.lookups import lookup_spend
from parcels.services.owners import LookReason, office_to_look_for, owners_view
from parcels.services.timeline import events_of
from parcels.views.moments import moment_asked

MOST_SUCCESSORS = 20


@require_safe
def parcel_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything public about a plot; of one that ended, when, and what lies there now.

    With ``on`` or ``known`` the plot as it was then.
    """
    moment = moment_asked(request)
    lookup_spend(request=request, now=timezone.now())
    parcel = _parcel(public_id)
    if moment is not None:
        then = parcels_at(moment, lambda parcels: parcels.named(public_id), 1)
        if not then:
            raise Http404
        return _plot(request, then[0], moment=moment)
    today = timezone.localdate()
    if parcel.has_ended(today):
        return _ended(request, parcel)
    since = parcel.valid_during.lower
    if since is not None and since > today:
        raise Http404
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
    moment: Moment | None = None,
    status: int = 200,
) -> HttpResponse:
    lon, lat = parcel.label_point.x, parcel.label_point.y
    # Owners are those of today: beside a plot of the past they would mislead.
    office = None if moment else office_to_look_for(request.user, parcel)
    asked = f"?{moment.query}" if moment else ""
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
        "map": map_settings(shape=geojson_of(parcel.geometry))
        | {"moment": moment.query if moment else ""},
        "map_place": f"{asked}#18/{lat:.5f}/{lon:.5f}/{parcel.public_id}",
        "moment": moment,
        "changed": is_former(parcel) or parcel.has_ended(timezone.localdate()),
        "history": _history(parcel),
        "permalink": request.build_absolute_uri(reverse("parcel-detail", args=[parcel.public_id])),
        "sections": [] if moment else list(sections_of(parcel, timezone.localdate(), request.user)),
        "now": timezone.now(),
        "owners_office": office,
        "rights": rights if office else None,
        "owners_form": (form or OwnerLookForm()) if office else None,
    }
    return _unlisted(render(request, "parcels/plot.html", context, status=status))


def _ended(request: HttpRequest, parcel: Parcel) -> HttpResponse:
    today = timezone.localdate()
    current = today_of([parcel], today, MOST_SUCCESSORS)[parcel.pk]
    history = _history(parcel)
    by_key = {relative.parcel.pk: relative for relative in history["successors"]}
    if by_key.keys() <= {one.pk for one in current}:
        history["successors"] = []  # they lead the page already
    context = {
        "parcel": parcel,
        "title": title_of(parcel),
        "ended_on": parcel.valid_during.upper,
        "day_before": _last_day(parcel),
        "history": history,
        "successors": [
            {"parcel": one, "address": whole_address_of(one), "came": by_key.get(one.pk)}
            for one in current
        ],
    }
    return _unlisted(render(request, "parcels/plot_ended.html", context, status=410))


def _last_day(parcel: Parcel) -> date | None:
    """The last day on which a parcel that ended was in force."""
    upper = parcel.valid_during.upper
    return upper - timedelta(days=1) if upper else None


def _history(parcel: Parcel) -> dict[str, Any]:
    return {
        "events": events_of(parcel),
        "predecessors": predecessors(parcel),
        "successors": successors(parcel),
    }


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
