"""Tax that is past its day: who is reminded, what the land office is told, what it then holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from cadastre.tax import calendar_of
from cadastre.tax.due_dates import Milestone
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.models import Balance, Bill, BillKind, TaxYear, ValuationUnit

OWING = Balance.objects.filter(bill=OuterRef("pk"), due_satang__gt=0)


def payment_day(office: Office, tax_year: int) -> date:
    """The last day on which the tax of a year is paid in time."""
    year = TaxYear.objects.filter(local_authority=office, year=tax_year).first()
    return year.payment_on if year else calendar_of(tax_year).last_day[Milestone.PAYMENT]


def bills_in_arrears(office: Office, tax_year: int, on: date) -> QuerySet[Bill]:
    """Bills past their day and not paid, with ``due_satang`` (what is charged so far).

    Penalty and surcharge come on top on the day of payment. Empty until the day has passed.
    """
    found = Bill.objects.filter(
        Exists(OWING), local_authority=office, tax_year=tax_year, kind=BillKind.LAND_BUILDING
    )
    if on <= payment_day(office, tax_year):
        return found.none()
    return found.annotate(due_satang=Sum("balances__due_satang")).order_by("number")


@transaction.atomic
def arrears_report(*, office: Office, tax_year: int, actor: User | None, now: datetime) -> int:
    """Report the bills in arrears to the land office (s. 59): their parcels are held from now on.

    Returns how many are newly reported; those reported before stay so.
    """
    today = timezone.localdate(now)
    found = bills_in_arrears(office, tax_year, today).filter(reported_on=None)
    locked = Bill.objects.select_for_update(of=("self",)).filter(
        pk__in=list(found.values_list("pk", flat=True))
    )
    count = Bill.objects.filter(
        pk__in=[bill.pk for bill in locked.order_by("pk")]
    ).update(reported_on=today)  # fmt: skip
    entry_record(
        action="taxmap.arrears_reported", subject_kind="office", subject_id=office.code,
        actor=actor, office=office, data={"tax_year": tax_year, "bills": count}, now=now,
    )  # fmt: skip
    return count


def held_units() -> QuerySet[ValuationUnit]:
    """Units whose parcel does not pass to others: reported, and still owing this very moment."""
    owing = Balance.objects.filter(
        assessment__unit=OuterRef("pk"), bill__reported_on__isnull=False, due_satang__gt=0
    )
    return ValuationUnit.objects.filter(Exists(owing)).select_related("parcel", "local_authority")


def land_office_rows(office: Office, tax_year: int) -> Iterator[tuple[str, str, str, str]]:
    """Deed, land number, tax parcel code and since when, of every parcel that is held."""
    held = held_units().filter(
        local_authority=office,
        assessments__bill__tax_year=tax_year,
        assessments__bill__reported_on__isnull=False,
        assessments__balance__due_satang__gt=0,
    )
    rows = held.order_by("parcel__tax_parcel_code").values_list(
        "parcel__ba_unit__deed_number", "parcel__land_number", "parcel__tax_parcel_code",
        "assessments__bill__reported_on",
    )  # fmt: skip
    for deed, land, code, since in rows.distinct():
        yield deed or "", land, code or "", since.isoformat() if since else ""
