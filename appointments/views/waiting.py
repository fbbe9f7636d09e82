"""The waiting list for citizens: join it, see one's place, take an offer or let it go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.errors import (
    AlreadyWaiting,
    OfferEnded,
    OfficeBusy,
    RangeInvalid,
    SlotClosed,
    TooManyHolds,
)
from appointments.forms import WaitingForm
from appointments.models import WaitingListEntry
from appointments.public import day_asked, parcel_known, visit_known
from appointments.services.allowance import hold_spend
from appointments.services.messages import tell_booked
from appointments.services.offers import Visit
from appointments.services.retention import days_kept
from appointments.services.waiting_list import (
    LONGEST_WAIT,
    entry_get,
    place_in_line,
    waiting_list_accept,
    waiting_list_decline,
    waiting_list_join,
    waiting_list_leave,
)
from appointments.views.choosing import private
from cadastre.errors import LandError

DAYS_AT_FIRST = 14


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Who waits, for which service and on which days; POST joins the list."""
    wanted = request.POST if request.method == "POST" else request.GET
    visit = visit_known(office=wanted.get("office", ""), codes=wanted.get("service", ""))
    visit = Visit.of(visit.services[:1])
    parcel = _parcel(wanted.get("parcel", ""))
    if request.method != "POST":
        form = WaitingForm(visit=visit, initial=_days(request.GET.get("day", "")))
        return private(_form(request, visit, form, parcel))
    form = WaitingForm(request.POST, visit=visit)
    if not form.is_valid():
        return private(_form(request, visit, form, parcel, status=422))
    typed = form.cleaned_data
    try:
        hold_spend(request=request, proven=False, now=timezone.now())
        entry = waiting_list_join(
            service=visit.main, first_day=typed["first_day"], last_day=typed["last_day"],
            parcel=parcel, language=get_language() or "", now=timezone.now(), **form.person(),
        )  # fmt: skip
    except RangeInvalid as error:
        form.add_error("last_day", error.render(gettext))
        return private(_form(request, visit, form, parcel, status=422))
    except (AlreadyWaiting, TooManyHolds) as refusal:
        form.add_error(None, refusal.render(gettext))
        status = 429 if isinstance(refusal, TooManyHolds) else 409
        return private(_form(request, visit, form, parcel, status=status))
    return private(redirect("waiting-entry", entry.token))


def _parcel(public_id: str) -> str:
    try:
        return parcel_known(public_id).public_id if public_id else ""
    except LandError:
        return ""


def _days(text: str) -> dict[str, Any]:
    """From the day that was full, or today, for two weeks."""
    today = timezone.localdate()
    try:
        first = max(day_asked(text, ("day",)), today)
    except LandError:
        first = today
    last = min(first + timedelta(days=DAYS_AT_FIRST), today + LONGEST_WAIT)
    return {"first_day": min(first, last).isoformat(), "last_day": last.isoformat()}


def _form(
    request: HttpRequest, visit: Visit, form: WaitingForm, parcel: str, status: int = 200
) -> HttpResponse:
    context = {
        "form": form, "visit": visit, "service": visit.main, "parcel_id": parcel,
        "days_kept": days_kept(), "offer_minutes": visit.group.offer_minutes,
    }  # fmt: skip
    return render(request, "appointments/waiting_join.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, token: str) -> HttpResponse:
    """One entry: its place in the line or its offer; POST takes, lets go or leaves."""
    found = entry_get(token=token)
    if request.method == "POST":
        return private(_act(request, found))
    status = WaitingListEntry.Status(found.status)
    offered = found.offered if status == WaitingListEntry.Status.OFFERED else None
    until = offered.held_until if offered is not None else None
    context = {
        "entry": found,
        "service": found.service,
        "offered": offered if until is not None and until > timezone.now() else None,
        "place": place_in_line(entry=found) if status == "waiting" else None,
        "is_over": status in {"left", "ended", "taken"},
        "address": request.build_absolute_uri(),
    }
    return private(render(request, "appointments/waiting_entry.html", context))


def _act(request: HttpRequest, entry: WaitingListEntry) -> HttpResponse:
    now, token = timezone.now(), entry.token
    try:
        match request.POST.get("do", ""):
            case "accept":
                with transaction.atomic():
                    booking = waiting_list_accept(token=token, now=now)
                    tell_booked(booking, now=now)
                return redirect("appointment-detail", booking.token)
            case "decline":
                waiting_list_decline(token=token, now=now)
                messages.info(request, gettext("The place goes to the next. You wait on."))
            case "leave":
                waiting_list_leave(token=token, now=now)
                messages.info(request, gettext("You are off the waiting list."))
    except (OfferEnded, OfficeBusy, SlotClosed) as refusal:
        messages.error(request, refusal.render(gettext))
    return redirect("waiting-entry", token)
