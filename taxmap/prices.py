"""What land costs by the Treasury Department's list: a public fact."""

from __future__ import annotations

from datetime import date

from taxmap.models import LandPrice, ValuationUnit


def price_per_wa_satang(unit: ValuationUnit, on: date) -> int | None:
    """Appraised price of a unit's land ``on`` a day: its own, else its street's; or None."""
    if unit.satang_per_wa is not None:
        return unit.satang_per_wa
    price = LandPrice.objects.filter(street=unit.street_id, valid_during__contains=on).first()
    return price.satang_per_wa if price else None
