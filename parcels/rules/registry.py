"""Which rules there are, and which of them stop a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cadastre.errors import LandError
from parcels.models import Transaction

Check = Callable[[Transaction], Iterable[LandError]]
_critical: list[Check] = []


def critical(check: Check) -> Check:
    """Let this check stop transactions: whatever it yields forbids to go on."""
    _critical.append(check)
    return check


def critical_outcomes(act: Transaction) -> Iterable[LandError]:
    """Everything critical that the rules find in what ``act`` proposes."""
    for check in _critical:
        yield from check(act)
