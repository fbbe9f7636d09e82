"""What it costs to register at a land office: fees, stamp duty and taxes, estimated.

`estimate` is pure and exact in satang; the figures are dated data in ``parameters/``.
docs/algorithms/fees.md has the rules.
"""

from __future__ import annotations

from .estimate import Estimate, Line, estimate
from .facts import Act, FactsUnusable, FeeFacts

__all__ = ["Act", "Estimate", "FactsUnusable", "FeeFacts", "Line", "estimate"]
