"""Letters to taxpayers: chosen, put into postal order, printed in parts, received.

A batch is written down whole before anything is printed: every notice has its number and its place.
A part is printed whole or not at all, so a stopped batch goes on where it was and repeats nothing.
docs/algorithms/notices.md, section 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from cadastre.tax import calendar_of
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.models import (
    Bill,
    BillKind,
    Letterhead,
    Notice,
    NoticeBatch,
    NoticeKind,
    NoticePart,
    TaxYear,
)
from taxmap.paper.notices.envelope import envelope_named
from taxmap.paper.notices.errors import NothingToPrint
from taxmap.paper.notices.letter import Letter, Sender
from taxmap.paper.notices.reading import Wanted, letters_of
from taxmap.paper.notices.setting import notices_pdf
from taxmap.paper.sheet import is_demo

PLAN_SQL: Final = (Path(__file__).parents[1] / "sql" / "notice_plan.sql").read_text("utf-8")
PER_PART: Final = 200
ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which bills of a year get a letter."""

    area: str = ""
    """Zone, or zone and block, of the plot that the letter goes to: 01, 01A."""
    first: int | None = None
    last: int | None = None
    with_tax: bool = True
    """Leave out bills of nothing."""
    not_yet: bool = False
    """Only whose receipt is not recorded yet."""
    bill: int | None = None
    """One bill only, by its key."""


def sender_of(
    local_authority: Office, tax_year: int, *, dated: date, language: str = "th"
) -> Sender:
    """What all letters of one authority, year and day share."""
    head = Letterhead.objects.filter(local_authority=local_authority).first()
    head = head or Letterhead(local_authority=local_authority)
    return Sender(
        authority=local_authority,
        head=head,
        envelope=envelope_named(head.envelope),
        year=_year_of(local_authority, tax_year),
        dated=dated,
        language=language,
        is_demo=is_demo(local_authority),
        public_url=settings.CHANOT_PUBLIC_URL,
    )


def _year_of(local_authority: Office, tax_year: int) -> TaxYear:
    """The calendar that the authority announced, or else that of the law, unsaved."""
    found = TaxYear.objects.filter(local_authority=local_authority, year=tax_year).first()
    if found is not None:
        return found
    calendar = calendar_of(tax_year)
    days = {f"{step.value}_on": day for step, day in calendar.last_day.items()}
    return TaxYear(
        local_authority=local_authority, year=tax_year,
        instalments_on=list(calendar.instalments), **days,
    )  # fmt: skip


def notice_preview(
    *, bill: Bill, kind: NoticeKind, dated: date, language: str, actor: User, now: datetime
) -> bytes:
    """One letter as it would be printed, marked as a preview; the look at the owner is recorded."""
    with transaction.atomic():
        entry_record(
            action="taxmap.notice_previewed", subject_kind="bill", subject_id=bill.public_id,
            actor=actor, office=bill.local_authority, data={"kind": kind.value}, now=now,
        )  # fmt: skip
    sender = sender_of(bill.local_authority, bill.tax_year, dated=dated, language=language)
    with translation.override(language):
        return notices_pdf(letters_of([Wanted(bill)], kind, sender))[0]


@transaction.atomic
def notice_batch_create(
    *, local_authority: Office, tax_year: int, kind: NoticeKind, selection: Selection,
    dated: date, language: str = "th", per_part: int = PER_PART, actor: User | None,
    now: datetime,
) -> NoticeBatch:  # fmt: skip
    """Choose the bills, sort them as the post delivers, and write down a notice for each.

    Raises `NothingToPrint`.
    """
    chosen = _chosen(local_authority, tax_year, kind, selection)
    if not chosen:
        raise NothingToPrint(year=tax_year)
    batch = NoticeBatch.objects.create(
        local_authority=local_authority, kind=kind, tax_year=tax_year, language=language,
        dated=dated, notices_count=len(chosen), per_part=per_part, ordered_by=actor,
        ordered_at=now, selection={k: v for k, v in asdict(selection).items() if v},
    )  # fmt: skip
    batch.refresh_from_db()
    _write_down(batch, chosen)
    entry_record(
        action="taxmap.notices_ordered", subject_kind="notice_batch", subject_id=batch.public_id,
        actor=actor, office=local_authority, now=now,
        data={"kind": kind.value, "tax_year": tax_year, "notices": len(chosen)},
    )  # fmt: skip
    return batch


def _chosen(
    authority: Office, tax_year: int, kind: NoticeKind, selection: Selection
) -> list[tuple[int, list[int], int]]:
    """Key and taxpayers of each bill, and its place in postal order."""
    reminder, listed = kind is NoticeKind.REMINDER, kind is NoticeKind.PROPERTY_LIST
    with connection.cursor() as cursor:
        cursor.execute(PLAN_SQL, {
            "authority": authority.pk, "year": tax_year, "bill_kind": BillKind.LAND_BUILDING,
            "drafts": listed, "bill": selection.bill, "first": selection.first,
            "last": selection.last, "with_tax": selection.with_tax and not listed,
            "not_received": selection.not_yet and kind is NoticeKind.ASSESSMENT,
            "not_reminded": selection.not_yet and reminder, "with_debt": reminder,
            "area": f"{selection.area}%" if selection.area else "",
        })  # fmt: skip
        return list(cursor)


def _write_down(batch: NoticeBatch, chosen: Sequence[tuple[int, list[int], int]]) -> None:
    sizes = Counter((position - 1) // batch.per_part + 1 for _bill, _payers, position in chosen)
    parts = NoticePart.objects.bulk_create(
        NoticePart(batch=batch, number=number, notices_count=size)
        for number, size in sorted(sizes.items())
    )
    keep_bill = batch.kind != NoticeKind.PROPERTY_LIST
    Notice.objects.bulk_create(
        (
            Notice(
                part=parts[(position - 1) // batch.per_part], position=position,
                bill_id=bill if keep_bill else None, taxpayers=taxpayers,
            )
            for bill, taxpayers, position in chosen
        ),
        batch_size=ROWS_AT_ONCE,
    )  # fmt: skip


def part_letters(part: NoticePart) -> list[Letter]:
    """The letters of one part, in their order, read by a fixed number of queries."""
    batch = part.batch
    notices = list(part.notices.order_by("position"))
    bills = bills_of(batch, notices)
    sender = sender_of(
        batch.local_authority, batch.tax_year, dated=batch.dated, language=batch.language
    )
    wanted = [Wanted(bill, notice.code) for notice in notices if (bill := bills.get(notice.pk))]
    with translation.override(batch.language):
        return letters_of(wanted, NoticeKind(batch.kind), sender)


def bills_of(batch: NoticeBatch, notices: Sequence[Notice]) -> dict[int, Bill]:
    """The bill of each notice; a list finds its draft by the taxpayers, for drafts come and go."""
    if batch.kind != NoticeKind.PROPERTY_LIST:
        found = Bill.objects.in_bulk({each.bill_id for each in notices if each.bill_id})
        return {each.pk: found[each.bill_id] for each in notices if each.bill_id in found}
    drafts = Bill.objects.filter(
        local_authority=batch.local_authority, tax_year=batch.tax_year,
        kind=BillKind.LAND_BUILDING, taxpayers__in=[each.taxpayers for each in notices],
    )  # fmt: skip
    by_payers = {tuple(bill.taxpayers): bill for bill in drafts}
    return {
        each.pk: by_payers[key] for each in notices if (key := tuple(each.taxpayers)) in by_payers
    }


def batch_progress(batch: NoticeBatch) -> dict[str, Any]:
    """How many notices, parts and pages are printed."""
    parts = list(batch.parts.order_by("number"))
    printed = [part for part in parts if part.printed_at is not None]
    return {
        "parts": len(parts),
        "printed_parts": len(printed),
        "notices": batch.notices_count,
        "printed": sum(part.notices_count for part in printed),
        "pages": sum(part.pages or 0 for part in printed),
    }
