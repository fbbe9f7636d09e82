"""The rules of the fabric as data, and what they find. docs/algorithms/fabric-rules.md."""

from __future__ import annotations

from parcels.rules.registry import critical_outcomes

__all__ = ["critical_outcomes"]
