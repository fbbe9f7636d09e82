"""What everybody may know of how fairly an office gives its places away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from offices.models.office import Office

DAYS: Final = 90
FAIRNESS_SQL: Final = (Path(__file__).parents[1] / "sql" / "fairness.sql").read_text(
    encoding="utf-8"
)


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures of the last `DAYS` days; ``median_hours`` from joining to taking a place."""

    waited: int
    waiting: int
    offers: int
    taken: int
    median_hours: int | None
    released: int
    days: int = DAYS


def fairness_of(*, office: Office, now: datetime) -> Fairness | None:
    """The figures of an office; None where nobody waited and nothing was given back."""
    with connection.cursor() as cursor:
        cursor.execute(FAIRNESS_SQL, {"office": office.pk, "since": now - timedelta(days=DAYS)})
        waited, waiting, offers, taken, median, released = cursor.fetchone()
    if not waited and not released:
        return None
    hours = None if median is None else round(median / 3600)
    return Fairness(waited, waiting, offers, taken, hours, released)
