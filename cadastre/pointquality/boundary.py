"""How well a boundary is known, and what that makes of the area of a parcel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from cadastre.cogo import MeasuredArea, Place, area_with_sigma, independent_corners, inverse
from cadastre.errors import gettext_noop
from cadastre.pointquality.model import Matrix

PAPER_ERROR_MM: Final = 0.3
"""Between the 0.2 and 0.5 mm that are usually told; unverified, a setting of the office."""


class Basis(StrEnum):
    """What the place of a corner, or of a whole edge, rests on."""

    SURVEYED = "surveyed"
    DIGITISED = "digitised"
    MIXED = "mixed"
    UNKNOWN = "unknown"


BASIS_IN_WORDS: Final = {
    Basis.SURVEYED: gettext_noop("surveyed"),
    Basis.DIGITISED: gettext_noop("digitised from sheet 1:{scale}"),
    Basis.MIXED: gettext_noop("one end surveyed, the other digitised from sheet 1:{scale}"),
    Basis.UNKNOWN: gettext_noop("not known"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """A corner with a covariance of its own, east and north, m² (further axes are left alone)."""

    covariance: Matrix


@dataclass(frozen=True, slots=True)
class Digitised:
    """A corner read from a sheet: ``paper_mm`` on the paper, and the sigma of the sheet's fit."""

    scale: int
    paper_mm: float = PAPER_ERROR_MM
    fit_sigma_m: float = 0.0

    @property
    def sigma_m(self) -> float:
        """Standard deviation of each coordinate on the ground."""
        return math.hypot(self.paper_mm * self.scale / 1000, self.fit_sigma_m)


class Unknown:
    """A corner whose quality nobody recorded; use the one instance `UNKNOWN`."""

    __slots__ = ()


UNKNOWN: Final = Unknown()
CornerQuality: TypeAlias = Surveyed | Digitised | Unknown


class Step(NamedTuple):
    """A class of boundary quality and the largest sigma across the line that it allows."""

    name: str
    sigma_max_m: float


BoundarySteps: TypeAlias = tuple[Step, ...]

DEFAULT_STEPS: Final[BoundarySteps] = (
    Step("A", 0.03),
    Step("B", 0.10),
    Step("C", 0.50),
    Step("D", 2.00),
    Step("E", math.inf),
)
"""Our own steps, not a regulation's."""

UNKNOWN_CLASS: Final = "unknown"


@dataclass(frozen=True, slots=True)
class EdgeQuality:
    """An edge: ``sigma_m`` across it at its worse end, ``band_m`` to either side of it.

    Both are None, and the class ``unknown``, where an end is unknown. ``scale`` is that of the
    smaller-scale sheet behind it, None where no sheet is.
    """

    basis: Basis
    class_name: str
    sigma_m: float | None
    band_m: float | None
    scale: int | None

    @property
    def words(self) -> tuple[str, dict[str, object]]:
        """A template marked for translation and what fills it: “digitised from sheet 1:4,000”."""
        return BASIS_IN_WORDS[self.basis], {"scale": f"{self.scale:,}" if self.scale else ""}


def corner_covariance(quality: CornerQuality) -> Matrix:
    """2 × 2, east and north, m²; NaN for an unknown corner."""
    if isinstance(quality, Surveyed):
        return np.array(quality.covariance, dtype=np.float64)[:2, :2]
    if isinstance(quality, Digitised):
        return np.eye(2) * quality.sigma_m**2
    return np.full((2, 2), np.nan)


def edge_quality(
    ends: tuple[Place, Place],
    qualities: tuple[CornerQuality, CornerQuality],
    *,
    confidence: float = 0.95,
    steps: BoundarySteps = DEFAULT_STEPS,
) -> EdgeQuality:
    """How well an edge is known across its own direction.

    The variance across is convex along the edge whatever the correlation of its ends, so the
    worse end bounds it. An edge of length 0 takes the larger semi-axis.
    """
    scales = [q.scale for q in qualities if isinstance(q, Digitised)]
    scale = max(scales, default=None)
    basis = _basis(qualities)
    if basis is Basis.UNKNOWN:
        return EdgeQuality(basis, UNKNOWN_CLASS, None, None, scale)
    azimuth, length = inverse(*ends)
    across = np.array([math.cos(math.radians(azimuth)), -math.sin(math.radians(azimuth))])
    variances = [
        float(across @ own @ across) if length else float(np.linalg.eigvalsh(own)[1])
        for own in map(corner_covariance, qualities)
    ]
    sigma = math.sqrt(max(*variances, 0.0))
    band = sigma * NormalDist().inv_cdf((1 + confidence) / 2)
    name = next((step.name for step in steps if sigma <= step.sigma_max_m), steps[-1].name)
    return EdgeQuality(basis, name, sigma, band, scale)


def _basis(qualities: tuple[CornerQuality, CornerQuality]) -> Basis:
    if any(isinstance(q, Unknown) for q in qualities):
        return Basis.UNKNOWN
    kinds = {type(q) for q in qualities}
    if len(kinds) == 2:
        return Basis.MIXED
    return Basis.SURVEYED if Surveyed in kinds else Basis.DIGITISED


def parcel_area(
    outer: Sequence[tuple[Place, CornerQuality]],
    holes: Sequence[Sequence[tuple[Place, CornerQuality]]] = (),
) -> MeasuredArea:
    """Area and its standard deviation from the quality of every corner, taken as independent.

    One unknown corner makes the standard deviation None.
    """
    corners = [*outer, *(corner for ring in holes for corner in ring)]
    covariance = independent_corners([corner_covariance(quality) for _, quality in corners])
    rings = [[place for place, _ in ring] for ring in (outer, *holes)]
    return area_with_sigma(rings[0], rings[1:], covariance)
