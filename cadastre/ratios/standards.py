"""What the IAAO Standard on Ratio Studies (2013, part 1, section 9) takes for acceptable.

Limits of an international body, not of Thai law, which sets none for appraised values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cadastre.ratios.intervals import Interval


class Verdict(StrEnum):
    """A measure is blamed only when its whole interval lies outside the limits."""

    WITHIN = "within"
    UNCERTAIN = "uncertain"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Standard:
    """The limits of one measure, both included."""

    low: float
    high: float

    def judge(self, figure: float, interval: Interval | None) -> Verdict:
        """Within by its figure, outside by its whole interval, uncertain otherwise."""
        if self.low <= figure <= self.high:
            return Verdict.WITHIN
        if interval is not None and (interval.high < self.low or interval.low > self.high):
            return Verdict.OUTSIDE
        return Verdict.UNCERTAIN


STANDARDS: Final[Mapping[str, Standard]] = MappingProxyType({
    "median": Standard(0.90, 1.10),
    "cod": Standard(5.0, 20.0),
    "prd": Standard(0.98, 1.03),
    "prb": Standard(-0.05, 0.05),
})  # fmt: skip
"""COD for income property and vacant land too; homes of one kind should reach 15."""
