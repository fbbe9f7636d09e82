"""Background jobs: the list, one job with live progress, its result, stop and resume."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from offices.jobs import title_of
from offices.models import Job, JobStatus, User
from offices.permissions import NotPermitted, Permission, may, offices_where, staff_of
from offices.services.audit import entry_record
from offices.services.jobs import (
    fault_of,
    is_interrupted,
    is_resumable,
    job_cancel,
    job_resume,
    result_permission,
)

TONES = {
    JobStatus.QUEUED: "gold",
    JobStatus.RUNNING: "blue",
    JobStatus.SUCCEEDED: "green",
    JobStatus.FAILED: "red",
}


def visible_jobs(user: User | AnonymousUser) -> QuerySet[Job]:
    """One's own jobs and those of the offices whose jobs one may see.

    Jobs without an office were ordered for the whole service; who may administer sees them.
    """
    seen = Q(requested_by_id=user.pk) | Q(office__in=offices_where(user, Permission.VIEW_JOBS))
    if user.pk and User.objects.filter(pk=user.pk, is_active=True, is_superuser=True).exists():
        seen |= Q(office=None)
    return Job.objects.filter(seen).select_related("office", "requested_by")


def job_or_404(request: HttpRequest, public_id: str) -> Job:
    return get_object_or_404(visible_jobs(request.user), public_id=public_id)


def may_steer(user: User | AnonymousUser, job: Job) -> bool:
    """Whether ``user`` may stop and resume the job: who ordered it, and who runs the office."""
    return job.requested_by_id == user.pk or (
        may(user, Permission.MANAGE_OFFICE, job.office)
        or may(user, Permission.ADMINISTER, job.office)
    )


def state_of(job: Job) -> dict[str, Any]:
    """What the page shows of a job, in the reader's language, ready for JSON."""
    interrupted = is_interrupted(job, timezone.now())
    stopping = job.status == JobStatus.RUNNING and job.cancel_requested and not interrupted
    label = gettext("interrupted") if interrupted else str(job.get_status_display())
    return {
        "status": "interrupted" if interrupted else job.status,
        "label": gettext("stopping") if stopping else label,
        "tone": "red" if interrupted else TONES.get(JobStatus(job.status), ""),
        "active": job.status in {JobStatus.QUEUED, JobStatus.RUNNING} and not interrupted,
        "done": job.done,
        "total": job.total,
        "percent": job.done * 100 // job.total if job.total else None,
        "step": gettext(job.step) if job.step else "",
    }


def described(job: Job) -> dict[str, Any]:
    return {"job": job, "title": title_of(job.kind), "state": state_of(job)}


@require_safe
@never_cache
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The jobs one may see, newest first."""
    page = Paginator(visible_jobs(request.user).order_by("-created_at", "-pk"), 20).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "entries": [described(job) for job in page]}
    return render(request, "offices/jobs.html", context)


@require_safe
@never_cache
@login_required
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One job: live progress, then the result or the fault."""
    job = job_or_404(request, public_id)
    state = state_of(job)
    steers = may_steer(request.user, job)
    context = described(job) | {
        "office": job.office,
        "may_stop": steers and state["active"] and not job.cancel_requested,
        "may_resume": steers and is_resumable(job, timezone.now()),
        "fault": fault_of(job),
        "result": readable(job.result),
        "file_name": file_name(job) if may_fetch(request.user, job) else "",
    }
    return render(request, "offices/job.html", context)


@require_safe
@never_cache
@login_required
def state(request: HttpRequest, public_id: str) -> JsonResponse:
    """The state of one job for the script on its page."""
    return JsonResponse(state_of(job_or_404(request, public_id)))


@require_POST
@login_required
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the job to stop."""
    job = steered_job(request, public_id)
    job_cancel(job=job, by=staff_of(request), now=timezone.now())
    messages.info(request, _("The job was asked to stop."))
    return redirect("job-detail", public_id)


@require_POST
@login_required
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """Order another attempt that goes on from where the job was."""
    job = steered_job(request, public_id)
    job_resume(job=job, by=staff_of(request), now=timezone.now())
    messages.info(request, _("The job is back in the queue and goes on from where it was."))
    return redirect("job-detail", public_id)


@require_safe
@login_required
def result_file(request: HttpRequest, public_id: str) -> FileResponse:
    """The result file: always a download, never shown by the browser, and written down."""
    job = job_or_404(request, public_id)
    if not job.result_file or not may_fetch(request.user, job):
        raise Http404
    try:
        opened = job.result_file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    with transaction.atomic():
        entry_record(
            action="jobs.result_fetched", subject_kind="job", subject_id=job.public_id,
            actor=staff_of(request), office=job.office, now=timezone.now(),
        )  # fmt: skip
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=file_name(job),
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def steered_job(request: HttpRequest, public_id: str) -> Job:
    job = job_or_404(request, public_id)
    if not may_steer(request.user, job):
        raise NotPermitted(permission=Permission.MANAGE_OFFICE.label)
    return job


def may_fetch(user: User | AnonymousUser, job: Job) -> bool:
    """Whether ``user`` may have the file: by the permission that the kind of job asks for."""
    return may(user, result_permission(job), job.office) or (
        job.requested_by_id == user.pk and may(user, result_permission(job))
    )


def file_name(job: Job) -> str:
    """The name under which the result file is offered; empty when there is none."""
    return PurePosixPath(job.result_file.name or "").name


def signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def readable(result: Any) -> list[tuple[str, str]]:
    """The result as rows of name and value; what is nested is shown one level deep."""
    rows: list[tuple[str, str]] = []
    for key, value in (result or {}).items():
        if isinstance(value, dict):
            rows += [(f"{label(key)}: {label(name)}", _written(v)) for name, v in value.items()]
        else:
            rows.append((label(key), _written(value)))
    return rows


def label(key: str) -> str:
    """The name of a value in words; rooms translate theirs in their catalogue."""
    return gettext(str(key).replace("_", " "))


def _written(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
