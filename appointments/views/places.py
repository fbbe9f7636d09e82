"""Where the offices are, on a map and as a list; mobile office days beside them."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.models import SpecialOpening
from appointments.public import services_bookable
from appointments.views.booking import parcel_of_link
from appointments.views.choosing import private
from offices.models import Office
from parcels.mapping import map_settings
from parcels.models import Parcel
from web.formats import format_date, format_time


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Every office that takes bookings: those in charge of the plot first, then the nearest."""
    parcel = parcel_of_link(request.GET.get("parcel", ""))
    listed = _offices(parcel)
    days = _mobile_days()
    query = f"&parcel={parcel.public_id}" if parcel else ""
    link = reverse("appointment-book")
    points = [
        _point(office.location, office.name, f"{link}?office={office.code}{query}", "office")
        for office in listed
        if office.location
    ]
    points += [
        _point(day.location, _told(day), f"{link}?office={day.group.office.code}{query}", "mobile")
        for day in days
        if day.location
    ]
    if parcel is not None:
        points.append(_point(parcel.label_point, "", "", "plot"))
    context = {"listed": listed, "days": days, "parcel": parcel, "points": points}
    context["map"] = map_settings()
    return private(render(request, "appointments/offices.html", context))


def _offices(parcel: Parcel | None) -> list[Office]:
    offices = Office.objects.filter(pk__in=services_bookable().values("office"))
    if parcel is None:
        return list(offices.order_by("kind", "code"))
    near = offices.annotate(distance=Distance("location", parcel.label_point))
    in_charge = {parcel.office_id, parcel.local_authority_id}

    def order(office: Any) -> tuple[bool, bool, float]:
        metres = office.distance.m if office.distance is not None else 0.0
        office.in_charge = office.pk in in_charge
        office.km = metres / 1000 if office.distance is not None else None
        return not office.in_charge, office.distance is None, metres

    return sorted(near, key=order)


def _mobile_days() -> list[SpecialOpening]:
    days = SpecialOpening.objects.filter(day__gte=timezone.localdate(), group__is_active=True)
    return list(
        days.exclude(place_th="").select_related("group__office").order_by("day", "opens_at")[:50]
    )


def _told(day: SpecialOpening) -> str:
    hours = f"{format_time(day.opens_at)}–{format_time(day.closes_at)}"
    return f"{day.place}: {format_date(day.day)} {hours}"


def _point(point: Any, name: str, href: str, kind: str) -> dict[str, Any]:
    lat, lon = round(point.y, 6), round(point.x, 6)
    return {"lat": lat, "lon": lon, "name": name, "href": href, "kind": kind}
