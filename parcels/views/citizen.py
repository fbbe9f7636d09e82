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
from parcels.errors import PersonalNumberNotSearched, TooManyLookups
from parcels.forms import SearchForm
from parcels.mapping import map_settings
from parcels.representation import areas_of, title_of, whole_address_of
from parcels.services.lookups import lookup_spend
from parcels.services.search import (
    Found,
    parcels_by_deed,
    parcels_by_land_number,
    parcels_by_tax_code,
    parcels_search,
    refuse_personal_number,
)

FIELDS = (
    "q", "deed_number", "district", "map_sheet", "land_number", "tax_parcel_code",
    "local_authority",
)  # fmt: skip


@require_safe
def citizen_map(request: HttpRequest) -> HttpResponse:
    """The map of all parcels; everything else happens in the browser, or on the search page."""
    context = {"map": map_settings(), "texts": _texts(), "form": SearchForm()}
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
    query = urlencode({name: text for name, text in asked.items() if text})
    return redirect(f"{reverse('parcel-search')}?{query}")


@sensitive_variables("asked")
def _results(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in FIELDS}
    if not any(asked.values()):
        return _page(request, SearchForm())
    now = timezone.now()
    try:
        lookup_spend(request=request, now=now)
        found = _find(asked)
        lookup_spend(request=request, now=now, parcels=len(found.parcels) - 1, forced=True)
    except TooManyLookups:
        raise
    except PersonalNumberNotSearched as error:
        return _page(request, SearchForm(), fault=error, status=422)
    except LandError as error:
        return _page(request, SearchForm(initial=asked), fault=error, status=422)
    return _page(request, SearchForm(initial=asked), found=found, asked=asked)


def _find(asked: dict[str, str]) -> Found:
    today = timezone.localdate()
    if asked["deed_number"]:
        return parcels_by_deed(number=asked["deed_number"], district=asked["district"], on=today)
    if asked["map_sheet"] and asked["land_number"]:
        return parcels_by_land_number(
            sheet=asked["map_sheet"], number=asked["land_number"], on=today
        )
    if asked["tax_parcel_code"]:
        return parcels_by_tax_code(
            code=asked["tax_parcel_code"], local_authority=asked["local_authority"], on=today
        )
    return parcels_search(text=asked["q"] or asked["map_sheet"], on=today)


def _page(
    request: HttpRequest,
    form: SearchForm,
    *,
    found: Found | None = None,
    fault: LandError | None = None,
    asked: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "fault": fault.render(gettext) if fault else "",
        "found": found,
        "asked": asked or {},
        "results": [
            {
                "parcel": parcel,
                "title": title_of(parcel),
                "address": whole_address_of(parcel),
                "areas": areas_of(parcel),
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


def _texts() -> dict[str, str]:
    """The words of the map's scripts, in the language of the page."""
    return {
        "searching": gettext("Searching …"),
        "nothing": gettext("No plot was found."),
        "nothing_hint": gettext(
            "Check the number, or the district: deed numbers begin anew in each one. You can also "
            "move the map to the place and tap the plot."
        ),
        "one": gettext("One plot was found."),
        "many": gettext("{count} plots were found."),
        "more": gettext("There are more. Add a house number or a district to narrow the search."),
        "no_connection": gettext("No connection. Check the network and try again."),
        "empty": gettext("Type a deed number, an address, a map sheet or coordinates."),
        "personal": gettext(PersonalNumberNotSearched.message),
        "zoom_in": gettext("Come closer to choose a plot."),
        "no_parcel": gettext("There is no registered plot here."),
        "loading": gettext("Reading the register …"),
        "chosen": gettext("Chosen plot: {title}"),
        "copied": gettext("The link was copied."),
        "copy_failed": gettext("The link could not be copied. Here it is:"),
        "locating": gettext("Looking for your position …"),
        "located": gettext("You are within {metres} m of the dot."),
        "outside": gettext("You are outside the area of this map. It was not moved."),
        "denied": gettext(
            "The browser may not tell your position. Allow it in the settings of the page, or find "
            "the plot on the map."
        ),
        "unavailable": gettext(
            "Your position cannot be determined just now. Go outside or try again in a moment."
        ),
        "unsupported": gettext("This browser cannot tell where you are."),
        "sheet": gettext("Map sheet {label}"),
        "position": gettext("Position {label}"),
        "untitled": gettext("Plot without a title number"),
        "land_number": gettext("land number {number}"),
    }
