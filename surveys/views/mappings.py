"""Column mappings of an office: made from a sample of a table, kept, forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from offices.permissions import Permission, permission_required, staff_of
from surveys.mapping_forms import SAMPLE_LENGTH, MappingForm, guessed, sample_of
from surveys.models import ColumnMapping
from surveys.services.mappings import mapping_forget, mapping_save
from surveys.uploads import FieldFileUploadHandler
from surveys.views.common import office_or_404


@require_safe
@permission_required(Permission.MANAGE_SURVEYS)
def mapping_list(request: HttpRequest) -> HttpResponse:
    """The mappings of the office, and the way to a new one."""
    office = office_or_404(request)
    kept = ColumnMapping.objects.filter(office=office).order_by("name")
    return render(request, "surveys/mappings.html", {"office": office, "mappings": kept})


@csrf_exempt  # the check below comes after the upload is capped, which it would otherwise start
@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def mapping_new(request: HttpRequest) -> HttpResponseBase:
    """From a sample to a mapping: guess, choose, look, keep."""
    request.upload_handlers = [FieldFileUploadHandler(request)]
    return _mapping_new(request)


@csrf_protect
def _mapping_new(request: HttpRequest) -> HttpResponse:
    office = office_or_404(request)
    uploaded = request.FILES.get("file")
    if uploaded is not None:
        form = MappingForm(initial=guessed(sample_of(uploaded.read(4 * SAMPLE_LENGTH))))
    elif "sample" in request.POST:
        form = MappingForm(request.POST)
    else:
        messages.error(request, _("Choose a file to take the first lines from."))
        return redirect("survey-mappings")
    if form.is_bound and form.is_valid() and request.POST.get("do") == "keep":
        mapping_save(office=office, mapping=form.mapping, by=staff_of(request), now=timezone.now())
        messages.success(request, _("The mapping is kept. Choose it when you send such a file."))
        return redirect("survey-mappings")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "surveys/mapping.html", {"office": office, "form": form}, status=status)


@require_POST
@permission_required(Permission.MANAGE_SURVEYS)
def mapping_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a mapping of the acting office."""
    office = office_or_404(request)
    kept = get_object_or_404(ColumnMapping.objects.filter(office=office), pk=pk)
    mapping_forget(kept=kept, by=staff_of(request), now=timezone.now())
    messages.success(request, _("The mapping is forgotten. Files read by it stay as they are."))
    return redirect("survey-mappings")
