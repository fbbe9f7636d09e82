"""The hall for everybody in it: mounted at /appointments/, before the addresses of bookings."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.hall import kiosk, public

urlpatterns: list[URLPattern] = [
    path("display/<str:office>/", public.display, name="hall-display"),
    path("display/<str:office>/events", public.display_events, name="hall-display-events"),
    path("kiosk/<str:office>/", kiosk.kiosk_without_key, name="hall-kiosk-without-key"),
    path("kiosk/<str:office>/<str:key>/", kiosk.kiosk, name="hall-kiosk"),
    path(
        "kiosk/<str:office>/<str:key>/<str:public_id>/", kiosk.kiosk_ticket,
        name="hall-kiosk-ticket",
    ),
    path("queue/<str:public_id>/", public.place, name="hall-place"),
    path("queue/<str:public_id>/events", public.place_events, name="hall-place-events"),
    path("queue/<str:public_id>/leave/", public.leave, name="hall-leave"),
    path("arrive/<str:token>/", public.arrive, name="hall-arrive"),
    path("waits/<str:office>/", public.waits, name="hall-waits"),
]  # fmt: skip
