"""One address grammar (tiles.addresses) serves both ways in, so one pattern takes everything."""

from __future__ import annotations

from django.urls import re_path

from tiles.views import below_tiles

urlpatterns = [re_path(r"^(?P<path>[\s\S]*)\Z", below_tiles, name="tiles")]
