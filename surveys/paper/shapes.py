"""The parcels of a job as it surveyed them: registered corners, moved to the points that it found.

Which point is which corner is said by `surveys.proposing`, so that the plan and the proposal are
one. Corners that were not surveyed, or only confirmed, keep the place of the register.
docs/algorithms/survey-plan.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from django.conf import settings
from shapely.geometry import MultiPolygon

from cadastre.cogo import MeasuredArea, Place, format_azimuth, inverse
from cadastre.geodesy import WGS84, reproject, transform_point
from cadastre.pointquality import UNKNOWN, CornerQuality, Digitised, Surveyed, parcel_area
from parcels.extract.marks import rings_numbered
from parcels.models import Parcel
from surveys.models import BoundaryMark, PointResult, SurveyJob, SurveyPoint
from surveys.proposing.ground import Ground, Standing
from surveys.proposing.matching import Fate
from surveys.services.imports import zone_of

MILLIMETRE: Final = 3
TWO_SIDED_95: Final = 1.96
SAME_M: Final = 0.002


@dataclass(frozen=True, slots=True)
class PlanCorner:
    """A corner on the plan: its place in the zone (whole millimetres), and what it rests on."""

    name: str
    easting: float
    northing: float
    point: SurveyPoint | None
    result: PointResult | None
    mark: BoundaryMark | None
    quality: CornerQuality

    @property
    def place(self) -> Place:
        return Place(self.easting, self.northing)

    @property
    def monument(self) -> str:
        """The kind of monument; empty where nobody knows it."""
        return self.mark.monument if self.mark else ""

    @property
    def sigma_mm(self) -> tuple[float, float] | None:
        """Standard deviations east and north in millimetres; None where unknown."""
        if isinstance(self.quality, Surveyed):
            east, north = np.sqrt(np.maximum(np.diagonal(self.quality.covariance)[:2], 0.0)) * 1000
            return float(east), float(north)
        if isinstance(self.quality, Digitised):
            return (self.quality.sigma_m * 1000,) * 2
        return None


@dataclass(frozen=True, slots=True)
class PlanSide:
    """A side from one corner to the next, clockwise."""

    start: PlanCorner
    end: PlanCorner

    @property
    def length_m(self) -> float:
        return math.dist(self.start.place, self.end.place)

    @property
    def azimuth(self) -> str:
        """From grid north, to the second: ``61-28-18``."""
        return format_azimuth(inverse(self.start.place, self.end.place)[0])


@dataclass(frozen=True)
class PlanParcel:
    """A parcel on the plan; ``rings`` run clockwise from the north-west, shells before holes."""

    parcel: Parcel
    parts: tuple[tuple[tuple[PlanCorner, ...], ...], ...]

    @property
    def rings(self) -> list[tuple[PlanCorner, ...]]:
        return [ring for part in self.parts for ring in part]

    @property
    def corners(self) -> list[PlanCorner]:
        return [corner for ring in self.rings for corner in ring]

    @property
    def sides(self) -> list[PlanSide]:
        return [
            PlanSide(a, b)
            for ring in self.rings
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        ]

    @cached_property
    def shape(self) -> MultiPolygon:
        return MultiPolygon([
            (
                [corner.place for corner in part[0]],
                [[corner.place for corner in hole] for hole in part[1:]],
            )
            for part in self.parts
        ])  # fmt: skip

    @cached_property
    def area(self) -> MeasuredArea:
        """Area by coordinates with its standard deviation; corners are taken as independent."""
        areas = [
            parcel_area(*_with_quality(part[0], part[1:]))
            for part in self.parts
        ]  # fmt: skip
        sigmas = [area.sigma_m2 for area in areas]
        known = [sigma for sigma in sigmas if sigma is not None]
        return MeasuredArea(
            math.fsum(area.square_metres for area in areas),
            math.hypot(*known) if len(known) == len(sigmas) else None,
        )

    @property
    def band_m2(self) -> float | None:
        """Half the interval that holds the true area in 95 of 100 cases."""
        return self.area.band_m2(TWO_SIDED_95)


def shape_of(parcel: Parcel, zone: int) -> MultiPolygon:
    """The shape of the register in a zone, on the millimetre grid of legal coordinates."""
    degrees = shapely.from_wkb(bytes(parcel.geometry.wkb))
    shape = reproject(degrees, WGS84, zone)
    assert isinstance(shape, MultiPolygon)
    return shapely.transform(shape, lambda xy: xy.round(MILLIMETRE))


def plan_parcels(job: SurveyJob, parcels: Sequence[Parcel]) -> list[PlanParcel]:
    """The parcels of a plan, with every corner that the job surveyed in its surveyed place."""
    zone = zone_of(job)
    shapes = [shape_of(parcel, zone) for parcel in parcels]
    scales: dict[Place, CornerQuality] = {}
    for parcel, shape in zip(parcels, shapes, strict=True):
        for place in _places(shape):
            scales.setdefault(place, _of_sheet(parcel))
    corners = _corners(job, zone, scales)
    return [
        PlanParcel(parcel, _parts(shape, corners))
        for parcel, shape in zip(parcels, shapes, strict=True)
    ]


def _places(shape: MultiPolygon) -> list[Place]:
    return [Place(*mark.point) for ring in rings_numbered(shape) for mark in ring.marks]


def _of_sheet(parcel: Parcel) -> CornerQuality:
    sheet = parcel.map_sheet
    return Digitised(sheet.scale, settings.CHANOT_SHEET_ERROR_MM) if sheet else UNKNOWN


def _corners(
    job: SurveyJob, zone: int, registered: Mapping[Place, CornerQuality]
) -> dict[Place, PlanCorner]:
    """Each registered corner with what the job says of it."""
    ground = Ground(job)
    standing = _standing(ground, zone, list(registered))
    matches = {
        each.corner.key: each
        for each in ground.matches
        if each.corner is not None and each.fate in {Fate.MOVES, Fate.KEEPS}
    }
    marks = {mark.pk: mark for mark in BoundaryMark.objects.filter(pk__in=[
        each.known.mark for each in standing.values() if each.known.mark
    ])}  # fmt: skip
    own = _first_marks(ground)
    corners: dict[Place, PlanCorner] = {}
    for number, (place, quality) in enumerate(registered.items(), start=1):
        here = standing.get(place)
        match = matches.get(here.corner.key) if here else None
        point = ground.point_named[match.shot.name] if match else None
        mark = marks.get(here.known.mark) if here and here.known.mark else None
        if match is None or point is None or point.verdict == SurveyPoint.Verdict.FAIL:
            name = mark.number if mark else f"({number})"
            known = here.known.quality if here else quality
            corners[place] = PlanCorner(name, *place, None, None, mark, known)
            continue
        mark = own.get(point.pk) or mark
        at = _in_zone(point, zone) if match.fate is Fate.MOVES else place
        corners[place] = PlanCorner(
            mark.number if mark else point.name, *at, point, ground.results.get(point.pk), mark,
            ground.quality_of(point) or UNKNOWN,
        )  # fmt: skip
    return corners


def _standing(ground: Ground, zone: int, places: Sequence[Place]) -> dict[Place, Standing]:
    """What stands at each place; both come from the same stored degrees."""
    found = list(ground.standing.values())
    if not found or not places:
        return {}
    at = [each.corner.at for each in found]
    if ground.zone_srid != zone:
        at = [Place(*transform_point(*each, ground.zone_srid, zone)) for each in at]
    tree = shapely.STRtree([shapely.Point(each) for each in at])
    pairs = tree.query([shapely.Point(each) for each in places], "dwithin", distance=SAME_M)
    return {places[place]: found[corner] for place, corner in pairs.T.tolist()}


def _first_marks(ground: Ground) -> dict[int, BoundaryMark]:
    """The mark that each point gives, by the key of the point."""
    rows = BoundaryMark.objects.filter(survey_point__in=ground.points).order_by("-number")
    return {mark.survey_point_id: mark for mark in rows if mark.survey_point_id is not None}


def _in_zone(point: SurveyPoint, zone: int) -> Place:
    place: tuple[float, float] = float(point.easting), float(point.northing)
    if point.srid != zone:
        place = transform_point(*place, point.srid, zone)
    return Place(round(place[0], MILLIMETRE), round(place[1], MILLIMETRE))


def _parts(
    shape: MultiPolygon, corners: Mapping[Place, PlanCorner]
) -> tuple[tuple[tuple[PlanCorner, ...], ...], ...]:
    parts: dict[int, list[tuple[PlanCorner, ...]]] = {}
    for ring in rings_numbered(shape):
        own = tuple(corners[Place(*mark.point)] for mark in ring.marks)
        parts.setdefault(ring.part, []).append(own)
    return tuple(tuple(rings) for rings in parts.values())


def _with_quality(
    outer: Iterable[PlanCorner], holes: Sequence[Iterable[PlanCorner]]
) -> tuple[list[tuple[Place, CornerQuality]], list[list[tuple[Place, CornerQuality]]]]:
    def told(ring: Iterable[PlanCorner]) -> list[tuple[Place, CornerQuality]]:
        return [(corner.place, corner.quality) for corner in ring]

    return told(outer), [told(hole) for hole in holes]
