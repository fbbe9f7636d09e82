"""POST /api/appointments beside Django, in the same process: the one request that thousands send
at the same second.

It needs no session, form token, message or sign-in, so it skips what prepares them. What it reads,
does and answers is the same (`appointments.api`), byte for byte: whatever is not a plain, readable
request goes on to Django, which does it or explains what is wrong. It is logged and counted alike.
docs/algorithms/booking.md.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from typing import Any, Final

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from django_prometheus.middleware import Metrics
from pydantic import ValidationError

from appointments.api import BookingIn, booked, wish_of
from appointments.services.bookings import Wish
from cadastre.errors import LandError
from config.answers import problem_of, unexpected
from config.api import strict_json
from config.limits import refusal_of
from web.preferences import language_of

PATH: Final = "/api/appointments"
ROUTE: Final = "api/appointments"
VIEW: Final = "api-1:create"
LARGEST_BODY: Final = 16_384
LONGEST_KEY: Final = 255
VARY: Final = "Cookie, Accept-Language, Referer"
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

TRUSTED_S: Final = 1.0

log = structlog.get_logger("chanot.request")
_asked = threading.local()


def bookings_first(application: Application) -> Application:
    """Wrap the service's WSGI callable."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "POST":
            return application(environ, start_response)
        begun = time.perf_counter()
        request = _request(environ)
        if request is None:
            return application(environ, start_response)
        with structlog.contextvars.bound_contextvars(request_id=uuid.uuid4().hex[:12]):
            response = _answer(request)
            if response is None:
                return application(environ, start_response)
            _record(response, time.perf_counter() - begun)
        headers = _common_headers(is_secure=request.is_secure()) | dict(response.items())
        headers |= {
            "Content-Language": translation.get_language() or "", "Vary": VARY,
            "Content-Length": str(len(response.content)),
        }  # fmt: skip
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, list(headers.items()))
        return [response.content]

    return serve


def _request(environ: Environ) -> HttpRequest | None:
    """The request, its body read; None if Django shall look at it."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or not 0 < int(length) <= LARGEST_BODY:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)  # Django may want to read it, too
    request = WSGIRequest(environ)
    request._body = body  # what reading request.body would set
    try:
        request.get_host()
    except DisallowedHost:
        return None
    return request if request.is_secure() or not settings.SECURE_SSL_REDIRECT else None


def _answer(request: HttpRequest) -> HttpResponse | None:
    """The answer; None, with nothing done, if Django shall look at it."""
    translation.activate(language_of(request))
    _connection_ready()
    wish, key, digest = None, request.META.get("HTTP_IDEMPOTENCY_KEY"), ""
    try:
        if key is None or 1 <= len(key) <= LONGEST_KEY:
            wish, digest = _wish(request)
    except (LandError, ValidationError):
        return None
    if wish is None:
        return None
    refusal = refusal_of(request)
    if refusal is not None:
        return problem_of(refusal)
    try:
        answer = booked(wish, request, key=None if key is None else f"api {key}", digest=digest)
    except LandError as error:
        return problem_of(error)
    except Exception as error:  # noqa: BLE001 - it may be done: Django must not do it again
        return unexpected(request, error)
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False), status=201,
        content_type="application/json; charset=utf-8", headers={"Cache-Control": "no-store"},
    )  # fmt: skip


def _connection_ready() -> None:
    """Drop a connection that failed or is too old; ask others whether they live, but not each time.

    A connection that answered within the last second is taken at its word: the question would be
    half of what this request asks of the database.
    """
    if connection.in_atomic_block:  # somebody else's transaction is theirs to end
        return
    connection.close_if_unusable_or_obsolete()
    now = time.monotonic()
    if now - getattr(_asked, "at", 0.0) < TRUSTED_S:
        connection.health_check_done = True  # type: ignore[attr-defined] # the stubs lack it
    else:
        _asked.at = now


def _wish(request: HttpRequest) -> tuple[Wish, str]:
    body = BookingIn.model_validate(strict_json(request.body))
    return wish_of(body), body.model_dump_json()


@cache
def _common_headers(*, is_secure: bool) -> dict[str, str]:
    """What the middleware for security says of every answer: asked of it once."""
    scheme = "https" if is_secure else "http"
    request = WSGIRequest({
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(), "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    })  # fmt: skip
    response = HttpResponse()
    del response["Content-Type"]
    for middleware in (XFrameOptionsMiddleware, CSPMiddleware, SecurityMiddleware):
        each: Any = middleware(lambda _request: response)
        each.process_response(request, response)
    return dict(response.items())


def _record(response: HttpResponse, seconds: float) -> None:
    """The line of the log and the counters that every request leaves."""
    log.info(
        "request", method="POST", route=ROUTE, status=response.status_code,
        ms=round(seconds * 1000),
    )  # fmt: skip
    metrics = Metrics.get_instance()
    metrics.requests_latency_by_view_method.labels(view=VIEW, method="POST").observe(seconds)
    metrics.responses_by_status_view_method.labels(
        status=str(response.status_code), view=VIEW, method="POST"
    ).inc()
