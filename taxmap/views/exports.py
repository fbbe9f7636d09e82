"""The collection map to take along: a PDF sheet, or one file for a browser without a network."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from offices.permissions import Permission, permission_required, staff_of
from taxmap.collection import map_rows, price_breaks_of, tax_years_of
from taxmap.paper.layout import PAPERS, SCALES
from taxmap.paper.offline import MOST_PLOTS, offline_map
from taxmap.paper.sheet import Request, is_demo, sheet_pdf
from taxmap.themes import TITLES, classes_of
from taxmap.views.collection import area_of, office_of, theme_of, year_of

WGS84 = 4326
SEVEN_DIGITS = 7
"""About a centimetre."""


def _area_of(request: HttpRequest) -> str:
    """Zone and block as ``area=01A``, or as ``zone=01&block=A``."""
    area = request.GET.get("area") or request.GET.get("zone", "") + request.GET.get("block", "")
    return area_of(area)


def _attached(content: bytes | str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@permission_required(Permission.PRINT_COLLECTION_MAP)
def sheet(request: HttpRequest) -> HttpResponse:
    """A4, A3 or A1 sheets of a zone or block, at a round scale."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    today = timezone.localdate()
    paper, scale = request.GET.get("paper", "A3"), request.GET.get("scale", "")
    asked = Request(
        authority=office,
        tax_year=year_of(request, tax_years_of(office, today.year)),
        area=_area_of(request),
        theme=theme_of(request),
        paper=paper if paper in PAPERS else "A3",
        scale=int(scale) if scale in {str(each) for each in SCALES} else None,
        prepared_by=staff_of(request).name,
        today=today,
    )
    name = f"collection-map-{office.code}-{asked.area or 'all'}-{asked.theme}-{asked.tax_year}.pdf"
    return _attached(sheet_pdf(asked), "application/pdf", name)


@require_GET
@permission_required(Permission.PRINT_COLLECTION_MAP)
def export(request: HttpRequest) -> HttpResponse:
    """One HTML file that opens without a network. It holds no owner."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    today = timezone.localdate()
    year = year_of(request, tax_years_of(office, today.year))
    area, theme = _area_of(request), theme_of(request)
    rows = map_rows(
        office,
        year,
        prefix=area,
        srid=WGS84,
        digits=SEVEN_DIGITS,
        today=today,
        limit=MOST_PLOTS + 1,
    )
    heading = {
        "area": area, "authority": office.name, "tax_year": year, "today": today,
        "theme": TITLES[theme], "theme_key": theme.value, "is_demo": is_demo(office),
    }  # fmt: skip
    classes = classes_of(theme, price_breaks_of(office, date(year, 1, 1)))
    page = offline_map(rows, theme=theme, classes=classes, heading=heading)
    name = f"collection-map-{office.code}-{area or 'all'}-{theme}-{year}.html"
    return _attached(page, "text/html; charset=utf-8", name)
