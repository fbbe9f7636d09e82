"""What every address has to be before a view sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


class NoNulMiddleware:
    """A page whose address holds a NUL is not there: PostgreSQL stores none, and refuses to look.

    The JSON API checks its own parameters and names the one at fault.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, parts: dict[str, Any]
    ) -> None:
        if not request.path.startswith("/api/") and any("\x00" in str(p) for p in parts.values()):
            raise Http404
