"""Data snooping: find observations with gross errors, one at a time."""

from __future__ import annotations

from typing import NamedTuple

from cadastre.adjustment.network import Network
from cadastre.adjustment.observations import Single
from cadastre.adjustment.result import Adjustment, Residual
from cadastre.adjustment.solve import adjust
from cadastre.adjustment.start import with_start_values
from cadastre.adjustment.statistics import ALPHA, critical_w


class Outlier(NamedTuple):
    """An observation that was taken out, with the w that told and the limit it passed."""

    observation: Single
    w: float
    limit: float


class Snooping(NamedTuple):
    """What was taken out, in order, and the adjustment of what is left."""

    outliers: tuple[Outlier, ...]
    adjustment: Adjustment


def find_outliers(network: Network, *, alpha: float = ALPHA, most: int = 20) -> Snooping:
    """Take out the observation with the largest |w| above the limit, adjust anew, and so on.

    ``alpha`` is the chance to suspect a good observation. Stops after ``most``; raises what
    `adjust` raises.
    """
    limit, found = critical_w(alpha), list[Outlier]()
    # What is taken out may have been needed to find the start values.
    network = with_start_values(network)
    adjustment = adjust(network)
    while len(found) < most:
        worst = _worst(adjustment)
        if worst is None or abs(worst.w or 0.0) <= limit:
            break
        found.append(Outlier(worst.observation, worst.w or 0.0, limit))
        network = network.without(worst.observation)
        adjustment = adjust(network)
    return Snooping(tuple(found), adjustment)


def _worst(adjustment: Adjustment) -> Residual | None:
    checked = [each for each in adjustment.residuals if each.w is not None]
    return max(checked, key=lambda each: abs(each.w or 0.0), default=None)
