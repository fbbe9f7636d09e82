"""Photographs of marks: send one, look at one."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, permission_required, require, staff_of
from parcels.services.sources import ScanUploadHandler
from surveys.forms import PhotoForm
from surveys.models import Photo
from surveys.services.photos import photo_add
from surveys.views.common import job_or_404, known


@csrf_exempt  # the check below comes after the upload is capped, which it would otherwise start
@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def photo_send(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep a photograph of a point of a job."""
    request.upload_handlers = [ScanUploadHandler(request)]
    return _photo_send(request, pk)


@csrf_protect
def _photo_send(request: HttpRequest, pk: int) -> HttpResponse:
    job = job_or_404(request, pk)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Name the point and choose a photograph."))
        return redirect("survey-job", job.pk)
    try:
        photo_add(
            job=job, point_name=form.cleaned_data["point_name"],
            uploaded=form.cleaned_data["photo"], by=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        messages.success(request, _("The photograph is kept."))
    return redirect("survey-job", job.pk)


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A photograph, for those who keep surveys at the office of its job."""
    photos = Photo.objects.select_related("job__office")
    kept = get_object_or_404(photos, public_id=known(public_id))
    require(request.user, Permission.MANAGE_SURVEYS, kept.job.office)
    response = FileResponse(kept.file.open("rb"), content_type=kept.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
