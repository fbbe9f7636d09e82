"""A bill explained: for who holds the notice without names, for officers with the owners."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cadastre.tax import trace_of
from cadastre.tax.trace import canonical
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from parcels.models import Party
from taxmap.balances import balance_of, money_received
from taxmap.bill_page import (
    PLOTS_PER_PAGE,
    ExplainedBill,
    comparison_of,
    corrections_of,
    doubts_of,
    last_year_of,
    outlines_of,
    payment_days,
)
from taxmap.models import Assessment, Bill, BillKind
from taxmap.sign_bill import doubts_of_signs, explained_signs
from web.formats import in_thai


@require_GET
def tax_bill(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the bill rests on, for who holds the notice with its code. No name is shown."""
    bill = _sent_bill(public_id)
    return _private(render(request, "taxmap/bills/bill.html", _context(request, bill)))


@require_GET
def tax_bill_trace(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The calculation as a file that anybody can recompute."""
    bill = _sent_bill(public_id)
    explained = ExplainedBill.of(bill)
    if explained is None:
        raise Http404
    text = canonical(trace_of(explained.assessed))
    response = HttpResponse(text, content_type="application/json")
    name = f"tax-{bill.tax_year}-{bill.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def office_bill(request: HttpRequest, bill_id: int) -> HttpResponse:
    """The same for an officer, with what was paid; a POST shows the owners and is written down."""
    bill = get_object_or_404(Bill.objects.select_related("local_authority"), pk=bill_id)
    require(request.user, Permission.VIEW_TAX, bill.local_authority)
    context = _context(request, bill) | {
        "shell_template": "web/tax.html", "balance": balance_of(bill),
        "received": [
            received | {"code": _code_of(each)}
            for each in bill.assessments.select_related("unit__parcel", "signboard").order_by(
                "unit", "signboard"
            )
            for received in money_received(each)
        ],
        "may_see_owner": may(request.user, Permission.VIEW_OWNERS, bill.local_authority),
    }  # fmt: skip
    if request.method == "POST":
        require(request.user, Permission.VIEW_OWNERS, bill.local_authority)
        context["owners"] = _owners(request, bill)
    return render(request, "taxmap/bills/office.html", context)


def _sent_bill(public_id: str) -> Bill:
    """A bill whose notice went out; a draft is nobody's business yet."""
    if not (public_id.isascii() and public_id.isprintable() and len(public_id) <= 32):
        raise Http404
    found = Bill.objects.select_related("local_authority")
    return get_object_or_404(found, public_id=public_id, number__isnull=False)


def _code_of(assessment: Assessment) -> str:
    """What the plot or the sign of an assessment is called."""
    if assessment.unit is not None:
        return assessment.unit.parcel.tax_parcel_code
    return assessment.signboard.code if assessment.signboard else ""


def _owners(request: HttpRequest, bill: Bill) -> list[Party]:
    with transaction.atomic():
        entry_record(
            action="parcels.owner_viewed", subject_kind="bill", subject_id=bill.public_id,
            actor=staff_of(request), office=bill.local_authority, data={"from": "bill"},
            now=timezone.now(),
        )  # fmt: skip
        return list(Party.objects.filter(pk__in=bill.taxpayers).order_by("pk"))


def _context(request: HttpRequest, bill: Bill) -> dict[str, Any]:
    context: dict[str, Any] = {
        "bill": bill, "days": payment_days(bill), "thai": in_thai(), **corrections_of(bill)
    }  # fmt: skip
    if bill.kind == BillKind.SIGNBOARD:
        signs = Paginator(explained_signs(bill), PLOTS_PER_PAGE).get_page(
            request.GET.get("page", "")[:10]
        )
        return context | {"signs": signs, "doubts": doubts_of_signs(signs.object_list)}
    explained = ExplainedBill.of(bill)
    if explained is None:
        return context | {"page": None}
    page = Paginator(range(len(explained.stored)), PLOTS_PER_PAGE).get_page(
        request.GET.get("page", "")[:10]
    )
    plots = list(explained.plots(list(page.object_list)))
    return context | {
        "page": page, "plots": plots, "outlines": outlines_of(plots),
        "doubts": doubts_of(plots), "former": last_year_of(bill),
        "comparison": comparison_of(explained),
    }  # fmt: skip


def _private(response: HttpResponse) -> HttpResponse:
    """For who holds the code only: kept by no cache, listed by no search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
