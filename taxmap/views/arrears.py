"""Tax in arrears: the list, the report to the land office, and the parcels that are held."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.permissions import Permission, may, permission_required, require, staff_of
from taxmap.collection import tax_years_of
from taxmap.services.arrears import (
    arrears_report,
    bills_in_arrears,
    held_parcels,
    land_office_rows,
    payment_day,
)
from taxmap.services.payments import due_of
from taxmap.services.settling import facts_of
from taxmap.views.collection import office_of, year_of
from web.spreadsheet import csv_response

ROWS_PER_PAGE = 50
CSV_HEAD = (
    _("Deed number"), _("Land number"), _("Tax parcel code"), _("Former parcel code"),
    _("Reported on"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def arrears(request: HttpRequest) -> HttpResponse:
    """Bills past their day, with what they cost today; POST reports them to the land office."""
    office = office_of(request)
    today = timezone.localdate()
    years = tax_years_of(office, today.year)
    year = year_of(request, years)
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        count = arrears_report(
            office=office, tax_year=year, actor=staff_of(request), now=timezone.now()
        )
        messages.success(request, gettext("{count} bills are reported newly.").format(count=count))
        return redirect(f"{request.path}?year={year}")
    found = bills_in_arrears(office, year, today)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    facts = facts_of(list(page.object_list))
    context = {
        "office": office, "year": year, "years": years, "today": today, "page": page,
        "rows": [(bill, due_of(facts[bill.pk], today)) for bill in page.object_list],
        "due_on": payment_day(office, year),
        "total": found.order_by().aggregate(total=Sum("balances__due_satang"))["total"] or 0,
        "unreported": found.filter(reported_on=None).count(),
        "held": len(held_parcels(office, today)),
        "may_report": may(request.user, Permission.ASSESS_TAX, office),
        "may_take": may(request.user, Permission.TAKE_PAYMENTS, office),
    }  # fmt: skip
    return render(request, "taxmap/money/arrears.html", context)


@require_GET
@permission_required(Permission.VIEW_TAX)
def land_office_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list for the land office: which parcels are held, without names and amounts."""
    office = office_of(request)
    today = timezone.localdate()
    year = year_of(request, tax_years_of(office, today.year))

    def written() -> Iterator[tuple[object, ...]]:
        yield CSV_HEAD
        yield from land_office_rows(office, year, today)

    return csv_response(written(), filename=f"arrears-{office.code}-{year}.csv")
