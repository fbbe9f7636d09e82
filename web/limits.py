"""How often one network may ask within a while: counted by each process for itself, in memory.

What it protects is the service's own time, so that a program that floods it with requests leaves
room for everybody else. It decides nothing about rights: who may hold how many bookings is
decided by the database. Several processes count apart: with two of them a network gets up to
twice as much. A restart forgets everything.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_NETWORKS = 50_000


@dataclass
class Allowance:
    """So many requests a minute for each network; all of them may come at once."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _full_at: dict[str, float] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def spend(self, network: str) -> int:
        """Count one request; 0, or the seconds to wait when the allowance is used up.

        A network has one moment, at which its whole allowance will be there again; a request moves
        it later, at most a minute ahead of now. A refused request moves nothing.
        """
        now, each = self.clock(), 60 / self.per_minute
        with self._lock:
            moment = max(self._full_at.get(network, now), now) + each
            if moment > now + 60 + each / 2:
                return max(1, math.ceil(moment - now - 60))
            self._full_at[network] = moment
            if len(self._full_at) > MOST_NETWORKS:
                self._sweep(now)
        return 0

    def _sweep(self, now: float) -> None:
        """Forget whose allowance is whole again, and everybody if that is not enough."""
        kept = {name: moment for name, moment in self._full_at.items() if moment > now}
        self._full_at = kept if len(kept) <= MOST_NETWORKS // 2 else {}
