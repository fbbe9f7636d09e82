"""A job as LandXML 1.2: its points with their monuments, its parcels, setups and readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal, TypeAlias

from django.utils import timezone

from cadastre.fieldfiles import (
    AngleReading,
    DistanceReading,
    PlanLine,
    PlanParcel,
    PlanPoint,
    PointCoordinates,
    StationSetup,
    write_landxml,
)
from cadastre.geodesy import transform_point
from parcels.models import Parcel
from surveys.models import Occupation, Reading, SurveyJob
from surveys.paper.shapes import PlanCorner, plan_parcels
from surveys.services.imports import zone_of

Circle: TypeAlias = Literal["horizontal", "zenith", "azimuth"]
Length: TypeAlias = Literal["slope", "horizontal", "height_difference", "arc"]
ANGLES: Final[dict[str, Circle]] = {
    "direction": "horizontal", "zenith": "zenith", "azimuth": "azimuth",
}  # fmt: skip
DISTANCES: Final[dict[str, Length]] = {
    "slope_distance": "slope", "distance": "horizontal", "height_difference": "height_difference",
    "arc": "arc",
}  # fmt: skip


def job_landxml(job: SurveyJob, *, now: datetime) -> bytes:
    """The file. Points in another system are brought to the zone of the job.

    An angle from a backsight is written as a circle reading of 0 to the backsight and one of the
    angle to the target, from a setup of their own: LandXML knows no third point.
    """
    zone = zone_of(job)
    points = list(_points(job, zone))
    setups, readings = _survey(job)
    moment = timezone.localtime(now).strftime("%Y-%m-%dT%H:%M:%S")
    return write_landxml(
        points, list(_parcels(job, points)), setups, readings, written=moment,
        crs=f"EPSG:{zone}",
    )  # fmt: skip


def _points(job: SurveyJob, zone: int) -> Iterator[PointCoordinates]:
    codes = dict(job.occupations.exclude(code="").order_by("pk").values_list("point_name", "code"))
    for point in job.points.order_by("name").prefetch_related("marks"):
        east, north = float(point.easting), float(point.northing)
        if point.srid != zone:
            east, north = transform_point(east, north, point.srid, zone)
        height = point.ellipsoidal_height_m
        told = {"state": "proposed" if point.purpose == "corner" else "existing"}
        for mark in point.marks.all():
            told |= {"monument mntRef": mark.number, "monument type": mark.monument}
            told |= {"monument condition": mark.condition}
        told = {name: value for name, value in told.items() if value}
        yield PointCoordinates(
            line=0, raw="", point=point.name, north=north, east=east,
            height=None if height is None else float(height), code=codes.get(point.name, ""),
            attributes=told,
        )  # fmt: skip


def _parcels(job: SurveyJob, points: list[PointCoordinates]) -> Iterator[PlanParcel]:
    """The parcels as on the plan of survey; a surveyed corner is written as its point."""
    places = {p.point: PlanPoint(p.north, p.east, p.point) for p in points if p.north and p.east}
    keys = job.parcels.values_list("parcel_id", flat=True)
    parcels = Parcel.objects.filter(pk__in=list(keys)).with_facts().order_by("pk")
    for number, each in enumerate(plan_parcels(job, list(parcels)), start=1):

        def placed(corner: PlanCorner) -> PlanPoint:
            own = places.get(corner.point.name) if corner.point else None
            if own and (round(own.east, 3), round(own.north, 3)) == corner.place:
                return own
            return PlanPoint(corner.northing, corner.easting)

        figures = tuple(
            tuple(
                PlanLine(placed(a), placed(b))
                for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
            )
            for ring in each.rings
        )
        yield PlanParcel(
            line=0, raw="", name=each.parcel.land_number or f"P{number}", figures=figures,
            area_m2=round(each.area.square_metres, 4), attributes={"class": "Lot"},
        )  # fmt: skip


def _survey(job: SurveyJob) -> tuple[list[StationSetup], list[AngleReading | DistanceReading]]:
    setups: list[StationSetup] = []
    readings: list[AngleReading | DistanceReading] = []
    rows = (
        Reading.objects.filter(occupation__job=job)
        .select_related("occupation")
        .order_by("occupation_id", "line", "pk")
    )
    last = 0
    for row in rows.iterator(chunk_size=2_000):
        if row.occupation_id != last or row.kind == Reading.Kind.ANGLE:
            setups.append(_setup(row.occupation, len(setups) + 1))
            # After an angle the others go on from a setup of their own.
            last = 0 if row.kind == Reading.Kind.ANGLE else row.occupation_id
        readings += _readings(row, setups[-1])
    return setups, readings


def _setup(occupation: Occupation, number: int) -> StationSetup:
    height = occupation.antenna_height_m
    return StationSetup(
        line=0, raw="", number=number, station=occupation.point_name,
        instrument_height_m=None if height is None else float(height),
    )  # fmt: skip


def _readings(row: Reading, setup: StationSetup) -> Iterator[AngleReading | DistanceReading]:
    face: Literal[1, 2] | None = None if row.face not in {1, 2} else (1 if row.face == 1 else 2)

    def angle(kind: Circle, radians: float, target: str = row.target) -> AngleReading:
        return AngleReading(
            line=row.line, raw="", setup=setup.number, station=setup.station, target=target,
            target_height_m=row.target_height_m, face=face, kind=kind, radians=radians,
        )  # fmt: skip

    if row.kind == Reading.Kind.ANGLE:
        yield angle("horizontal", 0.0, row.backsight)
        yield angle("horizontal", row.value)
    elif row.kind in ANGLES:
        yield angle(ANGLES[row.kind], row.value)
    else:
        yield DistanceReading(
            line=row.line, raw="", setup=setup.number, station=setup.station, target=row.target,
            target_height_m=row.target_height_m, face=face, kind=DISTANCES[row.kind],
            metres=row.value,
        )  # fmt: skip
