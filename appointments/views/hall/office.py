"""The hall as clerks see it: who is where, arrivals at the desk, the kiosk's address."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appointments.hall_errors import ServiceNotDone, TicketUnknown
from appointments.models import Counter, Hall, Need, Service, Ticket
from appointments.services.hall import ticket_return
from appointments.services.tickets import (
    booking_named,
    kiosk_set_up,
    ticket_get,
    ticket_of_booking,
    ticket_take,
    today_of,
)
from cadastre.errors import LandError
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of


@require_safe
@permission_required(Permission.MANAGE_APPOINTMENTS)
def hall(request: HttpRequest) -> HttpResponse:
    """Counters to sit down at, people to take note of, tickets that can come back."""
    office, now = office_of(request), timezone.now()
    today = Ticket.objects.filter(office=office, day=today_of(now))
    counters = Counter.objects.filter(office=office, is_active=True).select_related("clerk")
    visitors = dict(
        today.filter(status__in=["called", "serving"]).values_list("counter_id", "number")
    )
    context = {
        "office": office,
        "counters": [
            {
                "counter": counter,
                "is_open": counter.opened_at is not None
                and today_of(counter.opened_at) == today_of(now),
                "mine": counter.clerk_id == staff_of(request).pk,
                "visitor": visitors.get(counter.pk, ""),
                "services": counter.services.order_by("pk"),
            }
            for counter in sorted(counters, key=lambda each: (len(each.number), each.number))
        ],
        "waiting": today.filter(status="waiting").count(),
        "away": today.filter(status__in=["parked", "missed"])
        .select_related("service").order_by("number"),
        "services": services_of_halls(office),
        "needs": Need.choices,
        "kiosk": Hall.objects.filter(office=office).first(),
    }  # fmt: skip
    return render(request, "appointments/hall/office.html", context)


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def arrival(request: HttpRequest) -> HttpResponse:
    """Somebody comes to the desk: with a booking, without, or back with papers."""
    office, now, clerk = office_of(request), timezone.now(), staff_of(request)
    try:
        if "reference" in request.POST:
            booking = booking_named(office=office, text=request.POST["reference"][:400])
            ticket = ticket_of_booking(booking=booking, now=now, actor=clerk)
        elif "ticket" in request.POST:
            ticket = ticket_return(
                ticket=ticket_in(office, request.POST["ticket"]), now=now, actor=clerk
            )
        else:
            service = service_in(office, request.POST.get("service", ""))
            ticket = ticket_take(
                service=service, needs=request.POST.getlist("needs"), now=now, actor=clerk
            )
    except LandError as refusal:
        messages.error(request, refusal.render(gettext))
    else:
        text = gettext("Number {number} waits now: {service}.")
        messages.success(request, text.format(number=ticket.number, service=ticket.service.name))
    return redirect("office-hall")


@require_POST
@permission_required(Permission.MANAGE_APPOINTMENTS)
def kiosk(request: HttpRequest) -> HttpResponse:
    """A new address for the kiosk, or none."""
    office = office_of(request)
    is_on = request.POST.get("step") != "off"
    kiosk_set_up(office=office, is_on=is_on, actor=staff_of(request), now=timezone.now())
    messages.success(
        request,
        gettext("The kiosk has a new address. The former one no longer works.")
        if is_on
        else gettext("The kiosk gives no more tickets."),
    )
    return redirect("office-hall")


def office_of(request: HttpRequest) -> Office:
    """The office in whose hall the clerk works."""
    office = acting_office(request, Permission.MANAGE_APPOINTMENTS)
    require(request.user, Permission.MANAGE_APPOINTMENTS, office)
    assert office is not None  # permission_required let nobody in without one
    return office


def services_of_halls(office: Office) -> list[Service]:
    """The services that some counter of the office does."""
    services = Service.objects.filter(
        office=office, is_active=True, counters__is_active=True
    ).distinct()
    return list(services.order_by("ticket_prefix", "pk"))


def service_in(office: Office, code: str) -> Service:
    """The service of the office by its code; ServiceNotDone if there is none."""
    found = next((each for each in services_of_halls(office) if each.code == code), None)
    if found is None:
        raise ServiceNotDone
    return found


def ticket_in(office: Office, public_id: str) -> Ticket:
    """The ticket of the office; TicketUnknown if it is another's."""
    ticket = ticket_get(public_id=public_id)
    if ticket.office_id != office.pk:
        raise TicketUnknown
    return ticket
