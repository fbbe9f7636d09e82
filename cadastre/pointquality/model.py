"""What is judged: epochs of a receiver, occupations of a point, checks on known marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.geodesy import Frame

Matrix = NDArray[np.float64]
LEAST_INDEPENDENT: Final = 1e-6
"""Smallest eigenvalue of a correlation matrix that can still be inverted in earnest."""

UNKNOWN_FRAME: Final = Frame()


class Position(NamedTuple):
    """Degrees and metres above the ellipsoid; the height is None where it was not recorded."""

    lon: float
    lat: float
    height_m: float | None = None


class Covariance(NamedTuple):
    """m², east, north and up at the place; ``uu`` is None where only the plane is known.

    What a receiver leaves out between two axes is taken as 0.
    """

    ee: float
    en: float | None
    eu: float | None
    nn: float
    nu: float | None
    uu: float | None

    @classmethod
    def of_sigmas(cls, east_m: float, north_m: float, up_m: float | None = None) -> Covariance:
        """Standard deviations that come without correlations."""
        return cls(east_m**2, 0.0, 0.0, north_m**2, 0.0, None if up_m is None else up_m**2)

    @classmethod
    def of_rms(cls, horizontal_m: float, vertical_m: float | None = None) -> Covariance:
        """HRMS and VRMS of a receiver: the horizontal one is shared by both axes."""
        axis = horizontal_m / math.sqrt(2)
        return cls.of_sigmas(axis, axis, vertical_m)

    @property
    def horizontal_sigma_m(self) -> float:
        """√(σE² + σN²), what receivers show as HRMS."""
        return math.sqrt(self.ee + self.nn)

    @property
    def vertical_sigma_m(self) -> float | None:
        return None if self.uu is None else math.sqrt(self.uu)

    @property
    def usable(self) -> bool:
        """Finite numbers, and variances above zero: an exact receiver does not exist."""
        variances = [v for v in (self.ee, self.nn, self.uu) if v is not None]
        numbers = [v for v in self if v is not None]
        return all(map(math.isfinite, numbers)) and min(variances) > 0

    def matrix(self, axes: int) -> Matrix:
        """The covariance of east and north, or of all three axes."""
        single: Matrix = matrices([self], axes)[0]
        return single


def matrices(covariances: Sequence[Covariance], axes: int) -> Matrix:
    """All of them, one 2 × 2 or 3 × 3 matrix each.

    Figures rounded so that the axes correlate by 1 and more lose their correlations.
    """
    rows = np.array([[math.nan if v is None else v for v in c] for c in covariances])
    known = np.nan_to_num(rows, nan=0.0)
    ee, en, eu, nn, nu, _ = known.T
    uu = rows[:, 5]
    whole = np.array([[ee, en, eu], [en, nn, nu], [eu, nu, uu]])[:axes, :axes].transpose(2, 0, 1)
    scale = np.sqrt(np.diagonal(whole, axis1=1, axis2=2))
    correlations = whole / (scale[:, :, None] * scale[:, None, :])
    bad = np.linalg.eigvalsh(np.nan_to_num(correlations))[:, 0] < LEAST_INDEPENDENT
    return np.where(bad[:, None, None], whole * np.eye(axes), whole)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One position of a receiver and what it said of it; None is what it did not say.

    ``fix`` is the word of the file reader ("fixed", "float", "single" …); "" or "unknown" is not
    recorded. ``count`` is the number of epochs that the receiver averaged into this one.
    """

    position: Position
    at: datetime | None = None
    covariance: Covariance | None = None
    fix: str = ""
    pdop: float | None = None
    satellites: int | None = None
    ratio: float | None = None
    age_s: float | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Occupation:
    """The epochs of one setting-up on one point, in the order of the file."""

    name: str
    epochs: Sequence[Epoch]
    frame: Frame = UNKNOWN_FRAME

    @property
    def started_at(self) -> datetime | None:
        return min((e.at for e in self.epochs if e.at is not None), default=None)

    @property
    def ended_at(self) -> datetime | None:
        return max((e.at for e in self.epochs if e.at is not None), default=None)


@dataclass(frozen=True, slots=True)
class MarkCheck:
    """An occupation of a mark whose position is known, in the frame of the survey."""

    mark: str
    known: Position
    occupation: Occupation
