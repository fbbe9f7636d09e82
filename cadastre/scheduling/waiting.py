"""How long somebody who takes a number now will wait. docs/algorithms/waiting-time.md explains it.

Times are seconds as float; `waiting_time` keeps the plain rule of averages with timedelta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import hypot, log, log1p, sqrt
from statistics import median
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Draws: TypeAlias = NDArray[np.float64]

OPTIMISM: Final = 8, 10
"""The optimistic estimate takes four fifths: customers leave and some are quick."""

SHRINKAGE: Final = 10
"""The planned time of a service weighs as much as so many visits."""
USUAL_SPREAD: Final = 0.5
"""Standard deviation over mean of a service nobody has measured yet."""
CLIP: Final = 4
"""A visit counts as at most so many times the median, and at least as that part of it."""
MOST_COUNTERS: Final = 100
"""Draws kept for the visitors at the counters, so that more people do not change theirs."""
GAMES: Final = 400
"""How often the queue is played out."""
SEED: Final = 2569
"""The same hall is always told the same."""
CERTAIN: Final = 1e-6
"""No visit is taken to last longer than all but so small a part of them."""


class WaitingTime(NamedTuple):
    """Two honest ends of an estimate; a display shows the range between them."""

    optimistic: timedelta
    expected: timedelta


def waiting_time(ahead: int, counters: int, average: timedelta) -> WaitingTime | None:
    """The wait of the next ticket; None while no counter is open.

    ``ahead`` counts everybody before, those being served included; ``average`` is the usual
    time of one customer at a counter. Expected: all of them still need a full average, shared
    by the counters. Optimistic: those being served are just leaving, and the rest take 4/5.
    """
    if ahead < 0 or average < timedelta():
        raise ValueError("nobody waits a negative time")
    if counters < 1:
        return None
    waiting = max(0, ahead - counters)
    numerator, denominator = OPTIMISM
    return WaitingTime(
        optimistic=average * waiting * numerator / (counters * denominator),
        expected=average * ahead / counters,
    )


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """What one visit takes at a counter: mean and standard deviation in seconds."""

    mean_s: float
    deviation_s: float


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A counter with a clerk: the services it does, by id, and whom it has.

    ``busy_with`` is the service of its visitor, None while free, ``busy_also`` those beside it;
    ``busy_s`` how long that visit lasts already, 0 for somebody who is called and on the way.
    """

    services: frozenset[int]
    number: int
    busy_with: int | None = None
    busy_s: float = 0
    busy_also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits: the service wanted, and the one counter to go to if only one will do.

    ``also`` are services done in the same visit, after the first.
    """

    service: int
    only_counter: int | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """What somebody is told: seconds; four of five waits lie between low and high."""

    low_s: int
    expected_s: int
    high_s: int
    counters: int


def service_time(seen_s: Sequence[float], planned_s: float) -> ServiceTime:
    """The time of one visit from those measured lately, drawn towards the planned time.

    Measured times are clipped to a quarter and to four times their median: somebody forgot to
    press a key. ``planned_s`` then counts as `SHRINKAGE` visits. ValueError unless it is positive.
    """
    if planned_s <= 0:
        raise ValueError("a visit takes some time")
    middle = median(seen_s) if seen_s else planned_s
    seen = [min(max(value, middle / CLIP), middle * CLIP) for value in seen_s]
    weight = SHRINKAGE + len(seen)
    mean = (SHRINKAGE * planned_s + sum(seen)) / weight
    own = sum(seen) / len(seen) if seen else mean
    variance = SHRINKAGE * (USUAL_SPREAD * mean) ** 2 + sum((value - own) ** 2 for value in seen)
    return ServiceTime(mean, sqrt(variance / weight))


def estimate(
    person: Waiting,
    ahead: Sequence[Waiting],
    counters: Sequence[OpenCounter],
    times: dict[int, ServiceTime],
) -> Estimate | None:
    """The wait of ``person`` behind ``ahead``, in the order in which they are called.

    The queue is played out `GAMES` times with visits drawn log-normal: everybody goes to whichever
    counter that may serve them is free first; nobody whom no open counter serves holds anybody up.
    Expected is the median, low and high the tenth and the ninetieth per cent. None while no open
    counter serves ``person``. KeyError for a service without a time.
    """
    usable = [at for at, counter in enumerate(counters) if _serves(counter, person)]
    if not usable:
        return None
    draws = np.random.default_rng(SEED).random((MOST_COUNTERS + len(ahead), GAMES))
    free_at = np.zeros((len(counters), GAMES))
    for at, counter in enumerate(counters):
        if counter.busy_with is not None:
            whole = _together(times, counter.busy_with, *counter.busy_also)
            lasts = _drawn(whole, draws[at % MOST_COUNTERS], counter.busy_s)
            free_at[at] = np.maximum(lasts - counter.busy_s, 0)
    every_game = np.arange(GAMES)
    for number, other in enumerate(ahead, start=MOST_COUNTERS):
        theirs = [at for at, counter in enumerate(counters) if _serves(counter, other)]
        if theirs:
            first = np.asarray(theirs)[np.argmin(free_at[theirs], axis=0)]
            whole = _together(times, other.service, *other.also)
            free_at[first, every_game] += _drawn(whole, draws[number])
    waits = np.min(free_at[usable], axis=0)
    low, expected, high = np.quantile(waits, [0.1, 0.5, 0.9])
    return Estimate(round(low), round(expected), round(high), len(usable))


def _serves(counter: OpenCounter, person: Waiting) -> bool:
    if person.only_counter is not None:
        return counter.number == person.only_counter
    return person.service in counter.services


def _together(times: dict[int, ServiceTime], *services: int) -> ServiceTime:
    """The time of a visit for several services: means add up, and so do variances."""
    each = [times[service] for service in services]
    return ServiceTime(sum(time.mean_s for time in each), hypot(*(t.deviation_s for t in each)))


def _drawn(time: ServiceTime, draws: Draws, at_least_s: float = 0) -> Draws:
    """Visits drawn log-normal by uniform ``draws``, of those that last at least so long."""
    if time.deviation_s == 0:
        return np.full_like(draws, time.mean_s)
    variance = log1p((time.deviation_s / time.mean_s) ** 2)
    middle, deviation = log(time.mean_s) - variance / 2, sqrt(variance)
    passed = ndtr((log(at_least_s) - middle) / deviation) if at_least_s > 0 else 0.0
    shares = np.clip(passed + draws * (1 - passed), CERTAIN, 1 - CERTAIN)
    return np.exp(middle + deviation * ndtri(shares))
