"""The collection map, its units and its list, for the officers of one local authority."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Point
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from cadastre.tax.money import baht_text
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from parcels.models import Right
from taxmap.balances import money_received
from taxmap.calculation import steps_of
from taxmap.collection import (
    STATE_FILTERS,
    blocks_of,
    collection_list,
    price_breaks_of,
    tax_years_of,
    with_payments,
)
from taxmap.figures import GROUPINGS, Grouping, Parts, figures_by, with_rest
from taxmap.models import Assessment, TaxZone, ValuationUnit
from taxmap.paper.layout import SCALES
from taxmap.prices import price_per_wa_satang
from taxmap.themes import STATES, TITLES, Theme, classes_of, payment_state
from web.spreadsheet import csv_response

ROWS_PER_PAGE = 50
MOST_UNITS = 500
"""Units of one parcel that its page lists; a condominium has hundreds."""
MOST_PARTS = 12
"""Zones, blocks or streets listed beside the map; the others are one line."""
_AREA = re.compile(r"(?:[0-9]{1,2}[A-Z]?)?")
CSV_HEAD = (
    _("Tax parcel code"), _("Land number"), pgettext_lazy("tax", "Value"), _("Tax"), _("Paid"),
    _("Outstanding"),
    _("State"),
)  # fmt: skip


def office_of(request: HttpRequest, permission: Permission = Permission.VIEW_TAX) -> Office:
    """The local authority in whose name the officer looks at the tax map."""
    office = acting_office(request, permission)
    if office is None:
        raise Http404
    return office


def year_of(request: HttpRequest, years: list[int]) -> int:
    """The tax year asked for, or the latest with assessments."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), years[0])


def area_of(text: str) -> str:
    """A zone such as ``01``, a block of it such as ``01A``, or nothing for all; else 404."""
    if not _AREA.fullmatch(area := text.strip().upper()):
        raise Http404
    return area


def theme_of(request: HttpRequest) -> Theme:
    """The theme asked for; the officer's first question is who has paid."""
    asked = request.GET.get("theme", "")
    return Theme(asked) if asked in set(Theme) else Theme.PAYMENT


@require_GET
@permission_required(Permission.VIEW_TAX)
def home(request: HttpRequest) -> HttpResponse:
    """The map with its figures and legend; ``?code=`` finds a unit."""
    office = office_of(request)
    today = timezone.localdate()
    years = tax_years_of(office, today.year)
    year, theme = year_of(request, years), theme_of(request)
    code = request.GET.get("code", "").replace("\x00", "").strip().upper()[:30]
    unit = (
        _units(office).filter(parcel__tax_parcel_code=code).order_by(*LAND_FIRST).first()
        if code
        else None
    )
    breaks = price_breaks_of(office, date(today.year, 1, 1))
    themes = [
        {"key": each.value, "title": TITLES[each], "classes": classes_of(each, breaks)}
        for each in Theme
    ]
    context = {
        "shell_template": "web/tax.html",
        "office": office, "year": year, "years": years, "theme": theme.value, "themes": themes,
        "code": code, "not_found": bool(code) and unit is None,
        "may_print": may(request.user, Permission.PRINT_COLLECTION_MAP, office),
        "blocks": blocks_of(office), "scales": SCALES,
        "map_data": _map_data(office, year, theme, themes),
    }  # fmt: skip
    context |= figures_context(figures_by(office, year, Grouping.ZONE, today=today), Grouping.ZONE)
    if unit is not None:
        context |= _unit_context(request, unit, year)
    return render(request, "taxmap/home.html", context)


def _map_data(
    office: Office, year: int, theme: Theme, themes: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the script needs: addresses, classes, bounds."""
    return {
        "tiles": "/tiles/assessments/{z}/{x}/{y}.mvt",
        "blocks": "/tiles/blocks/{z}/{x}/{y}.mvt",
        "at": reverse("taxmap-unit-at"),
        "figures": reverse("taxmap-figures"),
        "year": year,
        "theme": theme.value,
        "bounds": bounds_of(office),
        "themes": {
            each["key"]: [
                {"key": c.key, "fill": c.fill, "above": c.above, "ink": c.ink}
                for c in each["classes"]
            ]
            for each in themes
        },
        "words": {
            "zoomIn": gettext("Zoom in"), "zoomOut": gettext("Zoom out"),
            "nothingHere": gettext("There is no unit of your tax map here."),
            "failed": gettext("The answer did not arrive. Check the connection and try again."),
        },
    }  # fmt: skip


def figures_context(found: Parts, grouping: Grouping) -> dict[str, Any]:
    """What view_figures.html shows: the greatest debts by one grouping, the rest, the total."""
    parts, rest = with_rest(found, MOST_PARTS)
    return {
        "parts": parts, "rest": rest, "rest_count": max(len(found.parts) - MOST_PARTS, 0),
        "total": found.total, "grouping": grouping.value,
        "groupings": [(each.value, title) for each, title in GROUPINGS.items()],
    }  # fmt: skip


def bounds_of(office: Office) -> list[list[float]] | None:
    """South-west and north-east of the zones of an authority, latitude first; or None."""
    found = TaxZone.objects.filter(local_authority=office).aggregate(box=Extent("geometry"))["box"]
    if found is None and office.bounds is not None:
        found = office.bounds.extent
    return [[found[1], found[0]], [found[3], found[2]]] if found else None


LAND_FIRST = (F("condominium_unit").asc(nulls_first=True), F("owner").asc(nulls_first=True), "pk")
"""Of the units of one parcel the land comes first, then buildings of others, then flats."""


def _units(office: Office) -> Any:
    return ValuationUnit.objects.filter(local_authority=office).select_related(
        "parcel__ba_unit", "parcel__map_sheet", "street", "local_authority"
    )


@require_GET
@permission_required(Permission.VIEW_TAX)
def unit_at(request: HttpRequest) -> HttpResponse:
    """The unit under a tap on the map, as a part of a page."""
    office = office_of(request)
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        raise Http404 from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Http404
    today = timezone.localdate()
    unit = _units(office).filter(
        Q(parcel__valid_during__contains=today)
        | Q(parcel__valid_during__contains=today.replace(month=1, day=1)),
        parcel__geometry__intersects=Point(lon, lat, srid=4326),
    ).order_by("parcel", *LAND_FIRST).first()  # fmt: skip
    if unit is None:
        return HttpResponse(status=204)
    year = year_of(request, tax_years_of(office, today.year))
    return render(request, "taxmap/unit_part.html", _unit_context(request, unit, year))


@require_GET
@permission_required(Permission.VIEW_TAX)
def unit_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit on a page of its own, or as a part of one (``?part=1``)."""
    unit, year = _unit_named(request, public_id)
    part = "taxmap/unit_part.html" if request.GET.get("part") else "taxmap/unit.html"
    return render(request, part, _unit_context(request, unit, year))


@require_POST
@permission_required(Permission.VIEW_TAX)
def unit_owner(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit with its owners; the look-up is written into the audit trail."""
    unit, year = _unit_named(request, public_id)
    require(request.user, Permission.VIEW_OWNERS, unit.local_authority)
    with transaction.atomic():
        entry_record(
            action="parcels.owner_viewed", subject_kind="parcel", subject_id=unit.parcel.public_id,
            actor=staff_of(request), office=unit.local_authority, data={"from": "taxmap"},
            now=timezone.now(),
        )  # fmt: skip
        owners = list(
            Right.objects.filter(
                ba_unit=unit.parcel.ba_unit_id, valid_during__contains=timezone.localdate()
            ).select_related("party").order_by("pk")
        ) if unit.parcel.ba_unit_id else []  # fmt: skip
    context = _unit_context(request, unit, year) | {"owners": owners, "owners_shown": True}
    part = "taxmap/unit_part.html" if request.POST.get("part") else "taxmap/unit.html"
    return render(request, part, context)


def _unit_named(request: HttpRequest, public_id: str) -> tuple[ValuationUnit, int]:
    """The unit that ``?unit=`` names of those on a parcel, or its land."""
    here = (
        ValuationUnit.objects.filter(parcel__public_id=public_id)
        .select_related("parcel__ba_unit", "parcel__map_sheet", "street", "local_authority")
        .order_by(*LAND_FIRST)
    )
    asked = request.GET.get("unit", "")
    unit = (here.filter(pk=int(asked)) if re.fullmatch(r"[0-9]{1,18}", asked) else here).first()
    if unit is None:
        raise Http404
    require(request.user, Permission.VIEW_TAX, unit.local_authority)
    return unit, year_of(request, tax_years_of(unit.local_authority, timezone.localdate().year))


def _may_see_owner(request: HttpRequest, unit: ValuationUnit) -> bool:
    return may(request.user, Permission.VIEW_OWNERS, unit.local_authority)


def _unit_context(request: HttpRequest, unit: ValuationUnit, year: int) -> dict[str, Any]:
    assessed = with_payments(Assessment.objects.filter(unit=unit, tax_year=year)).first()
    first = date(year, 1, 1)
    others = ValuationUnit.objects.filter(parcel=unit.parcel, local_authority=unit.local_authority)
    context: dict[str, Any] = {
        "unit": unit, "parcel": unit.parcel, "year": year, "assessment": assessed,
        "others": others.exclude(pk=unit.pk)
        .select_related("condominium_unit").order_by(*LAND_FIRST)[:MOST_UNITS],
        "uses": unit.uses.in_force(first).order_by("-share_percent"),
        "buildings": unit.buildings.in_force(first).order_by("code"),
        "price_satang": price_per_wa_satang(unit, first),
        "outline": unit.parcel.geometry.geojson, "may_see_owner": _may_see_owner(request, unit),
        "may_assess": may(request.user, Permission.ASSESS_TAX, unit.local_authority),
    }  # fmt: skip
    if assessed is not None:
        state = payment_state(assessed.tax_satang, assessed.paid_satang, assessed.due_satang)
        tones = {"paid": "green", "partly": "gold", "unpaid": "red", "exempt": ""}
        context |= {
            "state": STATES[state], "tone": tones[state],
            "payments": money_received(assessed),
            "lines": steps_of(assessed.lines, year) if assessed.lines else [],
        }  # fmt: skip
    return context


def _asked_list(request: HttpRequest) -> tuple[Office, int, str, str]:
    office = office_of(request)
    year = year_of(request, tax_years_of(office, timezone.localdate().year))
    prefix = area_of(request.GET.get("block", ""))
    state = request.GET.get("state", "outstanding")
    return office, year, prefix, state if state in {*STATE_FILTERS, "all"} else "outstanding"


@require_GET
@permission_required(Permission.VIEW_TAX)
def collection(request: HttpRequest) -> HttpResponse:
    """What is outstanding: a table by block, and the units behind it."""
    office, year, prefix, state = _asked_list(request)
    found = collection_list(office, year, prefix=prefix, state=state)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.state = STATES[payment_state(row.tax_satang, row.paid_satang, row.due_satang)]
    by_block = figures_by(office, year, today=timezone.localdate())
    context = {
        "office": office, "year": year, "years": tax_years_of(office, timezone.localdate().year),
        "block": prefix, "state": state, "page": page, "count": page.paginator.count,
        "by_block": by_block.parts, "total": by_block.total, "blocks": blocks_of(office),
        "now": timezone.now(),
        "states": [("outstanding", gettext("outstanding")), ("all", gettext("all")),
                   *((key.value, text) for key, text in STATES.items())],
    }  # fmt: skip
    return render(request, "taxmap/collection.html", context)


@require_GET
@permission_required(Permission.VIEW_TAX)
def collection_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as a file for a spreadsheet: UTF-8 with its mark, formulas defused."""
    office, year, prefix, state = _asked_list(request)
    rows = collection_list(office, year, prefix=prefix, state=state)

    def written() -> Iterator[tuple[object, ...]]:
        yield CSV_HEAD
        for row in rows.iterator(chunk_size=2000):
            yield (
                row.unit.parcel.tax_parcel_code, row.unit.parcel.land_number,
                *(baht_text(satang) for satang in (
                    row.value_satang, row.tax_satang, row.paid_satang, row.due_satang)),
                STATES[payment_state(row.tax_satang, row.paid_satang, row.due_satang)],
            )  # fmt: skip

    name = f"collection-{office.code}-{year}{'-' + prefix if prefix else ''}.csv"
    return csv_response(written(), filename=name)
