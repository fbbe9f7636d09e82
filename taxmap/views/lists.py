"""Lists for other systems: ordered here, made in the background; and the printed ผ.ท.4 register."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from offices.models import Job
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from offices.services.jobs import job_enqueue
from offices.views.jobs import described, visible_jobs
from taxmap.collection import blocks_of, tax_years_of
from taxmap.exports.forms import LISTS, ListForm
from taxmap.exports.jobs import KINDS
from taxmap.exports.layout import layout_of
from taxmap.exports.rows import rows_of
from taxmap.services.exports import BOOKS, ListKind, ListOrder
from taxmap.views.collection import area_of, office_of, year_of

SHOWN = 20
ROWS_PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def lists(request: HttpRequest) -> HttpResponse:
    """The form, and the lists so far that one may see."""
    office, person = office_of(request), staff_of(request)
    years = tax_years_of(office, timezone.localdate().year)
    form = ListForm(
        request.POST or None, years=years,
        may_see_owners=may(person, Permission.VIEW_OWNERS, office),
    )  # fmt: skip
    if form.is_valid():
        return redirect("job-detail", public_id=_ordered(request, form).public_id)
    found = visible_jobs(person).filter(kind__in=KINDS, office=office)
    context = {
        "office": office, "form": form, "year": years[0],
        "may_see_owners": may(person, Permission.VIEW_OWNERS, office),
        "entries": [
            described(job) | {"list": LISTS[ListKind(job.parameters["kind"])]}
            for job in found.order_by("-created_at", "-pk")[:SHOWN]
        ],
    }  # fmt: skip
    return render(request, "taxmap/lists.html", context, status=422 if form.errors else 200)


def _ordered(request: HttpRequest, form: ListForm) -> Job:
    said = form.cleaned_data
    days = {"first": "", "last": ""}
    if said["kind"] in BOOKS:
        days = {name: said[name].isoformat() for name in days}
    with transaction.atomic():
        return job_enqueue(
            kind=KINDS[said["with_owners"]],
            parameters={"kind": said["kind"], "year": said["year"], **days},
            office=office_of(request), requested_by=staff_of(request), now=timezone.now(),
        )  # fmt: skip


@require_GET
@permission_required(Permission.VIEW_TAX)
def register(request: HttpRequest) -> HttpResponse:
    """ผ.ท.4 of one block, for the screen and for paper; each look is written into the trail."""
    office = office_of(request, Permission.VIEW_OWNERS)
    require(request.user, Permission.VIEW_OWNERS, office)
    now = timezone.now()
    years = tax_years_of(office, timezone.localdate(now).year)
    year, blocks = year_of(request, years), blocks_of(office)
    block = area_of(request.GET.get("block", "")) or (blocks[0] if blocks else "")
    layout = layout_of("register")
    sheet = layout.sheets[0]
    order = ListOrder(kind=ListKind.REGISTER, authority=office, tax_year=year, area=block)
    found = list(rows_of("register_rows", order.parameters))
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    with transaction.atomic():
        entry_record(
            action="taxmap.register_viewed", subject_kind="office", subject_id=office.code,
            actor=staff_of(request), office=office, now=now,
            data={"block": block, "year": year, "page": page.number},
        )  # fmt: skip
    context: dict[str, Any] = {
        "office": office, "year": year, "years": years, "block": block, "blocks": blocks,
        "head": sheet.head, "page": page, "rows": list(layout.cells(sheet, page.object_list)),
        "now": now, "count": page.paginator.count, "confirmed": layout.confirmed,
    }  # fmt: skip
    return render(request, "taxmap/register.html", context)
