"""How well every observation is checked and every station determined."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from cadastre.adjustment.columns import Columns
from cadastre.adjustment.datum import Datum
from cadastre.adjustment.fronts import Factor
from cadastre.adjustment.observations import Matrix
from cadastre.adjustment.plan import Plan

UNCHECKED_REDUNDANCY: Final = 1e-9
# Data snooping: chance to suspect a good observation, and to find an error as large as the MDB.
ALPHA: Final = 0.001
POWER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Statistics:
    """By row: residual (adjusted minus observed), redundancy, variance of the residual, P·v and
    its variance. By station: cofactors of east, north, height. All before scaling by σ₀."""

    residuals: Matrix
    redundancies: Matrix
    residual_cofactors: Matrix
    weighted: Matrix
    weighted_cofactors: Matrix
    stations: Matrix
    chi2: float
    freedom: int


def critical_w(alpha: float = ALPHA) -> float:
    """|w| above which an observation is suspected."""
    return NormalDist().inv_cdf(1 - alpha / 2)


def noncentrality(alpha: float = ALPHA, power: float = POWER) -> float:
    """δ₀ of the smallest error that is found with this power."""
    return critical_w(alpha) + NormalDist().inv_cdf(power)


def statistics_of(
    columns: Columns, factor: Factor, datum: Datum | None, derivatives: Matrix, misclosures: Matrix
) -> Statistics:
    """Walk down the fronts once; ``derivatives`` are those that were factored."""
    plan = factor.plan
    rows = len(columns.value)
    shape = [(len(family.rows), *2 * family.unknowns.shape[1:]) for family in plan.families]
    picked = [np.zeros(each) for each in shape]
    stations = np.zeros((*plan.of_point.shape, 3))
    lasts = plan.of_point.max(axis=1)
    order = np.argsort(lasts, kind="stable")
    lasts = lasts[order]
    for front, inverse in factor.selected_inverse():
        flat = inverse.ravel()
        for family, low, high, grid in front.pieces:
            picked[family][low:high] = flat[grid].reshape(high - low, *shape[family][1:])
        low, high = np.searchsorted(lasts, [front.start, front.stop])
        here = order[low:high]
        local = front.local(plan.of_point[here])
        stations[here] = inverse[local[:, :, None], local[:, None, :]]
    checked = np.ones((3, rows))
    for blocks, inverse in zip(plan.families, picked, strict=True):
        dense = blocks.weighted(derivatives)
        own = dense @ inverse @ np.swapaxes(dense, 1, 2)
        checked[:, blocks.rows] = _block(blocks.factors, own)
    if datum:
        stations = _in_datum(plan, factor, datum, stations)
    residuals = -misclosures
    weighted = columns.weighted(residuals)
    freedom = rows - plan.unknowns + (datum.defect if datum else 0)
    redundancies, variances, weights = checked
    return Statistics(
        residuals, np.maximum(redundancies, 0.0), variances, weighted, weights, stations,
        float(residuals @ weighted), freedom,
    )  # fmt: skip


def _block(factors: Matrix, own: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Redundancy, cofactor of v and cofactor of P·v of the rows of blocks of one size."""
    if own.shape[1] == 1:
        rest = 1 - own[:, 0]
        return rest, rest / factors[:, 0] ** 2, rest * factors[:, 0] ** 2
    rest = np.eye(own.shape[1]) - own
    roots = np.linalg.inv(factors)
    back = np.swapaxes(factors, 1, 2)
    return (
        np.einsum("bij,bjk,bki->bi", roots, rest, factors),
        np.einsum("bij,bjk,bik->bi", roots, rest, roots),
        np.einsum("bij,bjk,bki->bi", back, rest, factors),
    )


def _in_datum(plan: Plan, factor: Factor, datum: Datum, stations: Matrix) -> Matrix:
    index = np.maximum(plan.of_point, 0)
    present = plan.of_point >= 0
    moved = datum.shifted(stations, index, index, datum.spread(factor))
    return np.where(present[:, :, None] & present[:, None, :], moved, 0.0)
