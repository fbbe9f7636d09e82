"""Signing in, the start page of staff, and the office they act for."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from offices.acting import acting_office, acting_office_choose
from offices.dashboard import cards_for
from offices.models import JobStatus, RoleAssignment
from offices.permissions import offices_where
from offices.sign_in import SignInForm
from offices.views.jobs import visible_jobs


class SignIn(LoginView):
    """Sign in; whoever is signed in already goes on to where they wanted."""

    template_name = "offices/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return reverse("office-home")


class SignOut(LogoutView):
    """Sign out, by POST only, so that no foreign page can do it with a link."""


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,  # noqa: ARG001
    credentials: dict[str, Any] | None = None,  # noqa: ARG001
) -> HttpResponse:
    """What somebody sees after too many wrong passwords; named by AXES_LOCKOUT_CALLABLE."""
    cool_off = get_cool_off(request)
    minutes = max(1, round(cool_off.total_seconds() / 60)) if cool_off else None
    response = render(request, "offices/locked_out.html", {"minutes": minutes}, status=429)
    if cool_off:
        response["Retry-After"] = str(int(cool_off.total_seconds()))
    return response


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What may I do here: cards by permission, and the work that is going on."""
    office = acting_office(request)
    roles = RoleAssignment.objects.filter(user_id=request.user.pk or 0, office=office)
    running = visible_jobs(request.user).filter(
        Q(office=office) | Q(requested_by_id=request.user.pk),
        status__in=[JobStatus.QUEUED, JobStatus.RUNNING],
    )
    return render(
        request,
        "offices/home.html",
        {
            "office": office,
            "offices": offices_where(request.user),
            "roles": [role.get_role_display() for role in roles.order_by("role")],
            "cards": cards_for(request, "office", office),
            "running": running.order_by("-created_at")[:5],
        },
    )


@require_POST
@login_required
def choose_office(request: HttpRequest) -> HttpResponse:
    """Act for another office, and go back to the page one came from."""
    acting_office_choose(request, code=request.POST.get("office", ""))
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "office-home")
