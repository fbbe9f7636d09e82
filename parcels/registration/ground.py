"""The ground a transaction touches: held by one registration at a time, and sound in the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

import shapely
from django.contrib.gis.geos import MultiPolygon
from django.db import connection

from cadastre.fabric import EditRefused, Plot
from cadastre.planar import Severity
from parcels.editing.checking import findings_of
from parcels.editing.frame import ZoneFrame
from parcels.editing.loading import parcels_within
from parcels.models import Parcel, ProposedParcel
from parcels.registration.registering import Registration

Role = ProposedParcel.Role

CELLS_PER_DEGREE: Final = 100
"""Cells of 0.01° (1.1 km): in degrees, since parcels of two zones can lie side by side."""

_CELLS: Final = 0x4743 << 32
"""The keys of cells lie apart from all other advisory locks."""


class Proposed(Protocol):
    """A proposal, stored or not."""

    @property
    def role(self) -> str: ...
    @property
    def parcel(self) -> Parcel | None: ...
    @property
    def geometry(self) -> MultiPolygon | None: ...
    @property
    def zone_srid(self) -> int: ...


def ground_hold(registration: Registration) -> None:
    """Let nobody else register new ground here until this one is done, and look at it again.

    Parcels that exist are held by their rows; this holds the place of those that do not exist yet.
    Raises what the registered parcels around, as they are now, have against the result.
    """
    cells = sorted(
        {
            cell
            for each in registration.proposed
            if each.geometry and each.role in {Role.PIECE, Role.CHANGED}
            for cell in cells_of(each.geometry)
        }
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(cell)) FROM unnest(%s::bigint[]) AS cell", [cells]
        )
    for fault in ground_faults(registration.act.kind, registration.proposed):
        raise fault


def cells_of(geometry: MultiPolygon) -> Iterator[int]:
    """The keys of the cells that a shape's bounds reach into."""
    west, south, east, north = (math.floor(v * CELLS_PER_DEGREE) for v in geometry.extent)
    for column in range(west, east + 1):
        for row in range(south, north + 1):
            yield _CELLS + ((column + 2**15) << 16) + (row + 2**15)


def ground_faults(kind: str, proposed: Sequence[Proposed]) -> Iterable[EditRefused]:
    """What the parcels in force have against the proposals; warnings are left out."""
    results = [each for each in proposed if each.role in {Role.PIECE, Role.CHANGED}]
    if not results:
        return []
    frame = ZoneFrame(results[0].zone_srid)
    shapes = [frame.read(each.geometry) for each in results if each.geometry]
    subjects = [each.parcel for each in proposed if each.parcel and each.role != Role.NEIGHBOUR]
    before = [Plot(parcel.pk, frame.read(parcel.geometry)) for parcel in subjects]
    touched = [*shapes, *(plot.geometry for plot in before)]
    corners = shapely.bounds(touched).reshape(-1, 2).tolist()
    around = parcels_within(frame, [(x, y) for x, y in corners])
    named = {parcel.pk for parcel in subjects}
    others = [Plot(each.pk, frame.read(each.geometry)) for each in around if each.pk not in named]
    changed = {
        each.parcel.pk: frame.read(each.geometry)
        for each in proposed
        if each.role == Role.NEIGHBOUR and each.parcel and each.geometry
    }
    found = findings_of(kind, before, shapes, changed, others)
    return [each for each in found if each.severity is Severity.FAULT]
