"""What a booking can be refused for."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop
from cadastre.identifiers import PhoneNumberInvalid


class OfficeUnknown(LandError):
    code = "office_unknown"
    message = gettext_noop("There is no such office, or it takes no bookings here.")


class ServiceUnknown(LandError):
    code = "service_unknown"
    message = gettext_noop("This office does not offer this service. Choose one from its list.")


class SlotUnknown(LandError):
    code = "slot_unknown"
    message = gettext_noop("There is no such time. Choose one from the list of free times.")


class SlotFull(LandError):
    """Evidence ``next``: the next free time of the same service as a dictionary, or None."""

    code = "slot_full"
    message = gettext_noop("This time has just been taken. Choose another free time.")


class SlotClosed(LandError):
    code = "slot_closed"
    message = gettext_noop("This time can no longer be booked. Choose a later one.")


class AlreadyBooked(LandError):
    code = "already_booked"
    message = gettext_noop(
        "This telephone number has a booking at this time already. Use the ticket you were given."
    )


class PlotAlreadyBooked(LandError):
    code = "plot_already_booked"
    message = gettext_noop(
        "This telephone number has a booking for this plot and this service already. Move that "
        "one, or cancel it first."
    )


class ServicesApart(LandError):
    code = "services_apart"
    message = gettext_noop(
        "These services are done at different counters and cannot be combined in one visit. Book "
        "them one by one."
    )


class TooManyBookings(LandError):
    code = "too_many_bookings"
    message = gettext_noop(
        "This telephone number has {count} bookings at this office, the most that can be held at "
        "once. Cancel one that is not needed, or call the office."
    )


class BookingUnknown(LandError):
    code = "booking_unknown"
    message = gettext_noop("There is no such booking. Check the address of your ticket.")


class BookingEnded(LandError):
    code = "booking_ended"
    message = gettext_noop("This booking was cancelled or its time has passed. Book a new time.")


class OfficeBusy(LandError):
    code = "busy"
    message = gettext_noop("Many people are booking at this moment. Please try again.")


class TooManyHolds(LandError):
    """Evidence ``retry_after_seconds``."""

    code = "too_many_holds"
    message = gettext_noop(
        "Many times were chosen from your connection within a short while. Wait a minute, then "
        "choose your time again."
    )


class CodeWrong(InvalidInput):
    code = "code_wrong"
    message = gettext_noop("This is not the code that was sent. Look again; {left} tries are left.")


class NoChannel(InvalidInput):
    code = "no_channel"
    message = gettext_noop(
        "This office confirms bookings by a code, which cannot be sent to a telephone here. Enter "
        "an e-mail address, or call the office."
    )


class WaitingEntryUnknown(LandError):
    code = "waiting_entry_unknown"
    message = gettext_noop("There is no such entry of a waiting list. Check the address.")


class AlreadyWaiting(LandError):
    code = "already_waiting"
    message = gettext_noop(
        "This telephone number is on the waiting list of this service already. Use the address "
        "you were given, or leave the list there first."
    )


class OfferEnded(LandError):
    code = "offer_ended"
    message = gettext_noop(
        "This place is no longer kept for you. If you still wait, the next one is offered to you."
    )


class DayPassed(LandError):
    code = "day_passed"
    message = gettext_noop("A day that has passed can be neither closed nor opened.")


class IdempotencyKeyReused(InvalidInput):
    code = "idempotency_key_reused"
    message = gettext_noop(
        "This Idempotency-Key was used for another request. Send a new key with a new request."
    )


class DayUnreadable(InvalidInput):
    code = "day_unreadable"
    message = gettext_noop(
        "This is not a day that exists. Write the year of the Common Era, the month and the day, "
        "for example 2026-11-30."
    )


class DayInBuddhistEra(InvalidInput):
    code = "day_in_buddhist_era"
    message = gettext_noop(
        "The year {year} is far ahead. Write years of the Common Era: B.E. 2569 is 2026."
    )


class RangeInvalid(InvalidInput):
    code = "range_invalid"
    message = gettext_noop(
        "The last day must lie between the first day and {days} days after it. Ask for a part."
    )


class VisitParcelUnknown(InvalidInput):
    code = "visit_parcel_unknown"
    message = gettext_noop("There is no such parcel. Leave it out, or look it up on the map.")


class NameUnusable(InvalidInput):
    code = "name_unusable"
    message = gettext_noop(
        "This is not a name that can be called out at a counter. Write letters, at most "
        "{longest} characters, and no invisible characters; if you pasted it, type it."
    )


class PhoneUnusable(InvalidInput):
    code = PhoneNumberInvalid.code
    message = PhoneNumberInvalid.message
