"""Jobs, and files of receivers as they come from the field, for tests."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from cadastre.geodesy import WGS84, transform_point
from offices.models import Office, Role, User
from surveys.models import SurveyJob
from surveys.services.imports import Imported, field_file_import
from surveys.services.jobs import JobFacts, survey_job_open
from tests.factories import a_land_office, a_user

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
EAST, NORTH, ZONE = 659_000.0, 1_534_000.0, 32647
HEAD = (
    "point,latitude,longitude,ellipsoidal height,fix,satellites,pdop,age,sigma e,sigma n,sigma u,"
    "time"
)
_numbers = count(1)


def a_survey(number: str = "", office: Office | None = None, **facts: Any) -> SurveyJob:
    """A job that was just requested."""
    office = office or a_land_office()
    said: dict[str, Any] = {
        "number": number or f"ร.ว. {next(_numbers)}/2569", "purpose": "สอบเขต", "kind": "boundary",
        "requested_on": date(2026, 11, 18),
    }  # fmt: skip
    return survey_job_open(office=office, facts=JobFacts(**said | facts), by=None, now=NOW)


def a_surveyor(name: str = "surveyor", office: Office | None = None) -> User:
    return a_user(name, Role.SURVEYOR, office=office)


def taken(job: SurveyJob, content: str | bytes, name: str = "field.csv", **how: Any) -> Imported:
    """The file in the job."""
    raw = content if isinstance(content, bytes) else content.encode()
    return field_file_import(job=job, name=name, content=raw, **{"by": None, "now": NOW} | how)


def rtk_rows(
    point: str,
    east: float = 0.0,
    north: float = 0.0,
    *,
    minutes: float = 0.0,
    epochs: int = 70,
    fix: str = "fixed",
    sigma: float = 0.008,
    floats: int = 0,
) -> list[str]:
    """The epochs of one occupation, one a second, scattered by some millimetres.

    ``east`` and ``north`` are metres from the corner; ``minutes`` after nine o'clock in Thailand;
    the first ``floats`` epochs are half a metre off and not fixed.
    """
    start = datetime(2026, 11, 20, 2, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    rows = []
    for n in range(epochs):
        wild = n < floats
        off = 0.5 if wild else 0.0
        e = EAST + east + off + 0.004 * math.sin(1.7 * n)
        h = NORTH + north + 0.004 * math.cos(2.3 * n)
        lon, lat = transform_point(e, h, ZONE, WGS84)
        up = -20.0 + 0.006 * math.sin(0.9 * n)
        at = (start + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ")
        word, spread = ("float", 0.35) if wild else (fix, sigma)
        rows.append(
            f"{point},{lat:.10f},{lon:.10f},{up:.4f},{word},14,1.6,1.0,{spread},{spread},"
            f"{spread * 1.5:.4f},{at}"
        )
    return rows


def rtk_file(*occupations: list[str]) -> str:
    """A table with a line of headings."""
    return "\n".join([HEAD, *(row for rows in occupations for row in rows)]) + "\n"
