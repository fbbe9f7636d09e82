"""What rooms above the register have against a transaction, such as taxes in arrears.

A room puts ``registration_vetoes.py`` beside its ``apps.py`` (found like ``admin.py``) and
registers there; the register never knows the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cadastre.errors import LandError
from parcels.models import Transaction

Veto = Callable[[Transaction], Iterable[LandError]]
_vetoes: list[tuple[frozenset[str], Veto]] = []


def veto(*kinds: Transaction.Kind) -> Callable[[Veto], Veto]:
    """Ask this check before a transaction of one of ``kinds`` is submitted, approved, registered.

    Whatever it yields forbids to go on, and is shown to the officer: no amount, no tax status,
    only what to do.
    """

    def remember(check: Veto) -> Veto:
        _vetoes.append((frozenset(kinds), check))
        return check

    return remember


def forget(check: Veto) -> None:
    """Ask this check no more."""
    _vetoes[:] = [each for each in _vetoes if each[1] is not check]


def vetoes_against(act: Transaction) -> Iterable[LandError]:
    """Everything that other rooms have against ``act``."""
    for kinds, check in _vetoes:
        if act.kind in kinds:
            yield from check(act)
