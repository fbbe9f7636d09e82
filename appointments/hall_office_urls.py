"""The hall for clerks: mounted at /office/appointments/hall/."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.hall import counter, office

urlpatterns: list[URLPattern] = [
    path("", office.hall, name="office-hall"),
    path("arrivals/", office.arrival, name="office-hall-arrival"),
    path("kiosk/", office.kiosk, name="office-hall-kiosk"),
    path("<int:pk>/", counter.counter, name="office-counter"),
    path("<int:pk>/events", counter.counter_events, name="office-counter-events"),
    path("<int:pk>/sit/", counter.sit, name="office-counter-sit"),
    path("<int:pk>/step/", counter.act, name="office-counter-step"),
]
