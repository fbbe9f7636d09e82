from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ParcelsConfig(AppConfig):
    name = "parcels"
    verbose_name = _("Parcels")

    def ready(self) -> None:
        """Let every room add its sections to our pages, and learn the kinds of transaction."""
        autodiscover_modules("plot_sections", "act_sections", "registration_vetoes")
        for kinds in ("notes", "rights", "mortgages", "titles", "shapes"):
            import_module(f"parcels.registration.{kinds}")
