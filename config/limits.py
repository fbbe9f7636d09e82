"""Limits on how often one network may ask for places: docs/operations/settings.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from cadastre.errors import LandError, gettext_noop
from config.answers import error_page, problem_of
from config.errors import status_of
from web.limits import Allowance
from web.visitors import network_of

BOOKING: Final = ("/api/appointments", "/appointments/")
TIMES: Final = "/api/appointments/slots"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

bookings = Allowance(settings.BOOKINGS_PER_MINUTE)
looks = Allowance(settings.SLOTS_PER_MINUTE)


class TooManyRequests(LandError):
    code = "too_many_requests"
    message = gettext_noop(
        "Very many requests come from your network at this moment. Nothing is lost: please wait "
        "{retry_after_seconds} seconds and try again, or call the office."
    )


def refusal_of(request: HttpRequest) -> TooManyRequests | None:
    """Count the request if it takes or looks for places; why it is refused, or None."""
    if not settings.RATE_LIMITS or not request.path.startswith(BOOKING):
        return None
    if request.method not in SAFE:
        allowance = bookings
    elif request.path == TIMES:
        allowance = looks
    else:
        return None
    network = network_of(request)
    seconds = 0 if network is None else allowance.spend(network)
    return TooManyRequests(retry_after_seconds=seconds) if seconds else None


class RateLimitMiddleware:
    """Answers 429, with Retry-After, who asks for places too often. Pages answer with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = refusal_of(request)
        if refusal is None:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return problem_of(refusal)
        page = error_page(
            request, status=status_of(refusal), detail=refusal.render(gettext), code=refusal.code
        )
        page["Retry-After"] = str(refusal.evidence["retry_after_seconds"])
        return page
