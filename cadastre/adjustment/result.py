"""What an adjustment found, and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cadastre.adjustment.chi_square import chi_square_quantile
from cadastre.adjustment.columns import Columns
from cadastre.adjustment.datum import Datum
from cadastre.adjustment.equations import State
from cadastre.adjustment.fronts import Factor
from cadastre.adjustment.network import Network, geodetic, local_axes
from cadastre.adjustment.observations import Matrix, Single
from cadastre.adjustment.plan import Plan
from cadastre.adjustment.statistics import UNCHECKED_REDUNDANCY, Statistics, noncentrality


class Iteration(NamedTuple):
    """One step: the largest move of a coordinate in metres, whose, and vᵀPv after it."""

    number: int
    largest_m: float
    point: str
    chi2: float


class Residual(NamedTuple):
    """One observed number: ``residual`` is adjusted minus observed, in its unit.

    ``part`` counts the parts of a vector. ``standardised`` is the residual over its standard
    deviation, ``w`` the statistic of data snooping, ``smallest_error`` what would be found (MDB);
    None where no other observation checks this one.
    """

    observation: Single
    part: int
    observed: float
    residual: float
    adjusted: float
    redundancy: float
    standardised: float | None
    w: float | None
    smallest_error: float | None


class GlobalTest(NamedTuple):
    """Chi-square test of vᵀPv: outside the limits something is wrong."""

    chi2: float
    lower: float
    upper: float
    passed: bool


class Ellipse(NamedTuple):
    """Semi-axes in metres, larger first, and the azimuth of the larger, degrees 0 up to 180."""

    major: float
    minor: float
    azimuth: float


class Relative(NamedTuple):
    """Precision of one point seen from another; ``ratio`` is sigma of the distance by distance."""

    distance_m: float
    sigma_m: float
    ratio: float
    ellipse: Ellipse


@dataclass(frozen=True)
class Adjustment:
    """Adjusted coordinates with their quality. Get one from `adjust`."""

    network: Network
    columns: Columns
    state: State
    plan: Plan
    factor: Factor
    datum: Datum | None
    statistics: Statistics
    history: tuple[Iteration, ...]

    @property
    def iterations(self) -> int:
        """Steps taken, the last one below the limit of convergence."""
        return len(self.history)

    @property
    def degrees_of_freedom(self) -> int:
        """Observed numbers less unknowns, plus the defect of a free network."""
        return self.statistics.freedom

    @property
    def chi2(self) -> float:
        """Weighted sum of squared residuals, vᵀPv."""
        return self.statistics.chi2

    @property
    def sigma0(self) -> float | None:
        """Standard deviation of unit weight a posteriori (1 a priori); None without redundancy."""
        freedom = self.degrees_of_freedom
        return math.sqrt(self.chi2 / freedom) if freedom > 0 else None

    @property
    def scale(self) -> float:
        """What standard deviations are multiplied by: σ₀ where the network says so, else 1."""
        return self.sigma0 or 1.0 if self.network.a_posteriori else 1.0

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.network.names)}

    def coordinates(self, point: str) -> tuple[float, float, float]:
        """East, north, height, in space X, Y, Z; metres. Absent components are 0."""
        x, y, z = self.state.places[self._index[point]]
        return float(x), float(y), float(z)

    def covariance(self, point: str) -> Matrix:
        """3×3 of east, north, height (up), m²; zero for what is fixed."""
        result: Matrix = self.statistics.stations[self._index[point]] * self.scale**2
        return result

    def covariance_xyz(self, point: str) -> Matrix:
        """3×3 along the axes of the coordinates, m²."""
        own = self.covariance(point)
        if self.network.ellipsoid is None:
            return own
        place = self.state.places[[self._index[point]]]
        axes = local_axes(geodetic(place, self.network.ellipsoid))[0]
        turned: Matrix = axes @ own @ axes.T
        return turned

    def standard_deviations(self, point: str) -> tuple[float, float, float]:
        """Of east, north, height (up), metres; 0 for what is fixed."""
        east, north, up = np.sqrt(np.maximum(np.diagonal(self.covariance(point)), 0.0))
        return float(east), float(north), float(up)

    def error_ellipse(self, point: str) -> Ellipse:
        """Standard ellipse in the horizontal plane."""
        return _ellipse(self.covariance(point)[:2, :2])

    def cofactors(self, points: Sequence[str]) -> Matrix:
        """Q of the coordinates of these points (three each), before scaling by σ₀."""
        of_point = self.plan.of_point[[self._index[point] for point in points]].ravel()
        present = np.flatnonzero(of_point >= 0)
        columns = np.zeros((self.plan.unknowns, len(present)))
        columns[of_point[present], np.arange(len(present))] = 1.0
        block = self.factor.solve(columns)[of_point[present]]
        if self.datum:
            spread = self.datum.spread(self.factor)
            block = self.datum.shifted(block, of_point[present], of_point[present], spread)
        whole = np.zeros((len(of_point), len(of_point)))
        whole[np.ix_(present, present)] = block
        return whole

    def relative(self, start: str, end: str) -> Relative:
        """Precision of the horizontal distance and of the place of ``end`` seen from ``start``."""
        q = self.cofactors([start, end])
        if self.network.ellipsoid is None:
            turn = np.eye(3)
            leg = np.subtract(self.coordinates(end), self.coordinates(start))
        else:
            places = self.state.places[[self._index[start], self._index[end]]]
            axes = local_axes(geodetic(places, self.network.ellipsoid))
            turn, leg = axes[0].T @ axes[1], axes[0].T @ (places[1] - places[0])
        difference = np.hstack([-np.eye(3), turn])
        covariance = (difference @ q @ difference.T)[:2, :2] * self.scale**2
        distance = float(np.hypot(leg[0], leg[1]))
        along = leg[:2] / distance if distance else np.zeros(2)
        sigma = math.sqrt(max(float(along @ covariance @ along), 0.0))
        return Relative(
            distance, sigma, sigma / distance if distance else 0.0, _ellipse(covariance)
        )

    @cached_property
    def residuals(self) -> tuple[Residual, ...]:
        """Every observed number in the order of the network."""
        found, columns = self.statistics, self.columns
        checked = found.redundancies > UNCHECKED_REDUNDANCY
        with np.errstate(divide="ignore", invalid="ignore"):
            standardised = found.residuals / (self.scale * np.sqrt(found.residual_cofactors))
            w = found.weighted / (self.scale * np.sqrt(found.weighted_cofactors))
            errors = noncentrality() * self.scale / np.sqrt(found.weighted_cofactors)
        return tuple(
            Residual(
                columns.singles[columns.single[row]],
                int(columns.axis[row]),
                float(columns.value[row]),
                float(found.residuals[row]),
                float(columns.value[row] + found.residuals[row]),
                float(found.redundancies[row]),
                *(
                    (float(standardised[row]), float(w[row]), float(errors[row]))
                    if checked[row]
                    else (None, None, None)
                ),
            )
            for row in range(len(columns.value))
        )

    def global_test(self, confidence: float | None = None) -> GlobalTest | None:
        """Whether vᵀPv agrees with the standard deviations given; None without redundancy."""
        freedom = self.degrees_of_freedom
        if freedom <= 0:
            return None
        tail = (1 - (self.network.confidence if confidence is None else confidence)) / 2
        lower = chi_square_quantile(tail, freedom)
        upper = chi_square_quantile(1 - tail, freedom)
        return GlobalTest(self.chi2, lower, upper, lower <= self.chi2 <= upper)


def _ellipse(covariance: Matrix) -> Ellipse:
    values, vectors = np.linalg.eigh(covariance)
    minor, major = (math.sqrt(max(float(value), 0.0)) for value in values)
    east, north = vectors[:, 1]
    return Ellipse(major, minor, math.degrees(math.atan2(float(east), float(north))) % 180)
