"""What a step in the hall can be refused for."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class TicketUnknown(LandError):
    code = "ticket_unknown"
    message = gettext_noop(
        "There is no such ticket today. Check the number or the address, or take a new one."
    )


class TicketStepWrong(LandError):
    """Evidence: ``number`` of the ticket and its ``status`` in words."""

    code = "ticket_step_wrong"
    message = gettext_noop(
        "Ticket {number}: {status}. This step does not follow from it; somebody may have been "
        "quicker. Look at the page again."
    )


class RecallTooSoon(LandError):
    code = "recall_too_soon"
    message = gettext_noop(
        "Ticket {number} was called a moment ago. People need a minute to come: call again in "
        "{seconds} seconds."
    )


class CallsTooFew(LandError):
    code = "calls_too_few"
    message = gettext_noop(
        "Ticket {number} was called {calls} times. Only after {most} calls does somebody count as "
        "missed: call again."
    )


class NobodyWaiting(LandError):
    code = "nobody_waiting"
    message = gettext_noop("Nobody waits for the services of counter {counter}.")


class CounterUnknown(LandError):
    code = "counter_unknown"
    message = gettext_noop("This office has no such counter. Choose one from the list.")


class CounterTaken(LandError):
    code = "counter_taken"
    message = gettext_noop(
        "A colleague is at counter {counter}. Choose another one, or ask them to close it."
    )


class CounterNotYours(LandError):
    code = "counter_not_yours"
    message = gettext_noop("You are not at counter {counter}. Open it first.")


class CounterHasVisitor(LandError):
    code = "counter_has_visitor"
    message = gettext_noop(
        "Ticket {number} is at counter {counter}. Finish, park or transfer it first."
    )


class ClerkElsewhere(LandError):
    code = "clerk_elsewhere"
    message = gettext_noop("You are at counter {counter}. Close it before you open another one.")


class ServiceNotDone(LandError):
    code = "service_not_done"
    message = gettext_noop(
        "No counter of this office does this service in the hall. Choose another service, or ask "
        "at the desk."
    )


class CheckInNotNow(LandError):
    """Evidence: ``since`` and ``day`` as they are read."""

    code = "check_in_not_now"
    message = gettext_noop(
        "You can check in on {day} from {since}. Come back then, or ask at the desk."
    )


class BookingArrived(LandError):
    code = "booking_arrived"
    message = gettext_noop(
        "You have checked in already, so that the visit can no longer be moved. Cancel it, or tell "
        "the clerk."
    )


class KioskUnknown(LandError):
    code = "kiosk_unknown"
    message = gettext_noop(
        "There is no kiosk at this address. The office finds its address on the page of the hall."
    )


class KioskOff(LandError):
    code = "kiosk_off"
    message = gettext_noop("No more tickets are given today. Ask at the desk, or book a visit.")


class KioskBusy(LandError):
    code = "kiosk_busy"
    message = gettext_noop("Many tickets were taken in this minute. Please try again in a moment.")


class PriorityUnusable(InvalidInput):
    code = "priority_unusable"
    message = gettext_noop("A priority is a number from 0 to {most}. Choose one of the list.")
