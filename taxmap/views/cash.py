"""The journal of a cashier's day, its closing, and what waits for a second person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from offices.models import Office, User
from offices.permissions import Permission, permission_required, require, staff_of
from taxmap.models import CashUp, Means, MoneyRequest, Payment
from taxmap.payment_forms import CashUpForm
from taxmap.services.cash_up import day_check, day_close, expected_on
from taxmap.services.money_requests import request_decide
from taxmap.views.collection import office_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.TAKE_PAYMENTS)
def journal(request: HttpRequest) -> HttpResponse:
    """What this cashier took on one day, by means; sending the form closes the day."""
    office, cashier = office_of(request, Permission.TAKE_PAYMENTS), staff_of(request)
    day = _day(request)
    form = CashUpForm(request.POST) if request.method == "POST" else CashUpForm()
    status, trouble = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                day_close(
                    cashier=cashier, office=office, day=day, counted=form.counted(),
                    explanation=form.cleaned_data["explanation"], now=timezone.now(),
                )  # fmt: skip
                messages.success(request, gettext("The day is closed. A second person checks it."))
                return redirect(f"{request.path}?day={day.isoformat()}")
            except LandError as error:
                trouble = error.render(gettext)
    context = _journal_context(cashier, office, day) | {"form": form, "trouble": trouble}
    return render(request, "taxmap/money/journal.html", context, status=status)


def _day(request: HttpRequest) -> date:
    """The day asked for, or today; a day to come has no journal."""
    today = timezone.localdate()
    asked = request.GET.get("day", "")
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        raise Http404 from None
    if not date(2020, 1, 1) <= day <= today:
        raise Http404
    return day


def _journal_context(cashier: User, office: Office, day: date) -> dict[str, Any]:
    payments = (
        Payment.objects.filter(cashier=cashier, entry__booked_on=day, entry__local_authority=office)
        .select_related("receipt", "bill", "entry__reversed_by")
        .order_by("pk")
    )
    expected = expected_on(cashier, office, day)
    return {
        "office": office, "day": day, "today": timezone.localdate(), "payments": payments,
        "expected": [(Means(means).label, found) for means, found in expected.items()],
        "total": sum(found["satang"] for found in expected.values()),
        "closed": CashUp.objects.filter(
            cashier=cashier, local_authority=office, day=day
        ).select_related("checked_by").first(),
        "now": timezone.now(),
    }  # fmt: skip


@require_GET
@permission_required(Permission.DECIDE_TAX)
def to_decide(request: HttpRequest) -> HttpResponse:
    """Requests about money and closed days that wait for somebody else than who prepared them."""
    office = office_of(request, Permission.DECIDE_TAX)
    requests = MoneyRequest.objects.filter(local_authority=office).select_related(
        "bill", "payment__receipt", "bank_line", "prepared_by", "decided_by"
    )
    days = CashUp.objects.filter(local_authority=office).select_related("cashier", "checked_by")
    context = {
        "office": office, "user_id": staff_of(request).pk,
        "waiting": requests.filter(is_approved=None).order_by("prepared_at")[:200],
        "decided": requests.exclude(is_approved=None).order_by("-decided_at")[:20],
        "days": [
            (each, sum(each.expected.values()), sum(each.counted.values()))
            for each in days.filter(checked_by=None).order_by("day", "pk")[:100]
        ],
    }  # fmt: skip
    return render(request, "taxmap/money/to_decide.html", context)


@require_POST
@permission_required(Permission.DECIDE_TAX)
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or refuse one request."""
    found = get_object_or_404(MoneyRequest, pk=number)
    require(request.user, Permission.DECIDE_TAX, found.local_authority)
    approve = request.POST.get("decision") == "approve"
    try:
        request_decide(found, approve=approve, actor=staff_of(request), now=timezone.now())
        words = gettext("Approved and booked.") if approve else gettext("Refused.")
        messages.success(request, words)
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-money-requests")


@require_POST
@permission_required(Permission.DECIDE_TAX)
def check_day(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm that a cashier's money was received as counted."""
    found = get_object_or_404(CashUp, pk=number)
    require(request.user, Permission.DECIDE_TAX, found.local_authority)
    try:
        day_check(found, actor=staff_of(request), now=timezone.now())
        messages.success(request, gettext("The day is checked."))
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-money-requests")
