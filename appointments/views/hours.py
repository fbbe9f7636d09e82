"""Opening hours and special days, changed by a manager: look first, then carry out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from appointments.errors import OfficeBusy
from appointments.forms_hours import SpecialForm, WeeklyForm
from appointments.models import Closure, OpeningHours, SpecialOpening
from appointments.services.hours import Hours, hours_change, hours_preview
from appointments.services.tickets import today_of
from cadastre.scheduling import HoursInvalid, HoursOverlap
from offices.acting import acting_office
from offices.models import User
from offices.models.office import Office
from offices.permissions import Permission, permission_required, require

FORMS = {"weekly": WeeklyForm, "special": SpecialForm}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_OFFICE)
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of the acting office. POST shows what a change would do; with ``sure`` does it."""
    office = acting_office(request, Permission.MANAGE_OFFICE)
    require(request.user, Permission.MANAGE_OFFICE, office)
    assert office is not None  # permission_required let nobody in without one
    if request.method != "POST":
        return _page(request, office)
    change, forms = _change(request, office)
    if change is None:
        return _page(request, office, **forms, status=422)
    try:
        return _look_or_do(request, office, change)
    except (HoursInvalid, HoursOverlap, OfficeBusy) as refusal:
        messages.error(request, refusal.render(gettext))
        return _page(request, office, **forms, status=409)


def _change(
    request: HttpRequest, office: Office
) -> tuple[Callable[[], Hours] | None, dict[str, Any]]:
    """What was asked for, to be carried out later; None where the form is wrong."""
    kind, pk = request.POST.get("kind", ""), request.POST.get("remove", "")
    if pk:
        row = _row(office, kind, pk)
        return lambda: _removed(row), {}
    form_of = FORMS.get(kind, WeeklyForm)
    form = form_of(request.POST, office=office)
    which = "special" if form_of is SpecialForm else "weekly"
    return (form.save if form.is_valid() else None), {which: form}


def _row(office: Office, kind: str, pk: str) -> Hours:
    number = int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 18 else 0
    if kind == "special":
        special: SpecialOpening = get_object_or_404(SpecialOpening, pk=number, group__office=office)
        return special
    weekly: OpeningHours = get_object_or_404(OpeningHours, pk=number, office=office)
    return weekly


def _removed(row: Hours) -> Hours:
    type(row).objects.filter(pk=row.pk).delete()
    return row


def _look_or_do(request: HttpRequest, office: Office, change: Callable[[], Hours]) -> HttpResponse:
    now = timezone.now()
    if "sure" not in request.POST:
        effect = hours_preview(office=office, change=change, now=now)
        sent = [
            (name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"
        ]
        context = {"office": office, "effect": effect, "sent": sent}
        return render(request, "appointments/hours_confirm.html", context)
    assert isinstance(request.user, User)
    effect = hours_change(office=office, change=change, actor=request.user, now=now)
    messages.success(request, gettext("The hours were changed."))
    if effect.outside:
        messages.warning(request, ngettext(
            "%(count)d booking lies outside the new hours: call its holder.",
            "%(count)d bookings lie outside the new hours: call their holders.",
            len(effect.outside),
        ) % {"count": len(effect.outside)})  # fmt: skip
    return redirect("office-hours")


def _page(
    request: HttpRequest,
    office: Office,
    *,
    weekly: WeeklyForm | None = None,
    special: SpecialForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = today_of(timezone.now())
    rows = OpeningHours.objects.filter(office=office).select_related("group")
    days = SpecialOpening.objects.filter(group__office=office, day__gte=today)
    closed = Closure.objects.of_office(office.pk).filter(day__gte=today).order_by("day")
    context = {
        "office": office, "weekly_form": weekly or WeeklyForm(office=office),
        "special_form": special or SpecialForm(office=office),
        "rows": rows.order_by("weekday", "opens_at", "pk"),
        "days": days.select_related("group").order_by("day", "opens_at"), "closed": closed[:20],
    }  # fmt: skip
    return render(request, "appointments/hours.html", context, status=status)
