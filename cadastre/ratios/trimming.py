"""Sales that lie far from all others: found by quartiles, listed, and never left out in silence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cadastre.ratios.measures import Numbers


class Fences(NamedTuple):
    """Beyond ``inner`` (1.5 quartile ranges) is an outlier, beyond ``outer`` (3) an extreme one."""

    inner_low: float
    inner_high: float
    outer_low: float
    outer_high: float

    def is_outlier(self, ratio: float) -> bool:
        return not self.inner_low <= ratio <= self.inner_high

    def is_extreme(self, ratio: float) -> bool:
        return not self.outer_low <= ratio <= self.outer_high


def fences_of(ratios: Numbers) -> Fences:
    """Tukey's fences around the quartiles of ``ratios`` (at least one)."""
    first, third = (float(each) for each in np.quantile(ratios, [0.25, 0.75]))
    between = third - first
    return Fences(
        first - 1.5 * between, third + 1.5 * between, first - 3 * between, third + 3 * between
    )
