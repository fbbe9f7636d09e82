"""Worklists of missing tax: each lead with its picture and its reason, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.jobs import job_enqueue
from taxmap.collection import blocks_of
from taxmap.missing import counts_of, leads_of, pictures_of, reason_of
from taxmap.models import Cause, Lead
from taxmap.services.leads import lead_note
from taxmap.views.collection import area_of, office_of

LEADS_PER_PAGE = 20
JOB = "taxmap.find_missing_tax"


@require_GET
@permission_required(Permission.VIEW_TAX)
def missing(request: HttpRequest) -> HttpResponse:
    """The causes with their counts, and the leads of one of them."""
    office, today = office_of(request), timezone.localdate()
    cause, block = request.GET.get("cause", ""), area_of(request.GET.get("block", ""))
    state = request.GET.get("state", Lead.State.OPEN)
    found = leads_of(office, cause=cause, state=state, area=block)
    page = Paginator(found, LEADS_PER_PAGE).get_page(request.GET.get("page"))
    pictures = pictures_of(list(page), today)
    context = {
        "office": office, "now": timezone.now(), "counts": counts_of(office), "cause": cause,
        "state": state, "block": block, "blocks": blocks_of(office), "page": page,
        "count": page.paginator.count,
        "rows": [(lead, reason_of(lead), pictures.get(lead.pk)) for lead in page],
        "causes": Cause.choices, "states": Lead.State.choices,
        "may_work": may(request.user, Permission.ASSESS_TAX, office),
    }  # fmt: skip
    return render(request, "taxmap/missing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def lead(request: HttpRequest, public_id: str) -> HttpResponse:
    """One lead with its notes; a posted note says how it stands."""
    office = office_of(request)
    found = (
        Lead.objects.filter(local_authority=office, public_id=public_id)
        .select_related("parcel", "outline")
        .first()
    )
    if found is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        state = request.POST.get("state", "")
        try:
            lead_note(
                lead=found, text=request.POST.get("text", ""), actor=staff_of(request),
                state=Lead.State(state) if state in set(Lead.State) else Lead.State.LOOKED_AT,
                now=timezone.now(),
            )  # fmt: skip
        except LandError as error:
            wrong = error.render(gettext)
        else:
            messages.success(request, gettext("The note was kept."))
            return redirect("taxmap-lead", public_id=public_id)
    context = {
        "office": office, "lead": found, "reason": reason_of(found), "wrong": wrong,
        "now": timezone.now(),
        "picture": pictures_of([found], timezone.localdate()).get(found.pk),
        "notes": found.notes.select_related("written_by").order_by("-written_at", "-pk"),
        "states": Lead.State.choices, "may_work": may(request.user, Permission.ASSESS_TAX, office),
    }  # fmt: skip
    return render(request, "taxmap/lead.html", context, status=422 if wrong else 200)


@require_POST
@permission_required(Permission.ASSESS_TAX)
def search(request: HttpRequest) -> HttpResponse:
    """Order a search of the whole authority for this year."""
    office, now = office_of(request, Permission.ASSESS_TAX), timezone.now()
    with transaction.atomic():
        job = job_enqueue(
            kind=JOB, parameters={"year": timezone.localdate(now).year}, office=office,
            requested_by=staff_of(request), now=now,
        )  # fmt: skip
    return redirect(reverse("job-detail", args=[job.public_id]))
