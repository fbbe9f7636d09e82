"""The figures of what the map shows, asked for again whenever it moves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from offices.permissions import Permission, permission_required
from taxmap.collection import tax_years_of
from taxmap.figures import EVERYWHERE, Grouping, Window, figures_by
from taxmap.views.collection import figures_context, office_of, year_of


@require_GET
@permission_required(Permission.VIEW_TAX)
def figures(request: HttpRequest) -> HttpResponse:
    """A part of a page: ``window=west,south,east,north`` (degrees), ``by=zone|block|street``."""
    office, today = office_of(request), timezone.localdate()
    asked, by = request.GET.get("window", ""), request.GET.get("by", "")
    try:
        window = Window.read(asked) if asked else EVERYWHERE
    except (TypeError, ValueError):
        return HttpResponseBadRequest("window=west,south,east,north", content_type="text/plain")
    grouping = Grouping(by) if by in set(Grouping) else Grouping.ZONE
    year = year_of(request, tax_years_of(office, today.year))
    found = figures_by(office, year, grouping, today=today, window=window)
    context = figures_context(found, grouping) | {"year": year, "is_window": bool(asked)}
    return render(request, "taxmap/view_figures.html", context)
