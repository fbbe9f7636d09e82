"""Handing a job to the register, and what becomes of it there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from cadastre.geodesy import WGS84, transformer
from offices.models import User
from parcels.models import Parcel, SpatialSource, Transaction
from parcels.services.edits import SurveyFacts, edit_draft
from parcels.services.transactions import SourceFacts, transaction_submit
from parcels.signals import transaction_given_back, transaction_registered
from surveys.errors import SurveyProposalFaulty, SurveyRemarksUnexplained
from surveys.models import BoundaryMark, MarkPosition, PointResult, SurveyJob, SurveyPoint
from surveys.proposing.decisions import decisions_keep, decisions_of
from surveys.proposing.facts import facts_of
from surveys.proposing.plan import Plan
from surveys.proposing.precheck import problems_of
from surveys.services.jobs import survey_job_locked, survey_job_move

Status = SurveyJob.Status
ActStatus = Transaction.Status
_FIRST_CLASS = {
    SurveyPoint.Method.RTK_NETWORK, SurveyPoint.Method.STATIC_GNSS,
    SurveyPoint.Method.TOTAL_STATION,
}  # fmt: skip

LONGEST_NUMBER: Final = 20


@transaction.atomic
def survey_job_propose(*, job: SurveyJob, note: str, by: User, now: datetime) -> Transaction:
    """Draft the transaction of the job and hand it to the checkers; ``by`` is its maker.

    ``note`` explains the remarks of the pre-check. Raises `SurveyProposalFaulty`,
    `SurveyRemarksUnexplained`, `SurveyJobStatusWrong`, and what the register refuses. A job that
    came back writes its own transaction anew.
    """
    job = survey_job_locked(job)
    said = replace(decisions_of(job), note=note.strip()[:300])
    decisions_keep(job=job, decisions=said, by=by, now=now)
    plan = Plan(job, now, said)
    problems = problems_of(plan)
    stopping = [each for each in problems if each.stopping]
    if stopping or plan.kind is None:
        raise SurveyProposalFaulty(count=len(stopping))
    if problems and not said.note:
        raise SurveyRemarksUnexplained(count=len(problems))
    act = edit_draft(
        office=job.office, kind=plan.kind, operations=plan.steps, choices=plan.choices,
        source=SourceFacts(kind="survey", reference=job.number, issued_on=job.surveyed_on),
        reason=_reason(job, said.note), maker=by, now=now, act=_own_draft(job, by),
        spatial_source=SurveyFacts(
            reference=job.number, surveyed_on=job.surveyed_on, survey_class=_class_of(plan)
        ),
    )  # fmt: skip
    act = transaction_submit(act=act, maker=by, now=now)
    job.transaction = act
    survey_job_move(
        job=job,
        action="proposed",
        by=by,
        now=now,
        data=facts_of(plan) | {"transaction": act.public_id},
        note=said.note,
    )
    return act


def _reason(job: SurveyJob, note: str) -> str:
    told = f"{job.purpose} ({job.number})"
    return f"{told}: {note}"[:500] if note else told[:500]


def _own_draft(job: SurveyJob, by: User) -> Transaction | None:
    """The transaction that came back to this maker."""
    act = job.transaction
    return act if act is not None and act.is_editable and act.maker_id == by.pk else None


def _class_of(plan: Plan) -> SpatialSource.SurveyClass:
    """First class if every point was surveyed from control: by satellites or a total station."""
    first = all(vector.point.method in _FIRST_CLASS for vector in plan.vectors)
    return SpatialSource.SurveyClass.FIRST if first else SpatialSource.SurveyClass.UNKNOWN


# -- what becomes of it ---------------------------------------------------------------------------


@receiver(transaction_registered, dispatch_uid="surveys.close")
@receiver(transaction_given_back, dispatch_uid="surveys.take_back")
def _follow(transaction: Transaction, **_: Any) -> None:
    for job in SurveyJob.objects.filter(transaction=transaction, status=Status.PROPOSED):
        survey_job_settle(job=job, now=timezone.now())


@transaction.atomic
def survey_job_settle(*, job: SurveyJob, now: datetime) -> SurveyJob:
    """Let a proposed job follow its transaction: closed with it, or back when it is given back.

    Called when the register tells, and again by the pages of the job, in case nobody heard.
    """
    job = survey_job_locked(job)
    act = job.transaction
    if job.status != Status.PROPOSED or act is None:
        return job
    if act.status == ActStatus.REGISTERED:
        _marks_written(job, act, now)
        return survey_job_move(job=job, action="closed", by=act.checker, now=now)
    if act.status in {ActStatus.RETURNED, ActStatus.WITHDRAWN}:
        return survey_job_move(
            job=job, action="given_back", by=act.checker, now=now, note=act.returned_because
        )
    return job


def facts_proposed(job: SurveyJob) -> dict[str, Any] | None:
    """What was proposed last, as it was handed to the register."""
    event = job.events.filter(action="proposed").order_by("-at", "-pk").first()
    return event.data if event is not None else None


def _marks_written(job: SurveyJob, act: Transaction, now: datetime) -> None:
    """Every mark that a point now stands for gets its place and its position."""
    proposed = facts_proposed(job)
    if proposed is None:
        return
    places = _vertices(act, proposed["zone_srid"])
    points = {point.pk: point for point in job.points.all()}
    for kept in proposed["marks"]:
        at = places.get((kept["after_mm"][0], kept["after_mm"][1]))
        if not kept["rests"] or at is None:
            continue
        _mark_written(job, points[kept["point"]], kept, at, now)


def _vertices(act: Transaction, zone: int) -> dict[tuple[int, int], Point]:
    """The vertices of the parcels as registered, by their millimetre in the zone."""
    change = transformer(WGS84, zone)
    registered = Parcel.objects.filter(changed_by=act) | Parcel.objects.filter(created_by=act)
    shapes = [parcel.geometry for parcel in registered]
    found = {}
    for shape in shapes:
        for lon, lat in (spot for part in shape.coords for ring in part for spot in ring):
            east, north = change.transform(lon, lat)
            found[round(east * 1000), round(north * 1000)] = Point(lon, lat, srid=WGS84)
    return found


def _mark_written(
    job: SurveyJob, point: SurveyPoint, kept: dict[str, Any], at: Point, now: datetime
) -> None:
    mark = _mark_of(job, kept) or BoundaryMark(office=job.office, number=_number(job, point))
    earlier = mark.survey_point
    mark.geometry, mark.survey_point = at, point
    mark.save()
    if earlier is not None and earlier.pk != point.pk and not mark.positions.exists():
        _positioned(mark, _result_of(earlier, None), now)
    _positioned(mark, _result_of(point, kept["result"]), now)


def _positioned(mark: BoundaryMark, result: PointResult, now: datetime) -> None:
    since = result.point.observed_at or result.computed_at
    MarkPosition.objects.get_or_create(
        mark=mark, result=result, defaults={"since": since, "recorded_at": now}
    )


def _mark_of(job: SurveyJob, kept: dict[str, Any]) -> BoundaryMark | None:
    """The mark that stood there, or bears the number."""
    marks = BoundaryMark.objects.select_for_update().filter(office=job.office)
    if kept["mark"]:
        return marks.filter(number=kept["mark"]).first()
    return None


def _number(job: SurveyJob, point: SurveyPoint) -> str:
    """The name of the point, if no mark of the office has it; else one that says the job."""
    numbers = BoundaryMark.objects.filter(office=job.office).values_list("number", flat=True)
    wished = [point.name, f"{point.name}/{job.pk}"]
    free = [each for each in wished if len(each) <= LONGEST_NUMBER and each not in numbers]
    return free[0] if free else f"{job.pk}/{point.pk}"


def _result_of(point: SurveyPoint, key: int | None) -> PointResult:
    """The result that was proposed; for a point loaded in bulk, its row written as one."""
    results = PointResult.objects.filter(point=point).select_related("point")
    found = results.filter(pk=key or 0).first() or results.order_by("-computed_at", "-pk").first()
    if found is not None:
        return found
    rms = point.horizontal_accuracy_m
    axis = None if rms is None else float(rms) ** 2 / 2
    return PointResult.objects.create(
        point=point, how=PointResult.How.SINGLE, easting=point.easting, northing=point.northing,
        height_m=point.ellipsoidal_height_m, srid=point.srid, verdict=point.verdict,
        covariance=None if axis is None else [axis, 0.0, None, axis, None, None],
        computed_at=point.observed_at or timezone.now(),
    )  # fmt: skip
