"""The parcels in view of the editor, with all that it snaps to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
import shapely.geometry
from django.contrib.gis.geos import Polygon as StoredPolygon
from django.db.models import QuerySet

from cadastre.geodesy import WGS84, transformer
from offices.models.office import Office
from parcels.editing.errors import TooManyParcelsAround
from parcels.editing.frame import LonLat
from parcels.editing.preview import subject_facts
from parcels.models import Parcel, ProposedParcel, Transaction

MOST_IN_VIEW: Final = 1_000
MM_PER_M: Final = 1000
Bounds = tuple[float, float, float, float]


def parcels_in_view(bounds: Bounds, on: date) -> QuerySet[Parcel]:
    """The parcels in force on a day that reach into west, south, east, north; by primary key."""
    area = StoredPolygon.from_bbox(bounds)
    area.srid = WGS84
    return (
        Parcel.objects.in_force(on)
        .filter(geometry__bboverlaps=area)
        .select_related("ba_unit")
        .defer("geometry_3857")
        .order_by("pk")
    )


def fabric_around(*, office: Office, bounds: Bounds, on: date) -> list[dict[str, Any]]:
    """The parcels around a place, those of other offices marked as not to be edited.

    ``geometry`` is longitude and latitude as stored; ``marks_mm`` are the same vertices, ring by
    ring in the same order, in whole millimetres of ``zone_srid``. ``base`` is the state that a
    drawing rests on, ``open`` the open transaction that claims the parcel. Raises
    `TooManyParcelsAround` above 1,000 parcels.
    """
    parcels = list(parcels_in_view(bounds, on)[: MOST_IN_VIEW + 1])
    if len(parcels) > MOST_IN_VIEW:
        raise TooManyParcelsAround(limit=MOST_IN_VIEW)
    claims = dict(
        ProposedParcel.objects.filter(
            parcel__in=parcels, claims=True, transaction__status__in=Transaction.OPEN
        ).values_list("parcel", "transaction__public_id")
    )
    return [
        _in_view(parcel)
        | {"editable": parcel.office_id == office.pk, "open": claims.get(parcel.pk)}
        for parcel in parcels
    ]


def _in_view(parcel: Parcel) -> dict[str, Any]:
    shape = shapely.from_wkb(bytes(parcel.geometry.wkb))
    geometry = shapely.geometry.mapping(shape)
    point = parcel.label_point
    return subject_facts(parcel) | {
        "geometry": geometry,
        "zone_srid": parcel.zone_srid,
        "marks_mm": [
            [_millimetres(ring, parcel.zone_srid) for ring in part]
            for part in geometry["coordinates"]
        ],
        "label_point": (point.x, point.y),
        "base": parcel.recorded_during.lower.isoformat(),
    }


def _millimetres(ring: Sequence[LonLat], zone_srid: int) -> list[list[int]]:
    lonlat = np.array(ring)
    metres = transformer(WGS84, zone_srid).transform(lonlat[:, 0], lonlat[:, 1])
    found: list[list[int]] = np.rint(np.column_stack(metres) * MM_PER_M).astype(int).tolist()
    return found
