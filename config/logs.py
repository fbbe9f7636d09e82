"""Structured logs, one line an event, without personal data or secret addresses."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, WrappedLogger

log = structlog.get_logger("chanot.request")

# PostgreSQL quotes whole rows in DETAIL and CONTEXT; rows hold names and telephone numbers.
_DATABASE_DETAIL = re.compile(
    r"^(DETAIL|CONTEXT|HINT):.*?(?=^\S+Error|^Traceback|\Z)", re.MULTILINE | re.DOTALL
)


def without_row_contents(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut what the database quotes of a row out of a traceback."""
    if isinstance(text := event.get("exception"), str):
        event["exception"] = _DATABASE_DETAIL.sub("DETAIL: (not logged)\n", text)
    return event


def without_addresses(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Django's own records name the requested path, which may hold a booking's token."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.startswith("django."):
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        if request is not None:
            event["event"] = f"{record.name} {getattr(record, 'status_code', '')}".strip()
            event["route"] = match.route if match else "?"
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_to_stderr(*, json: bool) -> dict[str, Any]:
    """Django's LOGGING: JSON lines in production, readable ones at a desk."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    without_addresses,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_row_contents,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "axes": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
            "pyogrio": {"level": "WARNING"},
            "rasterio": {"level": "ERROR"},
            "numexpr": {"level": "WARNING"},
        },
    }


def request_logged(
    *, method: str | None, route: str, status: int, seconds: float, **more: str
) -> None:
    """The one line that each request leaves: never its address, which may hold a token."""
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000), **more)


class RequestLogMiddleware:
    """One line a request: method, route pattern, status, milliseconds. Never the address itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=uuid.uuid4().hex[:12]):
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else "?"
            # Displays and telephones that follow the queue ask every few seconds, all day.
            follows = route.endswith("/events") and response.status_code < 400
            if not (follows or route.startswith(("tiles/", "healthz", "readyz", "metrics"))):
                request_logged(
                    method=request.method,
                    route=route,
                    status=response.status_code,
                    seconds=time.perf_counter() - begun,
                )
        return response
