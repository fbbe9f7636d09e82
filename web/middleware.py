from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from web.preferences import language_of


class LanguageMiddleware:
    """Answer in the visitor's language and say so; see `web.preferences.language_of`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        # Tiles and files read the same in every language, and must stay cacheable for everybody.
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") or request.path.startswith("/api/"):
            response.headers.setdefault("Content-Language", translation.get_language() or language)
            patch_vary_headers(response, ["Cookie"])
            if request.path.startswith("/api/"):
                patch_vary_headers(response, ["Accept-Language", "Referer"])
        return response
