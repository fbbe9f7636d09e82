"""How long a property has been vacant, counted from the history of its use (section 43)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from cadastre.tax.model import Use
from cadastre.tax.schedule import Vacancy, schedule_for


class DatedUse(NamedTuple):
    """A use from ``since`` to the day before ``until``, as the register keeps it; None is open."""

    use: Use
    since: date | None
    until: date | None


def years_vacant(history: Iterable[DatedUse], tax_year: int, rule: Vacancy | None = None) -> int:
    """Which year in a row without use ``tax_year`` is, as of its 1 January; 0 where it is in use.

    A tax year counts when 1 January falls into a run of vacant days that lasts, unbroken, to
    1 January of ``tax_year``. A single day that is not recorded as vacant breaks the run, whether
    it was in use or nothing is known of it. Years before the first counted one do not count
    (``vacancy/ratchet``). Give the history of the part that is vacant: another part of the
    property that is in use does not interrupt it.
    """
    rule = rule or schedule_for(tax_year).vacancy.value
    began = vacant_since(history, date(tax_year, 1, 1))
    if began is None:
        return 0
    first = began.year if (began.month, began.day) == (1, 1) else began.year + 1
    return max(tax_year - max(first, rule.first_counted_year) + 1, 0)


def vacant_since(history: Iterable[DatedUse], on: date) -> date | None:
    """The first day of the unbroken vacant run that ``on`` belongs to; None where it is in use."""
    began: date | None = None
    for since, until in _vacant_runs(history):
        if since <= on < until:
            began = since
    return began


def _vacant_runs(history: Iterable[DatedUse]) -> Sequence[tuple[date, date]]:
    """Vacant days as runs in order, those that touch or overlap made one."""
    given = sorted(
        (each.since or date.min, each.until or date.max)
        for each in history
        if each.use is Use.VACANT
    )
    runs: list[tuple[date, date]] = []
    for since, until in given:
        if runs and since <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], until))
        else:
            runs.append((since, until))
    return runs
