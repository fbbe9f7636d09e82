from __future__ import annotations

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """The service as a whole: commands that need every room live here."""

    name = "config"
    label = "service"
    verbose_name = "Chanot"
