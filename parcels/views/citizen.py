"""The citizen's map, and the search that works without scripts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from cadastre.errors import LandError
from cadastre.moment import ON, Moment
from parcels.as_of import changed_since
from parcels.errors import PersonalNumberNotSearched, TooManyLookups
from parcels.forms import SearchForm
from parcels.mapping import map_settings
from parcels.representation import areas_of, title_of, whole_address_of
from parcels.services.lookups import lookup_spend
from parcels.services.search import (
    Found,
    When,
    parcels_by_deed,
    parcels_by_land_number,
    parcels_by_tax_code,
    parcels_search,
    refuse_personal_number,
)
from parcels.views.map_texts import map_texts
from parcels.views.moments import moment_asked

FIELDS = (
    "q", "deed_number", "district", "map_sheet", "land_number", "tax_parcel_code",
    "local_authority",
)  # fmt: skip


@require_safe
def citizen_map(request: HttpRequest) -> HttpResponse:
    """The map of all parcels; everything else happens in the browser, or on the search page."""
    moment = moment_asked(request)  # what is no moment of the past is refused, with the reason
    settings = map_settings() | {"on": moment.on.isoformat() if moment else None}
    context = {"map": settings, "texts": map_texts(moment), "form": SearchForm()}
    return render(request, "parcels/map.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def parcel_search(request: HttpRequest) -> HttpResponse:
    """Results as a page. The form is posted and answered by an address without personal numbers.

    An address ends up in logs, histories and bookmarks; so what was posted is looked at first.
    """
    if request.method != "POST":
        return _results(request)
    asked = {name: request.POST.get(name, "").strip()[:200] for name in FIELDS}
    try:
        for text in asked.values():
            refuse_personal_number(text)
    except PersonalNumberNotSearched as error:
        return _page(request, SearchForm(), fault=error, status=422)
    form = SearchForm(request.POST)
    if "day" in form.errors:
        return _page(request, form, status=422)
    if day := form.cleaned_data.get("day"):
        asked[ON] = day.isoformat()
    query = urlencode({name: text for name, text in asked.items() if text})
    return redirect(f"{reverse('parcel-search')}?{query}")


@sensitive_variables("asked")
def _results(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in FIELDS}
    if not any(asked.values()):
        return _page(request, SearchForm())
    now = timezone.now()
    moment = None
    try:
        moment = moment_asked(request)
        lookup_spend(request=request, now=now)
        found = _find(asked, moment or timezone.localdate(now))
        lookup_spend(request=request, now=now, parcels=found.told - 1, forced=True)
    except TooManyLookups:
        raise
    except PersonalNumberNotSearched as error:
        return _page(request, SearchForm(), fault=error, status=422)
    except LandError as error:
        return _page(request, SearchForm(initial=asked), fault=error, status=422)
    initial = asked | ({"day": moment.on} if moment else {})
    return _page(request, SearchForm(initial=initial), found=found, asked=asked, moment=moment)


def _find(asked: dict[str, str], when: When) -> Found:
    if asked["deed_number"]:
        return parcels_by_deed(number=asked["deed_number"], district=asked["district"], on=when)
    if asked["map_sheet"] and asked["land_number"]:
        return parcels_by_land_number(
            sheet=asked["map_sheet"], number=asked["land_number"], on=when
        )
    if asked["tax_parcel_code"]:
        return parcels_by_tax_code(
            code=asked["tax_parcel_code"], local_authority=asked["local_authority"], on=when
        )
    return parcels_search(text=asked["q"] or asked["map_sheet"], on=when)


def _page(
    request: HttpRequest,
    form: SearchForm,
    *,
    found: Found | None = None,
    fault: LandError | None = None,
    asked: dict[str, str] | None = None,
    moment: Moment | None = None,
    status: int = 200,
) -> HttpResponse:
    changed = changed_since(found.parcels, timezone.localdate()) if found and moment else {}
    context: dict[str, Any] = {
        "form": form,
        "fault": fault.render(gettext) if fault else "",
        "found": found,
        "asked": asked or {},
        "moment": moment,
        "as_of": f"?{moment.query}" if moment else "",
        "today_url": f"?{urlencode(asked or {})}",
        "results": [
            {
                "parcel": parcel,
                "title": title_of(parcel),
                "address": whole_address_of(parcel),
                "areas": areas_of(parcel),
                "changed": parcel.pk in changed,
                "place": f"#18/{parcel.label_point.y:.5f}/{parcel.label_point.x:.5f}",
            }
            for parcel in (found.parcels if found else [])
        ],
        "places": [
            {"place": place, "hash": _hash_of(place.bounds)}
            for place in (found.places if found else [])
        ],
    }
    if fault:
        # What was refused is not said again, not even as the place to come back to.
        context["page_path"] = reverse("parcel-search")
    response = render(request, "parcels/search.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _hash_of(bounds: tuple[float, float, float, float]) -> str:
    """Where on the map a place is: closer for a point than for a sheet."""
    west, south, east, north = bounds
    zoom = 18 if east - west < 0.001 else 16 if east - west < 0.006 else 15
    return f"#{zoom}/{(south + north) / 2:.5f}/{(west + east) / 2:.5f}"
