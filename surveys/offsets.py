"""How well the points of a survey job fit the corners of parcels in the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import connection
from pyproj import CRS

from surveys.models import SurveyJob, SurveyPoint

_SQL: Final = (Path(__file__).parent / "sql" / "point_offsets.sql").read_text(encoding="utf-8")

# A point farther than this from every corner does not belong to one.
CORNER_REACH_MM: Final = 1_000
# One metre in degrees, generously: east-west up to 70° of latitude.
_REACH_DEGREES: Final = 3e-5


@dataclass(frozen=True, slots=True)
class Corner:
    """The parcel corner nearest to a point, and where the point was observed relative to it."""

    parcel_public_id: str
    land_number: str
    east_mm: float
    north_mm: float
    offset_mm: float


@dataclass(frozen=True, slots=True)
class PointOffset:
    """A point of a job, the marks it gives, and the corner it belongs to, if any."""

    point: SurveyPoint
    marks: tuple[str, ...]
    corner: Corner | None
    tolerance_mm: int

    @property
    def is_inaccurate(self) -> bool:
        """Whether the stated horizontal accuracy is beyond the tolerance."""
        accuracy = self.point.horizontal_accuracy_m
        return accuracy is not None and accuracy * 1000 > self.tolerance_mm

    @property
    def is_unfixed(self) -> bool:
        """Whether the RTK solution was not a fixed one."""
        return self.point.fix not in {"", SurveyPoint.Fix.FIXED}

    @property
    def is_off(self) -> bool:
        """Whether the observed position misses the corner by more than the tolerance."""
        return self.corner is not None and self.corner.offset_mm > self.tolerance_mm

    @property
    def is_flagged(self) -> bool:
        """Whether somebody should look at this point."""
        fails = self.point.verdict == SurveyPoint.Verdict.FAIL
        astray = self.corner is None and self.point.purpose == SurveyPoint.Purpose.CORNER
        return fails or self.is_inaccurate or self.is_unfixed or self.is_off or astray

    @property
    def epoch(self) -> float | None:
        """The epoch of the coordinates as a decimal year; None if the file knew no time."""
        moment = self.point.observed_at
        return None if moment is None else decimal_year(moment)

    @property
    def crs_name(self) -> str:
        """The name of the CRS the coordinates were observed in."""
        return crs_name(self.point.srid)


def decimal_year(moment: datetime) -> float:
    """A moment as a year with its fraction, the way coordinates name their epoch."""
    start = datetime(moment.year, 1, 1, tzinfo=moment.tzinfo)
    end = datetime(moment.year + 1, 1, 1, tzinfo=moment.tzinfo)
    return moment.year + (moment - start) / (end - start)


def crs_name(srid: int) -> str:
    """The name in the EPSG register, such as ``WGS 84 / UTM zone 47N``."""
    return str(CRS.from_epsg(srid).name)


def point_offsets(job: SurveyJob, *, on: date, tolerance_mm: int) -> list[PointOffset]:
    """Every point of ``job`` by name, with its distance from the nearest corner in force on ``on``.

    Distances are measured in the zone of the parcel. ``tolerance_mm`` decides what is flagged; the
    figure is a setting, because the Department's own tolerance could not be verified.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {
            "job": job.pk, "on": on, "reach_mm": CORNER_REACH_MM, "reach_degrees": _REACH_DEGREES,
        })  # fmt: skip
        corners = {
            pk: Corner(*rest) if rest[0] is not None else None for pk, *rest in cursor.fetchall()
        }
    points = job.points.order_by("name").prefetch_related("marks")
    return [
        PointOffset(
            point=point,
            marks=tuple(mark.number for mark in point.marks.all()),
            corner=corners.get(point.pk),
            tolerance_mm=tolerance_mm,
        )
        for point in points
    ]
