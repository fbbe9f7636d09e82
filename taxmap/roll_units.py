"""From what the tax map records of a unit to the property that the law speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection

from cadastre.area import Area
from cadastre.tax import (
    Building,
    Kind,
    Land,
    Owner,
    Property,
    Structure,
    Use,
    UsePart,
    schedule_for,
)
from cadastre.tax.money import plain

_SQL = Path(__file__).parent / "sql"
STAGES: Final = {
    "roll_asked": "roll_asked", "roll_holder": "roll_holders", "roll_use": "roll_uses",
    "roll_building": "roll_buildings", "roll_unit": "roll_units",
}  # fmt: skip
"""The relations that lead to the facts of each unit, in their order, and their queries."""

Json = dict[str, Any]


class Unit(NamedTuple):
    """One row of roll_units.sql: a unit as it stood on a day."""

    id: int
    parcel_id: int
    code: str
    taxpayer: int
    """Units of the same set of owners have the same number, within one asking."""
    owner: Owner | None
    kind: Kind
    uses: list[list[str]]
    use_names: str
    area_m2: Decimal | None
    satang_per_wa: int | None
    buildings: list[list[Any]]
    registered: bool
    years_vacant: int
    trouble: str | None
    """Why it cannot be assessed: no_owner, no_price, no_use, shares_not_whole."""


def stage_sql(name: str) -> str:
    """The query of one stage; it may read the stages before it."""
    return (_SQL / f"{STAGES[name]}.sql").read_text(encoding="utf-8")


def roll_parameters(on: date, *, authority: int | None = None, units: Iterable[int] = ()) -> Json:
    """What the stages ask for: a whole authority, or some units, on a day."""
    counted = schedule_for(on.year).vacancy.value.first_counted_year
    return {"on": on, "authority": authority, "units": list(units), "counted_from": counted}


def units_of(ids: Iterable[int], on: date) -> dict[int, Unit]:
    """What is taxed of these units, as it stood on that day, by their keys."""
    *before, last = STAGES
    stages = ", ".join(f"{name} AS ({stage_sql(name)})" for name in before)
    query = f"WITH {stages} SELECT * FROM ({stage_sql(last)}) AS roll_unit"  # noqa: S608 – ours
    with connection.cursor() as cursor:
        cursor.execute(query, roll_parameters(on, units=ids))
        return {row[0]: unit_of_row(row) for row in cursor}


def unit_of_row(row: tuple[Any, ...]) -> Unit:
    """A row of ``roll_unit``, typed."""
    unit = Unit(*row)
    return unit._replace(
        owner=None if unit.owner is None else Owner(unit.owner),
        kind=Kind(unit.kind),
        uses=_loaded(unit.uses),
        buildings=_loaded(unit.buildings),
    )


def _loaded(value: Any) -> list[Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return list(found or [])


def facts_of(unit: Unit) -> Json:
    """The facts as they are kept with the assessment; roll_rows.sql writes the same."""
    kept: Json = {"kind": unit.kind.value, "uses": unit.uses}
    if unit.area_m2 is not None:
        kept["land"] = [plain(unit.area_m2), unit.satang_per_wa]
    if unit.buildings:
        kept["buildings"] = unit.buildings
    if unit.registered:
        kept["registered"] = True
    if unit.years_vacant:
        kept["vacant"] = unit.years_vacant
    return kept


def property_of(unit: Unit) -> Property | str:
    """The property of a unit; or why it cannot be assessed."""
    return unit.trouble or property_of_facts(facts_of(unit))


def property_of_facts(kept: Json, place: str = "") -> Property:
    """The property whose facts were kept; ``place`` is how a reader knows it."""
    land = kept.get("land")
    return Property(
        kind=Kind(kept["kind"]),
        uses=tuple(UsePart(Use(use), Decimal(share)) for use, share in kept["uses"]),
        land=Land(Area(Decimal(land[0])), land[1]) if land else None,
        buildings=tuple(
            Building(Decimal(area), price, Structure(structure) if structure else None, age)
            for structure, area, price, age in kept.get("buildings", [])
        ),
        in_house_registration=kept.get("registered", False),
        years_vacant=kept.get("vacant", 0),
        joint_base=kept.get("joint"),
        place=place,
    )
