"""What the pages of surveys share: the job of an address, and who may see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, require
from surveys.models import FieldFile, SurveyJob


def office_or_404(request: HttpRequest) -> Office:
    """The office in whose name the user acts and keeps surveys."""
    office = acting_office(request, Permission.MANAGE_SURVEYS)
    if office is None:
        raise Http404
    return office


def job_or_404(request: HttpRequest, pk: int) -> SurveyJob:
    """The job, for those who keep surveys at its office; for strangers it does not exist."""
    jobs = SurveyJob.objects.select_related("office", "surveyor", "quality_class", "transaction")
    job = get_object_or_404(jobs, pk=pk)
    require(request.user, Permission.MANAGE_SURVEYS, job.office)
    return job


def file_or_404(request: HttpRequest, public_id: str) -> FieldFile:
    """A field file, for those who keep surveys at the office of its job."""
    files = FieldFile.objects.select_related("job__office", "imported_by")
    file = get_object_or_404(files, public_id=known(public_id))
    require(request.user, Permission.MANAGE_SURVEYS, file.job.office)
    return file


def known(public_id: str) -> str:
    """A public id as it may stand in an address."""
    if len(public_id) > 40 or "\x00" in public_id:
        raise Http404
    return public_id


def asked(request: HttpRequest, name: str, limit: int = 40) -> str:
    """A word of the query, tidied."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:limit]


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, not a person."""
    return "application/json" in request.headers.get("Accept", "")
