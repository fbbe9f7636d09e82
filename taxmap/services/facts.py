"""Buildings and uses of a unit: each change is dated, has a source, and overwrites nothing.

A change holds from its day until the next change that is already recorded. What held before ends
on that day; what began on that very day was never in force and is superseded, which a trigger
keeps in `FormerFact`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max

from cadastre.tax.money import apportion, plain
from offices.models import User
from offices.services.audit import entry_record
from taxmap.models import Building, Inspection, UnitUse, ValuationUnit
from taxmap.valuation_errors import BuildingEnded, BuildingEndsBeforeItBegins, UsesNotWhole
from web.formats import format_date

_TEN_THOUSANDTHS = 1_000_000  # of one hundred percent


@dataclass(frozen=True, slots=True)
class Source:
    """On whose word a fact is recorded, and who records it."""

    kind: Inspection.Kind
    inspected_on: date
    reason: str
    reference: str = ""
    actor: User | None = None


@dataclass(frozen=True, slots=True)
class UseFact:
    """One use: its percent of the unit, or the area in m² that all shares are computed from."""

    use: str
    share_percent: Decimal | None = None
    area_m2: Decimal | None = None
    in_house_registration: bool = False


@dataclass(frozen=True, slots=True)
class BuildingFact:
    """A building as it stands."""

    type_code: str
    type_name: str
    structure: str
    floors: int
    floor_area_m2: Decimal
    built_in: int
    footprint: Polygon | None = None


def inspection_record(*, unit: ValuationUnit, source: Source, now: datetime) -> Inspection:
    """Write down that the unit was looked at, also when nothing had changed."""
    with transaction.atomic():
        inspection = Inspection.objects.create(
            unit=unit, kind=source.kind, inspected_on=source.inspected_on,
            reason=source.reason[:300], reference=source.reference[:60],
            recorded_by=source.actor, recorded_at=now,
        )  # fmt: skip
        _audit("taxmap.unit_inspected", unit, source, {}, now)
    return inspection


def shares_from_areas(areas: Sequence[Decimal]) -> list[Decimal]:
    """Percent of each area, four decimals, adding up to 100 exactly (largest running total)."""
    parts = apportion(_TEN_THOUSANDTHS, areas)
    return [Decimal(part) / 10_000 for part in parts]


@transaction.atomic
def uses_change(
    *, unit: ValuationUnit, uses: Sequence[UseFact], since: date, source: Source, now: datetime
) -> Inspection:
    """Put the unit to these ``uses`` from the day ``since`` until the next recorded change.

    Raises `UsesNotWhole` unless the shares (or the areas they come from) make up the whole unit.
    """
    unit = _locked(unit)
    wanted = _with_shares(uses)
    inspection = inspection_record(unit=unit, source=source, now=now)
    until = _next_change(unit, since)
    _make_way(unit, since, until, inspection)
    for fact in wanted:
        UnitUse.objects.create(
            unit=unit, use=fact.use, area_m2=fact.area_m2,
            share_percent=fact.share_percent or Decimal(0),
            in_house_registration=fact.in_house_registration and fact.use == "main_home",
            valid_during=DateRange(since, until), opened_by=inspection,
        )  # fmt: skip
    told = {fact.use: plain(fact.share_percent or Decimal(0)) for fact in wanted}
    _audit("taxmap.use_changed", unit, source, {"uses": told, "since": since.isoformat()}, now)
    return inspection


def _with_shares(uses: Sequence[UseFact]) -> list[UseFact]:
    areas = [fact.area_m2 for fact in uses]
    if uses and all(area is not None and area > 0 for area in areas):
        shares = shares_from_areas([area for area in areas if area is not None])
    else:
        shares = [fact.share_percent or Decimal(0) for fact in uses]
    total = sum(shares, Decimal(0))
    names = {fact.use for fact in uses}
    if total != 100 or min(shares) <= 0 or len(names) < len(uses):
        raise UsesNotWhole(total=plain(total))
    return [
        UseFact(fact.use, share, fact.area_m2, fact.in_house_registration)
        for fact, share in zip(uses, shares, strict=True)
    ]


def _next_change(unit: ValuationUnit, since: date) -> date | None:
    later = UnitUse.objects.filter(unit=unit, valid_during__startswith__gt=since)
    first = later.order_by("valid_during__startswith").first()
    return first.valid_during.lower if first is not None else None


def _make_way(unit: ValuationUnit, since: date, until: date | None, inspection: Inspection) -> None:
    """End what holds on ``since``; what lasts beyond ``until`` goes on from there."""
    for part in UnitUse.objects.filter(unit=unit).in_force(since):
        began, ends = part.valid_during.lower, part.valid_during.upper
        if began == since:
            part.delete()
        else:
            UnitUse.objects.filter(pk=part.pk).update(
                valid_during=DateRange(began, since), closed_by=inspection
            )
        if until is not None and (ends is None or ends > until):
            part.pk = None
            part.valid_during = DateRange(until, ends)
            part.save(force_insert=True)


@transaction.atomic
def building_record(
    *, unit: ValuationUnit, building: BuildingFact, since: date, source: Source, now: datetime,
    code: str | None = None,
) -> Building:  # fmt: skip
    """A building stands from the day ``since``; without ``code`` it gets the next one, B001…"""
    unit = _locked(unit)
    inspection = inspection_record(unit=unit, source=source, now=now)
    stored = Building.objects.create(
        unit=unit, code=code or _next_code(unit), type_code=building.type_code,
        type_name=building.type_name, structure=building.structure, floors=building.floors,
        floor_area_m2=building.floor_area_m2, built_in=building.built_in,
        footprint=building.footprint, valid_during=DateRange(since, None), opened_by=inspection,
    )  # fmt: skip
    told = {"building": stored.code, "type": stored.type_code, "since": since.isoformat()}
    _audit("taxmap.building_recorded", unit, source, told, now)
    return stored


def _next_code(unit: ValuationUnit) -> str:
    """Codes are counted on the parcel, so that units on one parcel never share one."""
    used = Building.objects.filter(unit__parcel=unit.parcel_id, code__regex=r"^B\d{3,}$")
    last = used.aggregate(last=Max("code"))["last"]
    return f"B{int(last[1:]) + 1 if last else 1:03d}"


@transaction.atomic
def building_end(
    *, building: Building, on: date, source: Source, now: datetime
) -> Building:  # fmt: skip
    """The building is gone from the day ``on``; from its very first day, it never stood there.

    Raises `BuildingEnded` or `BuildingEndsBeforeItBegins`.
    """
    unit = _locked(building.unit)
    stored = Building.objects.select_for_update().get(pk=building.pk)
    _must_stand(stored, on)
    inspection = inspection_record(unit=unit, source=source, now=now)
    if on == stored.valid_during.lower:
        Building.objects.filter(pk=stored.pk).delete()
    else:
        stored.valid_during = DateRange(stored.valid_during.lower, on)
        stored.closed_by = inspection
        stored.save(update_fields=["valid_during", "closed_by"])
    told = {"building": stored.code, "on": on.isoformat()}
    _audit("taxmap.building_ended", unit, source, told, now)
    return stored


@transaction.atomic
def building_correct(
    *, building: Building, as_is: BuildingFact, since: date, source: Source, now: datetime
) -> Building:
    """The building is ``as_is`` from the day ``since``; before that it stays as recorded.

    From the day it is recorded since, the former record is superseded altogether.
    """
    unit = _locked(building.unit)
    stored = Building.objects.select_for_update().get(pk=building.pk)
    if since <= stored.valid_during.lower:
        began = min(since, stored.valid_during.lower)
        code = stored.code
        stored.delete()
        return building_record(
            unit=unit, building=as_is, since=began, source=source, now=now, code=code
        )
    ended = building_end(building=stored, on=since, source=source, now=now)
    return building_record(
        unit=unit, building=as_is, since=since, source=source, now=now, code=ended.code
    )


def _must_stand(building: Building, on: date) -> None:
    began, ended = building.valid_during.lower, building.valid_during.upper
    if ended is not None:
        raise BuildingEnded(building=building.code, day=format_date(ended, "short"))
    if on < began:
        raise BuildingEndsBeforeItBegins(
            building=building.code, began=format_date(began, "short"), day=format_date(on, "short")
        )


def _locked(unit: ValuationUnit) -> ValuationUnit:
    """Two officers who change one unit take turns."""
    return ValuationUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def _audit(
    action: str, unit: ValuationUnit, source: Source, data: dict[str, Any], now: datetime
) -> None:
    entry_record(
        action=action, subject_kind="parcel", subject_id=unit.parcel.public_id,
        actor=source.actor, office=unit.local_authority,
        data=data | {"kind": source.kind, "reason": source.reason[:300]}, now=now,
    )  # fmt: skip
