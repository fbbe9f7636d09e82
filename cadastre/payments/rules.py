"""The dated settings of payment: what is settled first, instalments missed, the fiscal year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from cadastre.payments.settlement import Charge, Lateness, Order, Paid
from cadastre.tax import Reminder, instalments, penalty_and_surcharge
from cadastre.tax.dated import dated
from cadastre.tax.late import months_late
from cadastre.tax.money import half_up
from cadastre.tax.schedule import fields, name, number, whole

_PACKAGE = "cadastre.payments"


class InstalmentMissed(StrEnum):
    """When what is left falls due; names a value of ``instalment_missed``."""

    REST_ON_MISSED_DAY = "rest_on_missed_day"
    WHOLE_ON_FIRST_DAY = "whole_on_first_day"


def order_on(day: date) -> Order:
    """What a payment settles first, for tax due on ``day``."""
    return Order(dated("order", name, _PACKAGE).on(day).value)


def supplement_due_on(decided_on: date) -> date:
    """The last day to pay a supplementary note in time."""
    days = dated("supplement", whole, _PACKAGE).on(decided_on).value
    return decided_on + timedelta(days=days)


def signboard_due_on(notified_on: date) -> date:
    """The last day to pay signboard tax in time, from the notice of its assessment."""
    rule = dated("signboard/days", fields).on(notified_on).value
    return notified_on + timedelta(days=whole(rule["pay_within"]))


def signboard_late_cost(satang: int, due_on: date, paid_on: date) -> Lateness:
    """Signboard tax has no penalty for late payment, and its own surcharge for each month."""
    rule = dated("signboard/late", fields).on(due_on).value
    months = months_late(due_on, paid_on)
    return Lateness(surcharge=half_up(satang * months * number(rule["per_month"])))


def fiscal_year_of(day: date) -> int:
    """The fiscal year of a day, named (as a year of the Common Era) after the year it ends in."""
    first = dated("fiscal_year", whole, _PACKAGE).on(day).value
    return day.year + (day.month >= first > 1)


@lru_cache(maxsize=8192)
def late_cost(
    satang: int, due_on: date, paid_on: date, reminder: Reminder | None = None
) -> Lateness:
    """`penalty_and_surcharge` in the form that `settle` asks for."""
    late = penalty_and_surcharge(
        tax_satang=satang, due_on=due_on, paid_on=paid_on, reminder=reminder
    )
    return Lateness(late.penalty_satang, late.surcharge_satang)


def instalment_charges(
    tax_satang: int, days: Sequence[date], payments: Sequence[Paid], *, heard_until: date
) -> list[Charge]:
    """The parts of a tax agreed to be paid by instalments, as ``heard_until`` makes them due.

    An instalment is missed when its day is past and less had come in by it than was due; then the
    right to the later parts is lost, and they fall due as ``instalment_missed`` says.
    """
    parts = [
        Charge(satang, day)
        for satang, day in zip(
            instalments(tax_satang=tax_satang, due_on=days[0]), days, strict=False
        )
    ]
    owed = 0
    for place, part in enumerate(parts):
        owed += part.satang
        came = sum(each.satang for each in payments if each.on <= part.due_on)
        if part.due_on < heard_until and came < owed:
            rule = InstalmentMissed(dated("instalment_missed", name, _PACKAGE).on(days[0]).value)
            if rule is InstalmentMissed.WHOLE_ON_FIRST_DAY:
                return [Charge(tax_satang, parts[0].due_on)]
            return [
                *parts[:place],
                *(Charge(later.satang, part.due_on) for later in parts[place:]),
            ]
    return parts
