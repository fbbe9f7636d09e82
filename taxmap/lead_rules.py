"""What the rules find, and what one year's tax is at stake: docs/algorithms/missing-tax.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db import connection

from cadastre.area import Area
from cadastre.tax import Building, Owner, Property, Schedule, Structure, Use, UsePart, schedule_for
from cadastre.tax.assessment import calculated
from offices.models import Office
from taxmap.exports.rows import rows_of
from taxmap.models import Cause
from taxmap.roll_units import Unit, property_of_facts, units_of
from taxmap.roll_units import facts_of as recorded

METRES_PER_DEGREE: Final = 111_320
NEAR_M, AROUND_M = 30, 100
FEWEST_NEAR, FEWEST_AROUND = 5, 10
LARGEST_TOWN_FARM_M2: Final = 8_000
"""Five rai: a larger field at the edge of a town is a farm, however many neighbours it has."""
MOST_ALIKE: Final = Decimal("0.8")
UNITS_AT_ONCE: Final = 1_000
USES: Final = ("agriculture", "residential", "other", "vacant")
TROUBLES: Final = {
    "no_owner": Cause.NO_OWNER, "no_price": Cause.NO_PRICE, "no_use": Cause.NO_USE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that one rule found; ``unit_id`` is the unit to estimate, if there is one."""

    cause: Cause
    parcel_id: int
    unit_id: int | None
    outline_id: int | None
    facts: dict[str, Any]
    at_stake_satang: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which authority is searched, for which year; ``today`` is the day of the outlines."""

    authority: Office
    tax_year: int
    today: date

    @property
    def on(self) -> date:
        return date(self.tax_year, 1, 1)

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {
            "authority": self.authority.pk, "year": self.tax_year, "on": self.on,
            "today": self.today, **more,
        }  # fmt: skip


def found_by(asked: Asked) -> Iterator[Found]:
    """Everything that the rules find, each with its estimate."""
    schedule = schedule_for(asked.tax_year)
    building_price = _median_building_price(asked)
    usual = _usual_uses(asked)
    rest = _all(asked, usual)
    while batch := list(islice(rest, UNITS_AT_ONCE)):
        units = units_of({each.unit_id for each in batch if each.unit_id is not None}, asked.on)
        for each in batch:
            unit = units.get(each.unit_id) if each.unit_id is not None else None
            named = _named(each, unit)
            stake = unit and _stake(named, unit, usual, building_price, schedule)
            yield replace(named, at_stake_satang=stake)


def _all(asked: Asked, usual: Mapping[int, str]) -> Iterator[Found]:
    for cause in (
        Cause.NO_UNIT, Cause.NOT_ASSESSED, Cause.BUILDING_ON_VACANT, Cause.UNREGISTERED_BUILDING,
        Cause.AREA_DIFFERS,
    ):  # fmt: skip
        for row in rows_of(f"lead_{cause}", asked.parameters()):
            facts = row["facts"]
            row["facts"] = json.loads(facts) if isinstance(facts, str) else facts
            yield Found(cause, **row)
    yield from _unlike(asked, usual)
    yield from _farms(asked)


def _neighbours(asked: Asked, metres: int) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    parameters = asked.parameters(reach=metres / METRES_PER_DEGREE)
    for row in rows_of("lead_neighbours", parameters):
        yield row, {use: row[use] for use in USES}


def _usual_uses(asked: Asked) -> dict[int, str]:
    """The use of four fifths of at least five neighbours, by unit."""
    usual = {}
    for row, counts in _neighbours(asked, NEAR_M):
        most = max(counts, key=lambda use: counts[use])
        number = sum(counts.values())
        if number >= FEWEST_NEAR and counts[most] >= MOST_ALIKE * number:
            usual[row["unit_id"]] = most
    return usual


def _unlike(asked: Asked, usual: Mapping[int, str]) -> Iterator[Found]:
    for row, counts in _neighbours(asked, NEAR_M):
        theirs = usual.get(row["unit_id"])
        if theirs is None or row["use"] in {None, theirs, "vacant"}:
            continue
        facts = {
            "use": row["use"], "usual": theirs, "alike": counts[theirs],
            "neighbours": sum(counts.values()),
        }  # fmt: skip
        yield Found(Cause.USE_UNLIKE_NEIGHBOURS, row["parcel_id"], row["unit_id"], None, facts)


def _farms(asked: Asked) -> Iterator[Found]:
    for row, counts in _neighbours(asked, AROUND_M):
        number, built_up = sum(counts.values()), counts["residential"] + counts["other"]
        if row["use"] != "agriculture" or row["area_m2"] > LARGEST_TOWN_FARM_M2:
            continue
        if number >= FEWEST_AROUND and built_up >= MOST_ALIKE * number:
            facts = {"built_up": built_up, "neighbours": number}
            yield Found(Cause.FARM_IN_TOWN, row["parcel_id"], row["unit_id"], None, facts)


def _named(found: Found, unit: Unit | None) -> Found:
    """A unit that was not assessed is told by what the roll misses."""
    if found.cause is not Cause.NOT_ASSESSED or unit is None:
        return found
    return replace(found, cause=TROUBLES.get(unit.trouble or "", Cause.NOT_ASSESSED))


def _stake(
    found: Found, unit: Unit, usual: Mapping[int, str], building_price: int | None,
    schedule: Schedule,
) -> int | None:  # fmt: skip
    """The tax that the supposed facts would add, or None where it cannot be told or is nothing."""
    if unit.satang_per_wa is None or (found.cause is not Cause.NO_USE and not unit.uses):
        return None
    owner = unit.owner or Owner.JURISTIC
    theirs = usual.get(unit.id)
    if found.cause is Cause.NO_USE:
        if theirs is None:
            return None
        thing = property_of_facts(recorded(unit) | {"uses": [[theirs, "1"]]})
        return _tax(owner, thing, schedule) or None
    thing = property_of_facts(recorded(unit))
    if found.cause in {Cause.NO_OWNER, Cause.NOT_ASSESSED}:
        return _tax(owner, thing, schedule) or None
    supposed = _supposed(found, thing, building_price)
    if supposed is None:
        return None
    more = _tax(owner, supposed, schedule) - _tax(owner, thing, schedule)
    return more if more > 0 else None


def _supposed(found: Found, thing: Property, building_price: int | None) -> Property | None:
    match found.cause:
        case Cause.UNREGISTERED_BUILDING if building_price is not None:
            new = Building(Decimal(str(found.facts["area_m2"])), building_price,
                           Structure.MASONRY, 0)  # fmt: skip
            return replace(thing, buildings=(*thing.buildings, new))
        case Cause.AREA_DIFFERS if thing.land is not None:
            area = Area(Decimal(str(found.facts["calculated_m2"])))
            return replace(thing, land=replace(thing.land, area=area))
        case Cause.USE_UNLIKE_NEIGHBOURS:
            return _used_as(thing, Use(found.facts["usual"]))
        case Cause.FARM_IN_TOWN:
            return replace(_used_as(thing, Use.VACANT), years_vacant=1)
    return None


def _used_as(thing: Property, use: Use) -> Property:
    return replace(thing, uses=(UsePart(use),), in_house_registration=False, years_vacant=0)


def _tax(owner: Owner, thing: Property, schedule: Schedule) -> int:
    found = calculated(owner, [thing], schedule, schedule.policy.value)
    return sum(line.tax_satang for line in found.lines)


def _median_building_price(asked: Asked) -> int | None:
    """Satang per m² of the building in the middle of all that the authority has recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY price.satang_per_m2)"
            " FROM taxmap_building_prices(%(on)s::date) AS price"
            " INNER JOIN taxmap_valuationunit AS unit ON unit.id = price.unit_id"
            " WHERE unit.local_authority_id = %(authority)s",
            asked.parameters(),
        )
        row = cursor.fetchone()
    return row[0] if row else None
