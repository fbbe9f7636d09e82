"""Tax that is past its day: who is reminded, what the land office is told, what it then holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet, Sum
from django.utils import timezone

from cadastre.tax import calendar_of
from cadastre.tax.due_dates import Milestone
from offices.models import Office, User
from offices.services.audit import entry_record
from parcels.models import Parcel
from parcels.services.lineage import descendants
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
    """Units whose parcel does not pass to others: reported, and still owing this very moment.

    What came of the parcel since is held as it is: `held_parcels`, and the veto of a transfer.
    """
    owing = Balance.objects.filter(
        assessment__unit=OuterRef("pk"), bill__reported_on__isnull=False, due_satang__gt=0
    )
    return ValuationUnit.objects.filter(Exists(owing)).select_related("parcel", "local_authority")


@dataclass(frozen=True, slots=True)
class HeldParcel:
    """A parcel of today that is held, the codes of the plots it came of, and since when."""

    parcel: Parcel
    former: tuple[str, ...]
    since: date


def held_parcels(office: Office, on: date, tax_year: int | None = None) -> list[HeldParcel]:
    """What lies on ``on`` where the held plots lay, by code: the plots themselves or their pieces.

    A plot that ended and that the register knows no successor of stands for itself. Ground without
    a title (a piece given to the public) passes to nobody and is left out.
    """
    owing = {"assessments__bill__reported_on__isnull": False,
             "assessments__balance__due_satang__gt": 0}  # fmt: skip
    if tax_year is not None:
        owing["assessments__bill__tax_year"] = tax_year
    reported = dict(
        held_units().filter(local_authority=office, **owing).order_by()
        .values_list("parcel").annotate(since=Min("assessments__bill__reported_on"))
    )  # fmt: skip
    lines = descendants(reported)
    known = Parcel.objects.select_related("ba_unit").in_bulk(
        list(set(reported).union(*lines.values()))
    )
    came_of: dict[int, set[int]] = defaultdict(set)
    for plot in reported:
        pieces = [
            pk for pk in lines.get(plot, ())
            if known[pk].ba_unit_id and not known[pk].has_ended(on)
        ]  # fmt: skip
        stands = not pieces or not known[plot].has_ended(on)
        for pk in [*pieces, *([plot] if stands else [])]:
            came_of[pk].add(plot)
    found = [
        HeldParcel(
            known[pk],
            tuple(sorted(known[each].tax_parcel_code or "" for each in plots - {pk})),
            min(reported[each] for each in plots),
        )
        for pk, plots in came_of.items()
    ]
    return sorted(found, key=lambda each: (each.parcel.tax_parcel_code or "", each.parcel.pk))


def land_office_rows(
    office: Office, tax_year: int, on: date
) -> Iterator[tuple[str, str, str, str, str]]:
    """Deed, land number, tax parcel code, former code and since when, of every parcel held."""
    for held in held_parcels(office, on, tax_year):
        title = held.parcel.ba_unit
        yield (
            (title.deed_number if title else "") or "", held.parcel.land_number,
            held.parcel.tax_parcel_code or "", ", ".join(held.former), held.since.isoformat(),
        )  # fmt: skip
