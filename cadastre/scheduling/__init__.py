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
from cadastre.scheduling.waiting import WaitingTime, waiting_time
from cadastre.scheduling.window import BookingWindow, TooFarAhead, TooLate

__all__ = [
    "BANGKOK",
    "BookingWindow",
    "Break",
    "Closure",
    "HoursInvalid",
    "HoursOverlap",
    "OpeningHours",
    "Slot",
    "TooFarAhead",
    "TooLate",
    "WaitingTime",
    "check_hours",
    "runs_of",
    "slots_for",
    "waiting_time",
]
