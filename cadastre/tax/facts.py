"""What was asked, as canonical JSON: amounts in baht, areas in m², nothing that is not told.

Exact both ways: `property_from(property_json(thing)) == thing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from cadastre.area import Area
from cadastre.tax.formula import figure_from
from cadastre.tax.model import (
    WHOLE,
    Building,
    ExemptionOrder,
    Kind,
    Land,
    LandDivision,
    OwnedShare,
    Policy,
    Property,
    Relief,
    Structure,
    Use,
    UseArea,
    UsePart,
)
from cadastre.tax.money import baht_text, plain, satang
from cadastre.tax.steps import figure

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")


def property_json(thing: Property) -> Json:
    """A property without whatever is not told of it."""
    return _told(
        {
            "place": thing.place,
            "kind": thing.kind.value,
            "uses": [{"use": p.use.value, "share": plain(p.share)} for p in thing.uses],
            "land": thing.land and _land_json(thing.land),
            "buildings": [_building_json(each) for each in thing.buildings],
            "appraised_value": _baht(thing.appraised_value_satang),
            "in_house_registration": thing.in_house_registration,
            "years_vacant": thing.years_vacant,
            "relief": thing.relief and thing.relief.value,
            "relief_since": thing.relief_since and thing.relief_since.isoformat(),
            "joint_base": thing.joint_base,
            "owned": None if thing.owned == WHOLE else _owned_json(thing.owned),
            "possessed": thing.possessed,
            "old_tax": _baht(thing.old_tax_satang),
        }
    )


def property_from(told: Mapping[str, Any]) -> Property:
    """The property of `property_json`.

    Anything else is a `ValueError`, `TypeError`, `KeyError`, `AttributeError` or `LandError`.
    """
    return Property(
        kind=Kind(told["kind"]),
        uses=tuple(UsePart(Use(p["use"]), _decimal(p["share"])) for p in told.get("uses", ())),
        land=_maybe(_land, told.get("land")),
        buildings=tuple(_building(each) for each in told.get("buildings", ())),
        appraised_value_satang=_maybe(_satang, told.get("appraised_value")),
        in_house_registration=told.get("in_house_registration", False),
        years_vacant=told.get("years_vacant", 0),
        relief=_maybe(Relief, told.get("relief")),
        joint_base=told.get("joint_base"),
        owned=_maybe(_owned, told.get("owned")) or WHOLE,
        possessed=told.get("possessed", False),
        old_tax_satang=_maybe(_satang, told.get("old_tax")),
        place=told.get("place", ""),
        relief_since=_maybe(date.fromisoformat, told.get("relief_since")),
    )


def policy_json(policy: Policy) -> Json:
    """A policy; a choice that it leaves to the law is not told."""
    return _told(
        {
            "exemption_order": policy.exemption_order.value,
            "joint_agriculture": policy.joint_agriculture,
            "land_division": policy.land_division and policy.land_division.value,
        }
    )


def policy_from(told: Mapping[str, Any]) -> Policy:
    """The policy of `policy_json`."""
    return Policy(
        ExemptionOrder(told["exemption_order"]),
        told.get("joint_agriculture", False),
        _maybe(LandDivision, told.get("land_division")),
    )


def _land_json(land: Land) -> Json:
    return _told(
        {
            "area_m2": plain(land.area.square_metres),
            "price_per_wa": baht_text(land.price_per_square_wa_satang),
            "used": _used_json(land.used),
        }
    )


def _land(told: Mapping[str, Any]) -> Land:
    return Land(Area(_decimal(told["area_m2"])), _satang(told["price_per_wa"]), _used(told))


def _building_json(building: Building) -> Json:
    ground = building.footprint_m2
    return _told(
        {
            "place": building.place,
            "structure": building.structure and building.structure.value,
            "floor_area_m2": plain(building.floor_area_m2),
            "price_per_m2": baht_text(building.price_per_m2_satang),
            "age_years": building.age_years,
            "used": _used_json(building.used),
            "footprint_m2": None if ground is None else plain(ground),
            "valued_elsewhere": building.valued_elsewhere,
        },
        kept=("age_years",),
    )


def _building(told: Mapping[str, Any]) -> Building:
    return Building(
        floor_area_m2=_decimal(told["floor_area_m2"]),
        price_per_m2_satang=_satang(told["price_per_m2"]),
        structure=_maybe(Structure, told.get("structure")),
        age_years=told.get("age_years"),
        used=_used(told),
        footprint_m2=_maybe(_decimal, told.get("footprint_m2")),
        valued_elsewhere=told.get("valued_elsewhere", False),
        place=told.get("place", ""),
    )


def _used_json(used: Sequence[UseArea]) -> list[Json]:
    return [{"use": part.use.value, "area_m2": plain(part.area_m2)} for part in used]


def _used(told: Mapping[str, Any]) -> tuple[UseArea, ...]:
    return tuple(UseArea(Use(p["use"]), _decimal(p["area_m2"])) for p in told.get("used", ()))


def _owned_json(owned: OwnedShare) -> Json:
    return {"share": figure(owned.share), "before": figure(owned.before)}


def _owned(told: Mapping[str, Any]) -> OwnedShare:
    return OwnedShare(figure_from(told["share"]), figure_from(told["before"]))


def _baht(satang_or_none: int | None) -> str | None:
    return None if satang_or_none is None else baht_text(satang_or_none)


def _satang(baht: str) -> int:
    return satang(_decimal(baht))


def _decimal(text: str) -> Decimal:
    """Figures of a bounded length: a trace comes from anybody."""
    figure_from(text)
    return Decimal(text)


def _maybe(read: Callable[[Any], T], told: Any) -> T | None:
    return None if told is None else read(told)


def _told(facts: Json, kept: Sequence[str] = ()) -> Json:
    """Without what is empty, no or zero; a zero of ``kept`` is a fact."""
    return {
        key: value for key, value in facts.items() if value or (key in kept and value is not None)
    }
