"""Charged bills, and what they hold, for the tests of money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cadastre.payments import with_check_digit
from offices.models import Office, Role, User
from taxmap.models import Bill, BillKind, Leg, Means, Payment
from taxmap.services.charging import bills_charge
from taxmap.services.payments import Tender, payment_take
from tests.factories import NOW, a_local_authority, a_square, a_unit, a_user, an_assessment


def a_bill(*taxes: int, number: int = 1, **fields: Any) -> Bill:
    """A charged bill for 2026 with an assessment of each of ``taxes`` (satang; or of 100 baht).

    It is due on 30 June 2026, as the calendar of that year says. Its taxpayers are nobody in
    particular.
    """
    taxes = taxes or (10_000,)
    authority = fields.pop("local_authority", None) or a_local_authority()
    facts: dict[str, Any] = {
        "kind": BillKind.LAND_BUILDING, "tax_year": 2026, "taxpayers": [number],
        "units": len(taxes), "value_satang": 50_000_000 * len(taxes), "exemption_satang": 0,
        "tax_satang": sum(taxes), "assessed_at": NOW, "local_authority": authority,
    }  # fmt: skip
    bill = Bill.objects.create(**facts | fields)
    for place, tax in enumerate(taxes, start=1):
        shape = a_square(100.47 + place * 0.0004, 13.87 + number * 0.0004)
        unit = a_unit(
            local_authority=authority,
            parcel={"tax_parcel_code": f"01A{number:02d}{place}", "land_number": f"{place}",
                    "geometry": shape},
        )  # fmt: skip
        an_assessment(unit, tax_satang=tax, bill=bill)
    number_and_charge(bill, number)
    return bill


def number_and_charge(bill: Bill, number: int) -> None:
    """As closing the roll does."""
    bill.number, bill.reference_1 = number, with_check_digit(f"69{number:08d}")
    bill.save(update_fields=["number", "reference_1"])
    bill.refresh_from_db()
    charge(bill)


def charge(bill: Bill) -> int:
    """Charge the assessed bills of the year and authority of ``bill``."""
    return bills_charge(
        local_authority=bill.local_authority, tax_year=bill.tax_year, kind=BillKind(bill.kind),
        actor=None, now=NOW,
    )  # fmt: skip


def roll_closed(authority: Office, tax_year: int) -> None:
    """Number the draft bills of a roll and charge them, as closing it does."""
    for number, bill in enumerate(
        Bill.objects.filter(local_authority=authority, tax_year=tax_year).order_by("pk"), start=1
    ):
        number_and_charge(bill, number)


def paid_at_counter(bill: Bill, satang: int, *, key: str = "k", now: datetime = NOW) -> Payment:
    """Cash taken by a cashier of the bill's authority."""
    name = f"cashier-{bill.local_authority.code}"
    cashier = User.objects.filter(username=name).first() or a_user(
        name, Role.CASHIER, office=bill.local_authority
    )
    tender = Tender(Means.CASH, satang)
    return payment_take(bill=bill, tender=tender, key=key, actor=cashier, now=now)[0]


def sums(bill: Bill) -> dict[str, int]:
    """What each account of the ledger holds of a bill, without those at nothing."""
    found: dict[str, int] = {}
    for purpose, satang in Leg.objects.filter(bill=bill).values_list("account__purpose", "satang"):
        found[purpose] = found.get(purpose, 0) + satang
    return {purpose: satang for purpose, satang in found.items() if satang}
