"""The ratio study of an authority: its sales beside the values of its roll."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log10
from typing import Any, Final

from django.utils.translation import gettext

from cadastre.ratios import FEWEST, Fences, RatioStudy, Sample, fences_of, study
from offices.models import Office
from taxmap.exports.rows import rows_of
from web.charts import Axis, Chart, Tick
from web.formats import format_baht

YEARS_OF_SALES: Final = 3
"""Sales of the tax year and of the two years before it are compared with its values."""


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One sale. ``ratio`` is None where the roll gave no value."""

    id: int
    public_id: str
    code: str
    zone: str
    sold_on: date
    price_satang: int
    value_satang: int | None
    excluded_because: str

    @property
    def ratio(self) -> float | None:
        return self.value_satang / self.price_satang if self.value_satang else None

    @property
    def counts(self) -> bool:
        return not self.excluded_because and self.ratio is not None


@dataclass(frozen=True, slots=True)
class Studied:
    """All sales of the span, the study of those that count, by zone too, and what stands out."""

    rows: list[SaleRow]
    whole: RatioStudy | None
    zones: list[tuple[str, int, RatioStudy | None]]
    fences: Fences | None

    @property
    def counted(self) -> list[SaleRow]:
        return [row for row in self.rows if row.counts]

    @property
    def excluded(self) -> list[SaleRow]:
        return [row for row in self.rows if row.excluded_because]

    @property
    def without_value(self) -> list[SaleRow]:
        return [row for row in self.rows if not row.excluded_because and row.ratio is None]

    @property
    def outliers(self) -> list[tuple[SaleRow, bool]]:
        """Sales beyond the fences, and whether far beyond; they are counted all the same."""
        fences = self.fences
        if fences is None:
            return []
        return [
            (row, fences.is_extreme(row.ratio))
            for row in self.counted
            if row.ratio is not None and fences.is_outlier(row.ratio)
        ]


def ratio_study(authority: Office, tax_year: int) -> Studied:
    """Sales of the tax year and the two before, against the values of its roll."""
    parameters = {
        "authority": authority.pk, "year": tax_year,
        "first": date(tax_year - YEARS_OF_SALES + 1, 1, 1), "last": date(tax_year + 1, 1, 1),
    }  # fmt: skip
    rows = [SaleRow(**row) for row in rows_of("sale_ratios", parameters)]
    by_zone: dict[str, list[SaleRow]] = defaultdict(list)
    for row in rows:
        if row.counts:
            by_zone[row.zone].append(row)
    counted = [row for row in rows if row.counts]
    sample = _sample(counted)
    return Studied(
        rows=rows,
        whole=study(sample) if sample else None,
        zones=[
            (zone, len(sold), study(found) if (found := _sample(sold)) else None)
            for zone, sold in sorted(by_zone.items())
        ],
        fences=fences_of(sample.ratios) if sample and len(sample) >= FEWEST else None,
    )


def _sample(rows: Sequence[SaleRow]) -> Sample | None:
    if not rows:
        return None
    return Sample.of(
        [float(row.value_satang or 0) for row in rows], [row.price_satang for row in rows]
    )


def by_price(found: Studied) -> Chart | None:
    """Ratios over prices: a line that falls to the right means that the dear are appraised low."""
    if found.whole is None:
        return None
    prices = [log10(row.price_satang / 100) for row in found.counted]
    low, high = min(prices) - 0.1, max(prices) + 0.1
    chart = _chart(found, gettext("Ratio of value to price, by price"), Axis(
        low, high, gettext("price in baht, each step ten times the one before")
    ))  # fmt: skip
    chart.x_ticks = [
        Tick(chart.place(power, 0)[0], f"{10**power:,}")
        for power in range(int(low) + 1, int(high) + 1)
    ]
    for row, at in zip(found.counted, prices, strict=True):
        _dot(chart, found, row, at)
    return chart


def by_zone(found: Studied) -> Chart | None:
    """Ratios of each zone beside each other."""
    if found.whole is None:
        return None
    zones = sorted({row.zone for row in found.counted})
    chart = _chart(found, gettext("Ratio of value to price, by zone"), Axis(
        -0.5, len(zones) - 0.5, gettext("zone")
    ))  # fmt: skip
    chart.x_ticks = [Tick(chart.place(at, 0)[0], zone) for at, zone in enumerate(zones)]
    for row in found.counted:
        _dot(chart, found, row, zones.index(row.zone))
    return chart


def _chart(found: Studied, title: str, x: Axis) -> Chart:
    assert found.whole is not None
    assert found.whole.median.figure is not None
    ratios = [row.ratio for row in found.counted if row.ratio is not None]
    y = Axis(
        0, max(1.5, min(max(ratios) * 1.05, 4.0)), gettext("value over price"), "{:.2f}".format
    )
    chart = Chart(title, x, y)
    chart.add_line([(x.low, 1), (x.high, 1)], "limit", gettext("value equal to price"))
    level = found.whole.median.figure
    chart.add_line([(x.low, level), (x.high, level)], "level", gettext("median"))
    return chart


def _dot(chart: Chart, found: Studied, row: SaleRow, at: float) -> None:
    assert row.ratio is not None
    far = found.fences is not None and found.fences.is_outlier(row.ratio)
    text = f"{row.code or '–'}: {row.ratio:.3f}, {format_baht(row.price_satang)}"
    chart.add_dot(at, row.ratio, "far" if far else "sale", text)


def table_of(found: RatioStudy) -> list[dict[str, Any]]:
    """The measures of a study as rows: name, figure, interval, limits, verdict."""
    digits = {"median": 3, "mean": 3, "weighted_mean": 3, "cod": 1, "prd": 3, "prb": 3}
    names = {
        "median": gettext("Median ratio (level)"),
        "mean": gettext("Mean ratio"),
        "weighted_mean": gettext("Weighted mean (of every baht)"),
        "cod": gettext("COD: dispersion, per cent"),
        "prd": gettext("PRD: dear against cheap, by means"),
        "prb": gettext("PRB: dear against cheap, by regression"),
    }
    return [
        {
            "name": names[key], "figure": _written(measured.figure, places),
            "low": _written(measured.interval and measured.interval.low, places),
            "high": _written(measured.interval and measured.interval.high, places),
            "standard": measured.standard, "verdict": measured.verdict,
        }
        for key, places in digits.items()
        for measured in [getattr(found, key)]
    ]  # fmt: skip


def _written(figure: float | None, places: int) -> str:
    return "" if figure is None else f"{figure:.{places}f}"
