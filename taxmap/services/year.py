"""The year of the tax: its calendar, its announcements, and how far it is.

docs/algorithms/valuation.md, section 4. Assessing and closing the roll belong to `services.roll`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from django.db import transaction
from django.utils.functional import Promise

from cadastre.tax import Milestone, calendar_of
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.models import RollStage, TaxYear
from taxmap.valuation_errors import CalendarOutOfOrder, YearNotDraft, YearNotReady
from web.formats import format_date

STEPS: Final = {
    Milestone.PROPERTY_LIST: "property_list_on",
    Milestone.PRICES_ANNOUNCED: "prices_announced_on",
    Milestone.ASSESSMENT: "assessment_on",
    Milestone.PAYMENT: "payment_on",
    Milestone.REMINDER: "reminder_on",
    Milestone.ARREARS_REPORTED: "arrears_reported_on",
}
"""The column of each step, in the order in which they follow each other."""


def year_open(
    *, local_authority: Office, year: int, actor: User | None, now: datetime
) -> TaxYear:  # fmt: skip
    """The tax year, begun with the calendar of the law if it is not there yet.

    Raises `NotInForceYet` before the first year of the Act.
    """
    found = TaxYear.objects.filter(local_authority=local_authority, year=year).first()
    if found is not None:
        return found
    calendar = calendar_of(year)
    days = {column: calendar.last_day[step] for step, column in STEPS.items()}
    with transaction.atomic():
        opened, is_new = TaxYear.objects.get_or_create(
            local_authority=local_authority, year=year,
            defaults={**days, "instalments_on": list(calendar.instalments)},
        )  # fmt: skip
        if is_new:
            _audit("taxmap.year_opened", opened, actor, {}, now)
    return opened


def calendar_change(
    *, tax_year: TaxYear, days: Mapping[str, date], instalments_on: list[date], announcement: str,
    actor: User | None, now: datetime,
) -> TaxYear:  # fmt: skip
    """Announce other days; ``days`` by column of `STEPS`.

    Extensions come late, so days may be announced until the end of the year. Raises
    `CalendarOutOfOrder`, which names the two steps.
    """
    with transaction.atomic():
        stored = TaxYear.objects.select_for_update().get(pk=tax_year.pk)
        before = {column: getattr(stored, column).isoformat() for column in STEPS.values()}
        for column in STEPS.values():
            setattr(stored, column, days.get(column, getattr(stored, column)))
        stored.instalments_on = instalments_on
        stored.announcement = announcement[:200]
        check_order(stored)
        stored.save(update_fields=[*STEPS.values(), "instalments_on", "announcement"])
        data = {"before": before, "announcement": stored.announcement}
        _audit("taxmap.calendar_changed", stored, actor, data, now)
    return stored


def check_order(tax_year: TaxYear) -> None:
    """Raise `CalendarOutOfOrder` at the first step that comes before the one it follows."""
    steps = [(_label(column), getattr(tax_year, column)) for column in STEPS.values()]
    # The first instalment is due with the whole payment.
    payment = STEPS[Milestone.PAYMENT]
    parts = [(_label(payment), getattr(tax_year, payment))]
    parts += [(_label("instalments_on"), day) for day in tax_year.instalments_on]
    for chain in (steps, parts):
        for (earlier, before), (later, after) in pairwise(chain):
            if after < before:
                raise CalendarOutOfOrder(
                    earlier=earlier, later=later, earlier_day=format_date(before, "short"),
                    later_day=format_date(after, "short"),
                )  # fmt: skip


def _label(column: str) -> str | Promise:
    return TaxYear._meta.get_field(column).verbose_name  # type: ignore[union-attr]


def prices_publish(*, tax_year: TaxYear, actor: User | None, now: datetime) -> TaxYear:
    """Announce the appraised prices of the year (ภ.ด.ส.1 and 2): the public page shows them."""
    return _publish(tax_year, "prices_published_at", "taxmap.prices_published", actor, now)


def list_publish(*, tax_year: TaxYear, actor: User | None, now: datetime) -> TaxYear:
    """Announce the property lists (ภ.ด.ส.3 and 4); the roll leaves the draft.

    Raises `YearNotDraft`, and `YearNotReady` before the prices are announced.
    """
    with transaction.atomic():
        stored = TaxYear.objects.select_for_update().get(pk=tax_year.pk)
        if stored.stage != RollStage.DRAFT:
            raise YearNotDraft(year=stored.year)
        if stored.prices_published_at is None:
            raise YearNotReady(
                year=stored.year, what=TaxYear._meta.get_field("prices_announced_on").verbose_name
            )
        stored.stage = RollStage.LISTED
        stored.save(update_fields=["stage"])
        return _publish(stored, "list_published_at", "taxmap.list_published", actor, now)


def _publish(
    tax_year: TaxYear, column: str, action: str, actor: User | None, now: datetime
) -> TaxYear:
    with transaction.atomic():
        stored = TaxYear.objects.select_for_update().get(pk=tax_year.pk)
        if getattr(stored, column) is None:
            setattr(stored, column, now)
            stored.save(update_fields=[column])
            _audit(action, stored, actor, {}, now)
    return stored


def _audit(
    action: str, tax_year: TaxYear, actor: User | None, data: Mapping[str, object], now: datetime
) -> None:
    office = tax_year.local_authority
    entry_record(
        action=action, subject_kind="office", subject_id=office.code, actor=actor, office=office,
        data={"tax_year": tax_year.year, **data}, now=now,
    )  # fmt: skip
