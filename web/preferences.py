"""What a visitor chose about the pages themselves: language and theme. Kept in two cookies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
ONE_YEAR_SECONDS = 365 * 24 * 3600


def language_of(request: HttpRequest) -> str:
    """Thai unless the visitor pressed the switch.

    A browser's Accept-Language is not asked: machines in Thai offices are often set up in English,
    and a page about land rights must not greet their users in a foreign language. Only a program
    that calls the API by itself (no Referer, so not one of our pages) is answered in the language
    it asks for.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    if request.path.startswith("/api/") and "Referer" not in request.headers:
        return get_language_from_request(request)
    return settings.LANGUAGE_CODE


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` as chosen; empty when the device decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    """Keep a choice for a year; it names nobody and no script needs it."""
    response.set_cookie(
        cookie,
        value,
        max_age=ONE_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def back_to_where_it_was(request: HttpRequest) -> HttpResponseRedirect:
    """Return to the page the form was on, query included; never to another site."""
    place = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(place if safe else "/")
