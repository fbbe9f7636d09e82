"""The mean of an occupation: epochs screened, outliers named, the covariance not flattered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from cadastre.geodesy import Frame
from cadastre.pointquality.local import LocalFrame
from cadastre.pointquality.model import (
    Covariance,
    Epoch,
    Matrix,
    Occupation,
    Position,
    matrices,
)
from cadastre.pointquality.reasons import Reason
from cadastre.pointquality.settings import Level, Limit, QualityClass

MAD_TO_SIGMA: Final = 1.4826
FINEST_SCATTER_M: Final = 0.001
FEWEST_FOR_SCATTER: Final = 5


@dataclass(frozen=True, slots=True)
class Skipped:
    """An epoch left out of the mean, by its place in the occupation, and why."""

    index: int
    at: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class OccupationMean:
    """What an occupation says of its point.

    ``covariance`` is 3 × 3 (east, north, up), 2 × 2 where heights are missing, None where nothing
    tells it. ``scatter_ratio`` is √s², scatter over reported sigma. ``autocorrelation`` (lag 1, per
    axis) and ``effective_epochs`` are for the reader; the covariance does not lean on them.
    """

    name: str
    frame: Frame
    position: Position
    covariance: Matrix | None
    used: tuple[int, ...]
    skipped: tuple[Skipped, ...]
    epochs: int
    started_at: datetime | None
    ended_at: datetime | None
    scatter_ratio: float | None
    autocorrelation: tuple[float, ...] | None
    effective_epochs: float | None


def screen(
    occupation: Occupation, settings: QualityClass
) -> tuple[tuple[int, ...], tuple[Skipped, ...]]:
    """Which epochs may be averaged, and why the others may not; together they are all."""
    skipped: dict[int, Reason] = {}
    for index, epoch in enumerate(occupation.epochs):
        if reason := _fault(epoch, settings):
            skipped[index] = reason
    sound = [i for i in range(len(occupation.epochs)) if i not in skipped]
    known = [i for i in sound if _covariance(occupation.epochs[i])]
    if known:
        for index in set(sound) - set(known):
            skipped[index] = Reason("sigma_missing", Level.WARN, {})
        sound = known
    if settings.outlier_factor and len(sound) >= FEWEST_FOR_SCATTER:
        epochs = [occupation.epochs[i] for i in sound]
        for place, reason in _scattered(epochs, settings.outlier_factor):
            skipped[sound[place]] = reason
    return (
        tuple(i for i in sound if i not in skipped),
        tuple(Skipped(i, occupation.epochs[i].at, skipped[i]) for i in sorted(skipped)),
    )


def _covariance(epoch: Epoch) -> Covariance | None:
    return epoch.covariance if epoch.covariance and epoch.covariance.usable else None


class Check(NamedTuple):
    """One limit of an epoch: ``sign`` is 1 for a maximum and −1 for a minimum."""

    what: str
    code: str
    value: float | None
    limit: Limit | None
    sign: int
    decimals: int


def checks_of(epoch: Epoch, settings: QualityClass) -> tuple[Check, ...]:
    """The limits of an epoch in the order in which they are looked at."""
    own = _covariance(epoch)
    horizontal = own.horizontal_sigma_m if own else None
    vertical = own.vertical_sigma_m if own else None
    s = settings
    return (
        Check("pdop", "pdop_high", epoch.pdop, s.pdop_max, 1, 1),
        Check("satellites", "few_satellites", epoch.satellites, s.satellites_min, -1, 0),
        Check("ratio", "ratio_low", epoch.ratio, s.ratio_min, -1, 1),
        Check("age", "correction_old", epoch.age_s, s.age_max_s, 1, 1),
        Check("sigma_horizontal", "sigma_horizontal_high", horizontal,
              s.sigma_horizontal_max_m, 1, 3),
        Check("sigma_vertical", "sigma_vertical_high", vertical, s.sigma_vertical_max_m, 1, 3),
    )  # fmt: skip


def fix_known(epoch: Epoch) -> bool:
    """Whether the file tells what kind of solution it is."""
    return epoch.fix not in {"", "unknown"}


def _fault(epoch: Epoch, settings: QualityClass) -> Reason | None:
    """The first thing wrong with an epoch."""
    position = epoch.position
    numbers = [position.lon, position.lat, position.height_m or 0.0]
    if not all(map(math.isfinite, numbers)) or abs(position.lat) > 90:
        return Reason("position_missing", Level.WARN, {})
    if fix_known(epoch) and epoch.fix not in settings.fixes:
        accepted = ", ".join(sorted(settings.fixes))
        return Reason("fix_not_accepted", Level.WARN, {"fix": epoch.fix, "accepted": accepted})
    for check in checks_of(epoch, settings):
        if check.limit is None or check.value is None:
            continue
        if not check.sign * check.value <= check.sign * check.limit.value:
            evidence = {
                "value": f"{check.value:.{check.decimals}f}",
                "limit": f"{check.limit.value:.{check.decimals}f}",
            }
            return Reason(check.code, Level.WARN, evidence, check.limit)
    return None


def _scattered(epochs: Sequence[Epoch], factor: Limit) -> Iterator[tuple[int, Reason]]:
    """Epochs far from the median of their occupation, judged by the MAD of each axis."""
    metres = LocalFrame(epochs[0].position).metres([e.position for e in epochs])
    own = [c for e in epochs if (c := _covariance(e))]
    for axis, name in enumerate(("ee", "nn", "uu")):
        values = metres[:, axis]
        if not np.isfinite(values).all():
            continue
        away = np.abs(values - np.median(values))
        variances = [v for c in own if (v := getattr(c, name)) is not None]
        reported = math.sqrt(float(np.median(variances))) if variances else 0.0
        scale = max(MAD_TO_SIGMA * float(np.median(away)), reported / 2, FINEST_SCATTER_M)
        for place in np.flatnonzero(away > factor.value * scale):
            evidence = {"value": f"{away[place]:.3f}", "limit": f"{factor.value * scale:.3f}"}
            yield int(place), Reason("scatter_outlier", Level.WARN, evidence, factor)


def average(occupation: Occupation, settings: QualityClass) -> OccupationMean | None:
    """The mean of the epochs that pass; None when none does."""
    used, skipped = screen(occupation, settings)
    if not used:
        return None
    epochs = [occupation.epochs[i] for i in used]
    local = LocalFrame(epochs[0].position)
    metres = local.metres([e.position for e in epochs])
    own = [c for e in epochs if (c := _covariance(e))]
    high = bool(np.isfinite(metres).all()) and all(c.uu is not None for c in own)
    axes = 3 if high else 2
    metres = metres[:, :axes]
    mean, covariance, ratio = _mean(metres, matrices(own, axes) if own else None)
    times = [e.at for e in epochs if e.at is not None]
    rho = _autocorrelation(metres - mean)
    return OccupationMean(
        occupation.name,
        occupation.frame,
        local.position(mean.tolist()),
        covariance,
        used,
        skipped,
        sum(e.count for e in epochs),
        min(times, default=None),
        max(times, default=None),
        ratio,
        rho,
        None if rho is None else len(epochs) * min((1 - r) / (1 + r) for r in rho),
    )


def _mean(metres: Matrix, covariances: Matrix | None) -> tuple[Matrix, Matrix | None, float | None]:
    """Mean, covariance of one average epoch, and scatter over reported sigma."""
    count, axes = metres.shape
    if covariances is None:
        mean = metres.mean(axis=0)
        return mean, np.atleast_2d(np.cov(metres.T)) if count > axes else None, None
    mean, each = weighted_mean(metres, covariances)
    squared = normalised_scatter(metres - mean, covariances)
    return mean, each * count * max(squared, 1.0), math.sqrt(squared)


def weighted_mean(metres: Matrix, covariances: Matrix) -> tuple[Matrix, Matrix]:
    """The mean by inverse covariances, and its covariance if all were independent."""
    weights = np.linalg.inv(covariances)
    whole = np.linalg.inv(weights.sum(axis=0))
    return whole @ np.einsum("nij,nj->i", weights, metres), whole


def normalised_scatter(residuals: Matrix, covariances: Matrix) -> float:
    """Mean square of the residuals in units of their covariance; 1 is as told, 0 for one alone."""
    count, axes = residuals.shape
    if count < 2:
        return 0.0
    squares = np.einsum("ni,nij,nj->", residuals, np.linalg.inv(covariances), residuals)
    return float(squares / (axes * (count - 1)))


def _autocorrelation(residuals: Matrix) -> tuple[float, ...] | None:
    """Lag-1 autocorrelation of each axis, never below 0; None for fewer than ten epochs."""
    if len(residuals) < 10:
        return None
    squares = np.sum(residuals**2, axis=0)
    products = np.sum(residuals[1:] * residuals[:-1], axis=0)
    return tuple(
        float(np.clip(product / square, 0.0, 0.999)) if square > 0 else 0.0
        for product, square in zip(products, squares, strict=True)
    )
