"""What the start pages of staff say of the queue, and what the audit trail calls its acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from appointments.querysets import day_begins
from offices.dashboard import Card, register
from offices.models import Office
from offices.permissions import Permission
from offices.trail import name_actions


def _today(request: HttpRequest, office: Office) -> dict[str, Any]:  # noqa: ARG001
    today = timezone.localdate()
    standing = Booking.objects.standing().filter(service__office=office)
    return {
        "today": standing.filter(
            slot__starts_at__gte=day_begins(today), slot__starts_at__lt=day_begins(today, 1)
        ).count(),
        "ahead": standing.filter(slot__starts_at__gte=day_begins(today, 1)).count(),
    }


for _page in ("office", "taxmap"):
    register(Card(
        page=_page, permission=Permission.MANAGE_APPOINTMENTS, url_name="office-appointments",
        icon="calendar", order=200, title=_("Appointments"),
        template="appointments/card.html", context=_today,
    ))  # fmt: skip
    register(Card(
        page=_page, permission=Permission.MANAGE_APPOINTMENTS, url_name="office-hall",
        icon="office", order=201, title=_("The hall"),
        text=_("Counters, people who arrive, the display and the kiosk."),
    ))  # fmt: skip

name_actions({
    "appointments.counter_opened": _("opened a counter"),
    "appointments.counter_closed": _("closed a counter"),
    "appointments.visitor_seen": _("called a visitor with a booking"),
    "appointments.kiosk_set_up": _("changed the address of the kiosk"),
    "appointments.booked": _("booked a visit"),
    "appointments.held": _("held a place for a visit"),
    "appointments.waits": _("joined a waiting list"),
    "appointments.offered": _("offered a place to the waiting list"),
    "appointments.waits_no_more": _("left a waiting list"),
    "appointments.moved": _("moved a visit"),
    "appointments.cancelled": _("cancelled a visit"),
    "appointments.day_viewed": _("looked at the bookings of a day"),
    "appointments.hours_changed": _("changed the opening hours"),
    "appointments.day_closed": _("closed a day"),
    "appointments.day_reopened": _("opened a closed day again"),
})  # fmt: skip
