"""What late payment costs, and payment by instalments (algorithm, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum

from cadastre.tax.dated import dated
from cadastre.tax.money import EXACT, ZERO, half_up, satang
from cadastre.tax.schedule import fields, number, whole


class Lateness(StrEnum):
    """When a payment came; names the penalty in ``late/penalty``."""

    IN_TIME = "in_time"
    BEFORE_REMINDER = "before_reminder"
    WITHIN_REMINDER = "within_reminder"
    AFTER_REMINDER = "after_reminder"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder letter (หนังสือแจ้งเตือน) and the last day it gives, if it names one."""

    received_on: date
    pay_by: date | None = None


@dataclass(frozen=True, slots=True)
class LatePayment:
    """What is due for a tax paid on one day; ``months`` counts begun months."""

    tax_satang: int
    lateness: Lateness
    months: int
    penalty_satang: int
    surcharge_satang: int

    @property
    def total_satang(self) -> int:
        return self.tax_satang + self.penalty_satang + self.surcharge_satang


def penalty_and_surcharge(
    *, tax_satang: int, due_on: date, paid_on: date, reminder: Reminder | None = None
) -> LatePayment:
    """Penalty and surcharge on an unpaid tax under sections 68-72, each rounded half up.

    The law is that of ``due_on``; raises `NotInForceYet` for a day before 2020.
    """
    lateness = _lateness(due_on, paid_on, reminder)
    months = months_late(due_on, paid_on)
    surcharge = fields(dated("late/surcharge", fields).on(due_on).value)
    with localcontext(EXACT):
        part = min(number(surcharge["per_month"]) * months, number(surcharge["limit"]))
        return LatePayment(
            tax_satang=tax_satang,
            lateness=lateness,
            months=months,
            penalty_satang=half_up(tax_satang * _penalty(lateness, due_on)),
            surcharge_satang=half_up(tax_satang * part),
        )


def months_late(due_on: date, paid_on: date) -> int:
    """Months begun after ``due_on`` when paying on ``paid_on``; 0 in time.

    A month ends on the day before the same day of the next month, or on the last day of a
    month that has no such day.
    """
    if paid_on <= due_on:
        return 0
    start = due_on + timedelta(days=1)
    months = (paid_on.year - start.year) * 12 + paid_on.month - start.month
    return months if paid_on.day < start.day else months + 1


def instalments(*, tax_satang: int, due_on: date) -> tuple[int, ...]:
    """The monthly parts in which a tax may be paid: one part when it is too small to divide.

    Parts are equal but for the satang that do not divide, which the first parts carry.
    """
    rule = dated("payment/instalments", fields).on(due_on).value
    parts = whole(rule["parts"])
    if tax_satang < satang(number(rule["least"])):
        return (tax_satang,)
    each, left = divmod(tax_satang, parts)
    return tuple(each + (place < left) for place in range(parts))


def _lateness(due_on: date, paid_on: date, reminder: Reminder | None) -> Lateness:
    if paid_on <= due_on:
        return Lateness.IN_TIME
    if reminder is None or paid_on < reminder.received_on:
        return Lateness.BEFORE_REMINDER
    rule = dated("late/reminder", fields).on(due_on).value
    usual = reminder.received_on + timedelta(days=whole(rule["pay_within"]))
    last_day = reminder.pay_by or usual
    return Lateness.WITHIN_REMINDER if paid_on <= last_day else Lateness.AFTER_REMINDER


def _penalty(lateness: Lateness, due_on: date) -> Decimal:
    if lateness is Lateness.IN_TIME:
        return ZERO
    return number(dated("late/penalty", fields).on(due_on).value[lateness.value])
