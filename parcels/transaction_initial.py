"""What the forms of transactions show of one that is written anew."""

from __future__ import annotations

from typing import Any

from parcels.models import Party, Transaction
from parcels.transaction_forms import NEW


def initial_of(act: Transaction) -> dict[str, Any]:
    """What a form shows of a transaction that is written anew."""
    content: dict[str, Any] = act.content
    said: dict[str, Any] = {
        "source_kind": act.source.kind, "source_reference": act.source.reference,
        "source_issued_on": act.source.issued_on, "reason": act.reason,
        "effective_on": act.effective_on,
    }  # fmt: skip
    said |= {k: v for k, v in content.items() if isinstance(v, str | int)}
    for kind in ("restriction", "responsibility"):
        if key := content.get(f"ends_{kind}"):
            said["ends"] = f"{kind}-{key}"
    if "share" in content:
        said["share"] = _written(content["share"])
    if "correct" in content:
        said |= content["correct"] | {"title_word": content["correct"]["title"]}
    if "creditor" in content:
        new = content["creditor"]["new"] or {}
        said |= {
            "creditor": content["creditor"]["party"] or NEW, "amount": content["amount_satang"],
            "creditor_name": new.get("name", ""),
            "creditor_kind": new.get("kind", Party.Kind.JURISTIC.value),
        }  # fmt: skip
    return said


def receivers_of(act: Transaction) -> list[dict[str, Any]]:
    """The rows of a transaction that is written anew."""
    return [
        (each["new"] or {}) | {"who": each["party"] or NEW, "share": _written(each["share"])}
        for each in act.content.get("to", [])
    ]


def _written(share: dict[str, int]) -> str:
    return f"{share['numerator']}/{share['denominator']}"
