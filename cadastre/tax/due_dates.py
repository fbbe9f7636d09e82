"""The year of the tax: by when each step is due (algorithm, section 6)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cadastre.tax.dated import Text, dated
from cadastre.tax.schedule import fields, whole


class Milestone(StrEnum):
    """A step of the tax year; names the month in ``calendar/statutory``."""

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
    """The calendar of ``tax_year`` with its extension; a local authority may set later days."""
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


def month_end(tax_year: int, month: int) -> date:
    """The last day of a month counted from January of the tax year as 1; -1 is November before."""
    years, index = divmod(month - 1, 12)
    year = tax_year + years
    return date(year, index + 1, monthrange(year, index + 1)[1])
