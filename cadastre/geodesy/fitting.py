"""Fitting an old sheet of a local origin to control: similarity or affine, by least squares.

See ``docs/algorithms/sheet-fitting.md`` for the model, the tests and what they cannot see.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.errors import LandError, gettext_noop

Matrix = NDArray[np.float64]

THINNEST: Final = 1e-3
"""Spread across over spread along: below it the control points count as lying on one line."""

OUTLIER_CHANCE: Final = 0.001
"""Chance of naming a point in a fit without any blunder, shared by all points (Bonferroni)."""


SMALLEST_BLUNDER_M: Final = 0.001
"""Nobody is named for less: in a perfect fit the residuals are only rounding."""


class ControlPoint(NamedTuple):
    """One point on the sheet and on the ground; ``sigma_m`` weighs it, in metres of the target."""

    name: str
    local: tuple[float, float]
    known: tuple[float, float]
    sigma_m: float = 1.0


class FitKind(StrEnum):
    """Similarity (Helmert): shift, turn, one scale. Affine: also two scales and a shear."""

    SIMILARITY = "similarity"
    AFFINE = "affine"

    @property
    def fewest_points(self) -> int:
        return 2 if self is FitKind.SIMILARITY else 3


class ControlTooThin(LandError):
    """Too few control points, or all of them on one line or one spot."""

    code = "control_too_thin"
    message = gettext_noop(
        "The sheet cannot be fitted: {count} different control points are given, {needed} are "
        "needed, and for an affine fit they must not lie on one line. Add control points around "
        "the sheet, at least one more than needed so that errors show."
    )


class ControlUnusable(LandError):
    """A control point with a number that means nothing."""

    code = "control_unusable"
    message = gettext_noop(
        "Control point {name} cannot be used: its coordinates must be numbers and its standard "
        "deviation must be greater than zero. Correct the point or leave it out."
    )


class FitResidual(NamedTuple):
    """Transformed minus known, metres; ``chance`` is that of a misfit this large without blunder.

    ``chance`` is None where the rest of the points could not check this one.
    """

    point: ControlPoint
    east_m: float
    north_m: float
    chance: float | None

    @property
    def length_m(self) -> float:
        return math.hypot(self.east_m, self.north_m)


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted sheet: ``known = offset + matrix · (local − centre)``.

    ``covariance`` is of the parameters in the order of `_design`'s columns, scaled by sigma0 when
    there is redundancy. ``sigma0`` compares the residuals with the standard deviations given;
    with all of them 1 it is the standard deviation of one coordinate in metres.
    """

    kind: FitKind
    centre: tuple[float, float]
    matrix: Matrix
    offset: tuple[float, float]
    covariance: Matrix
    residuals: tuple[FitResidual, ...]
    sigma0: float | None
    degrees_of_freedom: int

    @property
    def scale(self) -> float:
        """Mean scale: square root of the ratio of areas."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix))))

    @property
    def rotation_degrees(self) -> float:
        """Azimuth on the target grid of the sheet's north, −180 to 180."""
        return math.degrees(math.atan2(float(self.matrix[0, 1]), float(self.matrix[1, 1])))

    @property
    def mirrored(self) -> bool:
        """Whether the sheet comes out as its mirror image: east and north are exchanged in one."""
        return bool(np.linalg.det(self.matrix) < 0)

    @property
    def suspect(self) -> FitResidual | None:
        """The one point that most likely holds a blunder; None when none stands out.

        Judge it, correct or drop it, and fit again: a second blunder only shows then.
        """
        checked = [
            r for r in self.residuals if r.chance is not None and r.length_m > SMALLEST_BLUNDER_M
        ]
        worst = min(checked, key=lambda r: r.chance or 0.0, default=None)
        limit = OUTLIER_CHANCE / max(len(self.residuals), 1)
        return worst if worst is not None and (worst.chance or 0.0) < limit else None

    def forward(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Places of the sheet on the target grid."""
        moved = (np.reshape(places, (-1, 2)) - self.centre) @ self.matrix.T + self.offset
        return [(float(east), float(north)) for east, north in moved]

    def backward(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Places of the target grid on the sheet; the exact inverse of `forward`."""
        shifted = np.reshape(places, (-1, 2)) - self.offset
        local = np.linalg.solve(self.matrix, shifted.T).T + self.centre
        return [(float(x), float(y)) for x, y in local]

    def covariance_of(
        self, places: Sequence[tuple[float, float]], reading: Matrix | None = None
    ) -> Matrix:
        """Covariance of the transformed places, m², in the order E1, N1, E2, N2 …

        From the fit itself, which all places share, and from ``reading``: the covariance of the
        sheet coordinates, 2n × 2n in units of the sheet; None takes them as exact.
        """
        design = _design(self.kind, np.reshape(places, (-1, 2)) - self.centre)
        shared = design @ self.covariance @ design.T
        if reading is None:
            return shared
        turn = np.kron(np.eye(len(places)), self.matrix)
        own: Matrix = shared + turn @ reading @ turn.T
        return own


def fit_sheet(points: Sequence[ControlPoint], kind: FitKind = FitKind.SIMILARITY) -> Fit:
    """The similarity or affine that brings the points' local places nearest to their known ones.

    Weights are 1/sigma². Raises `ControlTooThin` when the points do not determine the fit and
    `ControlUnusable` for a point with an unusable number.
    """
    for point in points:
        numbers = (*point.local, *point.known, point.sigma_m)
        if not all(map(math.isfinite, numbers)) or point.sigma_m <= 0:
            raise ControlUnusable(name=point.name)
    count = len({point.local for point in points})
    if count < kind.fewest_points:
        raise ControlTooThin(count=count, needed=kind.fewest_points)
    local = np.array([point.local for point in points])
    weights = np.array([point.sigma_m for point in points]) ** -2.0
    centre = np.average(local, axis=0, weights=weights)
    spread = np.linalg.svd(local - centre, compute_uv=False)
    if kind is FitKind.AFFINE and spread[1] < THINNEST * spread[0]:
        raise ControlTooThin(count=count, needed=kind.fewest_points)
    return _solve(points, kind, centre, weights)


def _design(kind: FitKind, centred: Matrix) -> Matrix:
    """Rows E, N of each point. Similarity: a, b, tE, tN; affine: aE, bE, tE, aN, bN, tN."""
    x, y = centred[:, 0], centred[:, 1]
    zero, one = np.zeros_like(x), np.ones_like(x)
    columns: dict[FitKind, tuple[list[Matrix], list[Matrix]]] = {
        FitKind.SIMILARITY: ([x, y, one, zero], [y, -x, zero, one]),
        FitKind.AFFINE: ([x, y, one, zero, zero, zero], [zero, zero, zero, x, y, one]),
    }
    rows = np.stack([np.stack(axis, axis=1) for axis in columns[kind]], axis=1)
    return rows.reshape(2 * len(centred), -1)


def _solve(points: Sequence[ControlPoint], kind: FitKind, centre: Matrix, weights: Matrix) -> Fit:
    local = np.array([point.local for point in points]) - centre
    known = np.array([point.known for point in points])
    origin = np.average(known, axis=0, weights=weights)
    root = np.repeat(np.sqrt(weights), 2)
    # Columns scaled to length 1: metres of the sheet and a bare shift differ by thousands.
    weighted = _design(kind, local) * root[:, None]
    length = np.linalg.norm(weighted, axis=0)
    left, singular, right = np.linalg.svd(weighted / length, full_matrices=False)
    target = (known - origin).ravel() * root
    parameters = right.T @ (left.T @ target / singular) / length
    scaled = weighted @ parameters - target
    freedom = len(target) - len(parameters)
    sigma0 = math.sqrt(float(scaled @ scaled) / freedom) if freedom else None
    unscaled = right.T / singular
    cofactors = (unscaled @ unscaled.T) / np.outer(length, length)
    # Cofactors of the scaled residuals: what of each error shows.
    shown = np.eye(len(target)) - left @ left.T
    matrix, shift = _parts(kind, parameters)
    return Fit(
        kind,
        (float(centre[0]), float(centre[1])),
        matrix,
        (float(origin[0] + shift[0]), float(origin[1] + shift[1])),
        cofactors * (1.0 if sigma0 is None else sigma0**2),
        _residuals(points, scaled, shown, root, freedom),
        sigma0,
        freedom,
    )


def _parts(kind: FitKind, parameters: Matrix) -> tuple[Matrix, Matrix]:
    if kind is FitKind.SIMILARITY:
        a, b, east, north = parameters
        return np.array([[a, b], [-b, a]]), np.array([east, north])
    matrix = np.array([parameters[0:2], parameters[3:5]])
    return matrix, np.array([parameters[2], parameters[5]])


def _residuals(
    points: Sequence[ControlPoint], scaled: Matrix, shown: Matrix, root: Matrix, freedom: int
) -> tuple[FitResidual, ...]:
    metres = scaled / root
    total = float(scaled @ scaled)
    return tuple(
        FitResidual(
            point,
            float(metres[2 * i]),
            float(metres[2 * i + 1]),
            _chance(scaled[2 * i : 2 * i + 2], shown[2 * i : 2 * i + 2, 2 * i : 2 * i + 2],
                    total, freedom),
        )
        for i, point in enumerate(points)
    )  # fmt: skip


def _chance(residual: Matrix, shown: Matrix, total: float, freedom: int) -> float | None:
    """The F test of both coordinates of a point against the fit without it (2, freedom − 2)."""
    left = freedom - 2
    if left < 1 or float(np.linalg.eigvalsh(shown)[0]) < 1e-6:
        return None
    explained = float(residual @ np.linalg.solve(shown, residual))
    unexplained = max(total - explained, 0.0)
    if unexplained <= 1e-24 * max(total, 1e-300):
        return None if explained <= 1e-18 else 0.0
    # Survival function of F with 2 degrees in the numerator, in closed form.
    return float((1 + explained / unexplained) ** (-left / 2))
