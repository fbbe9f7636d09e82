"""What the public may ask of the queue: offices, services, days. Shared by pages and programs."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import QuerySet

from appointments.errors import (
    DayInBuddhistEra,
    DayUnreadable,
    OfficeUnknown,
    ServiceUnknown,
    VisitParcelUnknown,
)
from appointments.models import Service
from appointments.offers import services_named
from appointments.services.offers import Visit
from cadastre.errors import FieldPath
from offices.models import Office
from parcels.models import Parcel

FIRST_YEAR_OF_ANOTHER_ERA = 2400
_ISO_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}", re.ASCII)
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CODE = re.compile(r"[^\x00]{1,40}")


def services_bookable() -> QuerySet[Service]:
    """Services that can be booked, land offices first, in the order they were written down."""
    services = Service.objects.filter(is_active=True, group__is_active=True)
    services = services.select_related("office", "group")
    return services.order_by("office__kind", "office__code", "pk")


def office_known(code: str) -> Office:
    """The office with this code, if it takes bookings; OfficeUnknown otherwise."""
    office = None
    if _CODE.fullmatch(code):
        bookable = services_bookable().values("office")
        office = Office.objects.filter(code=code, pk__in=bookable).first()
    if office is None:
        raise OfficeUnknown
    return office


def service_known(*, office: str, code: str) -> Service:
    """The service of the office, both by code; ServiceUnknown unless it can be booked."""
    service = None
    if _CODE.fullmatch(office) and _CODE.fullmatch(code):
        service = services_bookable().filter(office__code=office, code=code).first()
    if service is None:
        raise ServiceUnknown
    return service


def visit_known(*, office: str, codes: str) -> Visit:
    """The visit of one service, or of several whose codes are joined by commas.

    ServiceUnknown unless all can be booked, ServicesApart unless the same counters do them.
    """
    wanted = codes.split(",")
    if not services_named(wanted):
        raise ServiceUnknown
    return Visit.of([service_known(office=office, code=code) for code in wanted])


def parcel_known(public_id: str) -> Parcel:
    """The parcel that the visit is about; VisitParcelUnknown if there is none."""
    parcel: Parcel | None = None
    if _PUBLIC_ID.fullmatch(public_id):
        parcels = Parcel.objects.select_related("office", "local_authority")
        parcel = parcels.filter(public_id=public_id).first()
    if parcel is None:
        raise VisitParcelUnknown(path=("parcel",))
    return parcel


def day_asked(text: str, path: FieldPath) -> date:
    """A Gregorian day as ``2026-11-30``; DayUnreadable or DayInBuddhistEra otherwise."""
    if not _ISO_DAY.fullmatch(text):
        raise DayUnreadable(path=path)
    year = int(text[:4])
    # 29 ก.พ. 2567 existed, but 2567-02-29 does not: say what is wrong with the year first.
    if year >= FIRST_YEAR_OF_ANOTHER_ERA:
        raise DayInBuddhistEra(path=path, year=year)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DayUnreadable(path=path) from error
