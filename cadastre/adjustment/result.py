"""What an adjustment found, and how far it can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.adjustment.chi_square import chi_square_quantile
from cadastre.adjustment.observations import Component, Observation, Unknown


class Residual(NamedTuple):
    """Adjusted minus observed, in the observation's unit.

    ``standardised`` is the residual over its own standard deviation a posteriori; None where
    the observation is not checked by any other (redundancy 0).
    """

    observation: Observation
    residual: float
    adjusted: float
    redundancy: float
    standardised: float | None


class GlobalTest(NamedTuple):
    """Chi-square test of sigma0 against 1: outside the limits something is wrong."""

    lower: float
    upper: float
    passed: bool


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Adjusted coordinates with their quality.

    ``cofactors`` is the inverse of the normal matrix in the order of ``unknowns``. ``sigma0`` is
    the standard deviation of unit weight a posteriori (1 a priori); None without redundancy.
    """

    values: dict[Unknown, float]
    unknowns: tuple[Unknown, ...]
    cofactors: NDArray[np.float64]
    residuals: tuple[Residual, ...]
    degrees_of_freedom: int
    sigma0: float | None
    iterations: int

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance matrix of the unknowns, m²; scaled a posteriori when there is redundancy."""
        return self.cofactors * (1.0 if self.sigma0 is None else self.sigma0**2)

    def standard_deviation(self, point: str, component: Component) -> float:
        """Of one adjusted coordinate, metres; 0 for a fixed one."""
        unknown = Unknown(point, component)
        if unknown not in self.unknowns:
            return 0.0
        place = self.unknowns.index(unknown)
        return math.sqrt(float(self.covariance[place, place]))

    def error_ellipse(self, point: str) -> tuple[float, float, float]:
        """Semi-axes in metres (larger first) and the azimuth of the larger, degrees 0 up to 180."""
        places = [
            self.unknowns.index(Unknown(point, component))
            for component in (Component.EAST, Component.NORTH)
        ]
        values, vectors = np.linalg.eigh(self.covariance[np.ix_(places, places)])
        minor, major = (math.sqrt(max(float(value), 0.0)) for value in values)
        east, north = vectors[:, 1]
        return major, minor, math.degrees(math.atan2(float(east), float(north))) % 180

    def global_test(self, confidence: float = 0.95) -> GlobalTest | None:
        """Whether sigma0 agrees with the standard deviations given; None without redundancy."""
        if self.sigma0 is None:
            return None
        freedom = self.degrees_of_freedom
        tail = (1 - confidence) / 2
        lower = math.sqrt(chi_square_quantile(tail, freedom) / freedom)
        upper = math.sqrt(chi_square_quantile(1 - tail, freedom) / freedom)
        return GlobalTest(lower, upper, lower <= self.sigma0 <= upper)
