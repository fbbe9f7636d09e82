"""The ratio study of one sample: level, uniformity and bias with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cadastre.ratios import intervals
from cadastre.ratios.intervals import Interval
from cadastre.ratios.measures import (
    Sample,
    cods,
    mean_ratios,
    median_ratio,
    prb,
    prds,
    weighted_mean_ratios,
)
from cadastre.ratios.standards import STANDARDS, Standard, Verdict

FEWEST: Final = 5
"""Fewer sales say nothing about a group (IAAO: at least five, better thirty)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure with its interval of 95 per cent; both None where the sample gives none."""

    key: str
    figure: float | None
    interval: Interval | None

    @property
    def standard(self) -> Standard | None:
        """The limits of the measure; None where the standard sets none."""
        return STANDARDS.get(self.key)

    @property
    def verdict(self) -> Verdict | None:
        """What the standard says; None without a figure or a standard."""
        if self.figure is None or self.standard is None:
            return None
        return self.standard.judge(self.figure, self.interval)


@dataclass(frozen=True, slots=True)
class RatioStudy:
    """All that is told of one group of sales."""

    sales: int
    median: Measured
    mean: Measured
    weighted_mean: Measured
    cod: Measured
    prd: Measured
    prb: Measured


def study(sample: Sample) -> RatioStudy | None:
    """The study of a sample, all of its sales counted; None with fewer than FEWEST."""
    if len(sample) < FEWEST:
        return None
    line = prb(sample)
    return RatioStudy(
        sales=len(sample),
        median=Measured("median", median_ratio(sample), intervals.of_median(sample.ratios)),
        mean=_resampled("mean", mean_ratios, sample),
        weighted_mean=_resampled("weighted_mean", weighted_mean_ratios, sample),
        cod=_resampled("cod", cods, sample),
        prd=_resampled("prd", prds, sample),
        prb=Measured("prb", None, None)
        if line is None
        else Measured("prb", line.slope, intervals.of_slope(line)),
    )


def _resampled(key: str, measure: intervals.Measure, sample: Sample) -> Measured:
    figure = float(measure(sample.values, sample.prices))
    return Measured(key, figure, intervals.of_resampling(sample, measure))
