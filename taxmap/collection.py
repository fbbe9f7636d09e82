"""What the tax office asks of its collection: years, blocks, units and the rows of a map."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from offices.models import Office
from taxmap.balances import with_balances
from taxmap.models import Assessment, TaxBlock
from taxmap.themes import round_breaks

_SQL = Path(__file__).parent / "sql"
UNITS_SQL = (_SQL / "collection_units.sql").read_text(encoding="utf-8")
PRICE_BREAKS_SQL = (_SQL / "price_breaks.sql").read_text(encoding="utf-8")
QUANTILES = (0.2, 0.4, 0.6, 0.8)


def tax_years_of(authority: Office, this_year: int) -> list[int]:
    """Years with assessments, and the current one, latest first."""
    assessed = Assessment.objects.filter(unit__local_authority=authority)
    years = set(assessed.order_by().values_list("tax_year", flat=True).distinct())
    return sorted(years | {this_year}, reverse=True)


def with_payments(assessments: QuerySet[Assessment]) -> QuerySet[Any]:
    """With the columns of a balance, and ``paid_satang``: what was received."""
    return with_balances(assessments).annotate(paid_satang=F("received_satang"))


STATE_FILTERS = {
    "outstanding": Q(due_satang__gt=0),
    "unpaid": Q(tax_satang__gt=0, due_satang__gt=0, paid_satang__lte=0),
    "partly": Q(paid_satang__gt=0, due_satang__gt=0),
    "paid": Q(tax_satang__gt=0, due_satang__lte=0),
    "exempt": Q(tax_satang=0),
}


def collection_list(
    authority: Office, tax_year: int, *, prefix: str = "", state: str = "outstanding"
) -> QuerySet[Any]:
    """Assessments of zone or block ``prefix`` in one payment state, by parcel code."""
    assessed = Assessment.objects.filter(
        unit__local_authority=authority,
        tax_year=tax_year,
        unit__parcel__tax_parcel_code__startswith=prefix,
    )
    found = with_payments(assessed).select_related("unit__parcel")
    wanted = STATE_FILTERS.get(state)
    return (found.filter(wanted) if wanted else found).order_by(
        "unit__parcel__tax_parcel_code", "pk"
    )


def blocks_of(authority: Office) -> list[str]:
    """Codes of the blocks, with their zone: 01A, 01B, …"""
    blocks = TaxBlock.objects.filter(zone__local_authority=authority)
    codes = blocks.order_by("zone__code", "code").values_list("zone__code", "code")
    return [f"{zone}{block}" for zone, block in codes]


def price_breaks_of(authority: Office, on: date) -> tuple[int, ...]:
    """Land prices, baht per square wa, that part the units into five about equal classes."""
    with connection.cursor() as cursor:
        cursor.execute(
            PRICE_BREAKS_SQL,
            {"quantiles": list(QUANTILES), "on": on, "authority": authority.pk},
        )
        row = cursor.fetchone()
    return round_breaks([each for each in (row[0] or []) if each is not None] if row else [])


def map_rows(
    authority: Office,
    tax_year: int,
    *,
    prefix: str,
    srid: int,
    digits: int,
    today: date,
    limit: int,
) -> list[dict[str, Any]]:
    """Units whose parcel code begins with ``prefix``, with shapes in ``srid``.

    ``digits`` are the decimals of the coordinates; at most ``limit`` rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNITS_SQL, {
            "authority": authority.pk, "year": tax_year, "on": date(tax_year, 1, 1), "today": today,
            "prefix": _like(prefix), "srid": srid, "digits": digits, "limit": limit,
        })  # fmt: skip
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _like(prefix: str) -> str:
    escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%"
