"""Receipts and the letter about arrears as PDF."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from taxmap.collection import tax_years_of
from taxmap.models import Receipt
from taxmap.services.money_papers import arrears_letter_pdf, receipt_pdf
from taxmap.views.collection import office_of, year_of


@require_safe
@permission_required(Permission.VIEW_TAX)
def receipt_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """A receipt, original and copy; it names the payers for who may see owners."""
    receipt = get_object_or_404(
        Receipt.objects.select_related("local_authority", "payment__bill", "payment__cashier"),
        public_id=public_id,
    )
    office = receipt.local_authority
    require(request.user, Permission.VIEW_TAX, office)
    with_names = may(request.user, Permission.VIEW_OWNERS, office)
    with transaction.atomic():
        entry_record(
            action="taxmap.receipt_printed", subject_kind="receipt", subject_id=receipt.public_id,
            actor=staff_of(request), office=office, data={"names": with_names},
            now=timezone.now(),
        )  # fmt: skip
    content = receipt_pdf(receipt, with_names=with_names)
    return _pdf(content, f"receipt-{receipt.series}-{receipt.number}-{receipt.fiscal_year}.pdf")


@require_safe
@permission_required(Permission.VIEW_TAX)
def arrears_letter(request: HttpRequest) -> HttpResponse:
    """The letter to the land office about parcels in arrears; it names nobody."""
    office = office_of(request)
    today = timezone.localdate()
    year = year_of(request, tax_years_of(office, today.year))
    content = arrears_letter_pdf(office, year, dated=today)
    return _pdf(content, f"arrears-{office.code}-{year}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
