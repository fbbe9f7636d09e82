"""What each kind of transaction says, forbids and does. docs/algorithms/transactions.md.

A module of this package registers the kinds it knows; ``parcels.services.transactions`` takes a
transaction from draft to registration and knows no kind.
"""

from __future__ import annotations

from parcels.registration.kinds import Content, KindOfAct, kind_named, register
from parcels.registration.numbers import draw_numbers
from parcels.registration.registering import Registration

__all__ = ["Content", "KindOfAct", "Registration", "draw_numbers", "kind_named", "register"]
