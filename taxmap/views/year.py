"""The year of the tax for officers: calendar, steps with what each lacks, lists, roll-over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from cadastre.tax import calendar_of
from offices.models import Office
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.jobs import job_enqueue
from taxmap.models import Bill, BillKind, RollStage, TaxYear
from taxmap.property_lists import condominium_list, land_list
from taxmap.readiness import GAPS, gap_counts, units_with_gap
from taxmap.services.year import (
    STEPS,
    calendar_change,
    list_publish,
    prices_publish,
    year_open,
)
from taxmap.views.collection import area_of, office_of
from taxmap.year_forms import CalendarForm

ROWS_PER_PAGE = 50
FIRST_TAX_YEAR = 2020
JOBS = {
    "roll_over": "taxmap.roll_over", "roll": "taxmap.assess_roll",
    "try": "taxmap.try_roll", "close": "taxmap.close_roll",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def year(request: HttpRequest) -> HttpResponse:
    """Where the year stands and what its next step lacks; sending the form changes the calendar."""
    office = office_of(request)
    tax_year = _tax_year(request, office)
    may_assess = may(request.user, Permission.ASSESS_TAX, office)
    status = 200
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        form = CalendarForm(request.POST, tax_year=tax_year)
        if form.is_valid() and _calendar_saved(request, tax_year, form):
            return redirect(_address(tax_year))
        status = 422
    else:
        form = CalendarForm(tax_year=tax_year)
    first = date(tax_year.year, 1, 1)
    context = {
        "office": office, "tax_year": tax_year, "year": tax_year.year, "form": form,
        "years": _years(office), "may_assess": may_assess, "gaps": gap_counts(office, first),
        "steps": _steps(tax_year), "figures": _figures(office, tax_year.year),
        "former": _figures(office, tax_year.year - 1), "stages": _stages(tax_year),
        "is_draft": tax_year.stage == RollStage.DRAFT,
    }  # fmt: skip
    return render(request, "taxmap/year.html", context, status=status)


def _calendar_saved(request: HttpRequest, tax_year: TaxYear, form: CalendarForm) -> bool:
    try:
        calendar_change(
            tax_year=tax_year, days=form.days(),
            instalments_on=form.cleaned_data["instalments_on"],
            announcement=form.cleaned_data["announcement"], actor=staff_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except LandError as error:
        form.add_error(None, error.render(gettext))
        return False
    messages.success(request, gettext("The calendar is saved."))
    return True


def _tax_year(request: HttpRequest, office: Office) -> TaxYear:
    """The year asked for; one that nobody opened is shown as it would begin, and not stored."""
    today = timezone.localdate()
    asked = (request.GET.get("year") or request.POST.get("year") or "")[:4]
    number = int(asked) if asked.isascii() and asked.isdigit() else today.year
    if not FIRST_TAX_YEAR <= number <= today.year + 1:
        raise Http404
    if request.method in {"GET", "HEAD"}:
        found = TaxYear.objects.filter(local_authority=office, year=number).first()
        return found or _unopened(office, number)
    return year_open(
        local_authority=office, year=number, actor=staff_of(request), now=timezone.now()
    )


def _unopened(office: Office, number: int) -> TaxYear:
    calendar = calendar_of(number)
    days: dict[str, Any] = {column: calendar.last_day[step] for step, column in STEPS.items()}
    return TaxYear(
        local_authority=office, year=number, instalments_on=list(calendar.instalments), **days
    )


def _address(tax_year: TaxYear) -> str:
    return f"{reverse('taxmap-year')}?year={tax_year.year}"


def _years(office: Office) -> list[int]:
    today = timezone.localdate()
    known = TaxYear.objects.filter(local_authority=office).values_list("year", flat=True)
    return sorted({today.year, today.year + 1, *known}, reverse=True)


def _steps(tax_year: TaxYear) -> list[dict[str, Any]]:
    """Each step with its last day, and whether that has passed."""
    today = timezone.localdate()
    return [
        {
            "title": TaxYear._meta.get_field(column).verbose_name,  # type: ignore[union-attr]
            "on": getattr(tax_year, column), "is_over": getattr(tax_year, column) < today,
        }
        for column in STEPS.values()
    ]  # fmt: skip


def _stages(tax_year: TaxYear) -> dict[str, Any]:
    """How far the year is, for the picture of steps."""
    done = {RollStage.DRAFT: 0, RollStage.LISTED: 2, RollStage.ASSESSED: 4}
    current = done[RollStage(tax_year.stage)]
    if current == 0 and tax_year.prices_published_at is not None:
        current = 1
    labels = [
        gettext("Draft"), gettext("Prices announced"), gettext("List announced"),
        gettext("Assessed"), gettext("Due"),
    ]  # fmt: skip
    if current == len(labels) - 1 and timezone.localdate() <= tax_year.assessment_on:
        current = len(labels) - 2
    return {"labels": labels, "current": current + 1}


def _figures(office: Office, number: int) -> dict[str, int]:
    bills = Bill.objects.filter(
        local_authority=office, tax_year=number, kind=BillKind.LAND_BUILDING
    )
    found = bills.aggregate(
        bills=Count("pk"), units=Sum("units"), value=Sum("value_satang"), tax=Sum("tax_satang")
    )
    return {name: int(value or 0) for name, value in found.items()}


@require_POST
@permission_required(Permission.ASSESS_TAX)
def year_step(request: HttpRequest, step: str) -> HttpResponse:
    """Take one step of the year: announce prices or lists, order roll-over, roll or close."""
    office = office_of(request, Permission.ASSESS_TAX)
    tax_year = _tax_year(request, office)
    if step in JOBS:
        with transaction.atomic():
            job = job_enqueue(
                kind=JOBS[step], office=office, requested_by=staff_of(request),
                parameters={"office": office.code, "tax_year": tax_year.year}, now=timezone.now(),
            )  # fmt: skip
        return redirect("job-detail", public_id=job.public_id)
    publish = {"prices": prices_publish, "list": list_publish}.get(step)
    if publish is None:
        raise Http404
    try:
        publish(tax_year=tax_year, actor=staff_of(request), now=timezone.now())
    except LandError as error:
        messages.error(request, error.render(gettext))
    else:
        messages.success(request, gettext("The announcement is recorded."))
    return redirect(_address(tax_year))


def _asked_year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")[:4]
    today = timezone.localdate()
    number = int(asked) if asked.isascii() and asked.isdigit() else today.year
    if not FIRST_TAX_YEAR <= number <= today.year + 1:
        raise Http404
    return number


@require_GET
@permission_required(Permission.VIEW_TAX)
def gap(request: HttpRequest, kind: str) -> HttpResponse:
    """Units that lack something before the roll can be right."""
    office, number = office_of(request), _asked_year(request)
    if kind not in GAPS:
        raise Http404
    units = units_with_gap(office, kind, date(number, 1, 1)).select_related("parcel", "street")
    page = Paginator(units, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "office": office, "year": number, "title": GAPS[kind], "page": page,
        "count": page.paginator.count,
        "may_assess": may(request.user, Permission.ASSESS_TAX, office),
    }  # fmt: skip
    return render(request, "taxmap/gap.html", context)


@require_GET
@permission_required(Permission.VIEW_TAX)
def property_list(request: HttpRequest) -> HttpResponse:
    """ภ.ด.ส.3 and 4: what is listed for the year, without owners."""
    office, number = office_of(request), _asked_year(request)
    first = date(number, 1, 1)
    is_flats = request.GET.get("list") == "4"
    prefix = "" if is_flats else area_of(request.GET.get("block", ""))
    found = condominium_list(office, first) if is_flats else land_list(office, first, prefix=prefix)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for unit in page:
        unit.uses_then = unit.uses.in_force(first).order_by("-share_percent")
        unit.buildings_then = unit.buildings.in_force(first).order_by("code")
    context = {
        "office": office, "year": number, "page": page, "count": page.paginator.count,
        "is_flats": is_flats, "area": prefix,
    }  # fmt: skip
    return render(request, "taxmap/property_list.html", context)
