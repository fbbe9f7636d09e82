"""The rules of the fabric as data, and what they find. docs/algorithms/fabric-rules.md."""

from __future__ import annotations

from parcels.rules.catalogue import Moment, Rule, rule_named, rules, rules_at
from parcels.rules.outcomes import (
    Outcome,
    RuleBroken,
    critical_outcomes,
    outcomes_now,
    outcomes_of,
)

__all__ = [
    "Moment",
    "Outcome",
    "Rule",
    "RuleBroken",
    "critical_outcomes",
    "outcomes_now",
    "outcomes_of",
    "rule_named",
    "rules",
    "rules_at",
]
