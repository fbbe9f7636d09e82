"""Checked jobs with passing points on the corners of a parcel, for tests of proposals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon

from parcels.models import Parcel as Plot
from surveys.models import PointResult, SurveyJob, SurveyPoint
from surveys.services.jobs import survey_job_event
from tests.factories import a_map_sheet, a_parcel
from tests.surveys.field import NOW, a_survey
from tests.surveys.test_surveys import EAST, NORTH, ZONE, a_point

SIGMA_M = 0.01


def ground(*corners: tuple[float, float]) -> MultiPolygon:
    """A polygon in metres from the corner of the tests."""
    ring = [(EAST + x, NORTH + y) for x, y in (*corners, corners[0])]
    shape = Polygon(ring, srid=ZONE)
    shape.transform(4326)
    return MultiPolygon(shape, srid=4326)


def a_plot(
    land_number: str = "77",
    at: tuple[float, float] = (0, 0),
    size: tuple[float, float] = (40, 40),
    **fields: Any,
) -> Plot:
    """A rectangle on a 1:4,000 sheet."""
    (x, y), (w, h) = at, size
    facts: dict[str, Any] = {
        "geometry": ground((x, y), (x + w, y), (x + w, y + h), (x, y + h)),
        "land_number": land_number, "map_sheet": a_map_sheet("5136 IV 5834", 4000),
        "legal_area_m2": Decimal(f"{w * h:.2f}"),
    }  # fmt: skip
    return a_parcel(**facts | fields)


def shot(job: SurveyJob, name: str, east: float, north: float, **fields: Any) -> SurveyPoint:
    """A passing point, with a result good to a centimetre in each axis."""
    point = a_point(job, name, east, north, **{"verdict": "pass"} | fields)
    variance = SIGMA_M**2
    PointResult.objects.create(
        point=point, how="mean", easting=point.easting, northing=point.northing, srid=ZONE,
        covariance=[variance, 0, None, variance, None, None], verdict=point.verdict,
        computed_at=NOW,
    )  # fmt: skip
    return point


def a_checked_job(*parcels: Plot, kind: str = "boundary", **facts: Any) -> SurveyJob:
    """A job on these parcels that somebody has checked."""
    job = a_survey(kind=kind, parcels=parcels, office=parcels[0].office, **facts)
    SurveyJob.objects.filter(pk=job.pk).update(status="checked", surveyed_on=NOW.date())
    survey_job_event(job=job, action="checked", by=None, now=NOW)
    job.refresh_from_db()
    return job
