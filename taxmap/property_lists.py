"""The lists that a local authority announces: prices (ภ.ด.ส.1, 2) and property (ภ.ด.ส.3, 4).

Prices are public. Property lists name no owner here: the paper that each owner gets does.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from offices.models import Office
from taxmap.models import (
    Building,
    BuildingPrice,
    CondominiumPrice,
    LandPrice,
    ValuationUnit,
)
from taxmap.readiness import asked_on, taxable_units

_LAND_PRICE = (
    "SELECT satang_per_wa FROM taxmap_land_prices(%s::date)"
    ' WHERE unit_id = "taxmap_valuationunit"."id"'
)
_FLAT_PRICE = (
    "SELECT satang_per_m2 FROM taxmap_condominium_prices(%s::date)"
    ' WHERE condominium_unit_id = "taxmap_valuationunit"."condominium_unit_id"'
)


def zone_prices(authority: Office, on: date) -> QuerySet[LandPrice]:
    """ภ.ด.ส.1, land by zone."""
    prices = LandPrice.objects.in_force(on).filter(zone__local_authority=authority)
    return prices.select_related("zone").order_by("zone__code")


def street_prices(authority: Office, on: date) -> QuerySet[LandPrice]:
    """ภ.ด.ส.1, land by street."""
    prices = LandPrice.objects.in_force(on).filter(street__local_authority=authority)
    return prices.select_related("street").order_by("street__name_th", "street_id")


def parcel_prices(authority: Office, on: date) -> QuerySet[LandPrice]:
    """ภ.ด.ส.1, land by parcel: map sheet and land number, no owner."""
    prices = LandPrice.objects.in_force(on).filter(
        parcel__local_authority=authority, parcel__valid_during__contains=on
    )
    return prices.select_related("parcel__map_sheet").order_by(
        "parcel__map_sheet__name", "parcel__land_number", "pk"
    )


def building_prices(authority: Office, on: date) -> QuerySet[BuildingPrice]:
    """ภ.ด.ส.1, buildings by type: the authority's own price hides that of its province."""
    own = Q(local_authority=authority)
    prices = BuildingPrice.objects.in_force(on)
    priced_here = prices.filter(own).values("type_code")
    of_province = Q(province=authority.province_id) & ~Q(type_code__in=priced_here)
    return prices.filter(own | of_province).order_by("type_code")


def condominium_prices(authority: Office, on: date) -> QuerySet[CondominiumPrice]:
    """ภ.ด.ส.2, condominiums by floor."""
    prices = CondominiumPrice.objects.in_force(on).filter(condominium__local_authority=authority)
    return prices.select_related("condominium").order_by("condominium__name", "floor", "pk")


def land_list(authority: Office, on: date, *, prefix: str = "") -> QuerySet[Any]:
    """ภ.ด.ส.3: land and buildings in force on a day, of zone or block ``prefix``.

    Each unit with ``satang_per_wa``, ``floor_area_m2`` and the ``uses`` of that day, prefetched
    by the page.
    """
    units = taxable_units(authority, on).filter(condominium_unit=None)
    if prefix:
        units = units.filter(parcel__tax_parcel_code__startswith=prefix)
    floor = (
        Building.objects.filter(unit=OuterRef("pk"))
        .in_force(on)
        .order_by()
        .values("unit")
        .annotate(total=Sum("floor_area_m2"))
        .values("total")
    )
    return units.annotate(
        satang_per_wa=asked_on(_LAND_PRICE, on),
        floor_area_m2=Subquery(floor),
    ).select_related("parcel__ba_unit", "parcel__map_sheet")


def condominium_list(authority: Office, on: date) -> QuerySet[ValuationUnit]:
    """ภ.ด.ส.4: condominium units in force on a day, each with ``satang_per_m2``."""
    units = taxable_units(authority, on).filter(condominium_unit__isnull=False)
    priced = units.annotate(satang_per_m2=asked_on(_FLAT_PRICE, on))
    return priced.select_related("condominium_unit__condominium", "parcel").order_by(
        "condominium_unit__condominium__name", "condominium_unit__number"
    )
