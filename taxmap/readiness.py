"""What is missing before a roll can be right, as lists of units; and who was not visited lately."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from parcels.models import Right
from taxmap.models import Inspection, UnitUse, ValuationUnit

Units = QuerySet[ValuationUnit]

GAPS: Final = {
    "no_price": _("units without a price"),
    "no_use": _("units without a use"),
    "no_owner": _("units without an owner"),
    "no_zone": _("units outside every zone"),
}
"""Kinds of gaps and their titles; the addresses of the worklists use the keys."""

# A parcel that ends on the day the year begins is not of this year.
_UNPRICED_LAND = "SELECT unit_id FROM taxmap_land_prices(%s::date) WHERE satang_per_wa IS NULL"
_UNPRICED_BUILDING = (
    "SELECT unit_id FROM taxmap_building_prices(%s::date) WHERE satang_per_m2 IS NULL"
)
_UNPRICED_FLAT = (
    "SELECT condominium_unit_id FROM taxmap_condominium_prices(%s::date)"
    " WHERE satang_per_m2 IS NULL"
)


def asked_on(query: str, on: date) -> RawSQL:
    """One of the constant queries of this app about a day, as part of a queryset."""
    return RawSQL(query, [on])  # noqa: S611 – the text is ours


def taxable_units(authority: Office, on: date) -> Units:
    """Units of the authority that are taxed, on parcels in force on that day, by parcel code."""
    units = ValuationUnit.objects.filter(
        local_authority=authority, is_taxable=True, parcel__valid_during__contains=on
    )
    return units.order_by("parcel__tax_parcel_code", "pk")


def units_with_gap(authority: Office, gap: str, on: date) -> Units:
    """The taxable units that lack something on ``on``; ``gap`` is a key of `GAPS`."""
    units = taxable_units(authority, on)
    if gap == "no_price":
        is_ground = Q(owner=None, condominium_unit=None)
        return units.filter(
            is_ground & Q(pk__in=asked_on(_UNPRICED_LAND, on))
            | Q(pk__in=asked_on(_UNPRICED_BUILDING, on))
            | Q(condominium_unit__in=asked_on(_UNPRICED_FLAT, on))
        )
    if gap == "no_use":
        return units.exclude(Exists(UnitUse.objects.filter(unit=OuterRef("pk")).in_force(on)))
    if gap == "no_zone":
        return units.filter(zone=None)
    return _without_owner(units, on)


def _without_owner(units: Units, on: date) -> Units:
    """Nobody holds the title: of the ground, or of the condominium unit."""
    held = Right.objects.filter(valid_during__contains=on)
    ground = Exists(held.filter(ba_unit=OuterRef("parcel__ba_unit")))
    flat = Exists(held.filter(ba_unit=OuterRef("condominium_unit__ba_unit")))
    is_flat = Q(condominium_unit__isnull=False)
    return units.filter(owner=None).filter((is_flat & ~flat) | (~is_flat & ~ground))


def gap_counts(authority: Office, on: date) -> list[dict[str, object]]:
    """Each kind of gap with how many units have it."""
    return [
        {"key": key, "title": title, "count": units_with_gap(authority, key, on).count()}
        for key, title in GAPS.items()
    ]


def units_not_visited_since(authority: Office, since: date, today: date) -> Units:
    """Taxable units that nobody surveyed in the field since a day; longest ago first.

    ``last_visit`` is the day of the last field survey, or None.
    """
    units = taxable_units(authority, today).annotate(
        last_visit=Max(
            "inspections__inspected_on", filter=Q(inspections__kind=Inspection.Kind.FIELD)
        )
    )
    unseen = units.filter(Q(last_visit=None) | Q(last_visit__lt=since))
    return unseen.order_by(F("last_visit").asc(nulls_first=True), "parcel__tax_parcel_code", "pk")
