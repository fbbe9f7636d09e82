"""What a tax year stands at: one query for the whole town, a window of the map, a zone or a street.

Every page reads the same rows, so that what it shows adds up to what the others show.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from offices.models import Office

FIGURES_SQL: Final = (Path(__file__).parent / "sql" / "figures.sql").read_text(encoding="utf-8")


class Window(NamedTuple):
    """Degrees of WGS 84. Its west and south edges belong to it, the others do not."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def read(cls, text: str) -> Window:
        """From ``west,south,east,north``; raises ValueError."""
        window = cls(*(float(part) for part in text.split(",")))
        if not all(math.isfinite(each) for each in window):
            raise ValueError("not a number")
        if not (-180 <= window.west < window.east <= 180.1):
            raise ValueError("west and east")
        if not (-90 <= window.south < window.north <= 90.1):
            raise ValueError("south and north")
        return window


EVERYWHERE: Final = Window(-180, -90, 180.1, 90.1)


class Grouping(StrEnum):
    """By what the figures of a window are parted."""

    ZONE = "zone"
    BLOCK = "block"
    STREET = "street"


GROUPINGS: Final = {
    Grouping.ZONE: _("Zone"), Grouping.BLOCK: _("Block"), Grouping.STREET: _("Street"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of units, and satang. ``assessed`` is the tax after notes of correction.

    assessed + late − waived − collected = outstanding, always.
    """

    units: int = 0
    assessed_units: int = 0
    owing_units: int = 0
    assessed_satang: int = 0
    late_satang: int = 0
    waived_satang: int = 0
    collected_satang: int = 0
    outstanding_satang: int = 0

    @property
    def payable_satang(self) -> int:
        """What is to come in over the whole year: tax and late charges, less what was waived."""
        return self.assessed_satang + self.late_satang - self.waived_satang

    @property
    def rate(self) -> float | None:
        """Collected over payable, 0 to 1; None when nothing is payable."""
        return self.collected_satang / self.payable_satang if self.payable_satang else None

    @property
    def percent(self) -> str:
        """The rate in per cent with one decimal, cut off: 99.9 is not yet all."""
        if self.rate is None:
            return ""
        return f"{self.collected_satang * 1000 // self.payable_satang / 10:.1f}"


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one zone, block or street; ``name`` is empty where there is none."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Parts:
    """The figures of a window in parts, and in total."""

    parts: tuple[Part, ...]
    total: Figures


def figures_by(
    authority: Office,
    tax_year: int,
    grouping: Grouping = Grouping.BLOCK,
    *,
    today: date,
    window: Window = EVERYWHERE,
    area: str = "",
) -> Parts:
    """What the units in ``window`` and ``area`` (a zone such as 01, a block such as 01A) owe."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_SQL, {
            "authority": authority.pk, "year": tax_year, "today": today, "area": area,
            "grouping": grouping.value, **window._asdict(),
        })  # fmt: skip
        rows = cursor.fetchall()
    *parts, (_total, *sums) = rows
    return Parts(tuple(Part(name, Figures(*found)) for name, *found in parts), Figures(*sums))


def figures_of(authority: Office, tax_year: int, *, today: date, area: str = "") -> Figures:
    """The year at a glance."""
    return figures_by(authority, tax_year, today=today, area=area).total


def with_rest(parts: Parts, most: int) -> tuple[list[Part], Figures | None]:
    """The ``most`` parts that owe most, and the sum of the others; together they are the total."""
    ranked = sorted(parts.parts, key=lambda part: (-part.figures.outstanding_satang, part.name))
    rest = [part.figures for part in ranked[most:]]
    return ranked[:most], total_of(rest) if rest else None


def total_of(figures: Iterable[Figures]) -> Figures:
    """The sum, column by column."""
    columns = [field.name for field in fields(Figures)]
    found = list(figures)
    return Figures(**{name: sum(getattr(each, name) for each in found) for name in columns})
