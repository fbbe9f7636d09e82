"""The delivery list of a batch: what the post office or a messenger signs for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, pgettext

from taxmap.models import Notice, NoticeBatch
from taxmap.paper.notices.reading import addressees_of
from taxmap.paper.notices.setting import pdf_of_html
from taxmap.services.notices import bills_of, sender_of
from web.formats import format_date

AT_ONCE: Final = 500
ROWS_PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Delivered:
    """One line of the list."""

    position: int
    code: str
    number: int | None
    names: str
    address: str
    postcode: str
    registered_number: str
    delivery: str
    received_on: date | None


def deliveries_of(batch: NoticeBatch) -> Iterator[Delivered]:
    """The lines in postal order, read some hundred letters at a time."""
    notices = Notice.objects.filter(part__batch=batch).order_by("position")
    sender = sender_of(
        batch.local_authority, batch.tax_year, dated=batch.dated, language=batch.language
    )
    for start in range(0, batch.notices_count, AT_ONCE):
        some = list(notices[start : start + AT_ONCE])
        bills = bills_of(batch, some)
        with translation.override(batch.language):
            to = addressees_of({bill.pk: bill for bill in bills.values()}, sender)
        for each in some:
            bill = bills.get(each.pk)
            known = to.get(bill.pk) if bill else None
            yield Delivered(
                each.position, each.code, bill.number if bill else None,
                ", ".join(known.names) if known else "", " ".join(known.lines) if known else "",
                known.postcode if known else "", each.registered_number,
                str(each.get_delivery_display()) if each.delivery else "", each.received_on,
            )  # fmt: skip


def delivery_rows(batch: NoticeBatch) -> Iterator[tuple[object, ...]]:
    """The list for a spreadsheet, its head first."""
    yield (
        pgettext("letter", "No."), gettext("Code"), gettext("Bill number"), gettext("Name"),
        gettext("Address"), gettext("Postcode"), gettext("Number of registered post"),
        gettext("Delivery"), gettext("Received on"),
    )  # fmt: skip
    for each in deliveries_of(batch):
        yield (
            each.position, each.code, each.number, each.names, each.address, each.postcode,
            each.registered_number, each.delivery,
            format_date(each.received_on, "numeric") if each.received_on else "",
        )  # fmt: skip


def delivery_list_pdf(batch: NoticeBatch) -> bytes:
    """The list on paper, with room for the number of registered post and a signature."""
    rows = list(deliveries_of(batch))
    pages = [rows[at : at + ROWS_PER_PAGE] for at in range(0, len(rows), ROWS_PER_PAGE)]
    with translation.override(batch.language):
        html = render_to_string(
            "taxmap/pdf/notices/delivery_list.html",
            {"batch": batch, "pages": pages, "language": batch.language},
        )
        return pdf_of_html(html, len(pages))[0]
