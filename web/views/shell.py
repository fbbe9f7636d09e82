"""The small views behind every page: language, theme, manifest, robots, icon."""

from __future__ import annotations

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from web.preferences import THEME_COOKIE, THEMES, back_to_where_it_was, remember

DISALLOWED = ("/admin/", "/office/", "/taxmap/", "/api/", "/appointments/", "/parcels/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and return to the same place."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    response = back_to_where_it_was(request)
    remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark and return to the same place."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest()
    response = back_to_where_it_was(request)
    remember(response, THEME_COOKIE, theme)
    return response


@require_GET
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: name, icon and colours of a phone's home screen."""
    return JsonResponse(
        {
            "name": gettext("Chanot: land, tax and appointments"),
            "short_name": gettext("Chanot"),
            "lang": request.LANGUAGE_CODE,
            "start_url": "/",
            "display": "browser",
            "background_color": "#f8f5ec",
            "theme_color": "#0f4334",
            "icons": [{"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )


@require_GET
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Search engines may read the front pages, not single plots, bookings or office work."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_GET
@cache_control(max_age=86400)
def favicon(request: HttpRequest) -> HttpResponseRedirect:  # noqa: ARG001
    """Where browsers look for an icon unasked."""
    return HttpResponseRedirect(static("web/mark.svg"))
