"""The digest of what a transaction proposes: an approval is bound to it."""

from __future__ import annotations

import hashlib
import json

from parcels.models import Transaction


def content_digest(act: Transaction) -> str:
    """SHA-256 over everything a checker is shown, in one spelling; 64 hexadecimal digits.

    Geometry enters as its bytes: a vertex moved by the last bit of a double is another proposal.
    """
    source = act.source
    said = {
        "transaction": act.public_id,
        "kind": act.kind,
        "office": act.office_id,
        "reason": act.reason,
        "effective_on": act.effective_on,
        "source": [source.kind, source.reference, source.issued_on],
        "spatial_source": act.spatial_source_id,
        "content": act.content,
        "titles": sorted(act.titles.values_list("ba_unit_id", flat=True)),
        "proposed": [
            [
                each.position, each.role, each.parcel_id, each.base_recorded_at,
                each.geometry.ewkb.hex() if each.geometry else None, each.zone_srid,
                each.legal_area_m2, each.keeps_number, each.becomes_public, each.facts,
            ]
            for each in act.proposed.order_by("position")
        ],
    }  # fmt: skip
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
