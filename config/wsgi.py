"""The web service: what granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()

from tiles.wsgi import tiles_first  # noqa: E402 - its models need Django set up

application = tiles_first(_django)
