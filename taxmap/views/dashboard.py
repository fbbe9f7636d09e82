"""The dashboard of the tax year, for the screen, the meeting and paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from offices.permissions import Permission, permission_required
from taxmap.collection import tax_years_of
from taxmap.dashboard import (
    MAP_WIDTH,
    MONTHS_OF_A_YEAR,
    block_map,
    by_means,
    by_month,
    compared,
    month_chart,
    rate_classes,
    received_in,
    worst,
    years_of,
)
from taxmap.figures import Grouping, Part
from taxmap.views.collection import office_of, year_of
from web.era import MONTHS


@require_GET
@permission_required(Permission.VIEW_TAX)
def dashboard(request: HttpRequest) -> HttpResponse:
    """One year of the acting authority beside the year before."""
    office, today = office_of(request), timezone.localdate()
    years = tax_years_of(office, today.year)
    year = year_of(request, years)
    grouping = Grouping.BLOCK if request.GET.get("by") == "block" else Grouping.ZONE
    parts, total, total_before = compared(office, year, grouping, today=today)
    blocks = (
        parts
        if grouping is Grouping.BLOCK
        else compared(office, year, Grouping.BLOCK, today=today)[0]
    )
    received, former = (
        [each for each in received_in(office, of) if not each.is_signboard]
        for of in (year, year - 1)
    )
    this, last = by_month(received, year), by_month(former, year - 1)
    months = today.month if year == today.year else MONTHS_OF_A_YEAR
    shapes, height = block_map(office, [Part(part.name, part.now) for part in blocks])
    context = {
        "office": office, "year": year, "years": years, "now": timezone.now(),
        "grouping": grouping.value, "parts": parts, "total": total, "before": total_before,
        "all_years": years_of(office), "means": by_means(received),
        "means_total": sum(each.satang for each in received),
        "chart": month_chart(this, last, year, months),
        "months": list(zip(MONTHS, this, last, strict=True)), "until": months,
        "worst": worst(blocks), "shapes": shapes, "map_width": MAP_WIDTH, "map_height": height,
        "classes": rate_classes(),
    }  # fmt: skip
    return render(request, "taxmap/dashboard.html", context)
