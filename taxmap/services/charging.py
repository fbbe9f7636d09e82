"""Charging assessed bills to their taxpayers, and posting what corrects them later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.ledger_errors import NoteNotDecided
from taxmap.models import AccountPurpose, Bill, BillKind, BillNote, Entry
from taxmap.services.ledger import Book, LegLine, Posting, entries_post
from taxmap.services.settling import facts_of, settlement_of

CHARGE_SQL = (Path(__file__).parents[1] / "sql" / "bills_charge.sql").read_text(encoding="utf-8")
INCOME = {
    BillKind.LAND_BUILDING: AccountPurpose.LAND_BUILDING_TAX,
    BillKind.SIGNBOARD: AccountPurpose.SIGNBOARD_TAX,
}


@transaction.atomic
def bills_charge(
    *, local_authority: Office, tax_year: int, kind: BillKind, actor: User | None, now: datetime
) -> int:
    """Charge every assessed bill that is not charged yet; return how many.

    One statement for a whole town. A bill counts as assessed once it has its number; bills
    without tax are left alone. Calling it again charges nothing twice, nor does it charge again
    what was charged before there were bills: the bill takes that over with what was received.
    """
    book = Book.of(local_authority, actor=actor, channel="system", now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            CHARGE_SQL,
            {
                "authority": local_authority.pk, "year": tax_year, "kind": kind,
                "day": timezone.localdate(now), "now": now, "actor": actor.pk if actor else None,
                "due": book.accounts[AccountPurpose.TAX_DUE],
                "income": book.accounts[INCOME[BillKind(kind)]],
            },
        )  # fmt: skip
        row = cursor.fetchone()
    charged = int(row[0]) if row else 0
    entry_record(
        action="taxmap.bills_charged", subject_kind="office", subject_id=local_authority.code,
        actor=actor, office=local_authority,
        data={"tax_year": tax_year, "kind": str(kind), "bills": charged}, now=now,
    )  # fmt: skip
    return charged


@transaction.atomic
def note_post(note: BillNote, *, actor: User | None, now: datetime) -> Entry:
    """Post an approved note, once, and settle its bill anew.

    A credit note takes penalty and surcharge on what it credits along; money that has no use any
    more is owed to the payer. Raises `NoteNotDecided`; a second call returns the first entry.
    """
    if not note.is_approved or note.assessment.bill_id is None:
        raise NoteNotDecided(note=note.pk)
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=note.assessment.bill_id)
    source = f"note:{note.pk}"
    posted = Entry.objects.filter(bill=bill, kind=Entry.Kind.NOTE, source=source).first()
    if posted is not None:
        return posted
    sign = 1 if note.kind == BillNote.Kind.SUPPLEMENTARY else -1
    satang = sign * note.amount_satang
    day = timezone.localdate(now)
    book = Book.of(bill.local_authority, actor=actor, channel="decision", now=now)
    legs = [
        LegLine(AccountPurpose.TAX_DUE, satang, note.assessment_id, bill.pk),
        LegLine(INCOME[BillKind(bill.kind)], -satang, None, bill.pk),
    ]
    entry = entries_post(book, [Posting(Entry.Kind.NOTE, day, legs, bill.pk, source)])[0]
    settled = settlement_of(facts_of([bill])[bill.pk], on=day, source=source)
    entries_post(book, settled.postings)
    return entry
