"""What explains a bill: its plots, their lines step by step, and why it is not last year's.

The bill is calculated anew from the facts that were kept with it; a page shows nothing that does
not give the sum that was assessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry

from cadastre.payments.rules import signboard_due_on
from cadastre.tax import (
    Assessment,
    Comparison,
    Line,
    Owner,
    Step,
    assess_properties,
    compare,
    explain,
    instalments,
    schedule_for,
)
from cadastre.tax.dated import Text
from cadastre.tax.signboard import days_of_signs
from cadastre.tax.steps import doubts
from taxmap.errors import SheetDoesNotAgree
from taxmap.models import Assessment as Stored
from taxmap.models import Bill, BillKind, BillNote, TaxYear, ValuationUnit
from taxmap.roll_units import property_of_facts

PLOTS_PER_PAGE: Final = 20
MOST_COMPARED: Final = 300
"""A bill of more plots is not compared with last year's while somebody waits."""
_DEGREES: Final = 0.000_002
"""Outlines are thinned to about 20 cm: enough to know a plot by."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """One line with its steps and the picture of its value."""

    line: Line
    steps: tuple[Step, ...]

    @property
    def bar(self) -> dict[str, int]:
        """Exempt and taxable parts in thousandths of the value."""
        whole = max(self.line.value_satang, 1)
        exempt = self.line.exemption_satang * 1000 // whole
        return {"whole": 1000, "exempt": exempt, "taxed": 1000 - exempt}


@dataclass(frozen=True, slots=True)
class Plot:
    """One unit of the bill with what explains it."""

    code: str
    stored: Stored
    lines: tuple[Explained, ...]
    together: tuple[str, ...]
    """Codes of the plots that are valued as one with it."""


@dataclass(frozen=True, slots=True)
class ExplainedBill:
    """A bill of land and buildings, calculated anew as a whole."""

    bill: Bill
    assessed: Assessment
    stored: tuple[Stored, ...]
    codes: tuple[str, ...]

    @classmethod
    def of(cls, bill: Bill) -> ExplainedBill | None:
        """None where no facts were kept (`taxmap.sign_bill` explains signboards).

        Raises `SheetDoesNotAgree` where the facts no longer give what was assessed.
        """
        stored = tuple(
            bill.assessments.filter(unit__isnull=False)
            .select_related("unit__parcel", "unit__condominium_unit").order_by("unit")
        )  # fmt: skip
        if not stored or any("property" not in each.lines for each in stored):
            return None
        codes = _codes(stored)
        things = [property_of_facts(each.lines["property"], code)
                  for each, code in zip(stored, codes, strict=True)]  # fmt: skip
        owner = Owner(stored[0].lines["owner"])
        assessed = assess_properties(owner, things, schedule_for(bill.tax_year))
        found = cls(bill, assessed, stored, codes)
        found._check()
        return found

    def _check(self) -> None:
        taxes = [0] * len(self.stored)
        for line in self.assessed.lines:
            taxes[line.property_index] += line.tax_satang
        for each, tax in zip(self.stored, taxes, strict=True):
            if tax != each.tax_satang:
                raise SheetDoesNotAgree(assessment=each.pk, stored=each.tax_satang, now=tax)

    def plots(self, places: Sequence[int]) -> Iterator[Plot]:
        """The plots at these places, explained."""
        groups: dict[int, list[str]] = {}
        for each, code in zip(self.stored, self.codes, strict=True):
            if each.joint_group is not None:
                groups.setdefault(each.joint_group, []).append(code)
        for place in places:
            each, code = self.stored[place], self.codes[place]
            lines = tuple(
                Explained(line, explain(self.assessed, line))
                for line in self.assessed.lines
                if line.property_index == place
            )
            others = [other for other in groups.get(each.joint_group or 0, []) if other != code]
            yield Plot(code, each, lines, tuple(others))


def unit_of(stored: Stored) -> ValuationUnit:
    """The unit of an assessment of land and buildings, which always has one."""
    if stored.unit is None:
        raise ValueError(f"assessment {stored.pk} is of a signboard")
    return stored.unit


def _codes(stored: Sequence[Stored]) -> tuple[str, ...]:
    """What each plot is called; two units on one plot are told apart."""
    names, codes = set(), []
    for each in stored:
        unit = unit_of(each)
        name = unit.parcel.tax_parcel_code or unit.parcel.land_number or str(unit.pk)
        if unit.condominium_unit is not None:
            name = f"{name}/{unit.condominium_unit.number}"
        while name in names:
            name += "′"
        names.add(name)
        codes.append(name)
    return tuple(codes)


def last_year_of(bill: Bill) -> Bill | None:
    """The bill of the same taxpayers a year before, if it went out."""
    return Bill.objects.filter(
        local_authority=bill.local_authority, kind=bill.kind, taxpayers=bill.taxpayers,
        tax_year=bill.tax_year - 1, number__isnull=False,
    ).first()  # fmt: skip


def comparison_of(now: ExplainedBill) -> Comparison | None:
    """Why the bill is not last year's; None without one, or where there are too many plots."""
    former = last_year_of(now.bill)
    if former is None or len(now.stored) > MOST_COMPARED or former.units > MOST_COMPARED:
        return None
    try:
        before = ExplainedBill.of(former)
    except SheetDoesNotAgree:
        return None
    return compare(before.assessed, now.assessed) if before is not None else None


def outlines_of(plots: Sequence[Plot]) -> Json:
    """The plots as GeoJSON for the small map: code and group, nothing else."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": plot.code,
                "properties": {"code": plot.code, "group": plot.stored.joint_group or plot.code},
                "geometry": _outline(unit_of(plot.stored).parcel.geometry),
            }
            for plot in plots
        ],
    }


def _outline(geometry: GEOSGeometry) -> Json:
    thin = geometry.simplify(_DEGREES, preserve_topology=True)
    return dict(json.loads(thin.geojson))


def payment_days(bill: Bill) -> Json:
    """By when the bill is to be paid, whole or in parts; signs count from their own notice."""
    if bill.kind == BillKind.SIGNBOARD:
        _declare, pay_within = days_of_signs(bill.tax_year)
        due_on = signboard_due_on(bill.notified_on) if bill.notified_on else None
        return {"due_on": due_on, "pay_within": pay_within, "instalments": []}
    year = TaxYear.objects.filter(local_authority=bill.local_authority, year=bill.tax_year).first()
    if year is None:
        return {"due_on": None, "instalments": []}
    parts = instalments(tax_satang=bill.tax_satang, due_on=year.payment_on)
    days = list(zip(year.instalments_on, parts, strict=False)) if len(parts) > 1 else []
    return {"due_on": year.payment_on, "instalments": days}


def corrections_of(bill: Bill) -> Json:
    """Notes that were decided on the bill, and what it comes to with them."""
    notes = list(
        BillNote.objects.filter(assessment__bill=bill, is_approved=True).order_by("decided_at")
    )
    signed = [
        -note.amount_satang if note.kind == BillNote.Kind.CREDIT else note.amount_satang
        for note in notes
    ]
    return {
        "notes": list(zip(notes, signed, strict=True)),
        "corrected_satang": bill.tax_satang + sum(signed),
    }


def doubts_of(plots: Sequence[Plot]) -> list[Text]:
    """What the calculation leans on that is not verified, each sentence once."""
    steps = [step for plot in plots for each in plot.lines for step in each.steps]
    return list(dict.fromkeys(text for _parameter, text in doubts(steps)))
