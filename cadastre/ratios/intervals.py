"""Confidence intervals of the measures: order statistics, resampling and Student's t."""

from __future__ import annotations

from collections.abc import Callable
from math import atan, comb, cos, pi, sin, sqrt
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from cadastre.ratios.measures import Numbers, Regression, Sample

Measure: TypeAlias = Callable[[Numbers, Numbers], Numbers]

LEVEL: Final = 0.95
RESAMPLES: Final = 2000
SEED: Final = 2569
"""The same sales always get the same interval."""
AT_ONCE: Final = 1_000_000
"""Ratios held in memory while resampling."""


class Interval(NamedTuple):
    """Both ends belong to it."""

    low: float
    high: float


def of_median(ratios: Numbers) -> Interval | None:
    """The narrowest pair of order statistics, as far from both ends, that holds the median.

    Assumes nothing about how ratios are spread. None when even the extremes hold it too rarely
    (fewer than six sales at 95 per cent).
    """
    count, tail, rank = len(ratios), 0, 0
    # rank is the largest with P(fewer than rank below the median) <= (1 - LEVEL) / 2
    limit = round((1 - LEVEL) / 2 * 2**53) * 2**count >> 53
    while rank < count // 2 and (tail := tail + comb(count, rank)) <= limit:
        rank += 1
    if rank == 0:
        return None
    ordered = np.sort(ratios)
    return Interval(float(ordered[rank - 1]), float(ordered[count - rank]))


def of_resampling(
    sample: Sample, measure: Measure, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval | None:
    """Percentiles of a row-wise measure over samples drawn from this one with replacement."""
    if len(sample) < 2:
        return None
    generator, each = np.random.default_rng(seed), max(1, AT_ONCE // len(sample))
    drawn: list[Numbers] = []
    for first in range(0, resamples, each):
        shape = min(each, resamples - first), len(sample)
        places = generator.integers(0, len(sample), shape)
        drawn.append(measure(sample.values[places], sample.prices[places]))
    low, high = np.quantile(np.concatenate(drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def of_slope(line: Regression) -> Interval:
    """The interval of least squares: slope and its standard error times Student's t."""
    reach = student_quantile(LEVEL, line.degrees_of_freedom) * line.standard_error
    return Interval(line.slope - reach, line.slope + reach)


def student_quantile(level: float, freedom: int) -> float:
    """The t with ``level`` of Student's distribution between -t and t, to 12 digits."""
    low, high = 0.0, 1.0
    while student_within(high, freedom) < level:
        low, high = high, high * 2
    for _ in range(100):
        middle = (low + high) / 2
        if student_within(middle, freedom) < level:
            low = middle
        else:
            high = middle
    return high


def student_within(t: float, freedom: int) -> float:
    """The part of Student's distribution between -t and t (Abramowitz and Stegun 26.7.3-4)."""
    theta = atan(t / sqrt(freedom))
    square = cos(theta) ** 2
    odd = freedom % 2
    term, total = cos(theta) if odd else 1.0, 0.0
    for number in range(2 + odd, freedom + 1, 2):
        total += term
        term *= square * (number - 1) / number
    if odd:
        return 2 / pi * (theta + sin(theta) * total)
    return sin(theta) * total
