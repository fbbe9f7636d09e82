"""Classes of survey: their limits with the sources, set by who manages the office."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cadastre.errors import LandError
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import NotPermitted, Permission, may, offices_where, require, staff_of
from surveys.limits import LIMITS
from surveys.models import QualityClass
from surveys.services.quality import (
    LIMIT_NAMES,
    quality_class_change,
    quality_classes_ensure,
    settings_of,
)

SEEN_BY = (Permission.MANAGE_SURVEYS, Permission.MANAGE_OFFICE)


def _staff_only(view: Any) -> Any:
    """Let a view be opened by who keeps surveys or manages an office."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not any(may(request.user, permission) for permission in SEEN_BY):
            raise NotPermitted(permission=Permission.MANAGE_SURVEYS.label)
        response: HttpResponseBase = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


class ClassForm(forms.Form):
    """The limits of one class; an empty box takes a limit away."""

    mark_checks = forms.BooleanField(
        label=_("A known mark is observed before and after the points"), required=False
    )
    regulation_verified = forms.BooleanField(
        label=_("These are the limits of the regulation that binds this office; somebody checked"),
        required=False,
    )

    def __init__(self, *args: Any, quality: QualityClass, **kwargs: Any) -> None:
        now = settings_of(quality)
        initial: dict[str, Any] = {
            "mark_checks": now.mark_checks, "regulation_verified": now.regulation_verified,
        }  # fmt: skip
        for name in LIMIT_NAMES:
            limit = getattr(now, name)
            initial[name] = limit and f"{limit.value:g}"
            initial[f"{name}_source"] = limit.source if limit else ""
        super().__init__(*args, **kwargs | {"initial": initial})
        self.verified = {name for name, limit in now.limits() if limit.verified}
        for name, (label, _unit) in LIMITS.items():
            self.fields[name] = forms.FloatField(label=str(label), required=False, min_value=0)
            self.fields[f"{name}_source"] = forms.CharField(
                label=gettext("Source of “{limit}”").format(limit=label), required=False,
                max_length=300,
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Any, Any, Any, bool]]:
        """Each limit: its box, the box of its source, its unit, whether the source was checked."""
        return [
            (self[name], self[f"{name}_source"], unit, name in self.verified)
            for name, (_label, unit) in LIMITS.items()
        ]


def _office(request: HttpRequest) -> Office:
    for permission in SEEN_BY:
        if (office := acting_office(request, permission)) is not None:
            return office
    raise Http404


@require_safe
@_staff_only
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes of the office one acts for."""
    office = _office(request)
    quality_classes = QualityClass.objects.filter(office=office).order_by("order", "code")
    context = {"office": office, "classes": quality_classes, "manages": _manages(request, office)}
    return render(request, "surveys/classes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_staff_only
def class_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The limits of a class and where each comes from; managers change them."""
    quality = get_object_or_404(QualityClass.objects.select_related("office"), pk=pk)
    if not offices_where(request.user).filter(pk=quality.office_id).exists():
        raise Http404
    if not any(may(request.user, each, quality.office) for each in SEEN_BY):
        raise NotPermitted(permission=Permission.MANAGE_SURVEYS.label)
    manages = _manages(request, quality.office)
    form = ClassForm(request.POST or None, quality=quality)
    if request.method == "POST":
        require(request.user, Permission.MANAGE_OFFICE, quality.office)
        if form.is_valid() and _changed(request, quality, form):
            return redirect("survey-class", quality.pk)
    context = {
        "quality": quality, "form": form, "manages": manages, "settings": settings_of(quality),
        "fixes": ", ".join(sorted(settings_of(quality).fixes)),
    }  # fmt: skip
    return render(request, "surveys/class.html", context, status=422 if form.errors else 200)


def _manages(request: HttpRequest, office: Office) -> bool:
    return may(request.user, Permission.MANAGE_OFFICE, office)


def _changed(request: HttpRequest, quality: QualityClass, form: ClassForm) -> bool:
    said = form.cleaned_data
    try:
        quality_class_change(
            quality=quality, values={name: said[name] for name in LIMIT_NAMES},
            sources={name: said[f"{name}_source"] for name in LIMIT_NAMES},
            mark_checks=said["mark_checks"], regulation_verified=said["regulation_verified"],
            by=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    except LandError as refusal:
        form.add_error(None, refusal.render(gettext))
        return False
    messages.success(request, _("The limits are kept. Points are judged by them from now on."))
    return True


@require_http_methods(["POST"])
@_staff_only
def class_defaults(request: HttpRequest) -> HttpResponse:
    """Give the office the default classes that it lacks."""
    office = _office(request)
    require(request.user, Permission.MANAGE_OFFICE, office)
    quality_classes_ensure(office)
    return redirect("survey-classes")
