"""The calculation sheet of one unit, stored as compact JSON and put into words when asked for.

Amounts are satang; shares and rates are decimal text. What is stored suffices to explain the tax
later, also when buildings, uses or prices have changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cadastre.area import Area
from cadastre.tax import (
    Assessment,
    Building,
    Kind,
    Land,
    Line,
    Owner,
    Property,
    Slice,
    Step,
    Structure,
    TaxClass,
    Use,
    UsePart,
    explain,
    schedule_for,
)
from cadastre.tax.money import plain

Json = dict[str, Any]


def sheet_of(assessed: Assessment, thing: Property, lines: Sequence[Line]) -> Json:
    """What is kept of one property of an assessment: its facts and its lines."""
    farms = sum(each.tax_class is TaxClass.AGRICULTURE for each in assessed.lines)
    return {
        "owner": assessed.owner.value,
        "properties": len(assessed.properties),
        "farms": farms,
        "property": _property_json(thing),
        "lines": [_line_json(line) for line in lines],
    }


def steps_of(sheet: Json, tax_year: int) -> list[tuple[Line, tuple[Step, ...]]]:
    """Every line of a stored sheet with its steps, under the law of its year."""
    schedule = schedule_for(tax_year)
    lines = tuple(_line(each) for each in sheet["lines"])
    thing = _property(sheet["property"])
    stored = Assessment(
        Owner(sheet["owner"]), (thing,), schedule, schedule.policy.value, lines
    )  # fmt: skip
    return [(line, explain(stored, line)) for line in lines]


def _property_json(thing: Property) -> Json:
    kept: Json = {
        "kind": thing.kind.value,
        "uses": [[p.use.value, str(p.share)] for p in thing.uses],
    }
    if thing.land is not None:
        kept["land"] = [plain(thing.land.area.square_metres), thing.land.price_per_square_wa_satang]
    if thing.buildings:
        kept["buildings"] = [
            [b.structure, plain(b.floor_area_m2), b.price_per_m2_satang, b.age_years]
            for b in thing.buildings
        ]
    if thing.in_house_registration:
        kept["registered"] = True
    if thing.years_vacant:
        kept["vacant"] = thing.years_vacant
    return kept


def _property(kept: Json) -> Property:
    land = kept.get("land")
    return Property(
        kind=Kind(kept["kind"]),
        uses=tuple(UsePart(Use(use), Decimal(share)) for use, share in kept["uses"]),
        land=Land(Area(Decimal(land[0])), land[1]) if land else None,
        buildings=tuple(
            Building(Decimal(area), price, Structure(structure), age)
            for structure, area, price, age in kept.get("buildings", [])
        ),
        in_house_registration=kept.get("registered", False),
        years_vacant=kept.get("vacant", 0),
    )


def _line_json(line: Line) -> Json:
    return {
        "use": line.use.value,
        "share": str(line.share),
        "class": line.tax_class.value,
        "value": line.value_satang,
        "exempt": line.exemption_satang,
        "added": str(line.vacancy_addition),
        "slices": [[s.from_satang, s.to_satang, str(s.rate), s.tax_satang] for s in line.slices],
        "exact": str(line.exact_tax_satang),
        "tax": line.tax_satang,
    }


def _line(kept: Json) -> Line:
    return Line(
        property_index=0,
        use=Use(kept["use"]),
        share=Decimal(kept["share"]),
        tax_class=TaxClass(kept["class"]),
        value_satang=kept["value"],
        exemption_satang=kept["exempt"],
        vacancy_addition=Decimal(kept["added"]),
        slices=tuple(
            Slice(low, high, Decimal(rate), tax) for low, high, rate, tax in kept["slices"]
        ),
        relief=None,
        exact_tax_satang=Decimal(kept["exact"]),
        tax_satang=kept["tax"],
    )
