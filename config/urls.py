"""Every address of the service. Rooms bring their own; only this file knows them all."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import health
from config.api import api

urlpatterns = [
    path("", include("parcels.urls")),
    path("", include("taxmap.urls")),
    path("", include("offices.urls")),
    path("", include("web.urls")),
    path("appointments/", include("appointments.hall_urls")),
    path("appointments/", include("appointments.urls")),
    path("office/appointments/hall/", include("appointments.hall_office_urls")),
    path("office/appointments/", include("appointments.office_urls")),
    path("office/surveys/", include("surveys.urls")),
    path("tiles/", include("tiles.urls")),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "config.answers.bad_request"
handler403 = "config.answers.permission_denied"
handler404 = "config.answers.page_not_found"
handler500 = "config.answers.server_error"
