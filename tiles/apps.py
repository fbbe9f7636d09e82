from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TilesConfig(AppConfig):
    name = "tiles"
    verbose_name = _("Tiles")

    def ready(self) -> None:
        # Rooms above register their layers in tile_layers.py.
        autodiscover_modules("tile_layers")
