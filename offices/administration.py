"""Django's admin as this service uses it: for reference data and accounts."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Stands in INSTALLED_APPS for ``django.contrib.admin``."""

    default_site = "offices.administration_site.AdministrationSite"
