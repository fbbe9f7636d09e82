"""Units beside the land: buildings of somebody else on a plot, and units of a condominium."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from offices.models import Office
from offices.services.audit import entry_record
from parcels.models import BAUnit, Parcel, Party
from taxmap.models import Condominium, CondominiumUnit, TaxZone, ValuationUnit
from taxmap.services.facts import Source, inspection_record


@dataclass(frozen=True, slots=True)
class FlatFact:
    """A unit of a condominium as its title tells it."""

    number: str
    floor: str
    floor_area_m2: Decimal
    building: str = ""
    title: BAUnit | None = None


@transaction.atomic
def unit_of_buildings_open(
    *, parcel: Parcel, local_authority: Office, owner: Party, source: Source, now: datetime
) -> ValuationUnit:
    """The unit of buildings that ``owner`` has on this parcel; the same one when asked again.

    Its buildings and uses are recorded as those of any other unit.
    """
    unit, is_new = ValuationUnit.objects.get_or_create(
        parcel=parcel, owner=owner,
        defaults={
            "local_authority": local_authority, "zone": _zone_of(parcel, local_authority)
        },
    )  # fmt: skip
    if is_new:
        inspection_record(unit=unit, source=source, now=now)
        _audit("taxmap.unit_of_buildings_opened", unit, source, now)
    return unit


@transaction.atomic
def condominium_unit_register(
    *, condominium: Condominium, parcel: Parcel, flat: FlatFact, source: Source, now: datetime
) -> ValuationUnit:
    """A unit of a condominium with its valuation unit on the ground that the building stands on."""
    registered = CondominiumUnit.objects.create(
        condominium=condominium, building=flat.building, floor=flat.floor, number=flat.number,
        floor_area_m2=flat.floor_area_m2, ba_unit=flat.title,
    )  # fmt: skip
    authority = condominium.local_authority
    unit = ValuationUnit.objects.create(
        parcel=parcel, local_authority=authority, condominium_unit=registered,
        zone=_zone_of(parcel, authority),
    )  # fmt: skip
    inspection_record(unit=unit, source=source, now=now)
    _audit("taxmap.condominium_unit_registered", unit, source, now)
    return unit


def _zone_of(parcel: Parcel, local_authority: Office) -> TaxZone | None:
    zones = TaxZone.objects.filter(local_authority=local_authority)
    return zones.filter(code=parcel.tax_parcel_code[:2]).first()


def _audit(action: str, unit: ValuationUnit, source: Source, now: datetime) -> None:
    entry_record(
        action=action, subject_kind="parcel", subject_id=unit.parcel.public_id,
        actor=source.actor, office=unit.local_authority, data={"unit": unit.pk}, now=now,
    )  # fmt: skip
