from __future__ import annotations

from .booking import Booking, BookingPlace, IdempotencyRecord, Need, WaitingListEntry
from .calendar import Closure, OpeningHours, Slot, SpecialOpening
from .hall import Hall, Ticket, TicketEvent, TicketSeries, WaitEstimate
from .services import Counter, CounterGroup, Service, ServiceDocument

__all__ = [
    "Booking",
    "BookingPlace",
    "Closure",
    "Counter",
    "CounterGroup",
    "Hall",
    "IdempotencyRecord",
    "Need",
    "OpeningHours",
    "Service",
    "ServiceDocument",
    "Slot",
    "SpecialOpening",
    "Ticket",
    "TicketEvent",
    "TicketSeries",
    "WaitEstimate",
    "WaitingListEntry",
]
