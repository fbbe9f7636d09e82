"""The ratio study: prices paid beside appraised values; files of sales; sales left out."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from cadastre.ratios import FEWEST
from offices.permissions import Permission, may, permission_required, require, staff_of
from taxmap.collection import tax_years_of
from taxmap.models import RejectedSale, Sale, SaleFile
from taxmap.ratio_study import YEARS_OF_SALES, by_price, by_zone, ratio_study, table_of
from taxmap.services.sales import MOST_BYTES, REASONS, sale_exclude, sales_import
from taxmap.views.collection import office_of, year_of

LISTED = 200
"""Rows of a list on the page; the rest is counted."""


class SaleFileForm(forms.Form):
    """A file of sales."""

    file = forms.FileField(
        label=_("File of sales (CSV)"),
        help_text=_("First line: tax_parcel_code, sold_on, price. Days as 31/1/2569, baht."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def ratios(request: HttpRequest) -> HttpResponse:
    """The study of a year; a posted file adds sales to it."""
    office = office_of(request)
    may_enter = may(request.user, Permission.ASSESS_TAX, office)
    form = SaleFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        if form.is_valid() and _taken(request, form):
            return redirect(f"{reverse('taxmap-ratios')}?{request.GET.urlencode()}")
    years = tax_years_of(office, timezone.localdate().year)
    year = year_of(request, years)
    found = ratio_study(office, year)
    files = SaleFile.objects.filter(local_authority=office).order_by("-read_at", "-pk")
    context = {
        "office": office, "year": year, "years": years, "found": found, "now": timezone.now(),
        "first_year": year - YEARS_OF_SALES + 1, "fewest": FEWEST,
        "measures": table_of(found.whole) if found.whole else [],
        "zones": [
            (zone, count, table_of(of_zone) if of_zone else [])
            for zone, count, of_zone in found.zones
        ],
        "charts": [chart for chart in (by_price(found), by_zone(found)) if chart],
        "outliers": found.outliers[:LISTED], "excluded": found.excluded[:LISTED],
        "without_value": found.without_value[:LISTED],
        "form": form, "may_enter": may_enter, "files": files[:20],
    }  # fmt: skip
    return render(request, "taxmap/ratios.html", context, status=422 if form.errors else 200)


def _taken(request: HttpRequest, form: SaleFileForm) -> bool:
    upload = form.cleaned_data["file"]
    if upload.size > MOST_BYTES:
        form.add_error("file", gettext("The file is too large: at most 5 MB."))
        return False
    try:
        file = sales_import(
            local_authority=office_of(request, Permission.ASSESS_TAX), content=upload.read(),
            filename=upload.name, actor=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    except LandError as error:
        form.add_error("file", error.render(gettext))
        return False
    messages.success(request, gettext(
        "{accepted} sales were taken, {known} were known already, {rejected} lines cannot be used."
    ).format(accepted=file.accepted, known=file.known, rejected=file.rejected))  # fmt: skip
    return True


@require_GET
@permission_required(Permission.VIEW_TAX)
def sale_file(request: HttpRequest, number: int) -> HttpResponse:
    """What became of a file: the lines that cannot be used, as they stood there."""
    office = office_of(request)
    file = SaleFile.objects.filter(local_authority=office, pk=number).first()
    if file is None:
        raise Http404
    rejects = RejectedSale.objects.filter(file=file).order_by("line")[:1000]
    context = {
        "office": office, "file": file, "now": timezone.now(),
        "rejects": [(each, gettext(REASONS[each.reason])) for each in rejects],
    }  # fmt: skip
    return render(request, "taxmap/sale_file.html", context)


@require_POST
@permission_required(Permission.ASSESS_TAX)
def sale_change(request: HttpRequest, number: int) -> HttpResponse:
    """Leave a sale out with a reason, or count it again."""
    office = office_of(request, Permission.ASSESS_TAX)
    sale = Sale.objects.filter(pk=number, unit__local_authority=office).first()
    if sale is None:
        raise Http404
    again = "count" in request.POST
    try:
        sale_exclude(
            sale_id=sale.pk, reason="" if again else request.POST.get("reason", "") or " ",
            actor=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    except LandError as error:
        messages.error(request, error.render(gettext))
    year = request.POST.get("year", "")
    query = f"?year={year}" if year.isascii() and year.isdigit() else ""
    return redirect(f"{reverse('taxmap-ratios')}{query}#outliers")
