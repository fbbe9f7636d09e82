"""Staff order parcels as a file here; the page of the job has the progress and the file."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from offices.models import Job
from offices.permissions import Permission, offices_where, permission_required, staff_of
from offices.services.jobs import job_enqueue
from offices.views.jobs import described, visible_jobs
from parcels.export.forms import ExportForm
from parcels.jobs import EXPORT_KINDS

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EXPORT_PARCELS)
def exports(request: HttpRequest) -> HttpResponse:
    """The form, and the exports so far that one may see."""
    person = staff_of(request)
    offices = offices_where(person, Permission.EXPORT_PARCELS)
    form = ExportForm(request.POST or None, person=person, offices=offices)
    if form.is_valid():
        return redirect("job-detail", public_id=_ordered(request, form).public_id)
    found = visible_jobs(person).filter(kind__in=EXPORT_KINDS).order_by("-created_at", "-pk")
    context = {"form": form, "entries": [described(job) for job in found[:SHOWN]]}
    status = 422 if form.errors else 200
    return render(request, "parcels/exports.html", context, status=status)


def _ordered(request: HttpRequest, form: ExportForm) -> Job:
    said, moment = form.cleaned_data, form.moment()
    with transaction.atomic():
        return job_enqueue(
            kind=EXPORT_KINDS[said["with_owners"]],
            parameters={
                "form": said["format"], "on": moment.on.isoformat(),
                "known": moment.known.isoformat() if moment.known else "",
            },
            office=said["office"], requested_by=staff_of(request), now=timezone.now(),
        )  # fmt: skip
