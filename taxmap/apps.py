from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxmapConfig(AppConfig):
    name = "taxmap"
    verbose_name = _("Tax map")
