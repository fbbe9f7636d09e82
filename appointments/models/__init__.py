from __future__ import annotations

from .booking import Booking, IdempotencyRecord
from .calendar import Closure, OpeningHours, Service, Slot

__all__ = ["Booking", "Closure", "IdempotencyRecord", "OpeningHours", "Service", "Slot"]
