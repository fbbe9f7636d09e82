"""For tax officers, on the page of a plot: what the accuracy of its area does to the tax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from cadastre.area import Area
from cadastre.tax import InvalidDeclaration, Owner, Property, assess_properties, schedule_for
from offices.permissions import Permission
from parcels.area_bands import area_band_m2
from parcels.models import Parcel
from parcels.plot_sections import PlotSection, register
from taxmap.models import ValuationUnit
from taxmap.roll_units import property_of, units_of


def tax_band(parcel: Parcel, on: date) -> Mapping[str, Any] | None:
    """The tax of this unit alone at its area, and at that area less and more its ± (95 %).

    None where nothing is taxed, or nobody knows how well the area is known. The bill itself stays
    that of the area on the document.
    """
    unit = ValuationUnit.objects.filter(parcel=parcel, is_taxable=True).first()
    band = area_band_m2(parcel) if unit is not None else None
    if unit is None or band is None:
        return None
    first = date(on.year, 1, 1)
    row = units_of([unit.pk], first).get(unit.pk)
    thing = property_of(row) if row is not None else None
    if row is None or row.owner is None or not isinstance(thing, Property) or thing.land is None:
        return None
    owner = row.owner
    area = thing.land.area.square_metres
    half = min(Decimal(f"{band:.2f}"), area)
    taxes = [_tax(owner, thing, each, on.year) for each in (area - half, area, area + half)]
    if None in taxes:
        return None
    low, tax, high = taxes
    return {"year": on.year, "low": low, "tax": tax, "high": high, "band": half}


def _tax(owner: Owner, thing: Property, area: Decimal, year: int) -> int | None:
    assert thing.land is not None
    other = replace(thing, land=replace(thing.land, area=Area(area)))
    try:
        return assess_properties(owner, [other], schedule_for(year)).tax_satang
    except InvalidDeclaration:
        return None


register(PlotSection(
    name="tax_band", template="taxmap/plot_section.html", context=tax_band, order=210,
    permissions=frozenset({Permission.VIEW_TAX}),
))  # fmt: skip
