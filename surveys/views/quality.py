"""How well boundaries are known, on the map of officers."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadastre.geodesy import WGS84
from cadastre.pointquality import DEFAULT_STEPS, UNKNOWN_CLASS
from parcels.mapping import map_settings
from parcels.models import Parcel
from parcels.views.editor_requests import bounds_of
from surveys.boundary_quality import KnownEdge, boundaries_known, sides_once
from surveys.views.proposals import offices_read, reader_required

MOST_PARCELS: Final = 400


@require_safe
@reader_required
def quality_map(request: HttpRequest) -> HttpResponse:
    """The parcels with the band within which each side lies; ``parcel`` in the query is shown."""
    wanted = request.GET.get("parcel", "").replace("\x00", "")[:40]
    parcels = Parcel.objects.in_force(timezone.localdate()).filter(office__in=offices_read(request))
    chosen = parcels.filter(public_id=wanted).first() if wanted else None
    settings = map_settings()
    shown = chosen or parcels.order_by("pk").first()
    data = {
        "bounds": shown.geometry.extent if shown else settings["bounds"],
        "parcels": settings["layers"].get("parcels"), "edges": reverse("boundary-edges"),
        "words": {
            "zoomIn": _("Zoom in"), "zoomOut": _("Zoom out"), "band": _("± {band} m, {basis}"),
        },
    }  # fmt: skip
    steps = [(step.name, f"{step.sigma_max_m:.2f}") for step in DEFAULT_STEPS[:-1]]
    context = {
        "map_data": data, "chosen": chosen, "steps": steps, "last": DEFAULT_STEPS[-1].name,
        "unknown": UNKNOWN_CLASS,
    }  # fmt: skip
    return render(request, "surveys/quality.html", context)


@require_safe
@reader_required
def edges(request: HttpRequest) -> JsonResponse:
    """GeoJSON of the sides in ``bbox`` with class, band in metres and basis in words.

    Of parcels of the user's offices; ``more`` tells that there were too many to give all. Raises
    `BoundsUnusable`.
    """
    area = Polygon.from_bbox(bounds_of(request.GET.get("bbox", "")))
    area.srid = WGS84
    parcels = (
        Parcel.objects.in_force(timezone.localdate())
        .filter(office__in=offices_read(request), geometry__bboverlaps=area)
        .order_by("pk")
        .values_list("pk", flat=True)[: MOST_PARCELS + 1]
    )
    found = list(parcels)
    sides = sides_once(boundaries_known(found[:MOST_PARCELS]).values())
    return JsonResponse({
        "type": "FeatureCollection",
        "more": len(found) > MOST_PARCELS,
        "features": [_feature(edge) for edge in sides],
    })  # fmt: skip


def _feature(edge: KnownEdge) -> dict[str, Any]:
    quality = edge.quality
    words, values = quality.words
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [end.lonlat for end in edge.ends]},
        "properties": {
            "class": quality.class_name,
            "band_m": None if quality.band_m is None else round(quality.band_m, 4),
            "words": _(words).format_map(values),
        },
    }
