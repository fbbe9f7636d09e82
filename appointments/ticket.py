"""The ticket as a file for the calendar of a telephone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vGeo

from appointments.models import Booking
from appointments.services.bookings import LIVE, ends_of
from cadastre.scheduling import BANGKOK


def ticket_calendar(booking: Booking, *, address: str, now: datetime) -> bytes:
    """One event with its time zone, in the language of the page; ``address`` is the ticket's.

    Nobody's name or telephone number is in it: calendars are shared and synchronised.
    """
    slot, service, office = booking.slot, booking.service, booking.service.office
    event = Event()
    event.add("uid", f"{booking.reference}@chanot")
    event.add("dtstamp", now)
    event.add("sequence", int(booking.changed_at.timestamp() - booking.created_at.timestamp()))
    event.add("dtstart", slot.starts_at.astimezone(BANGKOK))
    event.add("dtend", ends_of(booking).astimezone(BANGKOK))
    event.add("summary", f"{service.name} – {office.name}")
    event.add("location", ", ".join(filter(None, [office.name, office.address])))
    event.add("url", address)
    lines = [_("Queue number {reference}").format(reference=booking.reference)]
    if service.bring:
        lines.append(_("Bring: {papers}").format(papers=service.bring))
    event.add("description", "\n".join([*lines, address]))
    event.add("status", "CONFIRMED" if booking.status in LIVE else "CANCELLED")
    if office.location:
        event["geo"] = vGeo((office.location.y, office.location.x))
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", service.name)
    reminder.add("trigger", timedelta(hours=-24))
    event.add_component(reminder)
    calendar = Calendar()
    calendar.add("prodid", "-//Chanot//Appointments//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
