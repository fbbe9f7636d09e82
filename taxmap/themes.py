"""How the collection map is coloured: by use, value, tax, payment state, arrears or visits.

The colours keep apart for people who see red and green alike (Okabe and Ito's set for kinds, a
light-to-dark yellow-green-blue run for amounts), on light and dark paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from taxmap.models import TaxUse, Visit

DARK, LIGHT = "#1b2420", "#ffffff"


class Theme(StrEnum):
    USE = "use"
    VALUE = "value"
    TAX = "tax"
    PAYMENT = "payment"
    ARREARS = "arrears"
    VISIT = "visit"


TITLES: Final = {
    Theme.USE: _("Use"),
    Theme.VALUE: _("Land price"),
    Theme.TAX: _("Tax"),
    Theme.PAYMENT: _("Payment"),
    Theme.ARREARS: _("Arrears"),
    Theme.VISIT: pgettext_lazy("collection", "Visits"),
}


class PaymentState(StrEnum):
    EXEMPT = "exempt"
    UNPAID = "unpaid"
    PARTLY = "partly"
    PAID = "paid"


STATES: Final = {
    PaymentState.PAID: pgettext_lazy("tax", "paid"),
    PaymentState.PARTLY: pgettext_lazy("tax", "partly paid"),
    PaymentState.UNPAID: pgettext_lazy("tax", "unpaid"),
    PaymentState.EXEMPT: _("no tax to pay"),
}


def payment_state(tax_satang: int, paid_satang: int, due_satang: int | None = None) -> PaymentState:
    """Where a tax stands. ``due_satang`` is what the ledger still asks, late charges included.

    Without it the tax less what was paid is due. Nothing due of a zero tax is exempt.
    """
    due = tax_satang - paid_satang if due_satang is None else due_satang
    if due > 0 and tax_satang:
        return PaymentState.PARTLY if paid_satang > 0 else PaymentState.UNPAID
    return PaymentState.PAID if tax_satang else PaymentState.EXEMPT


@dataclass(frozen=True, slots=True)
class MapClass:
    """One class of a theme. Amounts (baht) belong to it from ``above`` (not included) on."""

    key: str
    label: str | Promise
    fill: str
    ink: str = DARK
    above: int | None = None


_NONE = MapClass("none", _("not assessed"), "#ffffff")
_USES = (
    MapClass(TaxUse.AGRICULTURE, TaxUse.AGRICULTURE.label, "#009e73", LIGHT),
    MapClass(TaxUse.MAIN_HOME, TaxUse.MAIN_HOME.label, "#56b4e9"),
    MapClass(TaxUse.RESIDENTIAL, TaxUse.RESIDENTIAL.label, "#0072b2", LIGHT),
    MapClass(TaxUse.OTHER, TaxUse.OTHER.label, "#e69f00"),
    MapClass(TaxUse.VACANT, TaxUse.VACANT.label, "#f0e442"),
    MapClass("exempt", _("not taxed"), "#c9c9c9"),
)
_STATES = (
    MapClass(PaymentState.PAID, STATES[PaymentState.PAID], "#0072b2", LIGHT),
    MapClass(PaymentState.PARTLY, STATES[PaymentState.PARTLY], "#8ecdf3"),
    MapClass(PaymentState.UNPAID, STATES[PaymentState.UNPAID], "#d55e00", LIGHT),
    MapClass(PaymentState.EXEMPT, STATES[PaymentState.EXEMPT], "#c9c9c9"),
    _NONE,
)
_ARREARS = (
    MapClass("0", _("owed of this year"), "#fee391"),
    MapClass("1", _("owed for one year"), "#fe9929"),
    MapClass("2", _("owed for two years"), "#cc4c02", LIGHT),
    MapClass("3", _("owed for three years or more"), "#662506", LIGHT),
    MapClass("none", _("nothing owed"), "#ffffff"),
)
_VISITS = (
    MapClass(Visit.Outcome.PAID, Visit.Outcome.PAID.label, "#0072b2", LIGHT),
    MapClass(Visit.Outcome.PROMISED, Visit.Outcome.PROMISED.label, "#56b4e9"),
    MapClass(Visit.Outcome.HANDED_OVER, Visit.Outcome.HANDED_OVER.label, "#009e73", LIGHT),
    MapClass(Visit.Outcome.ABSENT, Visit.Outcome.ABSENT.label, "#f0e442"),
    MapClass(Visit.Outcome.REFUSED, Visit.Outcome.REFUSED.label, "#d55e00", LIGHT),
    MapClass(Visit.Outcome.WRONG_ADDRESS, Visit.Outcome.WRONG_ADDRESS.label, "#cc79a7"),
    MapClass(Visit.Outcome.OTHER, Visit.Outcome.OTHER.label, "#c9c9c9"),
    MapClass("none", _("not visited"), "#ffffff"),
)
LONGEST_OWED: Final = 3
"""Debts of so many years and more are one class."""
_RUN = (
    ("#ffffcc", DARK), ("#a1dab4", DARK), ("#41b6c4", DARK), ("#2c7fb8", LIGHT), ("#253494", LIGHT)
)  # fmt: skip
TAX_BREAKS: Final = (0, 100, 1_000, 10_000, 100_000)
"""Baht a year; the first class begins above nothing."""


def classes_of(theme: Theme, price_breaks: Sequence[int] = ()) -> tuple[MapClass, ...]:
    """The classes of a theme; ``price_breaks`` are baht per square wa that part the land prices."""
    match theme:
        case Theme.USE:
            return _USES
        case Theme.PAYMENT:
            return _STATES
        case Theme.ARREARS:
            return _ARREARS
        case Theme.VISIT:
            return _VISITS
        case Theme.VALUE:
            return (*_run((-1, *price_breaks)), MapClass("none", _("no price"), "#ffffff"))
        case Theme.TAX:
            free = MapClass("0", STATES[PaymentState.EXEMPT], "#c9c9c9", above=-1)
            return (free, *_run(TAX_BREAKS), _NONE)


def _run(breaks: Sequence[int]) -> list[MapClass]:
    bounds = [*breaks, None]
    return [
        MapClass(f"above{low}", _between(low, high), fill, ink, above=low)
        for (low, high), (fill, ink) in zip(pairwise(bounds), _RUN, strict=False)
        if low is not None
    ]


def _between(low: int | None, high: int | None) -> str:
    least = max(low or 0, 0)
    if high is None:
        return gettext("over {low}").format(low=f"{least:,}")
    if not least:
        return gettext("up to {high}").format(high=f"{high:,}")
    return gettext("over {low} to {high}").format(low=f"{least:,}", high=f"{high:,}")


def class_of(row: Mapping[str, Any], theme: Theme, classes: Sequence[MapClass]) -> MapClass:
    """The class of one row of collection_units.sql."""
    if theme in {Theme.USE, Theme.PAYMENT, Theme.ARREARS, Theme.VISIT}:
        key = _key_of(row, theme)
        return next((each for each in classes if each.key == key), classes[-1])
    satang = row["price_satang"] if theme is Theme.VALUE else row["tax_satang"]
    if satang is None:
        return classes[-1]
    fitting = [each for each in classes if each.above is not None and satang > each.above * 100]
    return fitting[-1] if fitting else classes[0]


def _key_of(row: Mapping[str, Any], theme: Theme) -> str:
    if theme is Theme.USE:
        return str(row["use"])
    if theme is Theme.VISIT:
        return row["visit"] or "none"
    if theme is Theme.ARREARS:
        years = row["owed_years"]
        return "none" if years is None else str(min(years, LONGEST_OWED))
    tax = row["tax_satang"]
    if tax is None:
        return "none"
    return payment_state(tax, row["paid_satang"], row.get("due_satang"))


def round_breaks(amounts: Sequence[int]) -> tuple[int, ...]:
    """At most four breaks, rounded to two leading digits, strictly rising."""
    rounded: list[int] = []
    for amount in amounts:
        step = 10 ** max(len(str(int(amount))) - 2, 0)
        nice = round(int(amount) / step) * step
        if nice > (rounded[-1] if rounded else 0):
            rounded.append(nice)
    return tuple(rounded[:4])
