"""The parcels of an office on a day, batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from offices.models import Office

BATCH_ROWS: Final = 2_000
_SQL: Final = Path(__file__).parents[1] / "sql"
_PARCELS, _RIGHTS, _SOURCES = (
    (_SQL / f"export_{name}.sql").read_text(encoding="utf-8")
    for name in ("parcels", "rights", "sources")
)
COLUMNS: Final[dict[str, type]] = {
    "public_id": str, "title_id": str, "title_type": str, "deed_number": str, "survey_page": str,
    "map_sheet": str, "map_scale": int, "land_number": str, "tax_parcel_code": str,
    "sub_district": str, "house_number": str, "street_th": str, "street_en": str, "land_use": str,
    "legal_area_m2": float, "calculated_area_m2": float, "zone_srid": int, "valid_from": str,
    "valid_to": str, "recorded_from": str, "transaction": str, "land_office": str,
    "local_authority": str,
}  # fmt: skip
"""The public columns of an export and their types; dates are ISO 8601, areas square metres."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which parcels: of a land office or local authority, in force ``on``, as known at ``known``.

    ``known`` is None for what the register knows now.
    """

    office: Office
    on: date
    known: datetime | None = None
    with_owners: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        return {"office": self.office.pk, "on": self.on, "known": self.known}


def batches(selection: Selection) -> Iterator[list[Row]]:
    """The rows in the order of the register; one read of the database, in one snapshot."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        _read_to_the_end()
        cursor.execute(_PARCELS, selection.parameters)
        while rows := cursor.fetchmany(BATCH_ROWS):
            names = [column.name for column in cursor.description]
            batch = [dict(zip(names, row, strict=True)) for row in rows]
            if selection.with_owners:
                held = rights_of({row["ba_unit_id"] for row in batch}, selection)
                for row in batch:
                    row["owners"] = held.get(row["ba_unit_id"], [])
            yield batch


def _read_to_the_end() -> None:
    """Plan for all rows: for the first few alone the planner would choose loops within loops."""
    with connection.cursor() as plain:
        plain.execute("SET LOCAL cursor_tuple_fraction = 1")


def rights_of(titles: set[int | None], selection: Selection) -> dict[int, list[Row]]:
    """The rights in some titles, by the title's key."""
    keys = [title for title in titles if title is not None]
    found: dict[int, list[Row]] = defaultdict(list)
    for row in _all(_RIGHTS, selection.parameters | {"titles": keys}):
        found[row.pop("ba_unit_id")].append(row)
    return found


def sources_of(transactions: list[str]) -> list[Row]:
    """The documents of some transactions, by their public ids."""
    return _all(_SOURCES, {"transactions": transactions})


def _all(sql: str, parameters: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def owners_text(row: Row) -> str:
    """The holders of a row as one text: name and share, in the order of the register."""
    return "; ".join(
        " ".join(filter(None, [held["title"], held["name"], held["surname"]]))
        + f" {held['share_numerator']}/{held['share_denominator']}"
        for held in row["owners"]
    )
