"""The year of the tax on one page: how much came in, when, where and by which means.

All figures come from the balances and the legs of the ledger: by parcel, by taxpayer, by day and by
area of the map they are the same sums. docs/algorithms/collection-map.md, section 5.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, radians
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.db import connection
from django.utils.translation import gettext

from offices.models import Office
from taxmap.figures import Figures, Grouping, Part, figures_by
from taxmap.models import Means, TaxBlock
from taxmap.themes import DARK, LIGHT, MapClass
from web.charts import Axis, Chart, Tick, round_top
from web.era import MONTHS_SHORT
from web.formats import format_baht, format_year

_SQL: Final = Path(__file__).parent / "sql"
YEARS_SQL, RECEIVED_SQL = (
    (_SQL / f"dashboard_{name}.sql").read_text(encoding="utf-8") for name in ("years", "received")
)
MONTHS_OF_A_YEAR: Final = 12
WORST: Final = 10
MAP_WIDTH: Final = 640


@dataclass(frozen=True, slots=True)
class YearRow:
    """One tax year of one kind of tax."""

    tax_year: int
    is_signboard: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class Received:
    """What came in on one day by one means for the bills of one tax year."""

    day: date
    means: str
    is_signboard: bool
    satang: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A zone or block this year and the year before."""

    name: str
    now: Figures
    before: Figures | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A block on the small map: an SVG path, its class, what it says, where its name stands."""

    code: str
    path: str
    fill: str
    ink: str
    text: str
    x: float
    y: float


def years_of(authority: Office) -> list[YearRow]:
    """Every year and kind with assessments, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(YEARS_SQL, {"authority": authority.pk})
        return [
            YearRow(year, is_signboard, Figures(assessed_units, *sums))
            for year, is_signboard, assessed_units, *sums in _with_units(cursor.fetchall())
        ]


def _with_units(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    # Every assessed thing is a thing to be taxed: units and assessed units are one count here.
    return [(year, signboard, count, count, *rest) for year, signboard, count, *rest in rows]


def received_in(authority: Office, tax_year: int) -> list[Received]:
    """What came in for a tax year, by day and means; it adds up to what its bills have received."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIVED_SQL, {"authority": authority.pk, "year": tax_year})
        return [Received(*row) for row in cursor.fetchall()]


def by_month(received: Sequence[Received], tax_year: int) -> list[int]:
    """Satang that came in up to the end of each month of the tax year, from January.

    What came earlier counts in January, what came later in December, so that the last is all.
    """
    sums = [0] * MONTHS_OF_A_YEAR
    for each in received:
        month = 1 if each.day.year < tax_year else each.day.month
        sums[(MONTHS_OF_A_YEAR if each.day.year > tax_year else month) - 1] += each.satang
    for at in range(1, MONTHS_OF_A_YEAR):
        sums[at] += sums[at - 1]
    return sums


def by_means(received: Sequence[Received]) -> list[tuple[str, int]]:
    """Satang by means of payment, in the order of the list; the last is money without one."""
    sums: dict[str, int] = defaultdict(int)
    for each in received:
        sums[each.means] += each.satang
    known = [(str(means.label), sums[means.value]) for means in Means if sums.get(means.value)]
    rest = sum(satang for means, satang in sums.items() if means not in set(Means))
    return [*known, (gettext("allocated from unknown money"), rest)] if rest else known


def compared(
    authority: Office, tax_year: int, grouping: Grouping, *, today: date
) -> tuple[list[Compared], Figures, Figures]:
    """Zones or blocks of the year beside those of the year before, and both totals."""
    now, before = (
        figures_by(authority, year, grouping, today=today) for year in (tax_year, tax_year - 1)
    )
    earlier = {part.name: part.figures for part in before.parts if part.figures.assessed_units}
    parts = [Compared(part.name, part.figures, earlier.get(part.name)) for part in now.parts]
    return parts, now.total, before.total


def month_chart(this: Sequence[int], former: Sequence[int], tax_year: int, months: int) -> Chart:
    """Both years month by month; the running year ends with the month that is now."""
    top = round_top(max(*this, *former) / 100)
    chart = Chart(
        gettext("Collected up to the end of each month, baht"),
        Axis(0, MONTHS_OF_A_YEAR - 1, gettext("month")),
        Axis(0, top, "", "{:,.0f}".format),
    )
    chart.x_ticks = [
        Tick(chart.place(at, 0)[0], str(MONTHS_SHORT[at])) for at in range(MONTHS_OF_A_YEAR)
    ]
    for sums, year, kind in ((former, tax_year - 1, "before"), (this[:months], tax_year, "now")):
        if any(sums):
            points = [(float(at), satang / 100) for at, satang in enumerate(sums)]
            chart.add_line(points, kind, format_year(year))
    return chart


RATE_CLASSES: Final = (
    (50, "#bd0026", LIGHT), (70, "#fd8d3c", DARK), (85, "#fed976", DARK), (95, "#c2e699", DARK),
    (101, "#31a354", LIGHT),
)  # fmt: skip
"""Below so many per cent of the payable tax was collected."""


def rate_classes() -> list[MapClass]:
    """The key of the small map."""
    found, low = [], 0
    for below, fill, ink in RATE_CLASSES:
        name = (
            gettext("{low} per cent and more").format(low=low)
            if below > 100
            else gettext("{low} to under {below} per cent").format(low=low, below=below)
        )
        found.append(MapClass(str(below), name, fill, ink))
        low = below
    return [*found, MapClass("none", gettext("nothing to pay"), "#ffffff")]


def block_map(authority: Office, parts: Sequence[Part]) -> tuple[list[Shape], int]:
    """The blocks as shapes of an SVG of MAP_WIDTH, and its height; coloured by collection rate."""
    figures = {part.name: part.figures for part in parts}
    found = [
        (f"{block.zone.code}{block.code}", json.loads(block.shape), block.inside.coords)
        for block in TaxBlock.objects.filter(zone__local_authority=authority)
        .select_related("zone")
        .annotate(shape=AsGeoJSON("geometry", precision=6), inside=PointOnSurface("geometry"))
        .order_by("zone__code", "code")
    ]
    points = [point for _c, shape, _i in found for point in _points(shape)]
    if not points:
        return [], 0
    west, north = min(x for x, _y in points), max(y for _x, y in points)
    narrow = cos(radians(north))
    wide = (max(x for x, _y in points) - west) * narrow
    scale = MAP_WIDTH / wide if wide else 1.0

    def placed(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    shapes = [
        _shape(code, shape, placed(inside), figures.get(code, Figures()), placed)
        for code, shape, inside in found
    ]
    return shapes, round((north - min(y for _x, y in points)) * scale)


def _points(shape: dict[str, Any]) -> list[Sequence[float]]:
    return [point for polygon in shape["coordinates"] for ring in polygon for point in ring]


def _shape(
    code: str, shape: dict[str, Any], at: tuple[float, float], figures: Figures, placed: Any
) -> Shape:
    rings = [
        "M" + "L".join(f"{x} {y}" for x, y in map(placed, ring)) + "Z"
        for polygon in shape["coordinates"]
        for ring in polygon
    ]
    fill, ink = "#ffffff", DARK
    if figures.rate is not None:
        fill, ink = next((f, i) for below, f, i in RATE_CLASSES if figures.rate * 100 < below)
    text = f"{code}: {figures.percent or '–'}%, {format_baht(figures.outstanding_satang)}"
    return Shape(code, "".join(rings), fill, ink, text, *at)


def worst(parts: Sequence[Compared]) -> list[Compared]:
    """The blocks with the greatest debts, at most WORST."""
    owing = [part for part in parts if part.now.outstanding_satang > 0]
    return sorted(owing, key=lambda part: (-part.now.outstanding_satang, part.name))[:WORST]
