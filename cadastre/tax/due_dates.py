"""The year of the tax: by when each step is due (algorithm, section 6)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from cadastre.tax.dated import Text, dated
from cadastre.tax.errors import DaysOutOfOrder
from cadastre.tax.schedule import fields, whole


class Milestone(StrEnum):
    """A step of the tax year, in order; names the month in ``calendar/statutory``."""

    PROPERTY_LIST = "property_list"
    PRICES_ANNOUNCED = "prices_announced"
    ASSESSMENT = "assessment"
    PAYMENT = "payment"
    REMINDER = "reminder"
    ARREARS_REPORTED = "arrears_reported"


@dataclass(frozen=True, slots=True)
class TaxCalendar:
    """The last day of every step of one tax year, and of the three instalments."""

    tax_year: int
    last_day: Mapping[Milestone, date]
    instalments: tuple[date, ...]
    references: tuple[str, ...]
    unverified: tuple[Text, ...]


def calendar_of(tax_year: int) -> TaxCalendar:
    """The calendar of ``tax_year`` with its extension; see `announced` for another one."""
    day = date(tax_year, 1, 1)
    statutory = dated("calendar/statutory", fields).on(day)
    extension = dated("calendar/extension", whole).on(day)
    instalment = dated("payment/instalments", fields).on(day)
    months = {each: whole(statutory.value[each.value]) + extension.value for each in Milestone}
    first = months[Milestone.PAYMENT]
    return TaxCalendar(
        tax_year=tax_year,
        last_day={each: month_end(tax_year, month) for each, month in months.items()},
        instalments=tuple(
            month_end(tax_year, first + after) for after in range(whole(instalment.value["parts"]))
        ),
        references=(statutory.reference, extension.reference),
        unverified=(*statutory.unverified, *extension.unverified),
    )


def announced(
    calendar: TaxCalendar,
    days: Mapping[Milestone, date],
    *,
    instalments: Sequence[date] | None = None,
    reference: str = "",
) -> TaxCalendar:
    """The calendar with other days that one local authority, or the ministry, announced.

    Without ``instalments`` they move with the day of payment. The days still follow each other:
    the steps in the order of `Milestone`, the instalments from the day of payment on; otherwise
    `DaysOutOfOrder` names the two. ``reference`` is the announcement, put before those of the law.
    """
    last_day = {**calendar.last_day, **days}
    due = last_day[Milestone.PAYMENT]
    if instalments is None:
        parts = len(calendar.instalments)
        moved = Milestone.PAYMENT in days
        instalments = _monthly(due, parts) if moved else calendar.instalments
    _follow([(step.value, last_day[step]) for step in Milestone])
    parts_due = [(f"instalment {at}", day) for at, day in enumerate(instalments, 1)]
    _follow([(Milestone.PAYMENT.value, due), *parts_due])
    return replace(
        calendar,
        last_day=last_day,
        instalments=tuple(instalments),
        references=(reference, *calendar.references) if reference else calendar.references,
    )


def _monthly(first: date, parts: int) -> tuple[date, ...]:
    """The same day of the following months; the last day of a month stays the last day."""
    is_last = (first + timedelta(days=1)).month != first.month
    found = []
    for after in range(parts):
        end = month_end(first.year, first.month + after)
        found.append(end if is_last else end.replace(day=min(first.day, end.day)))
    return tuple(found)


def _follow(days: Sequence[tuple[str, date]]) -> None:
    for (earlier, before), (later, after) in pairwise(days):
        if after < before:
            raise DaysOutOfOrder(
                earlier=earlier, before=before.isoformat(), later=later, after=after.isoformat()
            )


def month_end(tax_year: int, month: int) -> date:
    """The last day of a month counted from January of the tax year as 1; -1 is November before."""
    years, index = divmod(month - 1, 12)
    year = tax_year + years
    return date(year, index + 1, monthrange(year, index + 1)[1])
