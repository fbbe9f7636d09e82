from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = _("Offices")

    def ready(self) -> None:
        from offices import sign_in  # noqa: F401, PLC0415 -- its receivers hear of sign-ins
        from offices.messages import channels_checked  # noqa: PLC0415 -- needs the models

        channels_checked(settings.CHANOT_MESSAGES)

        # Rooms above register their kinds of job in jobs.py and their cards in dashboard.py.
        autodiscover_modules("jobs", "dashboard")
