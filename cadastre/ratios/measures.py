"""The measures of the IAAO Standard on Ratio Studies (2013), each as a function of a sample.

Figures of statistics, not of money: float throughout. No bill is ever computed from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Appraised values and the prices paid for the same properties, in one currency.

    Raises ValueError unless both are positive, finite and of one length.
    """

    values: Numbers
    prices: Numbers

    @classmethod
    def of(cls, values: Sequence[float], prices: Sequence[float]) -> Sample:
        """A sample from plain numbers."""
        if len(values) != len(prices):
            raise ValueError("a value stands for every price")
        if not all(isfinite(each) and each > 0 for each in (*values, *prices)):
            raise ValueError("values and prices are positive numbers")
        return cls(np.asarray(values, np.float64), np.asarray(prices, np.float64))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def ratios(self) -> Numbers:
        """Value over price, in the order of the sample."""
        return self.values / self.prices

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Sample:
        """The sales at ``places``, repeated as often as they are named."""
        return Sample(self.values[places], self.prices[places])


def median_ratio(sample: Sample) -> float:
    """The level of appraisal: half of the ratios lie below."""
    return float(np.median(sample.ratios))


def mean_ratio(sample: Sample) -> float:
    """The plain mean of the ratios."""
    return float(mean_ratios(sample.values, sample.prices))


def weighted_mean_ratio(sample: Sample) -> float:
    """All values over all prices: each baht counts alike, not each sale."""
    return float(weighted_mean_ratios(sample.values, sample.prices))


def cod(sample: Sample) -> float:
    """Coefficient of dispersion: the mean distance from the median, in per cent of the median."""
    return float(cods(sample.values, sample.prices))


def prd(sample: Sample) -> float:
    """Price-related differential: mean over weighted mean; above 1 the dear are appraised low."""
    return float(prds(sample.values, sample.prices))


# The same over the last axis of many samples at once, for resampling.


def mean_ratios(values: Numbers, prices: Numbers) -> Numbers:
    """`mean_ratio` of each row."""
    return np.asarray((values / prices).mean(axis=-1))


def weighted_mean_ratios(values: Numbers, prices: Numbers) -> Numbers:
    """`weighted_mean_ratio` of each row."""
    return np.asarray(values.sum(axis=-1) / prices.sum(axis=-1))


def cods(values: Numbers, prices: Numbers) -> Numbers:
    """`cod` of each row."""
    ratios = values / prices
    medians = np.median(ratios, axis=-1, keepdims=True)
    return np.asarray(100 * np.mean(np.abs(ratios - medians), axis=-1) / medians[..., 0])


def prds(values: Numbers, prices: Numbers) -> Numbers:
    """`prd` of each row."""
    return mean_ratios(values, prices) / weighted_mean_ratios(values, prices)


@dataclass(frozen=True, slots=True)
class Regression:
    """The line of PRB: by which part ratios change when the value doubles."""

    slope: float
    standard_error: float
    degrees_of_freedom: int


def prb(sample: Sample) -> Regression | None:
    """Price-related bias: relative ratios regressed on the binary logarithm of the value.

    The value of a property is the mean of its price and of its appraisal over the median, so that
    errors of neither tilt the line. None with under three sales or when all values are equal.
    """
    if len(sample) < 3:
        return None
    ratios, median = sample.ratios, np.median(sample.ratios)
    doublings = np.log2((sample.prices + sample.values / median) / 2)
    off = (ratios - median) / median
    centred = doublings - doublings.mean()
    spread = float(centred @ centred)
    # Equal amounts written as floats differ in their last digits; they hold no trend.
    if spread <= 1e-18 * len(sample) * max(1.0, float(np.max(np.abs(doublings)))) ** 2:
        return None
    slope = float(centred @ off) / spread
    left = off - off.mean() - slope * centred
    freedom = len(sample) - 2
    return Regression(slope, (float(left @ left) / freedom / spread) ** 0.5, freedom)
