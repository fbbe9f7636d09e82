"""What land costs by the Treasury Department's list: a public fact."""

from __future__ import annotations

from datetime import date

from django.db import connection

from taxmap.models import ValuationUnit


def price_per_wa_satang(unit: ValuationUnit, on: date) -> int | None:
    """Appraised price of a unit's land ``on`` a day: its own, its street's or its zone's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT satang_per_wa FROM taxmap_land_prices(%s::date) WHERE unit_id = %s",
            [on, unit.pk],
        )
        row = cursor.fetchone()
    return row[0] if row else None
