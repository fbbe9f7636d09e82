"""The parcels of a job as it surveyed them: registered corners, moved to the points that it found.

A corner takes the place of the point of the job that lies nearest to it, within the reach in which
points are compared with corners; each point serves one corner. The other corners keep the place of
the register. docs/algorithms/survey-plan.md.
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
from surveys.ellipses import results_in_force
from surveys.models import BoundaryMark, PointResult, SurveyJob, SurveyPoint
from surveys.offsets import CORNER_REACH_MM
from surveys.services.imports import zone_of

MILLIMETRE: Final = 3
TWO_SIDED_95: Final = 1.96


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
    sound = job.points.exclude(verdict=SurveyPoint.Verdict.FAIL)
    own = sound.filter(purpose=SurveyPoint.Purpose.CORNER).prefetch_related("marks")
    points = {point.pk: point for point in own}
    places = {pk: _in_zone(point, zone) for pk, point in points.items()}
    results = results_in_force(job)
    owner = _matched(list(registered), places)
    corners: dict[Place, PlanCorner] = {}
    for number, (place, quality) in enumerate(registered.items(), start=1):
        point = points.get(owner.get(place, 0))
        if point is None:
            corners[place] = PlanCorner(f"({number})", *place, None, None, None, quality)
            continue
        marks, result = sorted(point.marks.all(), key=lambda m: m.number), results.get(point.pk)
        mark = marks[0] if marks else None
        corners[place] = PlanCorner(
            mark.number if mark else point.name, *places[point.pk], point, result, mark,
            _surveyed(point, result),
        )  # fmt: skip
    return corners


def _in_zone(point: SurveyPoint, zone: int) -> Place:
    place: tuple[float, float] = float(point.easting), float(point.northing)
    if point.srid != zone:
        place = transform_point(*place, point.srid, zone)
    return Place(round(place[0], MILLIMETRE), round(place[1], MILLIMETRE))


def _matched(corners: Sequence[Place], places: Mapping[int, Place]) -> dict[Place, int]:
    """Nearest pairs of corner and point within reach, each of either once."""
    if not corners or not places:
        return {}
    tree, reach = shapely.STRtree([shapely.Point(each) for each in corners]), CORNER_REACH_MM / 1000
    pairs = []
    for key, place in places.items():
        near = tree.query(shapely.Point(place), predicate="dwithin", distance=reach)
        pairs += [(math.dist(corners[at], place), key, corners[at]) for at in near.tolist()]
    owner: dict[Place, int] = {}
    for _, key, corner in sorted(pairs):
        if corner not in owner and key not in owner.values():
            owner[corner] = key
    return owner


def _surveyed(point: SurveyPoint, result: PointResult | None) -> CornerQuality:
    terms = result.covariance if result else None
    if terms and terms[0] is not None and terms[3] is not None:
        cross = terms[1] or 0.0
        return Surveyed(np.array([[terms[0], cross], [cross, terms[3]]], dtype=np.float64))
    accuracy = point.horizontal_accuracy_m
    return UNKNOWN if accuracy is None else Surveyed(np.eye(2) * float(accuracy) ** 2 / 2)


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
