"""POST /api/appointments beside Django, in the same process: the one request that thousands send
at the same second.

It needs no session, form token, message or sign-in, so it skips what prepares them. What it reads,
does and answers is the same (`appointments.api`), byte for byte: whatever is not a plain, readable
request goes on to Django, which does it or explains what is wrong. It is logged and counted alike.
docs/algorithms/booking.md.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
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

from appointments.api import BookingIn, booked, site_of, wish_of
from cadastre.errors import LandError
from config.answers import problem_of, unexpected
from config.api import strict_json
from config.limits import refusal_of
from config.logs import request_logged
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
KNOWN: Final = 512  # so many answers about sites and languages are remembered
# What Django asks about the address of the service, and about the visitor's language.
SITE: Final = (
    "HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PROTO",
    "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme",
)  # fmt: skip
LANGUAGE: Final = ("HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER")

_asked = threading.local()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without the headers that all answers have."""

    status: int
    content: bytes
    headers: dict[str, str]


def bookings_first(application: Application) -> Application:
    """Wrap the service's WSGI callable."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "POST":
            return application(environ, start_response)
        begun = time.perf_counter()
        body = _body(environ)
        site = None if body is None else _site(*map(environ.get, SITE))
        if body is None or site is None:
            return application(environ, start_response)
        number = secrets.token_hex(6)
        language = _language(*map(environ.get, LANGUAGE))
        translation.activate(language)
        answer = _answer(environ, body, site, number)
        if answer is None:
            return application(environ, start_response)
        _record(answer.status, time.perf_counter() - begun, number)
        headers = answer.headers | _common_headers(is_secure=site.startswith("https:")) | {
            "Content-Language": language, "Vary": VARY, "Content-Length": str(len(answer.content)),
        }  # fmt: skip
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [answer.content]

    return serve


def _body(environ: Environ) -> bytes | None:
    """The body, which can be read again; None if Django shall look at it."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or not 0 < int(length) <= LARGEST_BODY:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)  # Django may want to read it, too
    return body


@lru_cache(KNOWN)
def _site(*given: str | None) -> str | None:
    """Scheme and host of the service as this visitor named it; None if Django shall look at it."""
    request = _request_with(SITE, given)
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return None
    try:
        return site_of(request)
    except DisallowedHost:
        return None


@lru_cache(KNOWN)
def _language(*given: str | None) -> str:
    return language_of(_request_with(LANGUAGE, given))


def _request_with(names: tuple[str, ...], given: tuple[str | None, ...]) -> HttpRequest:
    """A request that says these things and nothing more."""
    said = {name: value for name, value in zip(names, given, strict=True) if value is not None}
    plain = {"REQUEST_METHOD": "POST", "PATH_INFO": PATH, "wsgi.input": BytesIO()}
    return WSGIRequest(plain | said)


def _answer(environ: Environ, body: bytes, site: str, number: str) -> Answer | None:
    """The answer; None, with nothing done, if Django shall look at it."""
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        return None
    _connection_ready()
    try:
        asked = BookingIn.model_validate(strict_json(body))
        wish = wish_of(asked)
    except (LandError, ValidationError):
        return None
    request = WSGIRequest(environ)
    refusal = refusal_of(request)
    if refusal is not None:
        return _told(problem_of(refusal))
    try:
        facts = booked(
            wish, site, key=None if key is None else f"api {key}",
            digest="" if key is None else asked.model_dump_json(),
        )  # fmt: skip
    except LandError as error:
        return _told(problem_of(error))
    except Exception as error:  # noqa: BLE001 - it may be done: Django must not do it again
        with structlog.contextvars.bound_contextvars(request_id=number):
            return _told(unexpected(request, error))
    return Answer(201, json.dumps(facts, ensure_ascii=False).encode(), _CREATED)


_CREATED: Final = {
    "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store",
}  # fmt: skip


def _told(response: HttpResponse) -> Answer:
    return Answer(response.status_code, response.content, dict(response.items()))


def _connection_ready() -> None:
    """Drop a connection that failed or is too old; ask others whether they live, but not each time.

    A connection that answered within the last second is taken at its word: the question would be
    half of what this request asks of the database.
    """
    if connection.in_atomic_block:  # somebody else's transaction is theirs to end
        return
    now = time.monotonic()
    if connection.errors_occurred or now - getattr(_asked, "at", 0.0) >= TRUSTED_S:
        connection.close_if_unusable_or_obsolete()
        _asked.at = now
    else:
        connection.health_check_done = True  # type: ignore[attr-defined] # the stubs lack it


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


def _record(status: int, seconds: float, number: str) -> None:
    """The line of the log and the counters that every request leaves."""
    request_logged(method="POST", route=ROUTE, status=status, seconds=seconds, request_id=number)
    metrics = Metrics.get_instance()
    metrics.requests_latency_by_view_method.labels(view=VIEW, method="POST").observe(seconds)
    metrics.responses_by_status_view_method.labels(
        status=str(status), view=VIEW, method="POST"
    ).inc()
