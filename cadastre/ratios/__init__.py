"""How well appraised values follow prices paid: the ratio study of the IAAO, with its intervals.

A ratio is an appraised value over a price. See ``docs/algorithms/ratio-study.md``.
"""

from cadastre.ratios.intervals import Interval
from cadastre.ratios.measures import Sample, cod, median_ratio, prb, prd
from cadastre.ratios.standards import STANDARDS, Standard, Verdict
from cadastre.ratios.study import FEWEST, RatioStudy, study
from cadastre.ratios.trimming import Fences, fences_of

__all__ = [
    "FEWEST",
    "STANDARDS",
    "Fences",
    "Interval",
    "RatioStudy",
    "Sample",
    "Standard",
    "Verdict",
    "cod",
    "fences_of",
    "median_ratio",
    "prb",
    "prd",
    "study",
]
