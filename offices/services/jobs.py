"""Order, run, stop and resume background work. docs/operations/jobs.md has the states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DataError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from cadastre.errors import LandError, gettext_noop
from offices.job_reporter import JobReporter
from offices.jobs import (
    JobCancelled,
    JobRun,
    JobSuperseded,
    UnknownJobKind,
    WorkerStopping,
    kind_of,
)
from offices.models import Job, JobStatus, Office, User
from offices.permissions import Permission
from offices.services.audit import entry_record

TASK = "offices.run_job"
QUEUE = "jobs"
# A run reports every five seconds; after this long without a word its worker is taken for dead.
STALE_AFTER = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class JobFailedUnexpectedly(LandError):
    """A fault of ours; its traceback is in the log, never on a page."""

    code = "job_failed_unexpectedly"
    message = gettext_noop(
        "A fault on our side ended the job. It is recorded in the log under the number {job}. "
        "Resume the job; if it fails again, give the number to your administrator."
    )


class JobNotStoppable(LandError):
    code = "job_not_stoppable"
    message = gettext_noop("The job has already ended, so there is nothing to stop.")


class JobNotResumable(LandError):
    code = "job_not_resumable"
    message = gettext_noop(
        "The job cannot be resumed: it is waiting, at work, or finished. Order a new one instead."
    )


def job_enqueue(
    *,
    kind: str,
    parameters: dict[str, Any] | None = None,
    office: Office | None = None,
    requested_by: User | None = None,
    now: datetime,
) -> Job:
    """Order a job: its row and its place in the queue are one transaction with the caller's.

    ``parameters`` are JSON values and become the keywords of the kind's function; a rolled back
    caller leaves neither row nor queue entry. Raises UnknownJobKind, or TypeError for parameters
    that the function does not take.
    """
    kind_of(kind).check(parameters or {})
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            parameters=parameters or {},
            office=office,
            requested_by=requested_by,
            created_at=now,
        )
        job.refresh_from_db()
        _record("jobs.ordered", job, requested_by, now)
        _defer(job)
    return job


def job_cancel(*, job: Job, by: User | None, now: datetime) -> Job:
    """Ask a job to stop. A waiting one stops at once, a running one at its next progress report."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.status == JobStatus.QUEUED or is_interrupted(job, now):
            job.status, job.finished_at = JobStatus.CANCELLED, now
        elif job.status != JobStatus.RUNNING:
            raise JobNotStoppable
        job.cancel_requested = True
        job.save(update_fields=["status", "cancel_requested", "finished_at"])
        _record("jobs.stop_asked", job, by, now)
    return job


def job_resume(*, job: Job, by: User | None, now: datetime) -> Job:
    """Order another attempt at a job that failed, was stopped or lost its worker.

    It goes on from the saved cursor. A former attempt that is still alive somewhere, cut off from
    us, can no longer save anything: its attempt number is out of date.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if not is_resumable(job, now):
            raise JobNotResumable
        job.status, job.cancel_requested = JobStatus.QUEUED, False
        job.error_code, job.error_kind, job.error_evidence, job.result = "", "", {}, None
        job.started_at = job.beat_at = job.finished_at = None
        job.attempt += 1
        job.save()
        _record("jobs.resumed", job, by, now)
        _defer(job)
    return job


def is_interrupted(job: Job, now: datetime) -> bool:
    """Whether the job claims to run, yet its worker has been silent for too long."""
    return (
        job.status == JobStatus.RUNNING
        and job.beat_at is not None
        and now - job.beat_at > STALE_AFTER
    )


def is_resumable(job: Job, now: datetime) -> bool:
    """Whether another attempt makes sense."""
    return job.status in {JobStatus.FAILED, JobStatus.CANCELLED} or is_interrupted(job, now)


def result_permission(job: Job) -> Permission:
    """What one has to be allowed to fetch the job's result file."""
    try:
        return kind_of(job.kind).permission
    except UnknownJobKind:
        return Permission.ADMINISTER


def fault_of(job: Job) -> str:
    """Why the job failed, in the reader's language; empty for a job that did not fail."""
    if not job.error_code:
        return ""
    # Several errors may share a code; where ours is gone, the most general one speaks.
    known = list(_all_kinds_of(LandError))
    named = [kind for kind in known if _name_of(kind) == job.error_kind]
    alike = [kind for kind in known if kind.code == job.error_code]
    error: LandError = LandError.__new__([*named, *alike, LandError][0])
    error.evidence = job.error_evidence
    try:
        return error.render(gettext)
    except (LookupError, ValueError, TypeError, AttributeError):
        # The message of a later version may ask for evidence that this job did not keep.
        return LandError().render(gettext)


def _all_kinds_of(family: type[LandError]) -> Iterator[type[LandError]]:
    """The family, the more general before the more special."""
    yield family
    for kind in family.__subclasses__():
        yield from _all_kinds_of(kind)


def _name_of(kind: type[LandError]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"[:120]


def job_run(*, job_id: int, attempt: int, stopping: Callable[[], bool] = lambda: False) -> None:
    """Do the work of one attempt, in the worker. Never raises: the job row says what happened.

    ``stopping`` tells whether the worker is being stopped; then the job goes back to the queue.
    """
    job = _claim(job_id=job_id, attempt=attempt, now=timezone.now())
    if job is None:
        return
    ended: dict[str, Any]
    with JobReporter(job) as reporter:
        try:
            result = kind_of(job.kind).work(JobRun(job, reporter, stopping), **job.parameters)
            ended = {"status": JobStatus.SUCCEEDED, "result": result}
        except JobSuperseded:
            return
        except WorkerStopping:
            _hand_on(job)
            return
        except JobCancelled:
            ended = {"status": JobStatus.CANCELLED}
        except LandError as error:
            ended = _failure(error)
        except Exception:
            # The traceback is for the log; people get a code and the number of the job.
            log.exception("job_failed", job=job.public_id, kind=job.kind)
            ended = _failure(JobFailedUnexpectedly(job=job.public_id))
    done, total, step = reporter.said
    if ended["status"] == JobStatus.SUCCEEDED and total is not None:
        done = total
    _finish(job, **ended, done=done, total=total, step=step, finished_at=timezone.now())


def _claim(*, job_id: int, attempt: int, now: datetime) -> Job | None:
    """Take a waiting attempt; None when it was stopped, taken or superseded in the meantime."""
    waiting = Job.objects.filter(pk=job_id, attempt=attempt, status=JobStatus.QUEUED)
    if not waiting.update(status=JobStatus.RUNNING, started_at=now, beat_at=now):
        return None
    return Job.objects.select_related("office", "requested_by").get(pk=job_id)


def _hand_on(job: Job) -> None:
    """Put the job back into the queue as its next attempt."""
    mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, status=JobStatus.RUNNING)
    with transaction.atomic():
        if mine.update(status=JobStatus.QUEUED, attempt=job.attempt + 1, beat_at=None):
            job.attempt += 1
            _defer(job)


def _finish(job: Job, **fields: Any) -> None:
    mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, status=JobStatus.RUNNING)
    try:
        with transaction.atomic():
            mine.update(**fields)
    except (TypeError, ValueError, DataError):
        log.exception("job_result_is_not_json", job=job.public_id, kind=job.kind)
        mine.update(**fields | _failure(JobFailedUnexpectedly(job=job.public_id)))


def _failure(error: LandError) -> dict[str, Any]:
    return {
        "status": JobStatus.FAILED,
        "result": None,
        "error_code": error.code,
        "error_kind": _name_of(type(error)),
        "error_evidence": {key: _plain(value) for key, value in error.evidence.items()},
    }


def _plain(value: object) -> Any:
    """Evidence as JSON: numbers and texts stay, lists stay lists, the rest becomes text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _defer(job: Job) -> None:
    # Always by Django's own connection, also inside the worker, whose default connector is another
    # one: the queue entry has to be in the transaction of the job row.
    manager = JobManager(DjangoConnector(alias="default"))
    configure_task(name=TASK, job_manager=manager, queue=QUEUE).defer(
        job_id=job.pk, attempt=job.attempt
    )


def _record(action: str, job: Job, by: User | None, now: datetime) -> None:
    entry_record(
        action=action,
        subject_kind="job",
        subject_id=job.public_id,
        actor=by,
        office=job.office,
        data={"kind": job.kind, "attempt": job.attempt},
        now=now,
    )
