"""Mounted at /office/appointments/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from appointments.views import hours, office, office_booking, planning

urlpatterns: list[URLPattern | URLResolver] = [
    path("", office.day_list, name="office-appointments"),
    path("book/", office_booking.book, name="office-booking"),
    path("close/", office.close, name="office-day-close"),
    path("hours/", hours.hours, name="office-hours"),
    path("planning/", planning.planning, name="office-planning"),
    path("planning/file.csv", planning.planning_csv, name="office-planning-csv"),
    path("planning/file.xlsx", planning.planning_xlsx, name="office-planning-xlsx"),
    path("reopen/", office.reopen, name="office-day-reopen"),
    path("<str:reference>/cancel/", office.cancel, name="office-booking-cancel"),
]
