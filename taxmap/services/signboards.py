"""The register of signboards, and their tax for a year as bills of their own.

docs/algorithms/signboard-tax.md has the tariff; closing a year gives numbers, references and
charges as the roll does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from cadastre.tax.signboard import Lettering, Sign, SignAssessment, assess_signboard
from offices.models import Office, User
from offices.services.audit import entry_record
from parcels.models import Party
from taxmap.models import Assessment, Bill, BillKind, Signboard, ValuationUnit
from taxmap.services.charging import bills_charge
from taxmap.services.roll_close import bills_number
from taxmap.valuation_errors import SignboardEnded, SignsNotReady
from web.formats import format_date

_LOCK_SPACE: Final = 7_206
"""Advisory locks of signboards, by office: codes and assessments take turns."""


@dataclass(frozen=True, slots=True)
class SignFact:
    """A sign as it hangs."""

    lettering: str
    text: str
    width_cm: int
    height_cm: int
    sides: int
    location: Point | None = None


@transaction.atomic
def signboard_add(
    *, local_authority: Office, owner: Party, unit: ValuationUnit | None, sign: SignFact,
    since: date, actor: User | None, now: datetime,
) -> Signboard:  # fmt: skip
    """Register a sign that hangs since a day; its code is the next one of the plot."""
    _take_turn(local_authority)
    stored = Signboard.objects.create(
        local_authority=local_authority, code=_next_code(local_authority, unit), unit=unit,
        owner=owner, lettering=sign.lettering, text=sign.text, width_cm=sign.width_cm,
        height_cm=sign.height_cm, sides=sign.sides, location=sign.location,
        valid_during=DateRange(since, None),
    )  # fmt: skip
    _audit("taxmap.signboard_added", stored, actor, {"since": since.isoformat()}, now)
    return stored


def _next_code(local_authority: Office, unit: ValuationUnit | None) -> str:
    """``01A001-P001`` on a plot, ``P0001`` elsewhere; ended signs keep their codes."""
    stem, width = ("P", 4) if unit is None else (f"{unit.parcel.tax_parcel_code}-P", 3)
    known = Signboard.objects.filter(local_authority=local_authority, code__startswith=stem)
    numbers = [code.removeprefix(stem) for code in known.values_list("code", flat=True)]
    last = max((int(each) for each in numbers if each.isdigit()), default=0)
    return f"{stem}{last + 1:0{width}d}"


@transaction.atomic
def signboard_end(
    *, signboard: Signboard, on: date, actor: User | None, now: datetime
) -> Signboard:  # fmt: skip
    """The sign came down; it hung for one day at least. Raises `SignboardEnded`.

    A sign of another size or lettering is another sign: end this one and add that.
    """
    stored = Signboard.objects.select_for_update(of=("self",)).get(pk=signboard.pk)
    began, ended = stored.valid_during.lower, stored.valid_during.upper
    if ended is not None or on < began:
        raise SignboardEnded(signboard=stored.code, day=format_date(ended or began, "short"))
    stored.valid_during = DateRange(began, max(on, began + timedelta(days=1)))
    stored.save(update_fields=["valid_during"])
    _audit("taxmap.signboard_ended", stored, actor, {"on": on.isoformat()}, now)
    return stored


def signs_of_year(local_authority: Office, tax_year: int) -> QuerySet[Signboard]:
    """Signs that hung on some day of a year, by code; the year owes for each of them."""
    year = DateRange(date(tax_year, 1, 1), date(tax_year + 1, 1, 1))
    signs = Signboard.objects.filter(local_authority=local_authority, valid_during__overlap=year)
    return signs.order_by("code")


def sign_assessment(signboard: Signboard, tax_year: int) -> SignAssessment:
    """The tax of one sign for a year, step by step."""
    return assess_signboard(sign_of(sheet_of_sign(signboard, tax_year)), tax_year)


def sheet_of_sign(signboard: Signboard, tax_year: int) -> dict[str, Any]:
    """What is kept with the assessment of a sign; the law makes the steps from it again."""
    since = signboard.valid_during.lower
    return {"sign": {
        "lettering": signboard.lettering, "width_cm": signboard.width_cm,
        "height_cm": signboard.height_cm, "sides": signboard.sides,
        "installed_on": since.isoformat() if since.year == tax_year else None,
        "place": signboard.code,
    }}  # fmt: skip


def sign_of(sheet: dict[str, Any]) -> Sign:
    """The sign that a kept sheet tells of."""
    kept = sheet["sign"]
    since = kept["installed_on"]
    return Sign(
        lettering=Lettering(kept["lettering"]), width_cm=kept["width_cm"],
        height_cm=kept["height_cm"], sides=kept["sides"],
        installed_on=date.fromisoformat(since) if since else None, place=kept["place"],
    )  # fmt: skip


@transaction.atomic
def signboards_assess(
    *, local_authority: Office, tax_year: int, actor: User | None, now: datetime
) -> dict[str, Any]:
    """Assess every sign of a year into draft bills, one for each owner; drafts are written anew.

    An owner whose bill is closed keeps it: signs that are not on it are counted as ``after_bill``
    and corrected by a note. Raises `NotInForceYet` before 2021.
    """
    _take_turn(local_authority)
    bills = Bill.objects.filter(
        local_authority=local_authority, tax_year=tax_year, kind=BillKind.SIGNBOARD
    )
    drafts = bills.filter(number=None)
    Assessment.objects.filter(bill__in=drafts).delete()
    drafts.delete()
    closed = {tuple(owners) for owners in bills.values_list("taxpayers", flat=True)}
    billed = set(Assessment.objects.filter(bill__in=bills).values_list("signboard", flat=True))
    by_owner: dict[int, list[Signboard]] = defaultdict(list)
    for sign in signs_of_year(local_authority, tax_year):
        by_owner[sign.owner_id].append(sign)
    after_bill, total, made = 0, 0, 0
    for owner, signs in sorted(by_owner.items()):
        if (owner,) in closed:
            after_bill += sum(sign.pk not in billed for sign in signs)
            continue
        total += _bill(local_authority, owner, signs, tax_year, now)
        made += 1
    result = {
        "tax_year": tax_year, "signs": sum(map(len, by_owner.values())), "bills": made,
        "after_bill": after_bill, "tax_satang": total,
    }  # fmt: skip
    _audit_office("taxmap.signboards_assessed", local_authority, actor, result, now)
    return result


def _bill(
    local_authority: Office, owner: int, signs: Iterable[Signboard], tax_year: int, now: datetime
) -> int:
    """The draft bill of one owner; its tax in satang."""
    found = [(sign, sign_assessment(sign, tax_year).tax_satang) for sign in signs]
    total = sum(tax for _sign, tax in found)
    bill = Bill.objects.create(
        local_authority=local_authority, kind=BillKind.SIGNBOARD, tax_year=tax_year,
        taxpayers=[owner], units=len(found), value_satang=0, exemption_satang=0,
        tax_satang=total, assessed_at=now,
    )  # fmt: skip
    Assessment.objects.bulk_create(
        Assessment(
            bill=bill, signboard=sign, tax_year=tax_year, value_satang=0, exemption_satang=0,
            tax_satang=tax, lines=sheet_of_sign(sign, tax_year), assessed_at=now,
        )
        for sign, tax in found
    )  # fmt: skip
    return total


@transaction.atomic
def signboards_close(
    *, local_authority: Office, tax_year: int, actor: User | None, now: datetime
) -> dict[str, Any]:
    """Number the draft bills of the signs of a year, give them references, and charge them.

    Signs put up later in the year come with a later closing. Raises `SignsNotReady` without a
    draft.
    """
    _take_turn(local_authority)
    numbered = bills_number(
        local_authority=local_authority, tax_year=tax_year, kind=BillKind.SIGNBOARD
    )
    if not numbered:
        raise SignsNotReady(year=tax_year)
    charged = bills_charge(
        local_authority=local_authority, tax_year=tax_year, kind=BillKind.SIGNBOARD, actor=actor,
        now=now,
    )  # fmt: skip
    result = {"tax_year": tax_year, "bills": numbered, "charged": charged}
    _audit_office("taxmap.signboards_closed", local_authority, actor, result, now)
    return result


def _take_turn(local_authority: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, local_authority.pk])


def _audit(
    action: str, sign: Signboard, actor: User | None, data: dict[str, Any], now: datetime
) -> None:
    entry_record(
        action=action, subject_kind="signboard", subject_id=sign.code, actor=actor,
        office=sign.local_authority, data=data, now=now,
    )  # fmt: skip


def _audit_office(
    action: str, office: Office, actor: User | None, data: dict[str, Any], now: datetime
) -> None:
    entry_record(
        action=action, subject_kind="office", subject_id=office.code, actor=actor, office=office,
        data=data, now=now,
    )  # fmt: skip
