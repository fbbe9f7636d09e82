"""Waits in words, and the way from a booking into the hall."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from appointments.models import Booking, Counter, Ticket
from appointments.services.tickets import check_in_opens, today_of

register = template.Library()


@register.filter
def minutes(seconds: float) -> int:
    """Whole minutes, to the nearest."""
    return round(seconds / 60)


@register.filter
def percent(share: float) -> int:
    """Whole per cent of a share from 0 to 1."""
    return round(share * 100)


@register.inclusion_tag("appointments/hall/of_booking.html", takes_context=True)
def hall_of_booking(context: RequestContext, booking: Booking) -> dict[str, Any]:
    """On the page of a booking: its place in the queue, or how and from when to check in."""
    now = timezone.now()
    shown: dict[str, Any] = {"booking": booking, "csrf_token": context.get("csrf_token")}
    ticket = Ticket.objects.filter(booking=booking).first()
    if ticket is not None:
        return shown | {"ticket": ticket if ticket.day == today_of(now) else None}
    office = booking.service.office_id
    if (
        booking.status != Booking.Status.BOOKED
        or not Counter.objects.filter(office=office).exists()
    ):
        return shown
    opens, day = check_in_opens(booking), today_of(booking.slot.starts_at)
    return shown | {
        "may_arrive": opens <= now and day == today_of(now),
        "opens": opens if now < opens else None,
    }
