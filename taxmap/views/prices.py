"""Appraised prices: the announcement that everybody may read, and the lists that come in."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.models import LocalAuthority, Office
from offices.permissions import Permission, permission_required, staff_of
from offices.services.jobs import job_enqueue
from parcels.importing.uploads import upload_keep
from taxmap.models import PriceImport, TaxYear
from taxmap.property_lists import (
    building_prices,
    condominium_prices,
    parcel_prices,
    street_prices,
    zone_prices,
)
from taxmap.views.collection import office_of
from taxmap.year_forms import PriceFileForm

PARCELS_PER_PAGE = 100
ROWS_PER_PAGE = 50
REASONS = {
    "price_missing": _("no price is written in this row"),
    "price_unreadable": _("the price is not a positive amount of baht"),
    "key_unreadable": _("the map sheet, land number or code cannot be read"),
    "row_too_short": _("the row has fewer columns than the first line"),
    "no_such_target": _("the tax map knows no such parcel, street, zone or condominium"),
    "several_targets": _("several parcels or streets answer to this; correct the tax map first"),
    "two_prices": _("the file gives two different prices for the same thing"),
    "repeated": _("the file has this row twice; it was counted once"),
}
"""Why a row of a price file is not taken, for people."""


@require_GET
def prices(request: HttpRequest, authority: str) -> HttpResponse:
    """ภ.ด.ส.1 and 2 of one authority, once announced: prices, never owners."""
    office = get_object_or_404(LocalAuthority.objects, code=authority.replace("\x00", "")[:20])
    published = TaxYear.objects.filter(local_authority=office, prices_published_at__isnull=False)
    years = list(published.order_by("-year"))
    asked = request.GET.get("year", "")
    chosen = next((each for each in years if str(each.year) == asked), years[0] if years else None)
    context: dict[str, object] = {"office": office, "years": years, "tax_year": chosen}
    if chosen is not None:
        context |= _announced(office, date(chosen.year, 1, 1), request.GET.get("page"))
    return render(request, "taxmap/prices.html", context)


def _announced(office: Office, first: date, page: str | None) -> dict[str, object]:
    parcels = Paginator(parcel_prices(office, first), PARCELS_PER_PAGE)
    return {
        "zones": zone_prices(office, first), "streets": street_prices(office, first),
        "buildings": building_prices(office, first),
        "condominiums": condominium_prices(office, first), "page": parcels.get_page(page),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ASSESS_TAX)
def price_imports(request: HttpRequest) -> HttpResponse:
    """The price lists taken in so far, and the form for the next one."""
    office = office_of(request, Permission.ASSESS_TAX)
    form = PriceFileForm(
        request.POST or None, request.FILES or None,
        initial={"valid_from": date(timezone.localdate().year, 1, 1)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["file"]
        path = upload_keep(uploaded)
        with transaction.atomic():
            job = job_enqueue(
                kind="taxmap.import_prices", office=office, requested_by=staff_of(request),
                parameters={
                    "path": str(path), "name": uploaded.name,
                    "valid_from": form.cleaned_data["valid_from"].isoformat(),
                },
                now=timezone.now(),
            )  # fmt: skip
        return redirect("job-detail", public_id=job.public_id)
    done = PriceImport.objects.filter(local_authority=office).order_by("-imported_at", "-pk")
    page = Paginator(done, 20).get_page(request.GET.get("page"))
    context = {"office": office, "form": form, "page": page}
    status = 422 if form.errors else 200
    return render(request, "taxmap/price_imports.html", context, status=status)


@require_GET
@permission_required(Permission.ASSESS_TAX)
def price_import(request: HttpRequest, number: int) -> HttpResponse:
    """What became of one list: counts, and each row that was not taken with the reason."""
    office = office_of(request, Permission.ASSESS_TAX)
    done = PriceImport.objects.filter(local_authority=office, pk=min(number, 2**62)).first()
    if done is None:
        raise Http404
    page = Paginator(done.rejections.order_by("line"), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    for row in page:
        row.why = REASONS.get(row.reason, row.reason)  # type: ignore[attr-defined]
    return render(request, "taxmap/price_import.html", {"done": done, "page": page})
