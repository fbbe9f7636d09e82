"""Findings of the fabric: the inbox on the map, and the page of one finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadastre.digits import typed_text
from cadastre.errors import LandError
from offices.acting import acting_office
from offices.models import Job, JobStatus, Office, User
from offices.permissions import may, offices_where, require, staff_of
from offices.services.jobs import job_enqueue
from parcels.fault_drawing import fault_drawings
from parcels.mapping import map_settings
from parcels.models import FabricCheck, Finding, Parcel, Severity
from parcels.rules.catalogue import rules
from parcels.rules.wording import measured, worded
from parcels.services.findings import (
    MAY_WORK,
    finding_assign,
    finding_explain,
    finding_reopen,
    finding_settle,
    people_of,
)

ON_A_PAGE: Final = 25
TODO: Final = "todo"
ALL: Final = "all"
TONES: Final = {"critical": "red", "medium": "gold", "warning": "blue"}
STATES: Final = {"open": "gold", "assigned": "blue", "explained": "", "settled": "green"}
V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def for_staff(view: V) -> V:
    """Let only those in who work on findings somewhere; nothing of it is kept by browsers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not any(may(request.user, permission) for permission in MAY_WORK):
            require(request.user, MAY_WORK[0])
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return cast("V", guarded)


def _works_in(user: User, office: Office) -> None:
    """Http404 for strangers of the office, NotPermitted for colleagues with other tasks."""
    if not any(may(user, permission, office) for permission in MAY_WORK):
        require(user, MAY_WORK[0], office)


def _office(request: HttpRequest) -> Office:
    """The office one acts for, if one works on findings there, or the first where one does."""
    chosen = acting_office(request)
    user = staff_of(request)
    if chosen is not None and any(may(user, permission, chosen) for permission in MAY_WORK):
        return chosen
    for permission in MAY_WORK:
        found = offices_where(user, permission).first()
        if found is not None:
            return found
    raise Http404


# -- the inbox ---------------------------------------------------------------------------------


@require_safe
@for_staff
def findings(request: HttpRequest) -> HttpResponse:
    """The findings of the office, the gravest first, beside the map of their places."""
    office = _office(request)
    asked = {name: _asked(request, name) for name in ("rule", "severity", "assignee", "q")}
    asked["status"] = _asked(request, "status") or TODO
    found = _filtered(office, asked, staff_of(request))
    counts = found.values_list("rule").annotate(Count("pk")).order_by("rule")
    if asked["rule"]:
        found = found.filter(rule=asked["rule"])
    page, after = _page(found, _asked(request, "after"))
    shown = {name: value for name, value in asked.items() if value and (name, value) != _DEFAULT}
    context = {
        "office": office,
        "asked": asked,
        "entries": [described(each) for each in page],
        "more": "?" + urlencode(shown | {"after": after}) if after else "",
        "later": bool(_asked(request, "after")),
        "first": "?" + urlencode(shown),
        "counts": _counts(counts, shown),
        "everything": "?" + urlencode({k: v for k, v in shown.items() if k != "rule"}),
        "severities": Severity.choices,
        "statuses": [(TODO, _("to be done")), *Finding.Status.choices, (ALL, _("all"))],
        "people": people_of(office),
        "last": _last_check(office),
        "job": _active(office),
        "settings": map_settings(),
        "places": [_place(each) for each in page if each.place],
    }
    return render(request, "parcels/findings/list.html", context)


def _last_check(office: Office) -> FabricCheck | None:
    """The last check of the whole office that came to its end."""
    ended = FabricCheck.objects.filter(office=office, transaction=None).exclude(finished_at=None)
    return ended.order_by("-started_at").first()


_DEFAULT: Final = ("status", TODO)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:100]


def _filtered(office: Office, asked: dict[str, str], user: User) -> QuerySet[Finding]:
    found = Finding.objects.filter(office=office)
    if asked["status"] == TODO:
        found = found.filter(status__in=[Finding.Status.OPEN, Finding.Status.ASSIGNED])
    elif asked["status"] in Finding.Status.values:
        found = found.filter(status=asked["status"])
    if asked["severity"] in Severity.values:
        found = found.filter(severity=asked["severity"])
    if asked["assignee"] == "me":
        found = found.filter(assignee=user)
    elif asked["assignee"]:
        found = found.filter(assignee__username=asked["assignee"])
    if asked["q"]:
        found = found.filter(_said(typed_text(asked["q"])))
    return found


def _said(text: str) -> Q:
    """Findings about a land number, deed number or tax code, or with these words of explanation."""
    parcels = Parcel.objects.filter(
        Q(land_number=text) | Q(tax_parcel_code=text.upper()) | Q(ba_unit__deed_number=text)
    ).values("pk")
    about = Q(parcel__in=parcels) | Q(other_parcel__in=parcels)
    return about | Q(ba_unit__deed_number=text) | Q(explanation__icontains=text)


def _page(found: QuerySet[Finding], after: str) -> tuple[list[Finding], str]:
    """A page by its key, which stays the same while findings come and go."""
    severity, _dot, key = after.partition(".")
    if severity in Severity.values and key.isdecimal() and key.isascii() and len(key) < 19:
        # Severities sort as they matter: critical, medium, warning.
        found = found.filter(Q(severity__gt=severity) | Q(severity=severity, pk__gt=int(key)))
    related = found.select_related("office", "parcel", "other_parcel", "ba_unit", "assignee").defer(
        "parcel__geometry_3857", "other_parcel__geometry_3857"
    )
    page = list(related.order_by("severity", "pk")[: ON_A_PAGE + 1])
    more = len(page) > ON_A_PAGE
    last = page[ON_A_PAGE - 1] if more else None
    return page[:ON_A_PAGE], f"{last.severity}.{last.pk}" if last else ""


def _counts(counts: QuerySet[Any], shown: dict[str, str]) -> list[dict[str, Any]]:
    """How many findings of each rule there are, in the order of the rules."""
    number = dict(counts)
    order = [*rules(), *(code for code in number if code not in rules())]
    return [
        {
            "code": code,
            "title": rules()[code].title if code in rules() else code,
            "number": number[code],
            "href": "?" + urlencode(shown | {"rule": code}),
        }
        for code in order
        if code in number
    ]


def described(finding: Finding) -> dict[str, Any]:
    """A finding in words: what, where, how much, what to do, whose it is."""
    rule = rules().get(finding.rule)
    evidence = {
        **finding.evidence,
        "parcel": _name(finding.parcel),
        "other": _name(finding.other_parcel),
        "title": str(finding.ba_unit) if finding.ba_unit else "–",
        "measure": finding.measure,
    }
    return {
        "finding": finding,
        "title": rule.title if rule else finding.rule,
        "message": worded(rule, evidence) if rule else "",
        "remedy": rule.remedy if rule else "",
        "source": rule.source if rule else "",
        "measure": measured(finding.measure, finding.unit),
        "tone": TONES[finding.severity],
        "state_tone": STATES[finding.status],
        "parcels": [_parcel(each) for each in (finding.parcel, finding.other_parcel) if each],
    }


def _name(parcel: Parcel | None) -> str:
    return parcel.land_number or parcel.public_id[:8] if parcel else "–"


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "name": _name(parcel),
        "parcel": parcel,
        "page": reverse("parcel-detail", args=[parcel.public_id]),
        "editor": f"{reverse('editor')}?{urlencode({'parcel': parcel.public_id})}",
    }


def _place(finding: Finding) -> dict[str, Any]:
    """What the map draws of a finding."""
    assert finding.place is not None
    parcels = (finding.parcel, finding.other_parcel)
    return {
        "id": finding.public_id,
        "severity": finding.severity,
        "at": [finding.place.y, finding.place.x],
        "parcels": [json.loads(each.geometry.geojson) for each in parcels if each],
        "shape": json.loads(finding.shape.geojson) if finding.shape else None,
    }


# -- a run -------------------------------------------------------------------------------------


@require_POST
@for_staff
def findings_check(request: HttpRequest) -> HttpResponse:
    """Order a check of the whole office; one that is under way is shown instead."""
    office = _office(request)
    job = _active(office)
    if job is None:
        job = job_enqueue(
            kind="parcels.check_fabric",
            office=office,
            requested_by=staff_of(request),
            now=timezone.now(),
        )
    return redirect("findings")


def _active(office: Office) -> Job | None:
    under_way = (JobStatus.QUEUED, JobStatus.RUNNING)
    jobs = Job.objects.filter(kind="parcels.check_fabric", office=office, status__in=under_way)
    return jobs.order_by("-created_at").first()


# -- one finding -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def finding_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One finding: picture, measure, parcels, what to do, what happened; and what people say."""
    user = staff_of(request)
    finding = get_object_or_404(
        Finding.objects.select_related("office", "parcel", "other_parcel", "ba_unit", "assignee"),
        public_id=public_id.replace("\x00", "")[:40],
    )
    _works_in(user, finding.office)
    if request.method == "POST":
        try:
            _act(request, finding, user)
        except LandError as error:
            return _detail(request, finding, error=error.render(_), status=422)
        messages.success(request, _("Written down."))
        return redirect("finding-detail", public_id=finding.public_id)
    return _detail(request, finding)


def _act(request: HttpRequest, finding: Finding, user: User) -> None:
    said = request.POST.get("text", "").replace("\x00", "")
    action, now = request.POST.get("action"), timezone.now()
    with transaction.atomic():
        if action == "assign":
            name = request.POST.get("assignee", "").replace("\x00", "")[:150]
            assignee = get_object_or_404(User, username=name)
            finding_assign(finding=finding, assignee=assignee, actor=user, now=now)
        elif action == "explain":
            finding_explain(finding=finding, reason=said, actor=user, now=now)
        elif action == "settle":
            finding_settle(finding=finding, note=said, actor=user, now=now)
        elif action == "reopen":
            finding_reopen(finding=finding, note=said, actor=user, now=now)
        else:
            raise Http404


def _detail(
    request: HttpRequest, finding: Finding, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = described(finding) | {
        "error": error,
        "said": request.POST.get("text", ""),
        "drawings": fault_drawings(finding),
        "events": finding.events.select_related("actor"),
        "people": people_of(finding.office),
        "edits": may(request.user, MAY_WORK[0], finding.office),
    }
    return render(request, "parcels/findings/detail.html", context, status=status)
