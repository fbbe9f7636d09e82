"""Prices that were paid: reading a file of them, and leaving one out with its reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cadastre.errors import LandError, gettext_noop
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.models import RejectedSale, Sale, SaleFile, ValuationUnit
from web.fields import BahtField, BuddhistDateField

MOST_LINES: Final = 50_000
MOST_BYTES: Final = 5_000_000
HEADINGS: Final[Mapping[str, frozenset[str]]] = {
    "code": frozenset({"tax_parcel_code", "รหัสแปลงที่ดิน", "รหัสแปลง"}),
    "day": frozenset({"sold_on", "วันที่ซื้อขาย", "วันที่จดทะเบียน"}),
    "price": frozenset({"price", "ราคาซื้อขาย", "ราคา"}),
}
REASONS: Final[Mapping[str, str]] = {
    "no_unit": gettext_noop("no unit of this tax map has that parcel code"),
    "bad_day": gettext_noop("the day cannot be read, or is still to come"),
    "bad_price": gettext_noop("the price cannot be read, or is nothing"),
}


class SaleFileUnreadable(LandError):
    code = "sale_file_unreadable"
    message = gettext_noop(
        "This file of sales cannot be read: {reason}. It needs a first line with the headings "
        "tax_parcel_code, sold_on, price, and then one sale a line, as CSV in UTF-8 or Thai "
        "Windows coding, with at most 50,000 lines."
    )


class ExclusionNeedsReason(LandError):
    code = "exclusion_needs_reason"
    message = gettext_noop("Say why this sale shall not count, for example: sale among relatives.")


class _Line(NamedTuple):
    number: int
    text: str
    code: str
    day: str
    price: str


def sales_import(
    *, local_authority: Office, content: bytes, filename: str, actor: User | None, now: datetime
) -> SaleFile:
    """Keep the sales of a CSV file; what cannot be used is kept with its reason.

    A sale of the same unit, day and price that is there already is counted as known. Raises
    `SaleFileUnreadable`, and then keeps nothing.
    """
    lines = list(_lines(content))
    today = timezone.localdate(now)
    units = dict(
        ValuationUnit.objects.filter(
            local_authority=local_authority, owner=None, condominium_unit=None,
            parcel__tax_parcel_code__in={line.code for line in lines},
        ).order_by("parcel__valid_during").values_list("parcel__tax_parcel_code", "pk")
    )  # fmt: skip
    found = [(line, _read(line, units, today)) for line in lines]
    with transaction.atomic():
        file = SaleFile.objects.create(
            local_authority=local_authority, name=filename[:200],
            sha256=hashlib.sha256(content).hexdigest(), accepted=0, known=0, rejected=0,
            read_by=actor, read_at=now,
        )  # fmt: skip
        good = [read for _line, read in found if not isinstance(read, str)]
        before = Sale.objects.count()
        Sale.objects.bulk_create(
            [Sale(file=file, unit_id=u, sold_on=d, price_satang=p) for u, d, p in good],
            ignore_conflicts=True, batch_size=2_000,
        )  # fmt: skip
        file.accepted = Sale.objects.filter(file=file).count()
        file.known = len(good) - file.accepted
        rejects = [
            RejectedSale(file=file, line=line.number, text=line.text[:500], reason=read)
            for line, read in found
            if isinstance(read, str)
        ]
        RejectedSale.objects.bulk_create(rejects, batch_size=2_000)
        file.rejected = len(rejects)
        file.save(update_fields=["accepted", "known", "rejected"])
        assert Sale.objects.count() == before + file.accepted
        entry_record(
            action="taxmap.sales_imported", subject_kind="office",
            subject_id=local_authority.code, actor=actor, office=local_authority, now=now,
            data={"sha256": file.sha256, "accepted": file.accepted, "rejected": file.rejected},
        )  # fmt: skip
    return file


@transaction.atomic
def sale_exclude(*, sale_id: int, reason: str, actor: User, now: datetime) -> Sale:
    """Leave a sale out of the study, or (with an empty reason) count it again.

    Raises `ExclusionNeedsReason` for a reason of blanks.
    """
    sale = Sale.objects.select_for_update(of=("self",)).select_related(
        "file__local_authority"
    ).get(pk=sale_id)  # fmt: skip
    if reason and not reason.strip():
        raise ExclusionNeedsReason
    sale.excluded_because = reason.strip()[:300]
    sale.excluded_by, sale.excluded_at = (actor, now) if reason else (None, None)
    sale.save(update_fields=["excluded_because", "excluded_by", "excluded_at"])
    entry_record(
        action="taxmap.sale_excluded" if reason else "taxmap.sale_counted_again",
        subject_kind="sale", subject_id=str(sale.pk), actor=actor,
        office=sale.file.local_authority, data={"reason": sale.excluded_because}, now=now,
    )  # fmt: skip
    return sale


def _lines(content: bytes) -> Iterator[_Line]:
    if len(content) > MOST_BYTES:
        raise SaleFileUnreadable(reason="it has more than 5 MB")
    text = _text(content)
    reader = csv.reader(io.StringIO(text))
    try:
        places = _places(next(reader, []))
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if reader.line_num > MOST_LINES + 1:
                raise SaleFileUnreadable(reason="it has more than 50,000 lines")
            cells = [row[at].strip() if at < len(row) else "" for at in places]
            yield _Line(reader.line_num, ",".join(row), cells[0].upper(), cells[1], cells[2])
    except csv.Error as error:
        raise SaleFileUnreadable(reason=str(error)) from error


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SaleFileUnreadable(reason="its letters are in an unknown coding")


def _places(head: list[str]) -> list[int]:
    known = [cell.strip().lower() for cell in head]
    places = [
        next((at for at, cell in enumerate(known) if cell in names), -1)
        for names in HEADINGS.values()
    ]
    if -1 in places:
        missing = list(HEADINGS)[places.index(-1)]
        wanted = {"code": "tax_parcel_code", "day": "sold_on", "price": "price"}[missing]
        raise SaleFileUnreadable(reason=f"the heading {wanted} is missing")
    return places


def _read(line: _Line, units: Mapping[str, int], today: date) -> tuple[int, date, int] | str:
    """Unit, day and price in satang; or the key of the reason why not."""
    if line.code not in units:
        return "no_unit"
    try:
        day = BuddhistDateField(latest=lambda: today).clean(line.day)
    except ValidationError:
        return "bad_day"
    try:
        price = BahtField().clean(line.price)
    except ValidationError:
        return "bad_price"
    return (units[line.code], day, price) if price else "bad_price"
