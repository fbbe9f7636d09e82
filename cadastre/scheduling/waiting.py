"""How long somebody who takes a number now will wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

OPTIMISM: Final = 8, 10
"""The optimistic estimate takes four fifths: customers leave and some are quick."""


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
