from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from appointments.thaid.provider import provider  # noqa: PLC0415 -- needs the settings

        provider()  # settings that cannot work stop the start
