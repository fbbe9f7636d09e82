"""The tax estimate for citizens: nothing is stored, nobody signs in, no script is needed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cadastre.area import Area
from cadastre.tax import Assessment, answer, calendar_of, trace_of
from cadastre.tax.due_dates import Milestone
from cadastre.tax.trace import canonical
from parcels.models import LandUse, Parcel
from taxmap.estimate import EstimatePage
from taxmap.models import ValuationUnit
from taxmap.prices import price_per_wa_satang

PUBLIC_USES = {
    LandUse.AGRICULTURE: {"use": "agriculture"},
    LandUse.RESIDENTIAL: {"use": "main_home"},
    LandUse.COMMERCIAL: {"use": "other"},
    LandUse.VACANT: {"use": "vacant", "kind": "land"},
}
BAR_UNITS = 1000


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def tax_estimate(request: HttpRequest) -> HttpResponse:
    """The form, and after it the answer. ``?parcel=`` fills in what is public about a plot."""
    today = timezone.localdate()
    parcel = _parcel(request.GET.get("parcel", ""), today)
    assessment = None
    if request.method == "POST":
        page = EstimatePage(this_year=today.year, data=request.POST)
        if not page.action:
            assessment = page.assessment()
        if assessment and page.wants_trace:
            return _trace(assessment)
    else:
        initial = _public_facts(parcel, today) if parcel else None
        page = EstimatePage(this_year=today.year, initial=initial)
    faults = page.faults()
    context = {
        "page": page,
        "parcel": parcel,
        "faults": faults,
        "result": _result(assessment) if assessment else None,
        "now": timezone.now(),
    }
    return render(request, "taxmap/estimate.html", context)


def _trace(assessment: Assessment) -> HttpResponse:
    """The calculation as a file that `python -m cadastre.tax.recompute` checks."""
    response = HttpResponse(canonical(trace_of(assessment)), content_type="application/json")
    name = f"tax-{assessment.schedule.tax_year}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _parcel(public_id: str, today: date) -> Parcel | None:
    readable = public_id.isascii() and public_id.isprintable()
    if not public_id or len(public_id) > 60 or not readable:
        return None
    parcels = Parcel.objects.filter(public_id=public_id, valid_during__contains=today)
    return parcels.select_related("map_sheet").first()


def _public_facts(parcel: Parcel, today: date) -> dict[str, Any]:
    """Area, price and the use that anyone can see; nothing of owners, buildings or tax."""
    if parcel.legal_area_m2 is not None:
        area = Area(parcel.legal_area_m2)
    else:
        area = Area.measured(parcel.calculated_area_m2)
    facts: dict[str, Any] = {"area": area.rounded()}
    facts |= PUBLIC_USES.get(LandUse(parcel.land_use), {})
    unit = ValuationUnit.objects.filter(parcel=parcel).first()
    price = price_per_wa_satang(unit, date(today.year, 1, 1)) if unit else None
    if price is not None:
        facts["price_per_wa"] = price
    return facts


def _result(assessment: Assessment) -> dict[str, Any]:
    """The answer as the page shows it: every line with its picture."""
    given = answer(assessment)
    calendar = calendar_of(assessment.schedule.tax_year)
    lines = [
        {"number": line.property_index + 1, "line": line, "given": words, "bar": _bar(line)}
        for line, words in zip(assessment.lines, given["lines"], strict=True)
    ]
    return {
        "tax_satang": assessment.tax_satang,
        "tax_year": given["tax_year"],
        "lines": lines,
        "many": len(assessment.properties) > 1,
        "unverified": given["unverified"],
        "due_on": calendar.last_day[Milestone.PAYMENT],
        "instalments": calendar.instalments if assessment.tax_satang >= 300_000 else (),
    }


def _bar(line: Any) -> dict[str, int]:
    """Lengths of the picture: how much of the value is exempt, and how much is taxed."""
    exempt = line.exemption_satang * BAR_UNITS // line.value_satang if line.value_satang else 0
    return {"whole": BAR_UNITS, "exempt": exempt, "taxed": BAR_UNITS - exempt}
