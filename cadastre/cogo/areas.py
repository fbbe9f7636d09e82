"""Area by coordinates with its standard deviation from the covariance of the corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.cogo.points import Place

Matrix = NDArray[np.float64]


class MeasuredArea(NamedTuple):
    """Square metres, and the standard deviation; None when a corner's quality is unknown."""

    square_metres: float
    sigma_m2: float | None

    def band_m2(self, factor: float = 1.96) -> float | None:
        """Half width of the interval: ± 1.96 sigma holds the truth in 95 of 100 cases."""
        return None if self.sigma_m2 is None else self.sigma_m2 * factor


def area_with_sigma(
    outer: Sequence[Place],
    holes: Sequence[Sequence[Place]] = (),
    covariance: Matrix | None = None,
) -> MeasuredArea:
    """Area of a ring with holes, and its standard deviation by the full formula.

    ``covariance`` is 2n × 2n in m² over the corners of the outer ring, then of each hole, in the
    order E1, N1, E2, N2 …; correlations between corners, and between east and north, count. None:
    the quality is unknown. The direction of the rings does not matter; rings are not repeated
    at their end.
    """
    rings = [np.array(ring, dtype=np.float64) for ring in (outer, *holes)]
    if any(len(ring) < 3 for ring in rings):
        raise ValueError("a ring has at least three corners")
    doubled, gradients, signs = 0.0, [], []
    for place, ring in enumerate(rings):
        own, gradient = _ring(ring)
        sign = math.copysign(1.0, own) * (1 if place == 0 else -1)
        doubled += sign * own
        gradients.append(sign * gradient)
        signs.append(np.full(len(ring), sign))
    if covariance is None:
        return MeasuredArea(doubled / 2, None)
    slope = np.concatenate(gradients).ravel()
    if covariance.shape != (len(slope), len(slope)):
        raise ValueError("the covariance has two rows for every corner of every ring")
    if not np.isfinite(covariance).all():
        return MeasuredArea(doubled / 2, None)
    variance = float(slope @ covariance @ slope) + _bent(covariance, rings, signs)
    return MeasuredArea(doubled / 2, math.sqrt(max(variance, 0.0)))


def _ring(ring: Matrix) -> tuple[float, Matrix]:
    """Twice the signed area (counter-clockwise positive) and its half gradient by each corner."""
    local = ring - ring[0]
    ahead, behind = np.roll(local, -1, axis=0), np.roll(local, 1, axis=0)
    doubled = float(np.sum(local[:, 0] * ahead[:, 1] - ahead[:, 0] * local[:, 1]))
    span = ahead - behind
    return doubled, np.column_stack([span[:, 1], -span[:, 0]]) / 2


def _bent(covariance: Matrix, rings: Sequence[Matrix], signs: Sequence[Matrix]) -> float:
    """What the curvature of the area adds: ½ tr(HΣHΣ). Exact, since the area is quadratic.

    H couples each corner with its two neighbours only, so HΣ is a difference of shifted rows.
    """
    rows: list[Matrix] = []
    first = 0
    for ring, sign in zip(rings, signs, strict=True):
        block = covariance[first : first + 2 * len(ring)].reshape(len(ring), 2, -1)
        span = (np.roll(block, -1, axis=0) - np.roll(block, 1, axis=0)) * sign[:, None, None] / 2
        rows.append(np.stack([span[:, 1], -span[:, 0]], axis=1).reshape(2 * len(ring), -1))
        first += 2 * len(ring)
    product = np.concatenate(rows)
    return float(np.sum(product * product.T)) / 2


def independent_corners(blocks: Sequence[Matrix]) -> Matrix:
    """The covariance of corners that do not depend on each other: 2 × 2 blocks on the diagonal."""
    whole = np.zeros((2 * len(blocks), 2 * len(blocks)))
    for place, block in enumerate(blocks):
        whole[2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = block
    return whole
