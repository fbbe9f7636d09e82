"""The web service: what granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()

from config.hot_path import bookings_first  # noqa: E402 - their models need Django set up
from tiles.wsgi import tiles_first  # noqa: E402

application = tiles_first(bookings_first(_django))
