"""What the map of a round needs, on the page and in the offline file: shapes, stops, the walk."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON

from parcels.models import Parcel
from taxmap.models import CollectionRound
from taxmap.visits import StopRow

SEVEN_DIGITS = 7
"""About a centimetre."""


def page_data(collection_round: CollectionRound, rows: list[StopRow]) -> dict[str, Any]:
    """Plots with their order, and the line walked, as GeoJSON of EPSG:4326. No owner."""
    shapes = dict(
        Parcel.objects.filter(pk__in=[row.stop.unit.parcel_id for row in rows])
        .annotate(json=AsGeoJSON("geometry", precision=SEVEN_DIGITS))
        .values_list("pk", "json")
    )
    return {
        "round": collection_round.public_id,
        "walk": json.loads(collection_round.walk.geojson) if collection_round.walk else None,
        "stops": [
            {
                "order": row.stop.order, "code": row.stop.unit.parcel.tax_parcel_code,
                "at": [round_off(row.stop.unit.parcel.label_point.y),
                       round_off(row.stop.unit.parcel.label_point.x)],
                "shape": json.loads(shapes[row.stop.unit.parcel_id]),
            }
            for row in rows
        ],
    }  # fmt: skip


def round_off(degrees: float) -> float:
    """Degrees to about a centimetre."""
    return float(f"{degrees:.{SEVEN_DIGITS}f}")
