"""Adjusting the network of a job, and keeping what went in and what came out.

Nothing that was observed or computed before is changed: an adjustment adds a `Computation` and, if
its positions are kept, one `PointResult` for each new position. The row of a point repeats it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.contrib.gis.geos import Point
from django.db import transaction

from cadastre.adjustment import Adjustment, GlobalTest, Group, Residual, Role, adjust
from cadastre.adjustment.observations import points_of
from cadastre.adjustment.statistics import critical_w
from cadastre.geodesy import WGS84, transform_point
from offices.models import Job, User
from offices.services.jobs import job_enqueue
from surveys.errors import ExclusionWithoutReason, FixedPointUnknown
from surveys.evidence import plain
from surveys.models import Computation, PointResult, SurveyJob, SurveyPoint
from surveys.networks import Choices, JobNetwork, network_of
from surveys.services.jobs import (
    survey_job_event,
    survey_job_locked,
    survey_job_move,
    survey_job_open_for_facts,
)

BACKGROUND_FROM: Final = 500
"""A network of more points than this is adjusted in the background."""
JOB_KIND: Final = "surveys.adjust_network"
STEP: Final = Decimal("0.0001")
Method = SurveyPoint.Method


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What an adjustment left: the row kept, and how many points have a new position."""

    computation: Computation
    positions: int


def network_adjust_ordered(
    *, job: SurveyJob, choices: Choices, by: User | None, now: datetime
) -> Adjusted | Job:
    """Adjust at once, or order it in the background where it would keep a page waiting."""
    names = set(job.points.values_list("name", flat=True))
    names |= set(
        job.occupations.filter(readings__isnull=False).values_list("point_name", flat=True)
    )
    if len(names) <= BACKGROUND_FROM:
        return network_adjust(job=job, choices=choices, by=by, now=now)
    survey_job_open_for_facts(job)
    _choices_hold(job, choices)
    return job_enqueue(
        kind=JOB_KIND, parameters={"job": job.pk, "choices": choices.as_json}, office=job.office,
        requested_by=by, now=now,
    )  # fmt: skip


@transaction.atomic
def network_adjust(*, job: SurveyJob, choices: Choices, by: User | None, now: datetime) -> Adjusted:
    """Adjust the network of the job, keep the computation, and its positions if they hold.

    Positions are kept unless the sum of squares is larger than the test allows; then only with
    ``choices.accept``, the reason. Raises what `cadastre.adjustment.adjust` raises,
    `SurveyJobStatusWrong`, `FixedPointUnknown`, `ExclusionWithoutReason`.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    _choices_hold(job, choices)
    built = network_of(job, choices)
    found = adjust(built.network)
    test = found.global_test()
    too_large = test is not None and test.chi2 > test.upper
    kept = not too_large or bool(choices.accept)
    factor = max(found.sigma0 or 1.0, 1.0) if too_large else 1.0
    computation = Computation.objects.create(
        job=job, choices=choices.as_json, input_sha256=digest_of(built),
        report=_report(built, found, test, kept=kept, factor=factor),
        passed=test.passed if test else None, computed_by=by, computed_at=now,
    )  # fmt: skip
    positions = _positions_kept(job, computation, built, found, factor) if kept else 0
    data = {
        "computation": computation.pk, "passed": computation.passed, "kept": kept,
        "points": positions, "excluded": len(choices.excluded),
    }  # fmt: skip
    survey_job_event(
        job=job, action="adjusted", by=by, now=now, note=choices.accept if too_large else "",
        data=data,
    )  # fmt: skip
    if positions:
        if job.status == SurveyJob.Status.CHECKED:
            survey_job_move(job=job, action="observed", by=by, now=now)
        if job.status == SurveyJob.Status.OBSERVED:
            survey_job_move(job=job, action="computed", by=by, now=now, data=data)
    return Adjusted(computation, positions)


def _choices_hold(job: SurveyJob, choices: Choices) -> None:
    known = set(job.points.values_list("name", flat=True))
    if strange := sorted(set(choices.fixed) - known):
        raise FixedPointUnknown(names=", ".join(strange[:5]))
    if not all(reason.strip() for reason in choices.excluded.values()):
        raise ExclusionWithoutReason


def digest_of(built: JobNetwork) -> str:
    """SHA-256 of the network itself: equal for equal input, whatever the rows are called."""
    network, digest = built.network, hashlib.sha256()
    digest.update(f"{built.zone} {network.confidence!r}\n".encode())
    for name, point in network.points.items():
        roles = [role.value for role in point.roles]
        digest.update(f"{name!r} {point.at!r} {roles}\n".encode())
    for each in network.observations:
        if isinstance(each, Group):
            digest.update(f"{each.observations!r} {each.covariance.tolist()!r}\n".encode())
        else:
            digest.update(f"{each!r}\n".encode())
    return digest.hexdigest()


def _report(
    built: JobNetwork, found: Adjustment, test: GlobalTest | None, *, kept: bool, factor: float
) -> dict[str, Any]:
    return dict(plain({
        "zone": built.zone, "height_m": round(built.height_m, 3),
        "dof": found.degrees_of_freedom, "sigma0": found.sigma0, "chi2": found.chi2,
        "chi2_range": [test.lower, test.upper] if test else None,
        "confidence": found.network.confidence, "iterations": found.iterations,
        "positions_kept": kept, "factor": factor, "w_limit": critical_w(),
        "points": [_point(found, name, factor) for name in found.network.names],
        "observations": [_observation(built, each) for each in found.residuals],
        "unused": [each._asdict() for each in built.unused],
    }))  # fmt: skip


def _point(found: Adjustment, name: str, factor: float) -> dict[str, Any]:
    east, north, _ = found.coordinates(name)
    point = found.network.points[name]
    deviations = found.standard_deviations(name)
    ellipse = found.error_ellipse(name)
    before = point.at
    moved = None
    if before[0] is not None and before[1] is not None:
        moved = [east - before[0], north - before[1]]
    return {
        "id": name, "east": east, "north": north, "fixed": point.roles[0] is Role.FIXED,
        "sigma_east": deviations[0] * factor, "sigma_north": deviations[1] * factor,
        "ellipse": [ellipse.major * factor, ellipse.minor * factor, ellipse.azimuth],
        "moved": moved,
    }  # fmt: skip


def _observation(built: JobNetwork, each: Residual) -> dict[str, Any]:
    single = each.observation
    component = getattr(single, "component", None)
    return {
        "key": built.key_of(single), "kind": type(single).__name__,
        "points": list(points_of(single)), "component": component.value if component else "",
        "observed": each.observed, "residual": each.residual, "redundancy": each.redundancy,
        "standardised": each.standardised, "w": each.w, "smallest_error": each.smallest_error,
    }  # fmt: skip


def _positions_kept(
    job: SurveyJob, computation: Computation, built: JobNetwork, found: Adjustment, factor: float
) -> int:
    """Rows and results of the points that the adjustment placed; the number of them."""
    rows = {point.name: point for point in job.points.all()}
    _places_remembered(job, computation)
    names = [
        name for name, point in found.network.points.items() if point.roles[0] is not Role.FIXED
    ]
    fresh, covariances = [], {}
    for name in names:
        covariance = found.covariance(name)[:2, :2] * factor**2
        covariances[name] = covariance
        row = rows.get(name) or SurveyPoint(job=job, name=name, method=Method.TOTAL_STATION)
        fresh.append(_placed(row, found, covariance, built.zone))
    SurveyPoint.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["job", "name"], batch_size=500,
        update_fields=[
            "easting", "northing", "ellipsoidal_height_m", "srid", "geometry",
            "horizontal_accuracy_m",
        ],
    )  # fmt: skip
    keys = dict(job.points.filter(name__in=names).values_list("name", "pk"))
    PointResult.objects.bulk_create(_results(fresh, keys, covariances, computation), batch_size=500)
    return len(fresh)


def _places_remembered(job: SurveyJob, computation: Computation) -> None:
    """Keep the place of each point that has no result yet, before the adjusted one replaces it."""
    PointResult.objects.bulk_create(
        [
            PointResult(
                point=row, how=PointResult.How.PLAN, easting=row.easting, northing=row.northing,
                height_m=row.ellipsoidal_height_m, srid=row.srid, verdict=row.verdict,
                computed_by=computation.computed_by, computed_at=computation.computed_at,
            )
            for row in job.points.filter(results=None)
        ],
        batch_size=500,
    )  # fmt: skip


def _results(
    fresh: Iterable[SurveyPoint], keys: dict[str, int], covariances: dict[str, Any],
    computation: Computation,
) -> list[PointResult]:  # fmt: skip
    reason = {"code": "network_adjusted", "level": "pass", "evidence": {"number": computation.pk}}
    return [
        PointResult(
            point_id=keys[row.name], how=PointResult.How.ADJUSTED, computation=computation,
            easting=row.easting, northing=row.northing, height_m=row.ellipsoidal_height_m,
            srid=row.srid, covariance=_terms(covariances[row.name]), verdict=row.verdict,
            reasons=[reason], computed_by=computation.computed_by,
            computed_at=computation.computed_at,
        )
        for row in fresh
    ]  # fmt: skip


def _placed(row: SurveyPoint, found: Adjustment, covariance: np.ndarray, zone: int) -> SurveyPoint:
    east, north, _ = found.coordinates(row.name)
    lon, lat = transform_point(east, north, zone, WGS84)
    row.easting, row.northing = (Decimal(repr(value)).quantize(STEP) for value in (east, north))
    row.srid, row.geometry = zone, Point(lon, lat, srid=WGS84)
    sigma = math.sqrt(max(float(np.trace(covariance)), 0.0))
    row.horizontal_accuracy_m = min(Decimal(f"{sigma:.4f}"), Decimal("999.9999"))
    return row


def _terms(covariance: np.ndarray) -> list[float | None]:
    """[ee, en, eu, nn, nu, uu]; heights are not adjusted."""
    return [
        float(covariance[0, 0]), float(covariance[0, 1]), None, float(covariance[1, 1]), None, None,
    ]  # fmt: skip
