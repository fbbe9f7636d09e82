"""The calculation of one unit, kept as the facts it rests on and made anew when asked for.

The law is dated and the engine exact, so facts and year give the same lines for ever; what was
stored of value, exemption and tax guards it. Where the figures of a unit depend on others of the
same taxpayer (a joint base, an agricultural exemption that was not enough), the sheet names them.
docs/algorithms/roll.md, section 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cadastre.tax import (
    Assessment,
    Line,
    Owner,
    Step,
    assess_properties,
    explain,
    schedule_for,
)
from taxmap.errors import SheetDoesNotAgree
from taxmap.models import Assessment as Stored
from taxmap.roll_units import Unit, facts_of, property_of_facts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Calculation:
    """What was assessed together, and the place of the unit in it."""

    assessed: Assessment
    index: int

    @property
    def lines(self) -> list[Line]:
        """The lines of the unit."""
        return [line for line in self.assessed.lines if line.property_index == self.index]


def sheet_of(unit: Unit, *, joint: int = 0, companions: Sequence[int] = ()) -> Json:
    """What is kept of a unit that can be assessed.

    ``companions`` are the units that it must be assessed with, itself among them; ``joint`` is the
    group of neighbours that it is valued with as one.
    """
    facts = facts_of(unit) | ({"joint": str(joint)} if joint else {})
    kept: Json = {"owner": str(unit.owner), "property": facts}
    return kept | ({"unit": unit.id, "with": list(companions)} if companions else {})


def calculation_of(sheet: Json, tax_year: int) -> Calculation:
    """The calculation that a sheet stands for, under the law of its year."""
    facts, index = [sheet["property"]], 0
    if companions := sheet.get("with"):
        kept = Stored.objects.filter(unit__in=companions, tax_year=tax_year)
        sheets = dict(kept.values_list("unit", "lines"))
        facts = [sheets[unit]["property"] for unit in companions]
        index = companions.index(sheet["unit"])
    things = [property_of_facts(each) for each in facts]
    return Calculation(
        assess_properties(Owner(sheet["owner"]), things, schedule_for(tax_year)), index
    )


def steps_of(sheet: Json, tax_year: int) -> list[tuple[Line, tuple[Step, ...]]]:
    """Every line of a stored sheet with its steps, under the law of its year."""
    found = calculation_of(sheet, tax_year)
    return [(line, explain(found.assessed, line)) for line in found.lines]


def checked_calculation(assessment: Stored) -> Calculation:
    """The calculation of an assessment; `SheetDoesNotAgree` when it gives another tax."""
    found = calculation_of(assessment.lines, assessment.tax_year)
    tax = sum(line.tax_satang for line in found.lines)
    if tax != assessment.tax_satang:
        raise SheetDoesNotAgree(assessment=assessment.pk, stored=assessment.tax_satang, now=tax)
    return found
