"""Survey jobs from the request to the check: who does them, and how far they have come.

A job moves forward one step at a time, and back only when something new was observed. Every move
leaves a `SurveyJobEvent` and an entry of the audit trail, in the transaction of the move.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from offices.models import Office, User
from offices.permissions import Permission, may
from offices.services.audit import entry_record
from parcels.models import Parcel
from surveys.errors import (
    SurveyJobAmbiguous,
    SurveyJobNotReady,
    SurveyJobNumberTaken,
    SurveyJobStatusWrong,
    SurveyJobUnknown,
    SurveyorUnknown,
    SurveyParcelForeign,
)
from surveys.models import QualityClass, SurveyJob, SurveyJobEvent, SurveyJobParcel, SurveyPoint
from surveys.services.quality import quality_classes_ensure

Status = SurveyJob.Status

OPEN: Final = (
    Status.REQUESTED, Status.PLANNED, Status.OBSERVED, Status.COMPUTED, Status.CHECKED,
)  # fmt: skip
"""In these a job takes observations, photographs and other facts."""

GNSS: Final = frozenset({SurveyPoint.Method.RTK_NETWORK, SurveyPoint.Method.STATIC_GNSS})
"""What the quality gate judges."""

MOVES: Final[dict[str, tuple[frozenset[str], str]]] = {
    "planned": (frozenset({Status.REQUESTED, Status.PLANNED}), Status.PLANNED),
    "observed": (frozenset(OPEN), Status.OBSERVED),
    "computed": (frozenset({Status.OBSERVED, Status.COMPUTED}), Status.COMPUTED),
    "checked": (frozenset({Status.COMPUTED}), Status.CHECKED),
    "proposed": (frozenset({Status.CHECKED}), Status.PROPOSED),
    "given_back": (frozenset({Status.PROPOSED}), Status.CHECKED),
    "closed": (frozenset({Status.PROPOSED}), Status.CLOSED),
    "withdrawn": (frozenset(OPEN), Status.WITHDRAWN),
}
"""Action → the statuses it starts from, and the one it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """What is said of a job when it is requested or planned."""

    number: str
    purpose: str
    kind: str
    surveyor: User | None = None
    quality_class: QualityClass | None = None
    requested_on: date | None = None
    planned_on: date | None = None
    zone_srid: int | None = None
    parcels: tuple[Parcel, ...] = ()


def survey_job_named(name: str) -> SurveyJob:
    """The job with this number, or with this primary key; numbers come first.

    Raises `SurveyJobUnknown`, or `SurveyJobAmbiguous` if several offices have the number.
    """
    text = name.replace("\x00", "").strip()
    jobs = SurveyJob.objects.select_related("office")
    found = list(jobs.filter(number=text).order_by("pk")[:6])
    if not found and text.isdecimal() and len(text) < 19:
        found = list(jobs.filter(pk=int(text)))
    if not found:
        raise SurveyJobUnknown(job=text)
    if len(found) > 1:
        listed = ", ".join(f"{job.pk} ({job.office.code})" for job in found)
        raise SurveyJobAmbiguous(job=text, jobs=listed)
    return found[0]


@transaction.atomic
def survey_job_open(
    *, office: Office, facts: JobFacts, by: User | None, now: datetime
) -> SurveyJob:
    """Take a request for a survey in. Raises `SurveyJobNumberTaken` and what `JobFacts` break."""
    quality_classes_ensure(office)
    _facts_hold(office, facts)
    try:
        with transaction.atomic():
            job = SurveyJob.objects.create(office=office, **_columns(facts))
    except IntegrityError as error:
        raise SurveyJobNumberTaken(number=facts.number) from error
    _parcels_set(job, facts.parcels)
    survey_job_event(job=job, action="requested", by=by, now=now)
    return job


@transaction.atomic
def survey_job_plan(
    *, job: SurveyJob, facts: JobFacts, by: User | None, now: datetime
) -> SurveyJob:
    """Say who surveys what, when and in which class; also changes what was said before.

    Raises `SurveyJobStatusWrong` once something was observed.
    """
    job = survey_job_locked(job)
    _facts_hold(job.office, facts)
    _allowed(job, "planned")
    for name, value in _columns(facts).items():
        setattr(job, name, value)
    job.status = Status.PLANNED
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError as error:
        raise SurveyJobNumberTaken(number=facts.number) from error
    _parcels_set(job, facts.parcels)
    survey_job_event(job=job, action="planned", by=by, now=now)
    return job


@transaction.atomic
def survey_job_check(*, job: SurveyJob, note: str, by: User | None, now: datetime) -> SurveyJob:
    """Say that the results were checked: nothing fails, every point was judged.

    Raises `SurveyJobNotReady` otherwise.
    """
    job = survey_job_locked(job)
    _allowed(job, "checked")
    verdicts = list(
        job.points.exclude(purpose=SurveyPoint.Purpose.DETAIL).values_list("verdict", "method")
    )
    failing = sum(verdict == SurveyPoint.Verdict.FAIL for verdict, _ in verdicts)
    unjudged = sum(not verdict and method in GNSS for verdict, method in verdicts)
    if failing or unjudged:
        raise SurveyJobNotReady(failing=failing, unjudged=unjudged)
    return survey_job_move(job=job, action="checked", note=note, by=by, now=now)


@transaction.atomic
def survey_job_withdraw(*, job: SurveyJob, note: str, by: User | None, now: datetime) -> SurveyJob:
    """End a job before it is proposed; what was observed stays."""
    return survey_job_move(
        job=survey_job_locked(job), action="withdrawn", note=note, by=by, now=now
    )


def survey_job_move(
    *,
    job: SurveyJob,
    action: str,
    by: User | None,
    now: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> SurveyJob:
    """Take one of the `MOVES`; the caller holds the row of the job (`survey_job_locked`)."""
    _allowed(job, action)
    job.status = MOVES[action][1]
    job.save(update_fields=["status", "surveyed_on", "transaction"])
    survey_job_event(job=job, action=action, by=by, now=now, note=note, data=data)
    return job


def survey_job_locked(job: SurveyJob) -> SurveyJob:
    """The job as it is now, its row held until the transaction ends."""
    return SurveyJob.objects.select_for_update(of=("self",)).select_related("office").get(pk=job.pk)


def survey_job_open_for_facts(job: SurveyJob) -> None:
    """Raise `SurveyJobStatusWrong` unless the job still takes observations."""
    if job.status not in OPEN:
        raise SurveyJobStatusWrong(status=job.get_status_display())


def survey_job_event(
    *,
    job: SurveyJob,
    action: str,
    by: User | None,
    now: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> SurveyJobEvent:
    """Write down what happened to a job, in its own list and in the audit trail."""
    entry_record(
        action=f"surveys.{action}", subject_kind="survey_job", subject_id=str(job.pk), actor=by,
        office=job.office, data=data, now=now,
    )  # fmt: skip
    return SurveyJobEvent.objects.create(
        job=job, action=action, at=now, actor=by, note=note[:500], data=data or {}
    )


def _allowed(job: SurveyJob, action: str) -> None:
    if job.status not in MOVES[action][0]:
        raise SurveyJobStatusWrong(status=job.get_status_display())


def _facts_hold(office: Office, facts: JobFacts) -> None:
    surveyor = facts.surveyor
    if surveyor is not None and not may(surveyor, Permission.MANAGE_SURVEYS, office):
        raise SurveyorUnknown(name=surveyor.name)
    for parcel in facts.parcels:
        if parcel.office_id != office.pk:
            raise SurveyParcelForeign(parcel=parcel.land_number)


def _columns(facts: JobFacts) -> dict[str, Any]:
    names = (
        "number", "purpose", "kind", "surveyor", "quality_class", "requested_on", "planned_on",
        "zone_srid",
    )  # fmt: skip
    return {name: getattr(facts, name) for name in names}


def _parcels_set(job: SurveyJob, parcels: Iterable[Parcel]) -> None:
    wanted = {parcel.pk for parcel in parcels}
    job.parcels.exclude(parcel__in=wanted).delete()
    known = set(job.parcels.values_list("parcel_id", flat=True))
    SurveyJobParcel.objects.bulk_create(
        SurveyJobParcel(job=job, parcel_id=pk) for pk in sorted(wanted - known)
    )
