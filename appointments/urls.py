from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from appointments.views import booking, details, places, thaid, ticket, waiting

urlpatterns: list[URLPattern | URLResolver] = [
    path("", booking.book, name="appointment-book"),
    path("offices/", places.offices, name="appointment-offices"),
    path("waiting/", waiting.join, name="waiting-join"),
    path("waiting/<str:token>/", waiting.entry, name="waiting-entry"),
    path("thaid/back/", thaid.back, name="appointment-thaid-back"),
    path("<str:token>/thaid/", thaid.start, name="appointment-thaid"),
    path("<str:token>/details/", details.details, name="appointment-details"),
    path("<str:token>/code/", details.code, name="appointment-code"),
    path("<str:token>/", ticket.ticket, name="appointment-detail"),
    path("<str:token>/ticket.ics", ticket.calendar_file, name="appointment-ticket"),
    path("<str:token>/qr.svg", ticket.qr_picture, name="appointment-qr"),
    path("<str:token>/move/", ticket.move, name="appointment-move"),
    path("<str:token>/cancel/", ticket.cancel, name="appointment-cancel"),
]
