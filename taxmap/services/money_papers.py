"""Receipts and the list of arrears on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import get_language

from offices.models import Office
from parcels.models import Party
from taxmap.models import Letterhead, Receipt
from taxmap.paper.notices.setting import pdf_of_html
from taxmap.services.arrears import land_office_rows, payment_day

ROWS_ON_FIRST: Final = 18
ROWS_PER_PAGE: Final = 34


def receipt_pdf(receipt: Receipt, *, with_names: bool) -> bytes:
    """Original and copy of a receipt, A5 each, on one A4 sheet to be cut.

    ``with_names`` names the payers; without it there is a line to write a name on.
    """
    payment = receipt.payment
    payers = Party.objects.filter(pk__in=payment.bill.taxpayers).order_by("pk")
    tendered = payment.tendered_satang or payment.amount_satang
    context = {
        "receipt": receipt, "payment": payment, "bill": payment.bill,
        "names": [each.full_name for each in payers] if with_names else [],
        "change_satang": tendered - payment.amount_satang, "language": get_language(),
        "copies": ("original", "copy"), "office": receipt.local_authority,
    }  # fmt: skip
    return pdf_of_html(render_to_string("taxmap/pdf/notices/receipt.html", context), 1)[0]


def arrears_letter_pdf(office: Office, tax_year: int, *, dated: date) -> bytes:
    """The letter to the land office with the parcels whose tax is in arrears (s. 59); no names."""
    rows = list(enumerate(land_office_rows(office, tax_year, dated), start=1))
    pages = _pages(rows)
    head = Letterhead.objects.filter(local_authority=office).first()
    context: dict[str, Any] = {
        "office": office, "head": head, "pages": pages, "count": len(rows), "dated": dated,
        "tax_year": tax_year, "due_on": payment_day(office, tax_year), "language": get_language(),
    }  # fmt: skip
    html = render_to_string("taxmap/pdf/notices/arrears_letter.html", context)
    return pdf_of_html(html, len(pages))[0]


def _pages(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """Rows by page; the first page has the letter above them."""
    rest = range(ROWS_ON_FIRST, len(rows), ROWS_PER_PAGE)
    return [rows[:ROWS_ON_FIRST], *(rows[at : at + ROWS_PER_PAGE] for at in rest)]
