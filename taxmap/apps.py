from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxmapConfig(AppConfig):
    name = "taxmap"
    verbose_name = _("Tax map")

    def ready(self) -> None:
        """Offer the cards of the valuation, and name its actions."""
        import_module("taxmap.valuation_cards")
