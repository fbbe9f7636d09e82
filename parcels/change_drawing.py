"""What a transaction does to the map, as two pictures of one place: before and after.

Both have the same scale and the same corner, so that they can be laid side by side. Drawn in the
zone of the parcels; neighbours are there to find one's way and carry no lengths.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Final

import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.utils import timezone

from cadastre.geodesy import reproject
from parcels.drawing import (
    HEIGHT,
    WIDTH,
    Point,
    ScaleBar,
    SideLabel,
    fitted,
    ring_path,
    rings_of,
    rounded,
    scale_bar_of,
    side_labels,
    side_lengths,
    sides_joined,
)
from parcels.models import Parcel, ParcelVersion, ProposedParcel, Transaction

MOST_NEIGHBOURS: Final = 80
ROOM_ABOUT: Final = 0.35
"""How much of the neighbourhood is shown around, as a share of the place itself."""
SAME_PLACE: Final = 48.0
"""Two equal lengths closer than this, in units of the picture, are written once."""
Role = ProposedParcel.Role


@dataclass(frozen=True, slots=True)
class Plot:
    """One parcel in one of the pictures; ``geometry`` is lon/lat."""

    mark: str
    geometry: MultiPolygon
    zone_srid: int
    tone: str
    legal_area_m2: Decimal | None = None

    @property
    def calculated_m2(self) -> Decimal:
        """The area of the shape in its zone, to a hundredth of a square metre."""
        area = Decimal(repr(_in_zone(self.geometry, self.zone_srid).area))
        return area.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class DrawnPlot:
    """A plot as the template draws it."""

    path: str
    tone: str
    mark: str
    middle: Point


@dataclass(slots=True)
class Picture:
    """What ``parcels/transactions/picture.html`` draws, in units of its view box."""

    scale_bar: ScaleBar
    plots: list[DrawnPlot] = field(default_factory=list)
    labels: list[SideLabel] = field(default_factory=list)
    corners: list[Point] = field(default_factory=list)
    new_corners: list[Point] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def sides(self) -> str:
        """The lengths written in the picture, for those who cannot see it."""
        return ", ".join(label.text for label in self.labels)


class Change:
    """The parcels of a transaction before and after it, and the pictures of both."""

    def __init__(self, act: Transaction, on: date | None = None) -> None:
        self._act = act
        self._on = on or timezone.localdate()
        self._proposed = list(act.proposed.select_related("parcel").order_by("position"))

    def __bool__(self) -> bool:
        return any(each.role != Role.NEIGHBOUR for each in self._proposed)

    @cached_property
    def before(self) -> list[Plot]:
        """The subjects and the neighbours with new marks, as they were when this was drawn."""
        found = []
        for each in self._proposed:
            state = _base(each)
            if state is None:
                continue
            tone = "neighbour" if each.role == Role.NEIGHBOUR else "subject"
            found.append(Plot(
                state.land_number, state.geometry, state.zone_srid, tone, state.legal_area_m2
            ))  # fmt: skip
        return found

    @cached_property
    def after(self) -> list[Plot]:
        """The pieces, what changes, and the neighbours, as proposed."""
        found, pieces = [], 0
        for each in self._proposed:
            if each.geometry is None:
                continue
            pieces += each.role == Role.PIECE
            mark = f"({pieces})" if each.role == Role.PIECE else _number(each)
            found.append(Plot(
                mark, each.geometry, each.zone_srid, _tone(each), each.legal_area_m2
            ))  # fmt: skip
        return found

    @cached_property
    def pictures(self) -> tuple[Picture, Picture]:
        """Before and after."""
        own = {each.parcel_id for each in self._proposed if each.parcel_id}
        subjects = [p for p in [*self.before, *self.after] if p.tone != "neighbour"]
        around = _around(subjects, own, self._on)
        known = {place for plot in [*self.before, *around] for place in _places(plot)}
        return (
            _picture(self.before, around, subjects),
            _picture(self.after, around, subjects, known),
        )

    @cached_property
    def areas(self) -> dict[str, Any]:
        """Rows and exact totals of both sides; a total is None where an area is unknown."""
        before = [plot for plot in self.before if plot.tone == "subject"]
        after = [plot for plot in self.after if plot.tone != "neighbour"]
        return {
            "before": before, "after": after, "before_total": _total(before),
            "after_total": _total(after), "difference": _difference(before, after),
        }  # fmt: skip


def parcels_picture(states: Sequence[Parcel | ParcelVersion], on: date) -> Picture | None:
    """The parcels of a title, in the states given, among their neighbours."""
    plots = [_plot(state, "subject") for state in states]
    if not plots:
        return None
    own = {state.pk if isinstance(state, Parcel) else state.parcel_id for state in states}
    return _picture(plots, _around(plots, own, on), plots)


def _plot(parcel: Parcel | ParcelVersion, tone: str) -> Plot:
    return Plot(parcel.land_number, parcel.geometry, parcel.zone_srid, tone, parcel.legal_area_m2)


def _base(each: ProposedParcel) -> Parcel | ParcelVersion | None:
    """The state that the proposal was drawn upon."""
    if each.parcel is None or each.base_recorded_at is None:
        return None
    if each.parcel.recorded_during.lower == each.base_recorded_at:
        return each.parcel
    return ParcelVersion.objects.filter(
        parcel=each.parcel, recorded_during__startswith=each.base_recorded_at
    ).first()


def _number(each: ProposedParcel) -> str:
    return each.parcel.land_number if each.parcel else ""


def _tone(each: ProposedParcel) -> str:
    if each.role == Role.NEIGHBOUR:
        return "neighbour"
    return "public" if each.becomes_public else "piece"


def _total(plots: Iterable[Plot]) -> Decimal | None:
    areas = [plot.legal_area_m2 for plot in plots]
    known = [area for area in areas if area is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(areas) else None


def _difference(before: list[Plot], after: list[Plot]) -> Decimal | None:
    one, two = _total(before), _total(after)
    return None if one is None or two is None else two - one


# -- the pictures -------------------------------------------------------------------------------


def _around(plots: Sequence[Plot], own: set[int], on: date) -> list[Plot]:
    """The parcels in force near by, greyed."""
    if not plots:
        return []
    boxes = [plot.geometry.extent for plot in plots]
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    dx, dy = (east - west) * ROOM_ABOUT, (north - south) * ROOM_ABOUT
    place = Polygon.from_bbox((west - dx, south - dy, east + dx, north + dy))
    place.srid = 4326
    near = Parcel.objects.in_force(on).filter(geometry__bboverlaps=place).exclude(pk__in=own)
    return [_plot(parcel, "neighbour") for parcel in near.order_by("pk")[:MOST_NEIGHBOURS]]


def _in_zone(geometry: MultiPolygon, srid: int) -> shapely.MultiPolygon:
    shape = reproject(shapely.from_wkb(bytes(geometry.wkb)), 4326, srid)
    assert isinstance(shape, shapely.MultiPolygon)
    return shape


def _places(plot: Plot) -> set[Point]:
    """Its vertices to the millimetre."""
    shape = _in_zone(plot.geometry, plot.zone_srid)
    return {(round(x, 3), round(y, 3)) for x, y in shapely.get_coordinates(shape).tolist()}


def _picture(
    plots: Sequence[Plot],
    around: Sequence[Plot],
    place_of: Sequence[Plot],
    known: set[Point] | None = None,
) -> Picture:
    """Neighbours first, then the plots with their corners; corners not ``known`` are new."""
    zone = place_of[0].zone_srid if place_of else 32647
    bounds = _bounds([_in_zone(plot.geometry, zone) for plot in place_of])
    place, scale = fitted(bounds)
    picture = Picture(scale_bar_of(scale))
    for plot in sorted([*around, *plots], key=lambda plot: plot.tone != "neighbour"):
        shape = _in_zone(plot.geometry, zone)
        rings = [ring for polygon in shape.geoms for ring in rings_of(polygon)]
        drawn = [[place(point) for point in ring] for ring in rings]
        inside = shapely.point_on_surface(shape)
        picture.plots.append(DrawnPlot(
            " ".join(ring_path(ring) for ring in drawn), plot.tone, plot.mark,
            rounded(place((inside.x, inside.y))),
        ))  # fmt: skip
        _mark_corners(picture, rings, place, known, neighbour=plot.tone == "neighbour")
        if plot.tone != "neighbour":
            _write_lengths(picture, [sides_joined(ring) for ring in rings], place)
    return picture


def _bounds(shapes: Sequence[shapely.MultiPolygon]) -> tuple[float, float, float, float]:
    boxes = [shape.bounds for shape in shapes] or [(0.0, 0.0, 1.0, 1.0)]
    return (
        min(b[0] for b in boxes), min(b[1] for b in boxes),
        max(b[2] for b in boxes), max(b[3] for b in boxes),
    )  # fmt: skip


def _mark_corners(
    picture: Picture, rings: list[list[Point]], place: Any, known: set[Point] | None, *,
    neighbour: bool,
) -> None:  # fmt: skip
    for x, y in (point for ring in rings for point in ring):
        drawn = rounded(place((x, y)))
        if known is not None and (round(x, 3), round(y, 3)) not in known:
            if drawn not in picture.new_corners:
                picture.new_corners.append(drawn)
        elif not neighbour and drawn not in picture.corners:
            picture.corners.append(drawn)


def _write_lengths(picture: Picture, rings: list[list[Point]], place: Any) -> None:
    for ring, lengths in zip(rings, side_lengths(rings), strict=True):
        for label in side_labels([place(point) for point in ring], lengths):
            if not any(
                label.text == other.text
                and math.dist((label.x, label.y), (other.x, other.y)) < SAME_PLACE
                for other in picture.labels
            ):
                picture.labels.append(label)
