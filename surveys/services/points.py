"""Judging the points of a job by the limits of its class, and keeping every result.

Nothing that was observed is changed, and no result is: a point judged anew gets another
`PointResult`, and its row repeats the one in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext

from cadastre.geodesy import WGS84
from offices.models import User
from surveys.errors import OccupationUnknown, SurveyPointUnknown
from surveys.judging import Judgement, judgement_of
from surveys.models import FieldFile, Occupation, PointResult, SurveyJob, SurveyPoint
from surveys.occupied import SET_ASIDE, TAKEN_BACK, Visited, mark_checks, visited_points
from surveys.services.imports import zone_of
from surveys.services.jobs import (
    survey_job_event,
    survey_job_locked,
    survey_job_move,
    survey_job_open_for_facts,
)
from surveys.services.quality import quality_class_of, settings_of

Verdict = SurveyPoint.Verdict
Method = SurveyPoint.Method
STATIC_FORMATS: Final = frozenset({"rtklib_pos"})
_MOST_PDOP: Final = Decimal("999.99")
_MOST_SIGMA: Final = Decimal("999.9999")


@dataclass(frozen=True, slots=True)
class Judged:
    """How many points have which verdict, and how many results are new."""

    verdicts: Counter[str]
    fresh: int

    @property
    def sentence(self) -> str:
        """For the page."""
        return gettext(
            "{passed} points pass, {remarks} pass with remarks, {failed} fail, {unjudged} are not "
            "judged."
        ).format(
            passed=self.verdicts["pass"], remarks=self.verdicts["warn"],
            failed=self.verdicts["fail"], unjudged=self.verdicts[""],
        )  # fmt: skip


@transaction.atomic
def points_compute(*, job: SurveyJob, by: User | None, now: datetime) -> Judged:
    """Judge every point of the job that has observations with a place.

    A result is inserted where it differs from the last one that was computed from observations;
    the row of the point then repeats it. Raises `SurveyJobStatusWrong` for a job that is over and
    `QualityClassUnusable`.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    settings = settings_of(quality_class_of(job))
    zone = zone_of(job)
    points = visited_points(job)
    known = {p.name: p for p in job.points.filter(purpose=SurveyPoint.Purpose.CHECK)}
    checks = mark_checks(points, known, zone)
    every = [check for own in checks.values() for check in own]
    judged = []
    for point in points:
        if point.name in checks:
            # A mark is judged by its own check; it needs no other mark and no second visit.
            own = replace(settings, mark_checks=False, occupations_min=None)
            judged.append(judgement_of(point, own, checks[point.name], zone))
        else:
            judged.append(judgement_of(point, settings, every, zone))
    fresh = _results_kept(job, judged, by=by, now=now)
    verdicts = Counter(job.points.values_list("verdict", flat=True))
    if fresh:
        _back_to_observed(job, by=by, now=now)
    placed = job.status in {SurveyJob.Status.OBSERVED, SurveyJob.Status.COMPUTED}
    if placed and judged and (fresh or job.status == SurveyJob.Status.OBSERVED):
        data = {verdict or "unjudged": number for verdict, number in sorted(verdicts.items())}
        survey_job_move(job=job, action="computed", by=by, now=now, data=data)
    return Judged(verdicts, fresh)


def _results_kept(
    job: SurveyJob,
    judged: Iterable[Judgement],
    *,
    by: User | None,
    now: datetime,
) -> int:
    """Insert what is new; the number of it."""
    last = _last_computed(job)
    fresh = [
        each for each in judged
        if each.place is not None and each.as_kept != last.get(each.visited.name)
    ]  # fmt: skip
    if not fresh:
        return 0
    rows = [_row_of(job, each) for each in fresh]
    SurveyPoint.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["job", "name"], batch_size=500,
        update_fields=[
            "method", "easting", "northing", "ellipsoidal_height_m", "srid", "geometry",
            "horizontal_accuracy_m", "vertical_accuracy_m", "fix", "satellites", "pdop",
            "observed_at", "verdict",
        ],
    )  # fmt: skip
    keys = dict(job.points.values_list("name", "pk"))
    PointResult.objects.bulk_create(
        [
            PointResult(
                point_id=keys[each.visited.name], computed_by=by, computed_at=now, **each.as_kept
            )
            for each in fresh
        ],
        batch_size=500,
    )
    return len(fresh)


def _last_computed(job: SurveyJob) -> dict[str, dict[str, Any]]:
    """What the last result from observations said of each point, by its name."""
    rows = (
        PointResult.objects.filter(point__job=job)
        .exclude(how=PointResult.How.ADJUSTED)
        .select_related("point")
        .order_by("point_id", "-computed_at", "-pk")
        .distinct("point_id")
    )
    names = (
        "how", "easting", "northing", "height_m", "srid", "covariance", "verdict", "reasons",
        "epochs_used", "skipped",
    )  # fmt: skip
    return {row.point.name: {name: getattr(row, name) for name in names} for row in rows}


def _row_of(job: SurveyJob, each: Judgement) -> SurveyPoint:
    """The row of the point with the position in force."""
    kept, place = each.as_kept, each.place
    assert place is not None
    used = each.used
    covariance = kept["covariance"]
    return SurveyPoint(
        job=job, name=each.visited.name, method=_method(each.visited), easting=kept["easting"],
        northing=kept["northing"], ellipsoidal_height_m=kept["height_m"], srid=kept["srid"],
        geometry=Point(place.lon, place.lat, srid=WGS84), verdict=kept["verdict"],
        horizontal_accuracy_m=_sigma(covariance, 0, 3), vertical_accuracy_m=_sigma(covariance, 5),
        fix=_worst_fix([o.fix for o in used]),
        satellites=min((o.satellites for o in used if o.satellites is not None), default=None),
        pdop=_pdop([o.pdop for o in used if o.pdop is not None]),
        observed_at=max((o.observed_at for o in used if o.observed_at), default=None),
        purpose=SurveyPoint.Purpose.CORNER,
    )  # fmt: skip


def _method(point: Visited) -> str:
    stay = point.stays[0]
    if stay.measured:
        static = stay.row.file.format in STATIC_FORMATS
        return Method.STATIC_GNSS if static else Method.RTK_NETWORK
    return Method.TOTAL_STATION if _has_readings(stay.row.file) else Method.PLAN


def _has_readings(file: FieldFile) -> bool:
    return file.occupations.filter(readings__isnull=False).exists()


def _worst_fix(fixes: list[str]) -> str:
    """The kind of solution of the weakest epoch used; empty if one does not tell."""
    for fix in ("", "single", "dgnss", "float", "fixed"):
        if fix in fixes:
            return fix
    return ""


def _sigma(covariance: list[float | None] | None, *terms: int) -> Decimal | None:
    if covariance is None:
        return None
    variances = [covariance[term] for term in terms]
    if any(variance is None for variance in variances):
        return None
    total = sum(variance for variance in variances if variance is not None)
    return min(Decimal(f"{max(total, 0.0) ** 0.5:.4f}"), _MOST_SIGMA)


def _pdop(values: list[float]) -> Decimal | None:
    return min(Decimal(f"{max(values):.2f}"), _MOST_PDOP) if values else None


@transaction.atomic
def point_purpose_set(
    *,
    job: SurveyJob,
    name: str,
    purpose: str,
    known: tuple[Decimal, Decimal] | None,
    by: User | None,
    now: datetime,
) -> Judged:
    """Say what a point is for, with the known coordinates of a mark, and judge the job anew.

    Raises `SurveyPointUnknown`, `SurveyJobStatusWrong`.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    point = job.points.filter(name=name).first()
    if point is None:
        raise SurveyPointUnknown(name=name)
    point.purpose = purpose
    point.known_easting, point.known_northing = known or (None, None)
    point.save(update_fields=["purpose", "known_easting", "known_northing"])
    data = {"point": name, "purpose": purpose}
    if known:
        data |= {"easting": str(known[0]), "northing": str(known[1])}
    survey_job_event(job=job, action="purpose_set", by=by, now=now, note=name, data=data)
    _back_to_observed(job, by=by, now=now)
    return points_compute(job=job, by=by, now=now)


@transaction.atomic
def occupation_decide(
    *, job: SurveyJob, occupation: int, aside: bool, note: str, by: User | None, now: datetime
) -> Judged:
    """Set an occupation aside with the reason, or take it back, and judge the job anew.

    The observations stay; the decision is an event of the job. Raises `OccupationUnknown`,
    `SurveyJobStatusWrong`.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    row = Occupation.objects.filter(job=job, pk=occupation).first()
    if row is None:
        raise OccupationUnknown
    survey_job_event(
        job=job, action=SET_ASIDE if aside else TAKEN_BACK, by=by, now=now,
        note=f"{row.point_name}: {note}", data={"occupation": row.pk, "point": row.point_name},
    )  # fmt: skip
    _back_to_observed(job, by=by, now=now)
    return points_compute(job=job, by=by, now=now)


def _back_to_observed(job: SurveyJob, *, by: User | None, now: datetime) -> None:
    """What was checked under other facts is checked again."""
    if job.status == SurveyJob.Status.CHECKED:
        survey_job_move(job=job, action="observed", by=by, now=now)
