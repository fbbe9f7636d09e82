"""The least a server of ours could do: bare WSGI, and Django with one view and no middleware."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

ANSWER = b'{"tax": "0.00", "lines": []}'


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body, answer with JSON."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/json"),
                              ("Content-Length", str(len(ANSWER)))])  # fmt: skip
    return [ANSWER]


def hello(request: HttpRequest) -> JsonResponse:
    """Read the body, answer with JSON."""
    answer = JsonResponse({"tax": "0.00", "lines": [], "read": len(request.body)})
    answer["Content-Length"] = str(len(answer.content))
    return answer


urlpatterns = [path("", hello), path("api/tax/estimate", hello)]

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[], LOGGING_CONFIG=None
    )
django = get_wsgi_application()
