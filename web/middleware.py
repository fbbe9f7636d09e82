from __future__ import annotations

from django.middleware.locale import LocaleMiddleware


class LanguageMiddleware(LocaleMiddleware):
    """Thai unless the visitor chose otherwise."""
