"""The register of signboards and their tax."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from cadastre.errors import LandError
from cadastre.tax.money import baht_written
from offices.permissions import Permission, may, permission_required, require, staff_of
from taxmap.models import Bill, BillKind, Signboard
from taxmap.services.signboards import (
    sign_assessment,
    signboard_add,
    signboard_end,
    signboards_assess,
    signboards_close,
    signs_of_year,
)
from taxmap.signboard_forms import SignboardEndForm, SignboardForm
from taxmap.views.collection import office_of

ROWS_PER_PAGE = 50
FIRST_YEAR = 2021


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def signboards(request: HttpRequest) -> HttpResponse:
    """The signs of a year with their tax; sending the form adds one."""
    office = office_of(request)
    year = _year(request)
    may_assess = may(request.user, Permission.ASSESS_TAX, office)
    form = SignboardForm(request.POST or None, office=office)
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        if form.is_valid():
            return _added(request, form)
    signs = signs_of_year(office, year).select_related("unit__parcel")
    page = Paginator(signs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for sign in page:
        sign.assessed = sign_assessment(sign, year)  # type: ignore[attr-defined]
    bills = Bill.objects.filter(local_authority=office, tax_year=year, kind=BillKind.SIGNBOARD)
    context = {
        "office": office, "year": year, "page": page, "form": form, "may_assess": may_assess,
        "count": page.paginator.count, "drafts": bills.filter(number=None).count(),
        "closed": bills.exclude(number=None).count(), "end_form": SignboardEndForm(),
        "years": range(timezone.localdate().year, FIRST_YEAR - 1, -1),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "taxmap/signboards.html", context, status=status)


def _year(request: HttpRequest) -> int:
    asked = (request.GET.get("year") or request.POST.get("year") or "")[:4]
    this_year = timezone.localdate().year
    number = int(asked) if asked.isascii() and asked.isdigit() else this_year
    if not FIRST_YEAR <= number <= this_year:
        raise Http404
    return number


def _added(request: HttpRequest, form: SignboardForm) -> HttpResponse:
    party = form.party
    assert party is not None
    with transaction.atomic():
        if party._state.adding:
            party.save()
        stored = signboard_add(
            local_authority=form.office, owner=party, unit=form.unit, sign=form.sign(),
            since=form.cleaned_data["since"], actor=staff_of(request), now=timezone.now(),
        )  # fmt: skip
    messages.success(request, gettext("Signboard {code} is added.").format(code=stored.code))
    return redirect("taxmap-signboards")


@require_POST
@permission_required(Permission.ASSESS_TAX)
def signboard_down(request: HttpRequest, number: int) -> HttpResponse:
    """A sign came down."""
    office = office_of(request, Permission.ASSESS_TAX)
    sign = get_object_or_404(Signboard, local_authority=office, pk=min(number, 2**62))
    form = SignboardEndForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for each in form.errors["ended_on"]))
        return redirect("taxmap-signboards")
    on = form.cleaned_data["ended_on"]
    try:
        signboard_end(signboard=sign, on=on, actor=staff_of(request), now=timezone.now())
    except LandError as error:
        messages.error(request, error.render(gettext))
    else:
        messages.success(request, gettext("Signboard {code} has ended.").format(code=sign.code))
    return redirect("taxmap-signboards")


@require_POST
@permission_required(Permission.ASSESS_TAX)
def signboard_step(request: HttpRequest, step: str) -> HttpResponse:
    """Assess the signs of a year, or close their bills."""
    office, year = office_of(request, Permission.ASSESS_TAX), _year(request)
    steps: dict[str, Any] = {"assess": signboards_assess, "close": signboards_close}
    if step not in steps:
        raise Http404
    try:
        result = steps[step](
            local_authority=office, tax_year=year, actor=staff_of(request), now=timezone.now()
        )
    except LandError as error:
        messages.error(request, error.render(gettext))
    else:
        messages.success(request, _told(step, result))
    return redirect(f"{reverse('taxmap-signboards')}?year={year}")


def _told(step: str, result: dict[str, Any]) -> str:
    if step == "close":
        return gettext("{bills} bills are numbered and charged.").format(**result)
    text = gettext("{signs} signs are assessed in {bills} bills: {tax} baht.")
    told = text.format(tax=baht_written(result["tax_satang"]), **result)
    if result["after_bill"]:
        later = gettext("{after_bill} signs came after the bill of their owner and need a note.")
        told = f"{told} {later.format(**result)}"
    return told
