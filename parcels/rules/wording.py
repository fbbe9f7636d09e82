"""The words of a rule with its evidence, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parcels.models import Restriction, Transaction
from parcels.rules.catalogue import Rule


def worded(rule: Rule, evidence: Mapping[str, Any]) -> str:
    """What is wrong here; codes in the evidence become words, the measure gets its unit."""
    said = dict(evidence)
    said["measure"] = measured(evidence.get("measure"), rule.unit)
    if said.get("kind") in Transaction.Kind.values:
        said["kind"] = str(Transaction.Kind(said["kind"]).label)
    if said.get("restriction") in Restriction.Kind.values:
        said["restriction"] = str(Restriction.Kind(said["restriction"]).label)
    if "sub_district_en" in said and get_language() != "th":
        said["sub_district"] = said["sub_district_en"]
    return rule.message(said)


def measured(value: float | None, unit: str) -> str:
    """A measure as people write it: ``12.30 m²``, ``0.004 m``, ``3``; a dash for none."""
    if value is None:
        return "–"
    if unit == "m2":
        return _("%(number)s m²") % {"number": _plain(value, 2 if value >= 0.01 else 6)}
    if unit == "m":
        return _("%(number)s m") % {"number": _plain(value, 2 if value >= 1 else 4)}
    return f"{value:,.0f}"


def _plain(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"
