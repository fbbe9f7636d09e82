"""The arithmetic of queues: opening hours, slots, booking windows, waiting times."""

from cadastre.scheduling.hours import (
    BANGKOK,
    Break,
    Closure,
    HoursInvalid,
    HoursOverlap,
    OpeningHours,
    check_hours,
)
from cadastre.scheduling.slots import Slot, runs_of, slots_for
from cadastre.scheduling.waiting import (
    Estimate,
    OpenCounter,
    ServiceTime,
    Waiting,
    WaitingTime,
    estimate,
    service_time,
    waiting_time,
)
from cadastre.scheduling.window import BookingWindow, TooFarAhead, TooLate

__all__ = [
    "BANGKOK",
    "BookingWindow",
    "Break",
    "Closure",
    "Estimate",
    "HoursInvalid",
    "HoursOverlap",
    "OpenCounter",
    "OpeningHours",
    "ServiceTime",
    "Slot",
    "TooFarAhead",
    "TooLate",
    "Waiting",
    "WaitingTime",
    "check_hours",
    "estimate",
    "runs_of",
    "service_time",
    "slots_for",
    "waiting_time",
]
