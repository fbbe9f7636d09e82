"""The parcels that take part in an edit, from the register as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import shapely
from django.contrib.gis.geos import Polygon as StoredPolygon

from cadastre.fabric import Point
from cadastre.geodesy import WGS84, transformer
from offices.models.office import Office
from parcels.editing.bench import Bench
from parcels.editing.errors import NothingEdited, ParcelNotEditable, TooManyParcelsAround
from parcels.editing.frame import ZoneFrame
from parcels.editing.operations import Step
from parcels.models import Parcel

MARGIN_M: Final = 2.0
"""Parcels this near to an edit lie on the bench: more than the widest gap that is looked for."""

MOST_AROUND: Final = 5_000


def bench_load(*, office: Office, operations: Sequence[Step]) -> Bench:
    """The bench for these steps: their parcels and all that lie around their places.

    Raises `NothingEdited` without steps, `ParcelNotEditable` for a parcel that is not in force at
    this office.
    """
    if not operations:
        raise NothingEdited
    subjects = subjects_load(office, operations)
    zone = subjects[0].zone_srid if subjects else office.zone_srid
    frame = ZoneFrame(zone)
    points = [place for step in operations for each in step.places() for place in each.within(zone)]
    points += _corners(subjects, zone)
    return Bench.of(frame, parcels_within(frame, points))


def subjects_load(office: Office, operations: Sequence[Step]) -> list[Parcel]:
    """The registered parcels that the steps name, in their order."""
    named = dict.fromkeys(name for step in operations for name in step.parcels_named())
    wanted = [name for name in named if not name.startswith("#")]
    found = {
        parcel.public_id: parcel
        for parcel in Parcel.objects.filter(
            office=office, public_id__in=wanted, retired_by=None
        ).defer("geometry_3857", "label_point")
    }
    for name in wanted:
        if name not in found:
            raise ParcelNotEditable(name=name)
    return [found[name] for name in wanted]


def parcels_within(frame: ZoneFrame, points: Iterable[Point]) -> list[Parcel]:
    """Parcels in force that reach into the box around the points, by primary key."""
    area = lonlat_box(frame, points)
    parcels = (
        Parcel.objects.filter(geometry__bboverlaps=area, retired_by=None)
        .select_related("ba_unit")
        .defer("geometry_3857", "label_point")
        .order_by("pk")[: MOST_AROUND + 1]
    )
    found = list(parcels)
    if len(found) > MOST_AROUND:
        raise TooManyParcelsAround(limit=MOST_AROUND)
    return found


def lonlat_box(
    frame: ZoneFrame, points: Iterable[Point], margin: float = MARGIN_M
) -> StoredPolygon:
    """The box around points of a zone, widened by a margin, in degrees."""
    low_x, low_y, high_x, high_y = shapely.total_bounds(shapely.points([*points])).tolist()
    bounds = transformer(frame.zone_srid, WGS84).transform_bounds(
        low_x - margin, low_y - margin, high_x + margin, high_y + margin
    )
    area = StoredPolygon.from_bbox(bounds)
    area.srid = WGS84
    return area


def _corners(parcels: Sequence[Parcel], zone: int) -> list[Point]:
    change = transformer(WGS84, zone)
    found: list[Point] = []
    for parcel in parcels:
        west, south, east, north = change.transform_bounds(*parcel.geometry.extent)
        found += [(west, south), (east, north)]
    return found
