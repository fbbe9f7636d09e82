"""When the map around a place changed: the marks on the slider of time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import connection

from parcels.services.lineage import PRIVATE

SQL = (Path(__file__).parents[1] / "sql" / "parcel_changes.sql").read_text(encoding="utf-8")
CHANGES_ZOOM: Final = 14
"""Tiles some 2.4 km wide: coarse enough to tell of no single parcel, and kept by caches."""
MOST_DAYS: Final = 400


def changes_near(x: int, y: int, *, until: date) -> list[tuple[date, int]]:
    """Days in law on which parcels on a tile of zoom 14 began, changed or ended, and how many.

    In the order of time, up to and with ``until``; of more than `MOST_DAYS` the latest.
    """
    parameters: dict[str, Any] = {
        "z": CHANGES_ZOOM, "x": x, "y": y, "until": until, "private": sorted(PRIVATE),
        "most": MOST_DAYS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        return cursor.fetchall()[::-1]
