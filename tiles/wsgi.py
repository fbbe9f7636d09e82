"""Public tiles beside Django in the same process: no session, no middleware, no request object.

Everything else, and every tile that depends on who asks, goes on to Django, which answers the same
through ``tiles.views``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from django.db import connection
from django.utils import timezone

from tiles.answers import Question
from tiles.serving import tile_answer

PREFIX = "/tiles/"
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def tiles_first(application: Application) -> Application:
    """Wrap the service's WSGI callable."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        method = environ.get("REQUEST_METHOD")
        if not path.startswith(PREFIX) or method not in {"GET", "HEAD"}:
            return application(environ, start_response)
        if not connection.in_atomic_block:  # somebody else's transaction is theirs to end
            connection.close_if_unusable_or_obsolete()
        try:
            answer = tile_answer(path[len(PREFIX) :], question_of(environ), now=timezone.now())
        except Exception:  # noqa: BLE001 - Django asks again, and reports what is wrong
            answer = None
        if answer is None:
            return application(environ, start_response)
        headers = answer.headers | {
            "Content-Length": str(len(answer.body)),
            "X-Content-Type-Options": "nosniff",
        }
        if answer.status == 304:
            del headers["Content-Length"]
        start_response(f"{answer.status.value} {answer.status.phrase}", list(headers.items()))
        return [] if method == "HEAD" else [answer.body]

    return serve


def question_of(environ: Environ) -> Question:
    """The headers that matter to a tile, from a WSGI environment."""
    query = environ.get("QUERY_STRING", "")
    return Question(
        if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
        accept_encoding=environ.get("HTTP_ACCEPT_ENCODING", ""),
        version=parse_qs(query).get("v", [""])[0] if query else "",
        query=query,
    )
