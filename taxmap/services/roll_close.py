"""Closing a roll: its bills get numbers and references, stand from then on, and are charged."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.bill_references import bill_reference
from taxmap.errors import RollIsEmpty, RollOutOfTurn
from taxmap.models import Bill, BillKind, RollStage, TaxYear
from taxmap.services.charging import bills_charge

_SQL: Final = Path(__file__).parents[1] / "sql"


def roll_assess_close(*, tax_year: TaxYear, actor: User | None, now: datetime) -> dict[str, Any]:
    """Close the roll of a year whose list is announced; its bills are assessed and charged.

    Numbers follow the tax parcel codes, without gaps. From now on a note alone changes what is
    owed. Raises `RollOutOfTurn` for a draft or a roll already closed, and `RollIsEmpty`.
    """
    with transaction.atomic():
        year = TaxYear.objects.select_for_update().get(pk=tax_year.pk)
        if year.stage != RollStage.LISTED:
            raise RollOutOfTurn(year=year.year, stage=year.get_stage_display())
        office = year.local_authority
        numbered = bills_number(local_authority=office, tax_year=year.year)
        if not numbered:
            raise RollIsEmpty(year=year.year)
        year.stage = RollStage.ASSESSED
        year.roll_digest = roll_digest(local_authority=office, tax_year=year.year)
        year.save(update_fields=["stage", "roll_digest"])
        charged = bills_charge(
            local_authority=office, tax_year=year.year, kind=BillKind.LAND_BUILDING, actor=actor,
            now=now,
        )  # fmt: skip
        result = {
            "tax_year": year.year, "bills": numbered, "charged": charged,
            "digest": year.roll_digest,
        }  # fmt: skip
        entry_record(
            action="taxmap.roll_closed", subject_kind="office", subject_id=office.code,
            actor=actor, office=office, data=result, now=now,
        )  # fmt: skip
    return result


def bills_number(
    *, local_authority: Office, tax_year: int, kind: BillKind = BillKind.LAND_BUILDING
) -> int:
    """Number the drafts of a year by the codes of what they tax, and give each its reference.

    Numbers go on after the last one given and leave no gap. The database refuses a bill whose
    assessments do not add up to it.
    """
    drafts = Bill.objects.filter(
        local_authority=local_authority, tax_year=tax_year, kind=kind, number=None
    )
    given = Bill.objects.filter(local_authority=local_authority, tax_year=tax_year, kind=kind)
    last = given.exclude(number=None).order_by("-number").values_list("number", flat=True).first()
    with transaction.atomic(), connection.cursor() as cursor:
        _drafts_lock(drafts)
        cursor.execute(
            _query("roll_numbers"),
            {"authority": local_authority.pk, "year": tax_year, "kind": str(kind)},
        )
        ordered = [row[0] for row in cursor]
        cursor.execute("CREATE TEMP TABLE bill_number (id bigint, number int, reference text)")
        with cursor.copy("COPY bill_number FROM STDIN") as copy:
            for number, bill in enumerate(ordered, start=(last or 0) + 1):
                reference = bill_reference(local_authority.pk, tax_year, kind, number)
                copy.write_row((bill, number, reference))
        cursor.execute(
            "UPDATE taxmap_bill AS bill SET number = given.number, reference_1 = given.reference"
            " FROM bill_number AS given WHERE given.id = bill.id"
        )
        cursor.execute("DROP TABLE bill_number")
    return len(ordered)


def _drafts_lock(drafts: Any) -> None:
    """Nobody numbers the same drafts meanwhile; the year's row serialises rolls."""
    drafts.order_by("pk").select_for_update().first()


def roll_digest(*, local_authority: Office, tax_year: int) -> str:
    """SHA-256 over every assessment of the roll with its taxpayers, in hexadecimal.

    Two runs on the same register and law give the same digest; keys and times do not enter.
    """
    with connection.cursor() as cursor:
        cursor.execute(_query("roll_digest"), {"authority": local_authority.pk, "year": tax_year})
        return str(cursor.fetchone()[0])


def _query(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
