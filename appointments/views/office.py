"""The day of an office as its staff see it: who comes when, closing days, cancelling on request."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appointments.forms import ClosingForm
from appointments.models import Booking, Closure
from appointments.services.bookings import booking_cancel
from appointments.services.days import day_bookings, day_close, day_reopen, day_slots
from appointments.views.choosing import day_of_query
from cadastre.errors import LandError
from cadastre.identifiers import PhoneNumber, format_phone
from cadastre.scheduling import BANGKOK
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of
from offices.services.audit import entry_record


@require_safe
@permission_required(Permission.MANAGE_APPOINTMENTS)
def day_list(request: HttpRequest) -> HttpResponse:
    """Bookings of one day of the acting office, with names. Each look is written down."""
    office = office_of(request)
    day = day_of_query(request, "day") or timezone.localdate()
    with transaction.atomic():
        bookings = day_bookings(office=office, day=day)
        entry_record(
            action="appointments.day_viewed", subject_kind="day", subject_id=day.isoformat(),
            actor=staff_of(request), office=office, data={"bookings": len(bookings)},
            now=timezone.now(),
        )  # fmt: skip
    by_slot: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for booking in bookings:
        by_slot[booking.slot_id].append({
            "booking": booking,
            "phone": format_phone(PhoneNumber(booking.phone)) if booking.phone else "",
            "may_cancel": booking.status == Booking.Status.BOOKED
            and booking.slot.starts_at > timezone.now(),
        })  # fmt: skip
    slots = day_slots(office=office, day=day)
    standing = [b for b in bookings if b.status == Booking.Status.BOOKED]
    closure = Closure.objects.of_office(office.pk).filter(day=day).order_by("-office").first()
    context = {
        "office": office,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": timezone.localdate(),
        "rows": [{"slot": slot, "bookings": by_slot[slot.pk]} for slot in slots],
        "booked": len(standing),
        "places": sum(slot.capacity for slot in slots),
        "closure": closure,
        "own_closure": closure is not None and closure.office_id == office.pk,
        "is_past": day < timezone.now().astimezone(BANGKOK).date(),
        "form": ClosingForm(),
        "now": timezone.now(),
    }
    return render(request, "appointments/office_day.html", context)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def close(request: HttpRequest) -> HttpResponse:
    """Close the day; the list then shows whom to call."""
    office, day = office_of(request), _day(request)
    form = ClosingForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Enter the reason."))
        return _back_to(day)
    try:
        to_call = day_close(
            office=office, day=day, reason=form.cleaned_data["reason"], actor=staff_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
        return _back_to(day)
    text = gettext("The day is closed. {count} people have a booking and must be called.")
    messages.success(request, text.format(count=len(to_call)))
    return _back_to(day)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def reopen(request: HttpRequest) -> HttpResponse:
    """Take the closing day back."""
    office, day = office_of(request), _day(request)
    try:
        day_reopen(office=office, day=day, actor=staff_of(request), now=timezone.now())
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        messages.success(request, gettext("The day is open again."))
    return _back_to(day)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancel at the citizen's request; the office never sees the citizen's token."""
    office = office_of(request)
    bookings = Booking.objects.filter(service__office=office).select_related("slot")
    booking: Booking = get_object_or_404(bookings, reference=reference)
    try:
        booking_cancel(token=booking.token, now=timezone.now(), actor=staff_of(request))
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        text = gettext("Booking {reference} is cancelled; its place comes free again.")
        messages.success(request, text.format(reference=reference))
    return _back_to(booking.slot.starts_at.astimezone(BANGKOK).date())


def office_of(request: HttpRequest) -> Office:
    """The office that the member of staff acts for, where they run the appointments."""
    office = acting_office(request, Permission.MANAGE_APPOINTMENTS)
    require(request.user, Permission.MANAGE_APPOINTMENTS, office)
    assert office is not None  # permission_required let nobody in without one
    return office


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        return timezone.localdate()


def _back_to(day: date) -> HttpResponse:
    return redirect(f"{reverse('office-appointments')}?day={day.isoformat()}")
