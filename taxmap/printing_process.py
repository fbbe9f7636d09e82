"""How a process that only prints begins. It is imported before Django is up: no models here."""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.db import connections


def begin(database: str, files: str) -> None:
    """Django as in the process that wants the printing: on the same database, with its files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    connections["default"].settings_dict["NAME"] = database
    settings.MEDIA_ROOT = files
