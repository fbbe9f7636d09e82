"""How an error is answered: problem+json for programs, a page with the next step for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cadastre.errors import InvalidInput, LandError, dotted
from config.errors import status_of
from config.wording import NEXT_STEPS, SCHEMA_FAULTS, TITLES

log = structlog.get_logger()


def _plain(value: object) -> Any:
    """Evidence as JSON can say it."""
    return json.loads(json.dumps(value, default=str))


def problem(
    *, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **more: Any
) -> HttpResponse:
    """An answer in the form of RFC 9457, in the language of the request."""
    body: dict[str, Any] = {
        "type": f"urn:chanot:problem:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(
        json.dumps(body | {k: v for k, v in more.items() if k not in body}, ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def problem_of(error: LandError) -> HttpResponse:
    """The problem document of one of our own errors."""
    errors = None
    more = {k: _plain(v) for k, v in error.evidence.items()}
    if isinstance(error, InvalidInput):
        errors = [{"field": p.field, "message": p.render(gettext)} for p in error.problems]
        more = {}
    answer = problem(
        status=status_of(error),
        code=error.code,
        detail=error.render(gettext),
        errors=errors,
        **more,
    )
    return _with_retry(answer, error)


def _with_retry(answer: HttpResponse, error: LandError) -> HttpResponse:
    """Who comes too often is told when to come again."""
    if (seconds := error.evidence.get("retry_after_seconds")) is not None:
        answer["Retry-After"] = str(seconds)
    return answer


def _land_error(_request: HttpRequest, error: LandError) -> HttpResponse:
    return problem_of(error)


def _schema_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = []
    for fault in error.errors:
        # pydantic's location begins with where the value came from: body, its parameter, …
        path = tuple(fault["loc"])[1:] if fault["loc"][:1] != ("body",) else tuple(fault["loc"])[2:]
        errors.append({"field": dotted(path), "message": str(SCHEMA_FAULTS[fault["type"]])})
    fields = ", ".join(e["field"] for e in errors)
    return problem(
        status=422,
        code="invalid_input",
        detail=gettext("These fields cannot be used: {fields}.").format(fields=fields),
        errors=errors,
    )


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, LandError):
        return problem_of(cause)
    if isinstance(cause, RequestDataTooBig):
        return problem(status=413, code="too_large", detail=gettext("The request is too large."))
    code = {400: "malformed_body", 401: "sign_in_required", 429: "too_many_requests"}
    title = TITLES.get(error.status_code, TITLES[400])
    return problem(
        status=error.status_code, code=code.get(error.status_code, "refused"), detail=str(title)
    )


def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problem(status=413, code="too_large", detail=gettext("The request is too large."))


def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(status=404, code="not_found", detail=gettext("There is nothing here."))


def _forbidden(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return problem(status=403, code="not_permitted", detail=str(TITLES[403]))


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to a fault of ours, which is written down."""
    log.error("request_failed", route=route_of(request), exc_info=error)
    detail = gettext("The fault has been recorded. Please try again in a few minutes.")
    return problem(status=500, code="internal_error", detail=detail)


def install_problem_handlers(api: NinjaAPI) -> None:
    """Make every failure of the JSON API a problem document."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        LandError: _land_error,
        ValidationError: _schema_error,
        HttpError: _http_error,
        RequestDataTooBig: _too_large,
        Http404: _not_found,
        PermissionDenied: _forbidden,
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, never the address itself: addresses hold secret tokens."""
    return request.resolver_match.route if request.resolver_match else "?"


def error_page(
    request: HttpRequest, *, status: int, detail: str = "", code: str = ""
) -> HttpResponse:
    """A page that says what happened, why, and what to do next."""
    if _asks_for_json(request):
        title = str(TITLES.get(status, TITLES[400]))
        return problem(status=status, code=code or "refused", detail=detail or title)
    context = page_context(status, code=code, detail=detail)
    return render(request, "web/errors/error.html", context, status=status)


def page_context(status: int, *, code: str, detail: str = "") -> dict[str, Any]:
    """What the error page shows."""
    return {
        "status": status,
        "title": TITLES.get(status, TITLES[400]),
        "detail": detail,
        "code": code,
        "next_steps": NEXT_STEPS.get(status, NEXT_STEPS[400]),
    }


def _asks_for_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.get_preferred_type(
        ["text/html", "application/json", "application/problem+json"]
    ) not in {"text/html", None}


class LandErrorMiddleware:
    """Turns our own errors, raised in a page view, into a helpful page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LandError):
            return None
        if _asks_for_json(request):
            return problem_of(error)
        page = error_page(
            request, status=status_of(error), detail=error.render(gettext), code=error.code
        )
        return _with_retry(page, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return error_page(request, status=status, code="refused")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, status=403, code="not_permitted")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, status=404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: no database, no session, no context processor may be needed for it."""
    if _asks_for_json(request):
        return problem(status=500, code="internal_error", detail=str(TITLES[500]))
    context = page_context(500, code="internal_error")
    return HttpResponse(render_to_string("web/errors/error.html", context), status=500)
