"""What happened to a parcel, as everybody may know it: its shape, area and numbers over time.

docs/algorithms/history.md tells which transactions are named, which are shown without a name and
which are not shown at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadastre.area import Area
from cadastre.geodesy import reproject
from parcels.as_of import former_states, is_former, parcel_as_it_was
from parcels.models import Parcel, Transaction
from parcels.services.lineage import PRIVATE, kind_told
from web.formats import format_rai_ngan_wa

MOST_EVENTS = 60
LEAST_SHIFT_M2 = 0.01
"""Shapes that differ by less than a square decimetre are the same shape with another mark on it."""
PICTURE, MARGIN = 240.0, 12.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One public fact before and after; empty text where there was none."""

    name: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TwoShapes:
    """The shape before and after, as SVG paths in one picture of ``size`` by ``size``."""

    before: str
    after: str
    size: float = PICTURE


@dataclass(frozen=True, slots=True)
class Event:
    """What changed on a day in law; ``kind`` is empty where the transaction is not named."""

    on: date | None
    kind: str
    differences: list[Difference]
    shapes: TwoShapes | None


def events_of(parcel: Parcel) -> list[Event]:
    """The public changes of a parcel, the latest first.

    A change that shows in no public fact (a neighbour's new mark on the common boundary) is none,
    and what happens between people is neither told nor counted.
    """
    found = [
        event for before, after in pairwise(_states(parcel)) if (event := _event(before, after))
    ]
    return found[::-1][:MOST_EVENTS]


def _states(parcel: Parcel) -> Iterator[Parcel]:
    """What the register said of the parcel, one saying after the other."""
    states = (
        former_states()
        .select_related("changed_by", "retired_by")
        .filter(parcel=parcel.pk, recorded_during__upper_inf=False)
    )
    for state in states.order_by("recorded_during"):
        yield parcel_as_it_was(state)
    yield Parcel.objects.with_facts().get(pk=parcel.pk) if is_former(parcel) else parcel


def _event(before: Parcel, after: Parcel) -> Event | None:
    act = _act_between(before, after)
    if act is None or act.kind in PRIVATE:
        return None
    shapes = _two_shapes(before, after)
    differences = [
        Difference(name, was, now)
        for name, was, now in (
            (_("Title"), _title(before), _title(after)),
            (_("Map sheet"), _sheet(before), _sheet(after)),
            (_("Land number"), before.land_number, after.land_number),
            (_("Tax parcel code"), before.tax_parcel_code, after.tax_parcel_code),
            (_("Area on the deed"), _area(before), _area(after)),
        )
        if was != now
    ]
    if not differences and shapes is None:
        return None
    period = after.valid_during
    return Event(None if period.isempty else period.lower, kind_told(act), differences, shapes)


def _act_between(before: Parcel, after: Parcel) -> Transaction | None:
    """The transaction that made the later state; None where it only ended the parcel."""
    if after.changed_by_id != before.changed_by_id:
        return after.changed_by
    if after.valid_during == before.valid_during or after.valid_during.upper is None:
        return after.retired_by
    return None


def _title(parcel: Parcel) -> str:
    title = parcel.ba_unit
    return "" if title is None else f"{title.get_title_type_display()} {title.deed_number}".strip()


def _sheet(parcel: Parcel) -> str:
    return parcel.map_sheet.name if parcel.map_sheet else ""


def _area(parcel: Parcel) -> str:
    return "" if parcel.legal_area_m2 is None else format_rai_ngan_wa(Area(parcel.legal_area_m2))


def _two_shapes(before: Parcel, after: Parcel) -> TwoShapes | None:
    """Both shapes in the zone of the later one, north up; None where they are the same ground."""
    if before.geometry.equals_exact(after.geometry, 0):
        return None
    was, now = (
        reproject(shapely.from_wkb(bytes(one.geometry.wkb)), 4326, after.zone_srid)
        for one in (before, after)
    )
    if shapely.symmetric_difference(was, now).area < LEAST_SHIFT_M2:
        return None
    west, south, east, north = shapely.union_all([was, now]).bounds
    scale = (PICTURE - 2 * MARGIN) / max(east - west, north - south)
    left = (PICTURE - (east - west) * scale) / 2
    top = (PICTURE - (north - south) * scale) / 2

    def path(shape: shapely.Geometry) -> str:
        rings = [
            " L".join(
                f"{left + (x - west) * scale:.1f} {top + (north - y) * scale:.1f}"
                for x, y, *_ in ring.coords[:-1]
            )
            for polygon in shapely.get_parts(shape)
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        return " ".join(f"M{ring} Z" for ring in rings)

    return TwoShapes(path(was), path(now))
